# SPDX-License-Identifier: AGPL-3.0-or-later
"""The note of urging by hand, and the days on which a campaign urges by itself."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loa.campaigns.models.urging import NOTE_LENGTH
from loa.campaigns.urging.rules import Days
from loa.people.plain_forms import PlainForm


class NoteForm(PlainForm):
    """What is said when somebody is urged."""

    note = forms.CharField(
        label=_("Lời nhắn"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Dài quá %(limit_value)d chữ. Ghi gọn lại.")},
    )


class DaysField(forms.CharField):
    """Some numbers of days: "5, 1"."""

    def to_python(self, value: Any) -> Any:
        """Return the numbers; none for an empty field."""
        words = re.split(r"[,;\s]+", (super().to_python(value) or "").strip())
        if not all(word.isascii() and word.isdigit() and len(word) < 4 for word in words if word):
            raise ValidationError(_("Ghi số ngày, cách nhau dấu phẩy. Ví dụ: 5, 1."))
        return tuple(int(word) for word in words if word)

    def prepare_value(self, value: Any) -> Any:
        """Show stored numbers as they would be typed."""
        return value if isinstance(value, str) else ", ".join(str(one) for one in value or ())


class UrgingDaysForm(PlainForm):
    """When a campaign urges by itself, in days of work."""

    is_on = forms.BooleanField(label=_("Tự đôn đốc theo hạn"), required=False)
    before = DaysField(
        label=_("Nhắc trước hạn, số ngày làm việc"),
        required=False,
        help_text=_("Mỗi số là một lần nhắc, ví dụ 5, 1. Số 0 là đúng ngày hạn."),
    )
    after = DaysField(
        label=_("Nhắc sau hạn, số ngày làm việc"),
        required=False,
        help_text=_("Nhắc người chịu trách nhiệm khi việc đã trễ ngần ấy ngày."),
    )
    escalate_after = forms.IntegerField(
        label=_("Báo lên một cấp sau mỗi, số ngày làm việc"),
        help_text=_("Trễ ngần ấy ngày thì báo chức danh cấp trên; gấp đôi thì báo cấp trên nữa."),
        error_messages={
            "required": _("Chưa ghi số ngày. Ví dụ: 5."),
            "invalid": _("Chưa phải số. Ví dụ: 5."),
        },
    )

    def given(self) -> Days:
        """Return what was typed."""
        typed = self.cleaned_data
        return Days(typed["before"], typed["after"], typed["escalate_after"], typed["is_on"])
