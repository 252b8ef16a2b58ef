# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form in which a revision is sent for release: where, when, how urgent, how often."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from loa.areas.models import Area
from loa.areas.queries import below
from loa.config import clock
from loa.people.models import Organisation
from loa.releases.models import PriorityClass
from loa.releases.rules import REPEAT_LIMIT

DEFAULT_DAYS = 5
ALL, SOME = "all", "some"  # the organisation's whole area, or the places that are ticked
CLASSES = [
    (PriorityClass.NORMAL, _("Thường")),
    (PriorityClass.PRIORITY, _("Ưu tiên")),
    (PriorityClass.EMERGENCY, _("Khẩn cấp")),
]


class RequestForm(forms.Form):
    """Whole days in local time: from the start of the first to the end of the last."""

    scope = forms.ChoiceField(choices=[(ALL, ALL), (SOME, SOME)])
    zones = forms.ModelMultipleChoiceField(
        queryset=Area.objects.none(),
        to_field_name="code",
        required=False,
        label=_("Ở đâu"),
        error_messages={"invalid_choice": _("Không có nơi mã %(value)s trong địa bàn này. Chọn lại.")},
        widget=forms.CheckboxSelectMultiple,
    )
    first_day = forms.DateField(
        label=_("Từ ngày"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Chọn ngày bắt đầu."), "invalid": _("Không có ngày này. Chọn lại.")},
    )
    last_day = forms.DateField(
        label=_("Đến hết ngày"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Chọn ngày kết thúc."), "invalid": _("Không có ngày này. Chọn lại.")},
    )
    priority_class = forms.ChoiceField(label=_("Loại tin"), choices=CLASSES, widget=forms.RadioSelect)
    repeat_limit = forms.IntegerField(
        label=_("Nhiều nhất mấy lần mỗi ngày ở một nơi"),
        widget=forms.NumberInput(attrs={"min": 1, "max": REPEAT_LIMIT}),
        error_messages={"required": _("Ghi số lần, từ 1."), "invalid": _("Ghi một số, ví dụ 2.")},
    )

    def __init__(self, data: Any = None, *, organisation: Organisation) -> None:
        today = timezone.localtime(clock.now()).date()
        super().__init__(
            data,
            initial={
                "scope": ALL,
                "first_day": today,
                "last_day": today + timedelta(days=DEFAULT_DAYS),
                "priority_class": PriorityClass.NORMAL,
                "repeat_limit": 2,
            },
        )
        self.area = organisation.area
        field = self.fields["zones"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = below([organisation.area])

    def clean(self) -> dict[str, Any]:
        """Refuse an answer that says both: everywhere, and only here."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        ticked = cleaned.get("zones")
        if cleaned.get("scope") == ALL and ticked:
            self.add_error(
                "scope",
                ngettext(
                    "Bạn chọn cả xã và cả %(count)s nơi. Chọn một trong hai.",
                    "Bạn chọn cả xã và cả %(count)s nơi. Chọn một trong hai.",
                    len(ticked),
                )
                % {"count": len(ticked)},
            )
        return cleaned

    @property
    def all_name(self) -> str:
        """Return what the first choice is called: "Cả xã Đầm Hà"."""
        name = self.area.name
        return str(_("Cả %(area)s") % {"area": name[:1].lower() + name[1:]})

    @property
    def chosen(self) -> list[Area]:
        """Return the zones that were asked for."""
        return [self.area] if self.cleaned_data["scope"] == ALL else list(self.cleaned_data["zones"])

    @property
    def not_before(self) -> datetime:
        """Return the first moment of the first day."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["first_day"], time.min))

    @property
    def not_after(self) -> datetime:
        """Return the moment at which the last day ends."""
        after = self.cleaned_data["last_day"] + timedelta(days=1)
        return timezone.make_aware(datetime.combine(after, time.min))
