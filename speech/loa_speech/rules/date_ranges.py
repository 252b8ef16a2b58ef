# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ranges of dates, within a month or across months and years: 24-30/11, 28/12/2026 - 3/1/2027."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.days import (
    DASH,
    DAY,
    MONTH,
    YEAR,
    is_led,
    is_lunar,
    is_named,
    lead,
    say_day,
    say_month,
    say_year,
)
from loa_speech.rules.numbers import day_of_month

_TO = rf"(?:{DASH}|\s?đến\s?(?:hết\s)?(?:ngày\s)?)"
_RANGE = re.compile(rf"{DAY}(?:/{MONTH}(?:/{YEAR})?)?{_TO}(?:ngày\s)?{DAY}/{MONTH}(?:/{YEAR})?(?![\d/])")
_DOTTED = re.compile(
    rf"{DAY}([.-]){MONTH}(?:\2{YEAR})?(?:\s{{0,2}}[–—-]\s{{0,2}}"
    rf"|\s?đến\s?(?:hết\s)?(?:ngày\s)?){DAY}\2{MONTH}(?:\2{YEAR})?(?![\d/])"
)
_DAYS_WORDED = re.compile(
    rf"{DAY}{DASH}{DAY}(?=\s+(?:tháng\s+(?:\d|[Gg]iêng|[Cc]hạp)|âm lịch|hằng tháng|hàng tháng))"
)
_SEVERAL_LEFT = re.compile(r"(?:từ|trong|các|những|hai|ba|mấy) ngày $")
_DAYS_OPEN = re.compile(rf"{DAY}{DASH}{DAY}(?![\w/.,]\d|\d|[/%])")


def date_range(context: Context) -> Said | None:
    """Read a range of dates: 24-30/11, 28/11 - 3/12/2026, 28.12.2026 - 03.01.2027."""
    match = _RANGE.match(context.text, context.pos)
    if match is None:
        dotted = _DOTTED.match(context.text, context.pos)
        if dotted is None or not (is_led(context) or dotted[7]):
            return None
        match, (day, _, number, year, last_day, last_month, last_year) = dotted, dotted.groups()
    else:
        day, number, year, last_day, last_month, last_year = match.groups()
    if number is None and not (is_led(context) or int(day) < int(last_day)):
        return None
    lunar = is_lunar(context, match.end())
    head = lead(context) + say_day(context, day)
    if number:
        head += f" tháng {say_month(number, lunar=lunar)}{say_year(year)}"
    last = say_month(last_month, lunar=lunar)
    tail = f"ngày {day_of_month(int(last_day))} tháng {last}{say_year(last_year)}"
    sure = bool(is_led(context) or number or last_year)
    return Said(match.end(), f"{head} đến {tail}", "date-range", sure)


def worded_range(context: Context) -> Said | None:
    """Read the days before a month in words: ngày 5-7 tháng 12."""
    match = _DAYS_WORDED.match(context.text, context.pos)
    if match is None:
        match = _DAYS_OPEN.match(context.text, context.pos)
        if match is None or not is_named(context):
            return None
        if int(match[2]) <= 12 and not _SEVERAL_LEFT.search(context.left):
            return None  # "ngày 5-11" is one day
    if int(match[1]) >= int(match[2]):
        return None
    spoken = f"{lead(context)}{say_day(context, match[1])} đến ngày {day_of_month(int(match[2]))}"
    return Said(match.end(), spoken, "date-range")
