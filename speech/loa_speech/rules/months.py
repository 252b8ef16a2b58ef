# SPDX-License-Identifier: AGPL-3.0-or-later
"""Months and quarters with or without a year: 11/2026, tháng 6-8/2026, T11/2026, quý 1/2027."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.days import DASH, END, MONTH, YEAR, is_lunar, say_month, say_year
from loa_speech.rules.numbers import cardinal

_MONTH_YEAR = re.compile(rf"{MONTH}\s?[/.-]\s?{YEAR}{END}")
_MONTHS_YEAR = re.compile(
    rf"{MONTH}(?:/{YEAR})?(?:{DASH}|\s?đến\s?(?:tháng\s)?)(?:[Tt]háng\s)?{MONTH}/{YEAR}{END}"
)
_BEGINS = re.compile(r"\d\d?\s?(?:[/.,-]|–|—|→|và|đến)")
_MONTHS = re.compile(rf"{MONTH}{DASH}(?:[Tt]háng\s)?{MONTH}(?![\w/.,]\d|\d|/)")
_MONTHS_LIST = re.compile(
    rf"{MONTH}((?:,\s?(?:0?[1-9]|1[0-2])(?![\d/])){{0,8}}(?:,|\s?và|,\s?và)\s?){MONTH}/{YEAR}{END}"
)
_LUNAR_MONTH = re.compile(r"0?(1|12)(?=\s(?:âm lịch|ÂL|AL)(?!\w))")
_LUNAR_LEFT = re.compile(r"(?:rằm|mùng \w{1,5}|mồng \w{1,5}) tháng $")
_LAW_LEFT = re.compile(
    r"(?:nghị định|luật|thông tư|quyết định|nghị quyết|chỉ thị|công văn|kế hoạch|pháp lệnh|số|tt|nđ|nq"
    r"|qđ)(?: số)?[\s:]*$"
)
_QUARTER_LEFT = re.compile(r"\b(?:quý|đợt|kỳ|lần|khóa|tập|vòng|giai đoạn|kỳ họp thứ|phiên)\s*$")
_QUARTER = re.compile(r"Q\.?([1-4])\s?[/-]\s?((?:19|20)\d\d)(?!\w)")
_LETTER = re.compile(r"T\.?(0?[1-9]|1[0-2])(?:\s?[/-]\s?((?:19|20)\d\d))?(?![\w/])")


def _is_named(context: Context) -> bool:
    return context.left.rstrip().endswith("tháng")


def month_year(context: Context) -> Said | None:
    """Read a month, a range or a list of months with their year."""
    if not _BEGINS.match(context.text, context.pos) or _LAW_LEFT.search(context.left):
        return None
    lead = "" if _is_named(context) else "tháng "
    match = _MONTHS_YEAR.match(context.text, context.pos)
    if match is not None:
        first, year, last, last_year = match.groups()
        head = f"{lead}{say_month(first)}{say_year(year)}"
        return Said(match.end(), f"{head} đến tháng {say_month(last)}{say_year(last_year)}", "month")
    listed = _MONTHS_LIST.match(context.text, context.pos) if not lead else None
    if listed is not None:
        between = context.text[listed.start() : listed.start(3)]
        spoken = re.sub(r"\d+", lambda item: say_month(item[0]), between)
        spoken = re.sub(r",\s?", ", ", spoken)
        return Said(listed.end(), f"{spoken}{say_month(listed[3])}{say_year(listed[4])}", "month")
    match = _MONTH_YEAR.match(context.text, context.pos)
    if match is None:
        return None
    if _QUARTER_LEFT.search(context.left):
        return Said(match.end(), f"{cardinal(int(match[1]))}{say_year(match[2])}", "month")
    return Said(match.end(), f"{lead}{say_month(match[1])}{say_year(match[2])}", "month")


def months(context: Context) -> Said | None:
    """Read a range of months without a year, and lunar months: tháng 6-8, rằm tháng 1."""
    if not _is_named(context):
        return None
    match = _LUNAR_MONTH.match(context.text, context.pos)
    if match is None and _LUNAR_LEFT.search(context.left):
        match = re.compile(r"0?(1)(?![\w/])").match(context.text, context.pos)
    if match is not None:
        return Said(match.end(), say_month(match[1], lunar=True), "month")
    match = _MONTHS.match(context.text, context.pos)
    if match is None:
        return None
    lunar = is_lunar(context, match.end())
    first, last = (say_month(number, lunar=lunar) for number in match.groups())
    return Said(match.end(), f"{first} đến tháng {last}", "month")


def quarter(context: Context) -> Said | None:
    """Read a quarter written with a Q: Q3/2026."""
    match = _QUARTER.match(context.text, context.pos)
    if match is None:
        return None
    lead = "" if _QUARTER_LEFT.search(context.left) else "quý "
    return Said(match.end(), f"{lead}{cardinal(int(match[1]))}{say_year(match[2])}", "month")


def month_letter(context: Context) -> Said | None:
    """Read months written with a T: T11/2026, T.12."""
    match = _LETTER.match(context.text, context.pos)
    if match is None or (match[2] is None and int(match[1]) < 8):
        return None
    sure = match[2] is not None
    others = () if sure else (f"tê {cardinal(int(match[1]))}",)
    return Said(match.end(), f"tháng {say_month(match[1])}{say_year(match[2])}", "month", sure, others)
