# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money in forms of its own: $100, 1tr2, 20tr500, 2 tỷ 350, 1.200.000,đ, ĐVT: 1.000đ."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import cardinal, decimal, whole
from loa_speech.rules.quantities import NUMBER, say_unit

_DOLLARS = re.compile(rf"(?:US)?[$€]\s?({NUMBER})(?:\s?(triệu|tỷ|nghìn))?")
_BROKEN = re.compile(r"(\d{1,4})\s?(tr|triệu|tỷ|tỉ)\s?(\d{1,3})(?:\s?(tr|k))?(?![\w.,/]\d|\w)")
_FINENESS = re.compile(r"9{3,4}(?![\d.,]\d|\d)")
_GOLD_LEFT = re.compile(r"(?:vàng|chỉ|nhẫn|lượng|ta|sjc|cây|dây chuyền|bông tai)(?: [^\W\d_]{1,8}){0,2}\s$")
_MARKED = re.compile(r"(\d{1,3}(?:[.,]\d{3}){1,4})(?:,-|,|\.|-|\s)?\s?(?:đ|₫|VN[ĐD]|vnđ)(?![\w/])")


def dollars(context: Context) -> Said | None:
    """Read money whose sign stands in front: $100, US$ 2,5 triệu."""
    match = _DOLLARS.match(context.text, context.pos)
    if match is None:
        return None
    name = "ơ rô" if "€" in match[0] else "đô la Mỹ"
    scale = f" {match[2]}" if match[2] else ""
    return Said(match.end(), f"{decimal(match[1])}{scale} {name}", "money")


def gold(context: Context) -> Said | None:
    """Read the fineness of gold: vàng 9999, 1 chỉ 9999."""
    match = _FINENESS.match(context.text, context.pos)
    if match is None or not _GOLD_LEFT.search(context.left):
        return None
    return Said(match.end(), f"{'ba' if len(match[0]) == 3 else 'bốn'} số chín", "money")


def broken(context: Context) -> Said | None:
    """Read millions with what is over: 1tr2 is one million two (hundred thousand), 3tr500."""
    match = _BROKEN.match(context.text, context.pos)
    if match is None or (match[2] in ("triệu", "tỷ", "tỉ") and context.text[match.start(3) - 1] == " "):
        return None
    scale = "tỷ" if match[2] in ("tỷ", "tỉ") else "triệu"
    tail = cardinal(int(match[3]))
    if len(match[3]) == 3:
        tail += " nghìn" if scale == "triệu" else " triệu"
    unit, end, _ = say_unit(context.text, match.end())
    return Said(end, f"{cardinal(int(match[1]))} {scale} {tail}{unit}", "money")


def loose_mark(context: Context) -> Said | None:
    """Read an amount with a stray sign before the unit: 1.200.000,đ; 500.000-đ."""
    match = _MARKED.match(context.text, context.pos)
    if match is None or context.text[match.end(1) : match.end(1) + 1] in (" ", "đ", "₫", "V", "v"):
        return None
    return Said(match.end(), f"{whole(re.sub('[.,]', '', match[1]))} đồng", "money")
