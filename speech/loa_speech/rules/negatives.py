# SPDX-License-Identifier: AGPL-3.0-or-later
"""Negative numbers: -5°C, từ -2 đến 3 độ, tăng trưởng -1,5%."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import decimal
from loa_speech.rules.quantities import NUMBER, say_unit

_SIGNED = re.compile(rf"[-–]({NUMBER})")
_LEFT = re.compile(
    r"(?:nhiệt độ|xuống|dưới|mức|còn|đến|từ|là|tăng trưởng|khoảng|ở|thấp nhất|tới|đạt|âm)[^\d\n]{0,12}$"
)
_FALLS = ("đồng", "phần trăm", "nghìn đồng", "triệu đồng")  # "(-300đ)" behind a price is what it fell by
_COLD = ("°", "º", "˚", "độ", "oC", "℃")
_RANGE_TO = re.compile(r"\s(?:đến|tới|-|–)\s[-–]?\d{1,2}\s?(?:°|º|độ|oC|℃)")


def negative(context: Context) -> Said | None:
    """Read a minus sign before a temperature or a fall."""
    match = _SIGNED.match(context.text, context.pos)
    if match is None:
        return None
    before = context.text[context.pos - 1 : context.pos]
    if before and not (before.isspace() or before == "("):
        return None
    unit, end, marked = say_unit(context.text, match.end())
    behind = context.text[match.end() : match.end() + 24]
    if before == "(" and marked and unit.strip() in _FALLS:
        spoken = f"{decimal(match[1])}{unit}"
        return Said(end, f"giảm {spoken}", "negative", False, (f"âm {spoken}",))
    cold = behind.lstrip().startswith(_COLD) or _RANGE_TO.match(behind) is not None
    if not cold and (not (marked and _LEFT.search(context.left)) or context.starts_line()):
        return None
    last = re.compile(rf"\s?[-–]\s?({NUMBER})").match(context.text, end) if not marked else None
    if last is not None:
        unit, end, marked = say_unit(context.text, last.end())
        return Said(end, f"âm {decimal(match[1])} đến {decimal(last[1])}{unit}", "negative")
    return Said(end, f"âm {decimal(match[1])}{unit}", "negative")
