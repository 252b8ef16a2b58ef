# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ranges of years: nhiệm kỳ 2020-2025, năm học 2026-2027, giai đoạn 2021-2030, (1930-2025)."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.days import DASH, END, YEAR
from loa_speech.rules.numbers import cardinal

_SCHOOL_YEAR = re.compile(rf"{YEAR}/{YEAR}{END}")
_SHORT_YEAR = re.compile(rf"{YEAR}[/-](\d\d){END}")
_YEARS = re.compile(rf"{YEAR}{DASH}{YEAR}{END}")
_SCHOOL_LEFT = re.compile(r"(?:năm học|niên khóa|niên khoá|mùa giải|vụ|mùa)\s*$")


def year_range(context: Context) -> Said | None:
    """Read a range of years; a school year is a pair without "đến"."""
    short = _SHORT_YEAR.match(context.text, context.pos)
    if short is not None and (int(short[1]) + 1) % 100 == int(short[2]):
        year = int(short[1])
        return Said(short.end(), f"{cardinal(year)}, {cardinal(year + 1)}", "year-range")
    school = _SCHOOL_YEAR.match(context.text, context.pos)
    match = school or _YEARS.match(context.text, context.pos)
    if match is None:
        return None
    joint = ", " if school or _SCHOOL_LEFT.search(context.left) else " đến "
    return Said(match.end(), f"{cardinal(int(match[1]))}{joint}{cardinal(int(match[2]))}", "year-range")
