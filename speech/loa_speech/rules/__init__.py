# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rules in the order in which they are tried, by the kind of character that a stretch begins with.

To add a kind: write a function `Context -> Said | None` in the module of its topic and place it here before
the rules that would take its text. Every pattern is matched at one place and bounded, so that the whole stays
linear in the length of the text.
"""

from loa_speech.rules import (
    capitals,
    dates,
    documents,
    letters,
    phones,
    ratios,
    roads,
    roman,
    symbols,
    times,
    units,
    web,
)
from loa_speech.rules.context import Context, Rule, Said

AT_DIGIT: tuple[Rule, ...] = (
    phones.phone,
    documents.document_number,
    letters.plate,
    dates.date_list,
    dates.date_range,
    dates.full_date,
    dates.month_year,
    dates.year_range,
    times.round_the_clock,
    ratios.score,
    times.clock_time,
    times.span,
    dates.short_date,
    dates.worded_date,
    ratios.ratio,
    ratios.colon_ratio,
    phones.hot_line,
    units.comma_groups,
    units.unit_range,
    units.quantity,
    units.pointed,
    letters.code_from_digit,
    units.digits,
)
AT_CAPITAL_FIRST: tuple[Rule, ...] = (
    web.web_address,
    roman.roman,
    roads.road,
    units.lone_unit,
    roads.kilometre_post,
)
AT_CAPITAL: tuple[Rule, ...] = (
    dates.weekday,
    dates.month_letter,
    roman.lone_roman,
    letters.code,
    capitals.headline,
    letters.capital_letter,
    capitals.spelled,
)
AT_SMALL: tuple[Rule, ...] = (
    web.web_address,
    units.lone_unit,
    roads.kilometre_post,
    letters.point_letter,
    symbols.times,
)
AT_SIGN: tuple[Rule, ...] = (
    phones.phone,
    units.negative,
    units.dollars,
    symbols.markup,
    symbols.slash,
    symbols.sign,
    symbols.odd_number,
    symbols.unreadable,
)
AT_FOREIGN: tuple[Rule, ...] = (symbols.other_script,)

__all__ = [
    "AT_CAPITAL",
    "AT_CAPITAL_FIRST",
    "AT_DIGIT",
    "AT_FOREIGN",
    "AT_SIGN",
    "AT_SMALL",
    "Context",
    "Rule",
    "Said",
]
