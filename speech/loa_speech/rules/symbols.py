# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signs between words, markup, emoji, other scripts: read, or left out and marked so."""

import re
import unicodedata

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import cardinal
from loa_speech.rules.units import MEASURES, MONEY

_MARKUP = re.compile(
    r"</?[A-Za-z][^<>\n]{0,300}>|<!--[^<>]{0,300}-->|&(?:nbsp|amp|lt|gt|quot|#\d{1,6});|!?\[(?=[^\]\n]{1,200}\]\()"
    r"|\]\([^)\s]{1,500}\)|[*_#~`|^\\]{1,80}|[=]{3,80}|[-–—]{3,80}|[-–=]>|[•▪●○■□◆◇►▶✓✔★☆→⇒➢❖·]{1,20}"
)
_BULLET = re.compile(r"[+*•▪][ \t]")
_SLASH_LEFT = re.compile(r"([^\W\d_]+)\s?$")
_SLASH_RIGHT = re.compile(r"\s?([^\W\d_]+[23²³]?)")
_COUNT_WORDS = """đồng lần buổi lượt suất tấn tạ yến con cây người ngày tháng năm hộ bao chiếc lít triệu
nghìn tỷ kỳ đợt giờ"""
_COUNTED = frozenset(_COUNT_WORDS.split())
_SPOKEN = {
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
_COMPARED = {"<": "nhỏ hơn", ">": "lớn hơn", "+": "cộng"}
_FRACTIONS = {
    "½": "một phần hai",
    "⅓": "một phần ba",
    "¼": "một phần tư",
    "¾": "ba phần tư",
    "⅔": "hai phần ba",
}


def markup(context: Context) -> Said | None:
    """Leave out HTML, Markdown and list marks."""
    text, pos = context.text, context.pos
    match = _MARKUP.match(text, pos)
    if match is None and context.starts_line():
        match = _BULLET.match(text, pos)
    if match is None:
        return None
    if match[0] == "&amp;":
        return Said(match.end(), "và", "symbol")
    return Said(match.end(), "", "markup")


def slash(context: Context) -> Said | None:
    """Read a slash between words: thôn/bản (a pause), và/hoặc, lần/ngày, người/km2."""
    text, pos = context.text, context.pos
    if text[pos] != "/":
        return None
    before = context.previous
    if before is not None and before.rule == "time" and before.end == pos:
        return Said(pos + 1, " ", "slash")  # "7h/10/9"
    right = _SLASH_RIGHT.match(text, pos + 1)
    left = _SLASH_LEFT.search(context.left)
    if left is None:
        return Said(pos + 1, " trên" if re.search(r"\d\s?$", context.left) else "", "slash", sure=False)
    if right is None:
        number = text[pos + 1 : pos + 2].isdigit()
        return Said(pos + 1, " trên" if number else "", "slash", sure=number)
    if left[1] in ("và", "hoặc"):
        return Said(pos + 1, " ", "slash")
    if left[1] in _COUNTED:
        unit = right[1] in MEASURES and right[1] not in MONEY and right[1] != "ha"
        return Said(pos + 1, " trên " if unit else " một ", "slash")
    return Said(pos + 1, ", ", "slash")


def sign(context: Context) -> Said | None:
    """Read a sign that has a word; < > + only between numbers or with one behind."""
    text, pos = context.text, context.pos
    char = text[pos]
    if char in _FRACTIONS:
        return Said(pos + 1, _FRACTIONS[char], "fraction")
    if char in _SPOKEN:
        return Said(pos + 1, _SPOKEN[char], "symbol")
    if char in _COMPARED:
        behind = text[pos + 1 : pos + 3].lstrip()
        if behind[:1].isdigit() and (char != "+" or re.search(r"[\w%)]\s?$", context.left)):
            return Said(pos + 1, _COMPARED[char], "symbol")
        return Said(pos + 1, "", "symbol")
    return None


def times(context: Context) -> Said | None:
    """Read an x between numbers: 5x10m, 20 x 30 cm."""
    text, pos = context.text, context.pos
    if text[pos] not in "xX" or not text[pos + 1 : pos + 3].lstrip()[:1].isdigit():
        return None
    if not re.search(r"\d ?(?:k|c|m)?m?\s?$", context.left):
        return None
    return Said(pos + 1, "nhân", "symbol")


def _kept(char: str) -> bool:
    return unicodedata.category(char)[0] in "PZ"


def unreadable(context: Context) -> Said | None:
    """Leave out emoji, control characters and signs without a word; punctuation stays."""
    text, pos = context.text, context.pos
    end = pos
    limit = min(len(text), pos + 200)
    while end < limit and not text[end].isalnum() and not text[end].isspace() and not _kept(text[end]):
        if text[end] in _SPOKEN or text[end] in _COMPARED or text[end] in _FRACTIONS:
            break
        end += 1
    if end == pos:
        return None
    emoji = any(unicodedata.category(char) in ("So", "Sk", "Cn") for char in text[pos:end])
    return Said(end, "", "emoji" if emoji else "symbol")


def odd_number(context: Context) -> Said | None:
    """Read a sign that is a number in itself: ① ⑤ Ⅳ."""
    char = context.text[context.pos]
    number = unicodedata.numeric(char, None)
    if number is None:
        return None
    spoken = cardinal(int(number)) if number == int(number) and abs(number) < 10**12 else ""
    return Said(context.pos + 1, spoken, "number", sure=False)


def is_latin(char: str) -> bool:
    """Tell whether a letter belongs to the Latin script, the only one that a Vietnamese voice reads."""
    return char < "\u0250" or "\u1e00" <= char <= "\u1eff"


def other_script(context: Context) -> Said | None:
    """Leave out words in a script that a Vietnamese voice cannot read, and ask a person to look."""
    text, end = context.text, context.pos
    limit = min(len(text), end + 500)
    while end < limit and _is_foreign(text[end]):
        end += 1
    return Said(end, "", "other-script", sure=False) if end > context.pos else None


def _is_foreign(char: str) -> bool:
    return not is_latin(char) and unicodedata.category(char)[0] in "LM"
