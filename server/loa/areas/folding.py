# SPDX-License-Identifier: AGPL-3.0-or-later
"""One way to fold text, so that both databases find "Đầm Hà" for "dam ha" and "Hoà" for "Hòa"."""

import unicodedata

_LETTERS = str.maketrans({"đ": "d"})


def nfc(text: str) -> str:
    """Return ``text`` as it is stored: composed (NFC), without outer or repeated spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Return the search key of ``text``: lower case, no tone marks, đ as d, single spaces.

    Args:
        text: any text, composed or decomposed.
    """
    decomposed = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(unicodedata.normalize("NFC", bare).translate(_LETTERS).split())
