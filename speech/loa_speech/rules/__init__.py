# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rules in the order in which they are tried, by the kind of character that a stretch begins with.

To add a kind: write a function `Context -> Said | None` in the module of its topic and place it here before
the rules that would take its text. Every pattern is matched at one place and bounded, so that the whole stays
linear in the length of the text.
"""

from functools import cache

from loa_speech.rules import (
    accounts,
    capitals,
    codes,
    coordinates,
    date_ranges,
    dates,
    documents,
    foreign,
    fractions,
    groups,
    houses,
    legal,
    letters,
    lists,
    markup,
    money,
    months,
    negatives,
    phones,
    plates,
    posts,
    quantities,
    ratios,
    roads,
    roman,
    scores,
    scripts,
    signs,
    slashes,
    times,
    web,
    weekdays,
    years,
)
from loa_speech.rules.context import Context, Rule, Said

AT_DIGIT: tuple[Rule, ...] = (
    accounts.account,
    phones.phone,
    phones.services,
    documents.document_number,
    legal.named_number,
    plates.plate,
    lists.list_number,
    accounts.named_unit,
    ratios.named_ratio,
    date_ranges.date_range,
    dates.date_list,
    dates.full_date,
    months.month_year,
    years.year_range,
    times.round_the_clock,
    scores.score,
    weekdays.numbered,
    money.gold,
    money.broken,
    times.stopwatch,
    times.clock_time,
    times.span,
    houses.house,
    date_ranges.worded_range,
    dates.short_date,
    dates.lunar_month,
    dates.worded_date,
    months.months,
    fractions.fraction,
    ratios.colon_ratio,
    phones.hot_line,
    money.loose_mark,
    coordinates.coordinate,
    quantities.raised_zero,
    codes.code_from_digit,
    groups.chain,
    groups.comma_groups,
    quantities.spaced_thousands,
    quantities.height,
    quantities.age,
    quantities.unit_range,
    quantities.quantity,
    groups.pointed,
    groups.digits,
)
# A rule for digits that reads nothing unless one of these signs stands near: it is not even called without one.
_NEEDED: dict[Rule, str] = {
    documents.document_number: "/-",
    lists.list_number: ".)/",
    date_ranges.date_range: "/.",
    dates.full_date: "/.-",
    years.year_range: "/-–—→",
    scores.score: "-–:/",
    ratios.named_ratio: "/:",
    houses.house: "/",
    date_ranges.worded_range: "-–—→",
    dates.short_date: "/.-",
    dates.lunar_month: "/",
    fractions.fraction: "/",
    ratios.colon_ratio: ":",
    money.loose_mark: ",.",
    groups.chain: "-–",
    groups.comma_groups: ",",
    groups.pointed: ".",
}
_SIGNS = "/-–—→.,:)"
_NEAR = 32  # characters; longer than anything that these rules read up to their sign


@cache
def _digit_rules(near: tuple[bool, ...]) -> tuple[Rule, ...]:
    found = {sign for sign, stands in zip(_SIGNS, near, strict=True) if stands}
    return tuple(rule for rule in AT_DIGIT if rule not in _NEEDED or found & set(_NEEDED[rule]))


def at_digit(text: str, pos: int) -> tuple[Rule, ...]:
    """Give the rules that may read the digit at a place, by the signs that stand near it."""
    near = text[pos : pos + _NEAR]
    return _digit_rules(tuple([sign in near for sign in _SIGNS]))


AT_CAPITAL_FIRST: tuple[Rule, ...] = (
    signs.times,
    web.web_address,
    letters.initials,
    roman.roman,
    roads.road,
    quantities.lone_unit,
    posts.kilometre_post,
)
AT_CAPITAL: tuple[Rule, ...] = (
    weekdays.weekday,
    months.month_letter,
    months.quarter,
    roman.lone_roman,
    codes.code,
    capitals.headline,
    letters.capital_letter,
    capitals.spelled,
)
AT_SMALL: tuple[Rule, ...] = (
    signs.times,
    web.web_address,
    quantities.lone_unit,
    posts.kilometre_post,
    legal.point_letter,
    lists.list_letter,
    codes.mixed_code,
    capitals.vowelless,
)
AT_WORD: tuple[Rule, ...] = (  # three small letters or more that are no Vietnamese syllable
    capitals.vowelless,
    foreign.unknown_word,
)
AT_SIGN: tuple[Rule, ...] = (
    phones.phone,
    negatives.negative,
    money.dollars,
    lists.bullet,
    signs.times,
    markup.markup,
    slashes.slash,
    signs.sign,
    signs.odd_number,
    markup.unreadable,
)
AT_FOREIGN: tuple[Rule, ...] = (scripts.other_script,)

__all__ = [
    "AT_CAPITAL",
    "AT_CAPITAL_FIRST",
    "AT_DIGIT",
    "AT_FOREIGN",
    "AT_SIGN",
    "AT_SMALL",
    "AT_WORD",
    "Context",
    "Rule",
    "Said",
    "at_digit",
]
