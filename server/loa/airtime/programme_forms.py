# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people type to make a programme, or a group of villages."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.airtime import recurrence
from loa.airtime.actions import QUIETEST
from loa.airtime.forms import NUMBER_ERRORS, WEEKDAYS, ClockField, day_field
from loa.airtime.models import Programme, ZoneGroup
from loa.airtime.programme_queries import Choice
from loa.airtime.programmes import MOST_IN_A_ROUND, Wanted
from loa.areas.models import Area
from loa.messages.models import Message


class ProgrammeForm(forms.Form):
    """Where, when and what a programme sounds, every week."""

    name = forms.CharField(
        label=_("Tên chương trình"),
        max_length=80,
        error_messages={"required": _("Ghi tên chương trình.")},
    )
    zone = forms.ChoiceField(label=_("Vùng phát"), required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Phát vào"),
        coerce=int,
        choices=list(enumerate(WEEKDAYS)),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chưa chọn thứ. Chọn ít nhất một ngày trong tuần.")},
    )
    time = ClockField(label=_("Giờ bắt đầu"))
    first_day = day_field(_("Từ ngày"))
    last_day = day_field(_("Đến hết ngày"), required=False)
    messages = forms.MultipleChoiceField(
        label=_("Tin lần lượt phát"),
        help_text=_("Tin ít được phát hơn đến lượt trước. Chỉ tin đã đủ chữ ký và còn hạn được phát."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chưa chọn tin. Chọn ít nhất một tin.")},
    )
    per_round = forms.IntegerField(
        label=_("Số tin mỗi lần"),
        min_value=1,
        max_value=MOST_IN_A_ROUND,
        initial=1,
        error_messages=dict.fromkeys(NUMBER_ERRORS, _("Ghi số tin mỗi lần, từ 1 đến 10.")),
    )
    volume = forms.IntegerField(
        label=_("Âm lượng"),
        help_text=_("Phần trăm; loa không kêu to hơn mức xã cho phép."),
        min_value=QUIETEST,
        max_value=100,
        initial=80,
        error_messages=dict.fromkeys(NUMBER_ERRORS, _("Chọn âm lượng từ 10 đến 100.")),
    )
    jingle = forms.ChoiceField(label=_("Nhạc hiệu mở đầu"), required=False)
    chime = forms.ChoiceField(label=_("Chuông trước mỗi tin"), required=False)

    def __init__(
        self, *args: Any, area: Area, groups: Sequence[ZoneGroup], choices: Sequence[Choice], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.area = area
        self.groups = {str(group.pk): group for group in groups}
        self.known = {one.message.code: one.message for one in choices}
        offered = [(one.message.code, one.title) for one in choices]
        self._offer("zone", [("", area.name), *((key, one.name) for key, one in self.groups.items())])
        self._offer("messages", offered)
        for name in ("jingle", "chime"):
            self._offer(name, [("", _("không có")), *offered])

    def _offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        found = self.fields[name]
        assert isinstance(found, forms.ChoiceField)
        found.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        """Check that the last day does not come before the first."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Ngày cuối phải từ ngày đầu trở đi."))
        return cleaned

    def wanted(self, channel: str) -> Wanted:
        """Return the programme that was described."""
        cleaned = self.cleaned_data
        return Wanted(
            area=self.area,
            group=self.groups.get(cleaned["zone"]),
            name=cleaned["name"],
            channel=channel,
            recurrence=recurrence.weekly(cleaned["weekdays"], until=cleaned["last_day"]),
            first_day=cleaned["first_day"],
            time=cleaned["time"],
            messages=[self.known[code] for code in cleaned["messages"]],
            per_round=cleaned["per_round"],
            jingle=self._message("jingle"),
            chime=self._message("chime"),
            volume=cleaned["volume"],
        )

    def _message(self, name: str) -> Message | None:
        return self.known.get(self.cleaned_data[name])


def initial_of(programme: Programme) -> dict[str, Any]:
    """Return what a form shows of a programme."""
    jingle, chime = programme.jingle, programme.chime
    return {
        "name": programme.name,
        "zone": str(programme.group_id or ""),
        "weekdays": recurrence.weekdays_of(programme.recurrence),
        "time": programme.time,
        "first_day": programme.first_day,
        "last_day": recurrence.last_day(programme.recurrence),
        "messages": [one.message.code for one in programme.entries.select_related("message")],
        "per_round": programme.per_round,
        "volume": programme.volume,
        "jingle": jingle.code if jingle else "",
        "chime": chime.code if chime else "",
    }


def initial_new(today: date) -> dict[str, Any]:
    """Return what the form of a new programme shows."""
    return {"weekdays": list(range(7)), "first_day": today}


class GroupForm(forms.Form):
    """A name and some villages."""

    name = forms.CharField(
        label=_("Tên nhóm thôn"), max_length=80, error_messages={"required": _("Ghi tên nhóm thôn.")}
    )
    villages = forms.MultipleChoiceField(
        label=_("Thôn"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chưa chọn thôn. Chọn ít nhất một thôn.")},
    )

    def __init__(self, *args: Any, villages: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {one.code: one for one in villages}
        found = self.fields["villages"]
        assert isinstance(found, forms.MultipleChoiceField)
        found.choices = [(one.code, one.name) for one in villages]

    def chosen(self) -> list[Area]:
        """Return the villages that were ticked."""
        return [self.areas[code] for code in self.cleaned_data["villages"]]
