# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters by their names."""

import re

from loa_speech.rules.context import LATIN, Context, Said

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
    "O": "ô",
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

_INITIALS = re.compile(r"[A-ZĐ](?:\.\s?[A-ZĐ]){2,4}(?!\w)\.?")
_TWO_INITIALS = re.compile(r"[A-ZĐ]\.\s?[A-ZĐ](?!\w)\.?")
_NAME_LEFT = re.compile(r"[A-ZĐÁÀẢÂĂÊÉÍÓÔƠÚƯÝ][a-zà-ỹ]{1,7}\s$")
_CAPITAL_LETTER = re.compile(rf"[B-DF-HJ-NP-TV-XZĐ](?![{LATIN}])")


def spell(letters: str) -> str:
    """Name each letter: "BTV" is "bê tê vê"; what has no name stays as it is."""
    return " ".join(NAMES.get(letter.upper(), letter) for letter in letters)


def initials(context: Context) -> Said | None:
    """Name the letters that stand for a person: N.V.A., cháu N.T.H."""
    match = _INITIALS.match(context.text, context.pos)
    if match is None and _NAME_LEFT.search(context.text[max(0, context.pos - 12) : context.pos]):
        match = _TWO_INITIALS.match(context.text, context.pos)
    if match is None:
        return None
    letters = match[0].replace(".", "")
    dot = "." if match[0].endswith(".") and not context.right(match.end(), 2).strip() else ""
    return Said(match.end(), spell(letters) + dot, "letter")


def capital_letter(context: Context) -> Said | None:
    """Name a lone consonant: "anh Nguyễn Văn B". Vowels sound as they are written."""
    match = _CAPITAL_LETTER.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), spell(match[0]), "letter")
