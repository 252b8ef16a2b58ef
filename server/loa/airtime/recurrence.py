# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recurring days as RRULE of RFC 5545, expanded by local days.

A day has no hour that is missing or comes twice, so the expansion knows no change of clocks; the local time of a
round is turned into UTC afterwards, by ``loa_protocol`` as on the device. The parts allowed here always have a next
day, so that no expansion runs on without finding one.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

from loa.config.errors import ConflictError

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST = timedelta(days=62)  # nobody asks for more days at once
# What may stand beside FREQ, INTERVAL, UNTIL and WKST, and the longest interval.
_PARTS: dict[str, tuple[frozenset[str], int]] = {
    "DAILY": (frozenset(), 31),
    "WEEKLY": (frozenset({"BYDAY"}), 8),
    "MONTHLY": (frozenset({"BYDAY", "BYMONTHDAY"}), 6),
}
_ALWAYS = frozenset({"FREQ", "INTERVAL", "UNTIL", "WKST"})


def weekly(weekdays: Collection[int], *, until: date | None = None, interval: int = 1) -> str:
    """Write a recurrence on some days of the week (0 is Monday), until and with a last day.

    Raises:
        ConflictError: no day of the week.
    """
    if not weekdays:
        raise ConflictError(_("Chưa chọn thứ. Chọn ít nhất một ngày trong tuần."), field="weekdays")
    parts: dict[str, Any] = {"FREQ": "WEEKLY", "BYDAY": [WEEKDAYS[day] for day in sorted(set(weekdays))]}
    if interval != 1:
        parts["INTERVAL"] = interval
    if until is not None:
        parts["UNTIL"] = until
    return check(_written(parts))


def check(text: str) -> str:
    """Return a recurrence as it is kept.

    Raises:
        ConflictError: it is no recurrence, or of a kind that no programme has.
    """
    found = _read(text)
    frequency = str(found.get("FREQ", [""])[0])
    beside, longest = _PARTS.get(frequency, (frozenset(), 0))
    interval = found.get("INTERVAL", [1])
    fits = set(found) <= _ALWAYS | beside and len(interval) == 1 and 1 <= interval[0] <= longest
    if not fits or {"BYDAY", "BYMONTHDAY"} <= set(found) or not _is_expandable(text):
        raise _not_understood()
    return _written(found)


def days(text: str, first: date, since: date, until: date) -> list[date]:
    """Return the days of a recurrence in [since, until], in order.

    Args:
        first: where it begins to count; itself only one of the days if the recurrence says so.

    Raises:
        ValueError: more than ``LONGEST`` was asked for.
    """
    if until - since > LONGEST:
        raise ValueError(f"From {since} to {until} is too long.")
    rule = rrulestr(text, dtstart=datetime.combine(first, time()))
    return [
        one.date()
        for one in rule.between(datetime.combine(since, time()), datetime.combine(until, time()), inc=True)
    ]


def weekdays_of(text: str) -> list[int]:
    """Return the days of the week (0 is Monday) of a weekly recurrence; all for a daily one."""
    return [WEEKDAYS.index(str(day)) for day in _read(text).get("BYDAY", WEEKDAYS)]


def last_day(text: str) -> date | None:
    """Return the last day on which a recurrence may fall, or None."""
    until = _read(text).get("UNTIL", [None])[0]
    return until.date() if isinstance(until, datetime) else until


def _read(text: str) -> dict[str, Any]:
    from icalendar import vRecur

    try:
        return dict(vRecur.from_ical(text))
    except ValueError as error:
        raise _not_understood() from error


def _written(parts: dict[str, Any]) -> str:
    from icalendar import vRecur

    written: Any = vRecur(parts)
    return str(written.to_ical().decode())


def _is_expandable(text: str) -> bool:
    try:
        rrulestr(text, dtstart=datetime.combine(date(2026, 1, 1), time()))
    except (ValueError, TypeError):
        return False
    return True


def _not_understood() -> ConflictError:
    return ConflictError(_("Chưa đọc được cách lặp. Chọn các ngày trong tuần."), field="weekdays")
