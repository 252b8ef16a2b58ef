# SPDX-License-Identifier: AGPL-3.0-or-later
"""A text in the one form that rules read (NFC, plain digits, blanks, dashes), with the way back."""

import re
import unicodedata
from dataclasses import dataclass

_SAME = {0x00D0: "Đ", 0x00F0: "đ", 0x0189: "Đ", 0x00A0: " ", 0x202F: " ", 0x2009: " ", 0x2007: " "}
_SAME |= {0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2212: "-", 0x2044: "/", 0x2215: "/"}
_SAME |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_ODD_DIGIT = re.compile(r"(?![0-9])\d")
# a blank between a digit and "/" or "." and a digit: the typist's, not the text's
_LOOSE = re.compile(
    r"(?<=\d) (?=/\d)|(?<=\d/) (?=\d)|(?<=\d) (?=\.\d{3}(?!\d))"
    r"|(?<=\w)[\u200b\u2060\ufeff\u00ad](?=[\w/.,:-])"
    r"|(?<=\d) (?=,\d{1,2}\s?(?:°|º|%|độ|tỷ|triệu|ha|kg|km|m|tấn))"
)
_STYLED = re.compile("[\U0001d400-\U0001d7ff\u2100-\u214f]")


def _plain_letter(match: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKC", match[0])
    return plain if len(plain) == 1 and plain.isalnum() else match[0]


@dataclass(frozen=True, slots=True)
class View:
    """The readable form of a source.

    Attributes:
        origin: the source as given.
        text: the readable form.
        offsets: for each character of `text` the index in the source, or None where both run in step.
    """

    origin: str
    text: str
    offsets: tuple[int, ...] | None

    @classmethod
    def of(cls, source: str) -> "View":
        """Make the readable form of any text."""
        if unicodedata.is_normalized("NFC", source):
            return _tightened(source, _in_place(source), None)
        pieces: list[str] = []
        offsets: list[int] = []
        start = 0
        while start < len(source):
            end = start + 1
            while end < len(source) and unicodedata.combining(source[end]):
                end += 1
            piece = unicodedata.normalize("NFC", source[start:end])
            pieces.append(piece)
            offsets.extend([start] * len(piece))
            start = end
        offsets.append(len(source))
        return _tightened(source, _in_place("".join(pieces)), tuple(offsets))

    def index(self, pos: int) -> int:
        """Give the place in the source of a place in the readable form."""
        return pos if self.offsets is None else self.offsets[pos]

    def source(self, start: int, end: int) -> str:
        """Give the source of a piece of the readable form."""
        return self.origin[self.index(start) : self.index(end)]


def _tightened(source: str, text: str, offsets: tuple[int, ...] | None) -> View:
    """Leave out blanks that slipped in between digits: "15 /11/ 2026", "50 .000"."""
    slips = {match.start() for match in _LOOSE.finditer(text)}
    if not slips:
        return View(source, text, offsets)
    places = offsets if offsets is not None else range(len(source) + 1)
    kept = [index for index in range(len(text)) if index not in slips]
    tight = "".join(text[index] for index in kept)
    return View(source, tight, (*(places[index] for index in kept), places[len(text)]))


def _in_place(text: str) -> str:
    """Exchange look-alikes one for one, so that every index stays."""
    if text.isascii():
        return text
    text = text.translate(_SAME)
    text = _ODD_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)
    return _STYLED.sub(_plain_letter, text)
