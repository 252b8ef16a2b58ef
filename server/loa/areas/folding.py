# SPDX-License-Identifier: AGPL-3.0-or-later
"""One way to fold text, so that both databases find "Đầm Hà" for "dam ha" and "Hoà" for "Hòa"."""

import re
import unicodedata

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LETTERS = str.maketrans({"đ": "d"})


def nfc(text: str) -> str:
    """Return ``text`` as it is stored: composed (NFC), without outer or repeated spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def printable(text: str) -> str:
    """Return ``text`` without control signs but for tabs and breaks of lines: no table or calendar can hold them."""
    return _CONTROLS.sub("", text)


def fold(text: str) -> str:
    """Return the search key of ``text``: lower case, no tone marks, đ as d, single spaces.

    Args:
        text: any text, composed or decomposed.
    """
    decomposed = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(unicodedata.normalize("NFC", bare).translate(_LETTERS).split())


_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")  # huyền, sắc, ngã, hỏi, nặng


def spelling(text: str) -> str:
    """Return a key that is the same for "Hòa" and "Hoà" but not for "Sen" and "Sến": one name, one key.

    The tone of each syllable is taken off its letter and put at the syllable's end.
    """
    syllables = []
    for syllable in unicodedata.normalize("NFD", text.casefold()).split():
        tone = "".join(letter for letter in syllable if letter in _TONES)
        syllables.append("".join(letter for letter in syllable if letter not in _TONES) + tone)
    return " ".join(syllables)
