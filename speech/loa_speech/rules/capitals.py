# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words in capitals: a headline is read as words, an unknown abbreviation letter by letter, as a guess."""

import re

from loa_speech.rules.abbreviations import compound
from loa_speech.rules.context import Context, Said
from loa_speech.rules.letters import spell
from loa_speech.rules.syllables import as_word, is_sayable, is_syllable

_NEIGHBOUR_RIGHT = re.compile(r"[\s,–:()\"“”/-]{1,3}([^\W\d_]{2,12})")
_NEIGHBOUR_LEFT = re.compile(r"([^\W\d_]{2,12})[\s,–:()\"“”/-]{1,3}$")
_JOINED = re.compile(r"[A-ZĐƯ]{2,8}(?:\s?[&-]\s?[A-ZĐƯ]{1,8}){1,4}(?![\w])")
_MARKED = re.compile(r"[^A-ZĐ]")
_STORM_LEFT = re.compile(r"bão(?: số \d{1,2})? \(?(?:tên quốc tế(?: là)? )?$")
_WORDLIKE = re.compile(r"(?=.*[AEIOU].*[^AEIOUY].*[AEIOU])(?!.*[^AEIOUY]{3})[A-Z]{4,12}")  # EXPO
_FOREIGN_END = re.compile(r"[BCDFGHKLMNPRSTVZ]{1,2}[AEIOUY][XSLDRKGF]")
_PART = re.compile(r"[^\W\d_](?:[^\W\d_A-ZĐ]+)?")
_LETTERS_LEFT = re.compile(r"(?:chữ|chữ cái|ký tự|kí tự|ký hiệu|kí hiệu|đầu mã|mã đầu)\s[\"“]?$")


def _is_capital_word(word: str | None) -> bool:
    return word is not None and word.isupper() and is_syllable(word)


def in_headline(context: Context, end: int) -> bool:
    """Tell whether a word in capitals that is a Vietnamese syllable stands beside the stretch up to `end`."""
    right = _NEIGHBOUR_RIGHT.match(context.text, end)
    left = _NEIGHBOUR_LEFT.search(context.text[max(0, context.pos - 16) : context.pos])
    return _is_capital_word(right[1] if right else None) or _is_capital_word(left[1] if left else None)


def headline(context: Context) -> Said | None:
    """Read a Vietnamese word in capitals as a word: "THÔNG BÁO LỊCH CẮT ĐIỆN"."""
    word = context.word
    end = context.pos + len(word)
    if len(word) < 2 or not word.isupper() or not is_syllable(word):
        return None
    if _MARKED.search(word) or in_headline(context, end):
        return Said(end, word.lower(), "capitals")
    return None


def vowelless(context: Context) -> Said | None:
    """Spell small letters that no voice can say, such as "sđt" or "tkđk", as a guess."""
    word = context.word
    if not 2 <= len(word) <= 12 or is_sayable(word):
        return None
    return Said(context.pos + len(word), spell(word), "spelled", sure=False)


def spelled(context: Context) -> Said | None:
    """Spell an abbreviation that nobody explained; what can be said as a word is said so."""
    joined = _JOINED.match(context.text, context.pos)
    if joined is not None:
        letters = ", ".join(spell(part) for part in re.split(r"\s?[&-]\s?", joined[0]))
        return Said(joined.end(), letters, "spelled", sure=False)
    word = context.word
    if _LETTERS_LEFT.search(context.left):
        return Said(context.pos + len(word), spell(word), "spelled") if len(word) > 1 else None
    capitals = sum(letter.isupper() for letter in word)
    if capitals < 2:
        return None
    end = context.pos + len(word)
    letters = spell(word)
    if is_syllable(word):
        return Said(end, word.lower(), "capitals", False, (letters,) if capitals == len(word) else ())
    if capitals < len(word):
        return Said(end, _camel(word), "spelled", sure=False)
    as_said = compound(word) or as_word(word)
    if as_said is None and _STORM_LEFT.search(context.left):
        as_said = word.lower()
    if as_said is None and _WORDLIKE.fullmatch(word):
        as_said = word.lower()
    if as_said is None and _FOREIGN_END.fullmatch(word):
        as_said = word.lower()
    if as_said is not None:
        return Said(end, as_said, "spelled", False, (letters,))
    return Said(end, letters, "spelled", False)


def _camel(word: str) -> str:
    """Read a name of mixed case: Vietnamese words apart (ĐầmHà), what can be said as it is (MoMo), else letters."""
    parts = _PART.findall(word)
    if all(len(part) > 1 and is_syllable(part) for part in parts) and not word.isascii():
        return " ".join(parts)
    if all(is_sayable(part) for part in parts if len(part) > 1):
        return word
    return " ".join(part if len(part) > 2 and is_sayable(part) else spell(part) for part in parts)
