# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people type into the calendar."""

import re
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.airtime.actions import QUIETEST
from loa.airtime.week import local_moment
from loa_protocol.times import minute_of_day

WEEKDAYS = (_("Hai"), _("Ba"), _("Tư"), _("Năm"), _("Sáu"), _("Bảy"), _("Chủ nhật"))
NUMBER_ERRORS = ("required", "invalid", "min_value", "max_value")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[:h.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?|h)"
    r"|(?P<packed_hour>\d{2})(?P<packed_minute>\d{2})(?P<packed_second>\d{2})?"
)


class ClockField(forms.Field):
    """A time of day as people write it: 19:30, 19:30:05, 19h30, 5.55, 1930; cleaned to a ``time``.

    A text field: the browser's own time field says 05:02 PM where the computer speaks English.
    """

    widget = forms.TimeInput(attrs={"autocomplete": "off", "size": 8}, format="%H:%M:%S")
    default_error_messages = {
        "required": _("Chọn giờ."),
        "invalid": _("Chưa đọc được giờ. Giờ viết như 17:02, 17h02, 17.02, 1702 hoặc 17:02:30."),
        "no_such_time": _("Không có giờ này. Giờ từ 0 đến 23, phút và giây từ 00 đến 59."),
    }

    def __init__(self, **kwargs: Any) -> None:
        hint = _("Giờ 24 tiếng. Viết 17:02, 17h02, 17.02 hoặc 1702; đúng đến giây thì 17:02:30.")
        super().__init__(help_text=hint, **kwargs)

    def to_python(self, value: Any) -> time | None:
        """Return the time that was typed.

        Raises:
            ValidationError: it is not written as a time, or there is no such time.
        """
        if value in self.empty_values or isinstance(value, time):
            return value or None
        found = _CLOCK.fullmatch("".join(str(value).lower().split()))
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        part = found.groupdict(default="0")
        packed = "packed_" if found["packed_hour"] else ""
        try:
            hour, minute, second = (int(part[packed + name]) for name in ("hour", "minute", "second"))
            return time(hour, minute, second)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["no_such_time"], code="no_such_time") from error


def day_field(label: Any, **options: Any) -> forms.DateField:
    """Return a field for a day, drawn by the browser."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Chọn ngày."), "invalid": _("Ngày viết như 24/11/2026.")},
        **options,
    )


class MomentForm(forms.Form):
    """A local day and time, to the second."""

    date = day_field(_("Ngày"))
    time = ClockField(label=_("Giờ"))

    def moment(self) -> datetime:
        """Return the moment that was typed, in UTC."""
        return local_moment(self.cleaned_data["date"], self.cleaned_data["time"])


class CopyForm(forms.Form):
    """The day whose rounds are copied, and the day that gets them."""

    source = day_field(_("Chép các lượt của ngày"))
    target = day_field(_("Sang ngày"))

    def clean(self) -> dict[str, Any]:
        """Check that the days are two."""
        cleaned = super().clean() or {}
        if cleaned.get("source") and cleaned.get("source") == cleaned.get("target"):
            self.add_error("target", _("Chọn hai ngày khác nhau."))
        return cleaned


class WindowsField(forms.CharField):
    """Hours of the day as people write them: "05:30–06:30, 17:00–18:00"; cleaned to pairs of "HH:MM"."""

    default_error_messages = {
        "windows": _("Viết giờ như 05:30–06:30, 17:00–18:00; giờ cuối sau giờ đầu, muộn nhất 24:00."),
    }

    def to_python(self, value: Any) -> Any:
        """Return the windows in order.

        Raises:
            ValidationError: it is not a list of hours, or one ends before it begins.
        """
        windows = []
        for part in str(super().to_python(value) or "").replace(";", ",").split(","):
            begin, _dash, end = part.replace("–", "-").partition("-")
            try:
                begin, end = (_whole_hour(text.strip()) for text in (begin, end))
                if minute_of_day(begin) >= minute_of_day(end):
                    raise ValueError(part)
            except ValueError as error:
                raise forms.ValidationError(self.error_messages["windows"], code="windows") from error
            windows.append((begin, end))
        return sorted(windows)

    @staticmethod
    def written(windows: Iterable[tuple[str, str]]) -> str:
        """Write windows as this field reads them."""
        return ", ".join(f"{begin}–{end}" for begin, end in windows)


def _whole_hour(text: str) -> str:
    """Return "5:30", "5h30" or "17h" as "HH:MM"."""
    hour, _colon, minute = text.lower().replace("h", ":").partition(":")
    return f"{int(hour):02d}:{int(minute or 0):02d}"


class RuleForm(forms.Form):
    """The airtime rule of a commune for one class."""

    windows = WindowsField(
        label=_("Giờ được phát"),
        help_text=_("Ví dụ 05:30–06:30, 17:00–18:00. Cả ngày là 00:00–24:00."),
        max_length=200,
        error_messages={"required": _("Ghi giờ được phát.")},
    )
    minutes_per_day = forms.IntegerField(
        label=_("Số phút mỗi ngày"),
        help_text=_("Từ 0 đến 1.440."),
        min_value=0,
        max_value=1440,
        error_messages=dict.fromkeys(NUMBER_ERRORS, _("Ghi số phút, từ 0 đến 1.440.")),
    )
    volume_cap = forms.IntegerField(
        label=_("Âm lượng nhiều nhất"),
        help_text=_("Phần trăm, từ 10 đến 100."),
        min_value=QUIETEST,
        max_value=100,
        error_messages=dict.fromkeys(NUMBER_ERRORS, _("Ghi âm lượng, từ 10 đến 100.")),
    )
    note = forms.CharField(
        label=_("Ghi chú"),
        help_text=_("Hiện ở mọi trang có quy định này, ví dụ số văn bản của xã."),
        max_length=200,
        required=False,
    )
