# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows that head the rows below them: "I. TRƯỚC ĐẠI HỘI", "A. …", a banner over the whole width. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from loa.areas.folding import nfc
from loa.campaigns.importing.columns import Column
from loa.campaigns.importing.grid import Line

LETTER, ROMAN, ARABIC = 0, 1, 2  # how deep
_ROMAN_MARK = re.compile(r"(?P<mark>[IVX]{1,6})\s*[.):/\-–]?")
_LETTER_MARK = re.compile(r"(?P<mark>[A-HĐ])\s*[.):]?")
_NUMBERED = re.compile(r"(?P<mark>[IVX]{1,6}|[A-HĐ])(?:\s*[.):/\-–]\s*|\s+)(?P<name>\S.*)")
_ARABIC_MARK = re.compile(r"(?P<mark>\d{1,2})[.)]?")
_DATES = re.compile(r"\s*[(:].*\Z")


@dataclass(frozen=True)
class Section:
    """A heading among the rows."""

    level: int
    name: str  # without its number
    whole: str  # as it stands

    @property
    def bare(self) -> str:
        """Return the name without what follows in brackets ("(từ 01/12/2019 đến 15/4/2020)")."""
        return _DATES.sub("", self.name) or self.name


def section_of(line: Line, columns: Mapping[Column, int], following: Line | None) -> Section | None:
    """Return the section that a row begins; None when it is a row of work.

    Args:
        following: the next row, which tells "1" over "1.1" from a row of work without an office.
    """
    said = list(dict.fromkeys(cell for cell in (nfc(cell) for cell in line.cells) if cell))
    if not 1 <= len(said) <= 2:
        return None
    mark, text = (said[0], said[1]) if len(said) == 2 else ("", said[0])
    if len(said) == 2:
        stands_before = nfc(_cell(line, columns, Column.NUMBER)) == mark or nfc(line.cells[0]) == mark
        if not stands_before or text != nfc(_cell(line, columns, Column.TITLE) or text):
            return None
        return _marked(mark, text, columns, following)
    if found := _NUMBERED.fullmatch(text):
        level = ROMAN if set(found["mark"]) <= {*"IVX"} else LETTER
        return Section(level, found["name"], text)
    return Section(ROMAN, text, text) if line.is_banner and not text[0].isdigit() else None


def _marked(mark: str, text: str, columns: Mapping[Column, int], following: Line | None) -> Section | None:
    if _ROMAN_MARK.fullmatch(mark):
        return Section(ROMAN, text, f"{mark.rstrip('.)')}. {text}")
    if _LETTER_MARK.fullmatch(mark):
        return Section(LETTER, text, f"{mark.rstrip('.)')}. {text}")
    found = _ARABIC_MARK.fullmatch(mark)
    if found and following is not None:
        below = nfc(_cell(following, columns, Column.NUMBER))
        if re.match(rf"{found['mark']}\.\d", below):
            return Section(ARABIC, text, f"{found['mark']}. {text}")
    return None


def _cell(line: Line, columns: Mapping[Column, int], column: Column) -> str:
    at = columns.get(column)
    return line.cells[at] if at is not None and at < len(line.cells) else ""
