# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people type when they add a device."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.areas.models import Area
from loa.areas.queries import villages_in
from loa.devices.actions import NAME_LENGTH


class CodeForm(forms.Form):
    """The code that the device shows."""

    code = forms.CharField(
        label=_("Mã trên máy"),
        help_text=_("Tám chữ và số, ví dụ ABCD-2345. Viết hoa hay thường đều được."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Nhập mã đang hiện trên máy.")},
    )


class ApprovalForm(forms.Form):
    """Where the device stands and what it is called."""

    village = forms.ChoiceField(
        label=_("Thôn, bản, khu phố"), error_messages={"required": _("Chọn nơi đặt loa.")}
    )
    name = forms.CharField(
        label=_("Tên cụm loa"),
        help_text=_("Như người dân gọi, ví dụ “Cụm loa nhà văn hóa”."),
        max_length=NAME_LENGTH,
        error_messages={"required": _("Đặt tên cho thiết bị, dài nhất 120 chữ.")},
    )
    is_test = forms.BooleanField(
        label=_("Đây là máy thử"),
        help_text=_("Máy thử phát cả tin thử. Loa thật thì để trống."),
        required=False,
    )

    def __init__(self, *args: Any, areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.villages = {village.code: village for village in villages_in(areas)}
        field = self.fields["village"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Chọn…")), *((code, one.name) for code, one in self.villages.items())]

    def chosen_village(self) -> Area:
        """Return the village that was chosen."""
        return self.villages[self.cleaned_data["village"]]


class NameForm(forms.Form):
    """Another name for a device."""

    name = forms.CharField(
        label=_("Tên cụm loa"),
        max_length=NAME_LENGTH,
        error_messages={"required": _("Đặt tên cho thiết bị, dài nhất 120 chữ.")},
    )


class NoteForm(forms.Form):
    """What was done about an incident."""

    note = forms.CharField(
        label=_("Đã làm gì"),
        help_text=_("Ví dụ “đã thay nguồn, máy kêu lại lúc 9 giờ”."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PeriodForm(forms.Form):
    """Days from the first to the last, and the kind of file."""

    first = forms.DateField(
        label=_("Từ ngày"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Chọn ngày đầu."), "invalid": _("Chọn một ngày có thật.")},
    )
    last = forms.DateField(
        label=_("Đến hết ngày"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Chọn ngày cuối."), "invalid": _("Chọn một ngày có thật.")},
    )
    format = forms.ChoiceField(choices=[("xlsx", ".xlsx"), ("csv", "CSV")])
