# SPDX-License-Identifier: AGPL-3.0-or-later
"""Codes of letters and digits: H5N1, ST25, 5G, 6A1, PC06, E5.2, 525SE, DT-45."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.letters import spell
from loa_speech.rules.measures import UNITS
from loa_speech.rules.numbers import digit_by_digit, whole
from loa_speech.rules.syllables import as_word

_CAPITAL = "A-ZĐƯƠĂÂÊÔ"
_CODE = re.compile(rf"(?:[{_CAPITAL}]{{1,6}}[-.]?\d{{1,14}}){{1,3}}(?:[{_CAPITAL}]{{0,2}}|[a-z])(?![\w])")
_NAMED = re.compile(rf"([{_CAPITAL}]{{3,6}})[-.]?(\d{{1,6}})")
_TAIL = re.compile(r"(?:[.]\d{1,3}|[-/][A-ZĐ]?\d{1,4}[A-Z]?)(?![\w.,/]\d|\w)")
_FROM_DIGIT = re.compile(rf"\d{{1,4}}[{_CAPITAL}]{{1,3}}(?:\d{{1,3}})?(?![\w])")
_SMALL = re.compile(r"\d{1,4}[a-zđ](?![\w])")
_SMALL_LEFT = re.compile(
    r"(?:khoản|điều|điểm|mục|tiết|tổ|xóm|số|số nhà|nhà|khu|lớp|phụ lục|mẫu|phòng|lô|ngõ|hẻm|ấp|đội|khối"
    r"|chương)(?: số)?\s?$"
)
_AMPERE_LEFT = re.compile(
    r"(?:aptomat|áp tô mát|attomat|át tô mát|cầu dao|công tơ|cầu chì|dòng điện|dòng|ổ cắm)[^\d\n]{0,12}$"
)
_LOAD_LEFT = re.compile(r"(?:tải|xe|tấn|[<>])[^\d\n]{0,6}$")
_GOLD_LEFT = re.compile(r"(?:vàng|nhẫn|dây chuyền|bạc|lắc tay)(?: [^\W\d_]{1,8}){0,2}\s$")
_PREFIXES = {"TW": "Trung ương", "TƯ": "Trung ương", "QK": "quân khu", "HK": "học kỳ"}
_PREFIXED = re.compile(r"(TW|TƯ|QK|HK)-?(\d{1,2})")
_MIXED = re.compile(rf"[a-z]{{1,2}}[{_CAPITAL}]?\d{{1,4}}(?![\w])")
_PIECE = re.compile(r"\d+|[^\W\d_]+")


def read_code(code: str) -> str:
    """Read letters by name and digits as numbers: "H5N1" is "hát năm nờ một"."""
    return " ".join(_digits(piece) if piece[0].isdigit() else spell(piece) for piece in _PIECE.findall(code))


def _digits(piece: str) -> str:
    return digit_by_digit(piece) if piece[0] == "0" or len(piece) > 4 else whole(piece)


def code(context: Context) -> Said | None:
    """Read a code that begins with capitals."""
    match = _CODE.match(context.text, context.pos)
    if match is None:
        return None
    spoken, end = read_code(match[0]), match.end()
    word = _NAMED.fullmatch(match[0])
    short = _PREFIXED.fullmatch(match[0])
    if short:
        return Said(end, f"{_PREFIXES[short[1]]} {_digits(short[2])}", "code")
    known = as_word(word[1]) if word else None
    if word and known:
        spoken = f"{known} {_digits(word[2])}"
    tail = _TAIL.match(context.text, end)
    if tail is not None:
        spoken += (" chấm " if tail[0][0] == "." else ", ") + read_code(tail[0])
        end = tail.end()
    return Said(end, spoken, "code")


def code_from_digit(context: Context) -> Said | None:
    """Read a code that begins with digits: 5G, 18A, 6A1; a small letter only behind a word that numbers."""
    match = _FROM_DIGIT.match(context.text, context.pos)
    if match is not None and match[0][-1] in "WVA" and match[0][:-1].isdecimal():
        if match[0][-1] == "A" and _AMPERE_LEFT.search(context.left):
            return Said(match.end(), f"{whole(match[0][:-1])} am pe", "unit")
        if match[0][-1] != "A":
            return None
    if match is not None and match[0][-1] == "K" and _GOLD_LEFT.search(context.left):
        return Said(match.end(), read_code(match[0]), "code")
    if match is not None and match[0][-1] == "T" and _LOAD_LEFT.search(context.left):
        return None
    if match is not None and (match[0].lstrip("0123456789") in UNITS) and not _is_slogan(match[0]):
        return None
    if match is None:
        match = _SMALL.match(context.text, context.pos)
        if match is None or not _SMALL_LEFT.search(context.left):
            return None
    return Said(match.end(), read_code(match[0]), "code")


def _is_slogan(written: str) -> bool:
    """Tell "5K" and house "5A" from "20K", "5MW", "3,5T": a single digit before one letter."""
    return len(written) == 2 and written[1] in "KGLTĐ"


def mixed_code(context: Context) -> Said | None:
    """Read a code that begins with a small letter: b1, pH7."""
    match = _MIXED.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), read_code(match[0]), "code")
