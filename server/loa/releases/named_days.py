# SPDX-License-Identifier: AGPL-3.0-or-later
"""Until when a text is true, by the days that it names itself: what the form of a request proposes."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

NEAR = timedelta(days=120)  # a day that is named lies not further ahead; else "12/5" may mean last May
RELATIVE = re.compile(
    r"\b(?:hôm nay|(?:sáng|trưa|chiều|tối|đêm) nay|(?:ngày|sáng|trưa|chiều|tối|đêm) (?:mai|kia))\b",
    re.IGNORECASE,
)
_BEFORE = r"(?:ngày|đến|tới|hết|trước|từ|sáng|trưa|chiều|tối)\s+(?:\d{1,2}(?:/\d{1,2})?\s*[-–]\s*)?"
DATES = (
    re.compile(r"(?<![\d/])(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})(?![\d/])"),
    re.compile(_BEFORE + r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?P<year>)(?![\d/])", re.IGNORECASE),
    re.compile(
        r"ngày\s+(?P<day>\d{1,2})\s+tháng\s+(?P<month>\d{1,2})(?:\s+năm\s+(?P<year>\d{4}))?", re.IGNORECASE
    ),
)


@dataclass(frozen=True)
class LastDay:
    """The last day on which a text is true, and the words in it that say so."""

    day: date
    words: str
    is_relative: bool  # "ngày mai": true on the day of writing alone


def last_day_named(text: str, today: date) -> LastDay | None:
    """Return until when ``text`` is true by its own words, or None when it names no day ahead.

    A relative word ("ngày mai") is true today alone, whatever dates stand beside it; else the last date counts.
    """
    relative = RELATIVE.search(text)
    if relative is not None:
        return LastDay(today, relative[0], is_relative=True)
    found = [
        LastDay(day, match[0], is_relative=False)
        for pattern in DATES
        for match in pattern.finditer(text)
        if (day := _day(match, today)) is not None
    ]
    return max(found, key=lambda one: one.day, default=None)


def _day(match: re.Match[str], today: date) -> date | None:
    """Return the day that was written, if it lies ahead and near; without a year the next such day."""
    years = [int(match["year"])] if match["year"] else [today.year, today.year + 1]
    for year in years:
        try:
            day = date(year, int(match["month"]), int(match["day"]))
        except ValueError:
            continue
        if today <= day <= today + NEAR:
            return day
    return None
