# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters by their names, codes of letters and digits, and number plates."""

import re

from loa_speech.rules.context import LATIN, Context, Said
from loa_speech.rules.numbers import digit_by_digit, whole

NAMES = {
    "A": "a",
    "Ă": "á",
    "Â": "ớ",
    "B": "bê",
    "C": "xê",
    "D": "dê",
    "Đ": "đê",
    "E": "e",
    "Ê": "ê",
    "F": "ép",
    "G": "giê",
    "H": "hát",
    "I": "i",
    "J": "gi",
    "K": "ca",
    "L": "lờ",
    "M": "mờ",
    "N": "nờ",
    "O": "o",
    "Ô": "ô",
    "Ơ": "ơ",
    "P": "pê",
    "Q": "quy",
    "R": "rờ",
    "S": "sờ",
    "T": "tê",
    "U": "u",
    "Ư": "ư",
    "V": "vê",
    "W": "vê kép",
    "X": "ích",
    "Y": "i",
    "Z": "dét",
}

_CAPITAL = "A-ZĐƯƠĂÂÊÔ"
_CODE = re.compile(rf"(?:[{_CAPITAL}]{{1,6}}[-.]?\d{{1,6}}){{1,3}}[{_CAPITAL}]{{0,2}}(?![\w])")
_CODE_FROM_DIGIT = re.compile(rf"\d{{1,4}}[{_CAPITAL}]{{1,2}}(?:\d{{1,3}})?(?![\w])")
_PIECE = re.compile(r"\d+|[^\W\d]")
_PLATE = re.compile(r"(\d{2})([A-ZĐ]{1,2}\d?)[- ]{0,2}(\d{3}\.\d{2}|\d{4,5})(?![\w])")
_POINT = re.compile(r"(?:điểm|điểm [a-zđ](?:, [a-zđ]){0,8},?(?: và)?) $")
_CAPITAL_LETTER = re.compile(rf"[B-DF-HJ-NP-TV-XZĐ](?![{LATIN}])")
_SMALL_LETTER = re.compile(r"[a-zđ](?![\w])")


def spell(letters: str) -> str:
    """Name each letter: "BTV" is "bê tê vê"; what has no name stays as it is."""
    return " ".join(NAMES.get(letter.upper(), letter) for letter in letters)


def read_code(code: str) -> str:
    """Read letters by name and digits as numbers: "H5N1" is "hát năm nờ một"."""
    pieces = _PIECE.findall(code)
    return " ".join(whole(piece) if piece[0].isdigit() else spell(piece) for piece in pieces)


def plate(context: Context) -> Said | None:
    """Read a number plate: 14A-123.45."""
    match = _PLATE.match(context.text, context.pos)
    if match is None:
        return None
    place, series, number = match.groups()
    spoken = f"{whole(place)} {read_code(series)}, {digit_by_digit(number.replace('.', ''))}"
    return Said(match.end(), spoken, "plate")


def code(context: Context) -> Said | None:
    """Read a code that begins with capitals: H5N1, A3, B12."""
    match = _CODE.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), read_code(match[0]), "code")


def code_from_digit(context: Context) -> Said | None:
    """Read a code that begins with digits: 5G, 18A, 6A1."""
    match = _CODE_FROM_DIGIT.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), read_code(match[0]), "code")


def capital_letter(context: Context) -> Said | None:
    """Name a lone consonant: "anh Nguyễn Văn B". Vowels sound as they are written."""
    match = _CAPITAL_LETTER.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), spell(match[0]), "letter")


def point_letter(context: Context) -> Said | None:
    """Name the letter of a legal point or of a list: "điểm b khoản 1", "b) …"."""
    match = _SMALL_LETTER.match(context.text, context.pos)
    if match is None:
        return None
    listed = context.text.startswith(")", match.end()) and context.starts_line()
    if not listed and not _POINT.search(context.left):
        return None
    spoken = spell(match[0])
    return Said(match.end(), spoken, "letter") if spoken != match[0] else None
