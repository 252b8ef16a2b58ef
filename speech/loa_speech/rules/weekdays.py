# SPDX-License-Identifier: AGPL-3.0-or-later
"""Weekdays: T2-T6, T7 - CN, thứ 2, 4, 6, thứ 2 - thứ 6."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import ordinal

_SPACED = re.compile(r"T ([2-7])(\s?[-–]\s?T ?[2-7])(?![\w/])")
_LETTERS = re.compile(
    r"T([2-7])((?:\s?(?:,|-|–|&|và|đến)\s?(?:T?[2-7](?![/.,:h]\d|[\dh])|CN)){0,7})(?![\w/])"
)
_STEP = re.compile(r"\s?(,|-|–|&|và|đến)\s?(?:T ?)?([2-7]|CN)")
_NUMBERS = re.compile(
    r"([2-7])((?:\s?(?:,|-|–|&|và|đến)\s?(?:[Tt]hứ\s)?(?:[2-7](?![/.,:h]\d|[\dh])|CN"
    r"|[Cc]hủ nhật)){1,7})(?![\w/%])"
)
_NUMBER_STEP = re.compile(r"\s?(,|-|–|&|và|đến)\s?([Tt]hứ\s)?([2-7]|CN|[Cc]hủ nhật)")
_WORDS = {",": ", ", "-": " đến ", "–": " đến ", "&": " và ", "và": " và ", "đến": " đến "}
_NAMED = re.compile(r"(?:^|\W)thứ $")


def _day(written: str, *, named: bool = True) -> str:
    if not written.isdecimal():
        return "Chủ nhật"
    return f"thứ {ordinal(int(written))}" if named else ordinal(int(written))


def weekday(context: Context) -> Said | None:
    """Read weekdays written with a T: T2, T2-T6, T2, T4, T6."""
    match = _LETTERS.match(context.text, context.pos) or _SPACED.match(context.text, context.pos)
    if match is None:
        return None
    steps = list(_STEP.finditer(match[2]))
    is_list = len(steps) > 1 and all(step[1] in "-–" for step in steps)
    spoken = _day(match[1])
    for step in steps:
        spoken += (", " if is_list else _WORDS[step[1]]) + _day(step[2])
    return Said(match.end(), spoken, "weekday")


def numbered(context: Context) -> Said | None:
    """Read several weekdays behind one "thứ": thứ 2, 4, 6; thứ 2-6; thứ 7, CN; 2-4-6 is a list."""
    match = _NUMBERS.match(context.text, context.pos)
    if match is None or not _NAMED.search(context.left):
        return None
    steps = list(_NUMBER_STEP.finditer(match[2]))
    is_list = len(steps) > 1 and all(step[1] in "-–" for step in steps)
    spoken = _day(match[1], named=False)
    for step in steps:
        joint = ", " if is_list else _WORDS[step[1]]
        named = bool(step[2]) or joint == " đến "
        spoken += joint + _day(step[3], named=named)
    return Said(match.end(), spoken, "weekday")
