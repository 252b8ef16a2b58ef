# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signs that have a word: & = ± ≥ ½, 5 x 10, 45+2, and dashes between numbers."""

import re
import unicodedata

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import cardinal

SPOKEN = {
    "&": "và",
    "=": "bằng",
    "±": "cộng trừ",
    "×": "nhân",
    "÷": "chia",
    "≤": "nhỏ hơn hoặc bằng",
    "≥": "lớn hơn hoặc bằng",
    "≈": "khoảng",
    "%": "phần trăm",
    "‰": "phần nghìn",
    "°": "độ",
    "²": "bình phương",
    "³": "lập phương",
    "§": "mục",
    "@": "a còng",
    "$": "đô la",
    "€": "ơ rô",
    "₫": "đồng",
    "℃": "độ xê",
    "№": "số",
}
_OR_EQUAL = {"<=": "nhỏ hơn hoặc bằng", ">=": "lớn hơn hoặc bằng"}
COMPARED = {"<": "dưới", ">": "trên", "+": "cộng", "~": "khoảng"}
FRACTIONS = {
    "½": "một phần hai",
    "⅓": "một phần ba",
    "¼": "một phần tư",
    "¾": "ba phần tư",
    "⅔": "hai phần ba",
}
_OPERAND_LEFT = re.compile(r"[\w%)'’]\s?$")
_ROSE = re.compile(r"\d{1,3}(?:[.,]\d{1,3})?\s?(?:%|đ(?!\w))")
_TIMES_LEFT = re.compile(r"(?:\d ?(?:k|c|m)?m?2?|\))\s?$|\d[^\d.;:\n]{1,16}\s$")
_TIMES = re.compile(r"[xX*×]\s?(?=\d)|[xX×]\s(?=(?:dài|rộng|cao|sâu|dày)\s)")


def sign(context: Context) -> Said | None:
    """Read a sign that has a word; < > + ~ only with a number behind."""
    text, pos = context.text, context.pos
    char = text[pos]
    if char in FRACTIONS:
        return Said(pos + 1, FRACTIONS[char], "sign")
    if char in SPOKEN:
        return Said(pos + 1, SPOKEN[char], "sign")
    if char == "+" and text[pos - 1 : pos] == "(" and text[pos + 1 : pos + 2] == ")":
        return Said(pos + 1, "dương tính", "sign")
    if char == "+" and text[pos - 1 : pos] == "(" and _ROSE.match(text, pos + 1):
        return Said(pos + 1, "tăng", "sign", False, ("cộng",))  # "(+30%)" beside a figure is what it rose by
    if text[pos : pos + 2] in _OR_EQUAL:
        return Said(pos + 2, _OR_EQUAL[text[pos : pos + 2]], "sign")
    if char in COMPARED:
        behind = text[pos + 1 : pos + 3].lstrip()
        if behind[:1].isdigit() and (char != "+" or _OPERAND_LEFT.search(context.left)):
            return Said(pos + 1, COMPARED[char], "sign")
        return Said(pos + 1, "", "sign")
    return None


def times(context: Context) -> Said | None:
    """Read an x between numbers: 5x10m, 20 x 30 cm, 4x100m."""
    text, pos = context.text, context.pos
    if not _TIMES.match(text, pos) or not _TIMES_LEFT.search(context.left):
        return None
    return Said(pos + 1, "nhân", "sign")


def odd_number(context: Context) -> Said | None:
    """Read a sign that is a number in itself: ① ⑤ Ⅳ."""
    number = unicodedata.numeric(context.text[context.pos], None)
    if number is None:
        return None
    spoken = cardinal(int(number)) if number == int(number) and abs(number) < 10**12 else ""
    return Said(context.pos + 1, spoken, "sign", sure=False)
