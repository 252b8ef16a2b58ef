# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days of work in Viet Nam: weekends, holidays with the days given for them, days worked in exchange, Tết.

The list comes from the package ``holidays``, which carries each year's decision; a later decision needs a
newer package. It is imported when first asked, not at the start of a process.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

DAY = timedelta(days=1)
LONGEST_REST = 31  # days in a row without work beyond which something is wrong with the list
_TET = ("Tết", "Giao thừa")
_NEW_YEAR = "Tết Dương lịch"


@dataclass(frozen=True)
class Year:
    """What one year says: holidays by day, and the weekend days that are worked in exchange."""

    holidays: Mapping[date, str]
    worked: Collection[date]


@lru_cache(maxsize=64)
def year(number: int) -> Year:
    """Return the holidays of a calendar year, in Vietnamese."""
    from holidays import country_holidays

    found = country_holidays("VN", years=number, language="vi")
    return Year(dict(found.items()), frozenset(getattr(found, "weekend_workdays", ())))


def holiday_name(day: date) -> str:
    """Return what a holiday is called; empty for any other day."""
    return year(day.year).holidays.get(day, "")


def is_workday(day: date) -> bool:
    """Say whether offices work on a day."""
    if day in year(day.year).worked:
        return True
    return day.weekday() < 5 and not holiday_name(day)


def is_tet(day: date) -> bool:
    """Say whether a day belongs to the lunar new year, with weekends and days off that touch it."""
    return any(_is_lunar(near) for near in _rest_around(day))


def _is_lunar(day: date) -> bool:
    name = holiday_name(day)
    return name != _NEW_YEAR and any(word in name for word in _TET)


def _rest_around(day: date) -> list[date]:
    """Return the days without work in a row that hold a day; none when it is worked."""
    if is_workday(day):
        return []
    found = [day]
    for step in (-DAY, DAY):
        near = day + step
        while not is_workday(near) and len(found) < LONGEST_REST:
            found.append(near)
            near += step
    return found


def workday_before(day: date) -> date:
    """Return the day itself if it is worked, else the last day of work before it."""
    for _ in range(LONGEST_REST):
        if is_workday(day):
            return day
        day -= DAY
    raise ValueError(f"No day of work in the month before {day}.")


def workday_after(day: date) -> date:
    """Return the day itself if it is worked, else the next day of work."""
    for _ in range(LONGEST_REST):
        if is_workday(day):
            return day
        day += DAY
    raise ValueError(f"No day of work in the month after {day}.")


def workdays_between(start: date, end: date) -> int:
    """Return how many days of work there are from ``start`` to ``end``, both included."""
    return sum(is_workday(start + DAY * index) for index in range((end - start).days + 1))


def add_workdays(day: date, count: int) -> date:
    """Return the day that is ``count`` days of work after (before, when negative) a day."""
    step = DAY if count >= 0 else -DAY
    left = abs(count)
    while left:
        day += step
        left -= is_workday(day)
    return day


def shifted_start(day: date, days: int) -> date:
    """Return a beginning moved by so many days: never into a rest that it did not lie in, rather after it."""
    moved = day + DAY * days
    return _same_weekday(day, moved) if not is_workday(day) else workday_after(moved)


def shifted_due(day: date, days: int) -> date:
    """Return a due date moved by so many days: never into a rest that it did not lie in, rather before it.

    Work planned for a day off (a clean-up on a Sunday) stays on its day of the week, outside Tết.
    """
    moved = day + DAY * days
    return _same_weekday(day, moved) if not is_workday(day) else workday_before(moved)


def _same_weekday(day: date, moved: date) -> date:
    """Return the nearest day with the weekday of ``day`` that is no part of Tết."""
    offset = (day.weekday() - moved.weekday() + 3) % 7 - 3
    nearest = moved + DAY * offset
    for weeks in (0, 1, -1, 2, -2, 3, -3):
        found = nearest + DAY * 7 * weeks
        if not is_tet(found):
            return found
    return nearest
