# SPDX-License-Identifier: AGPL-3.0-or-later
"""Measure the pages of a PDF: lengths in millimetres from the page's top left, sizes of letters in points."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pdfplumber

MM = 72 / 25.4  # points
TOP_MARGIN = 20.0


@dataclass(frozen=True)
class Line:
    """One line of words as it is printed."""

    text: str
    left: float
    right: float
    top: float
    size: float
    fonts: frozenset[str]

    @property
    def is_bold(self) -> bool:
        return all("Bold" in font for font in self.fonts)

    @property
    def is_italic(self) -> bool:
        return all("Italic" in font for font in self.fonts)


@dataclass(frozen=True)
class Sheet:
    """One page: its size, its lines, and the long thin things that are drawn on it."""

    width: float
    height: float
    lines: list[Line]
    rules: list[tuple[float, float, float]]  # left, right, from the top

    def line(self, text: str) -> Line:
        """Return the first line that holds a text."""
        found = next((line for line in self.lines if text in line.text), None)
        assert found is not None, [line.text for line in self.lines]
        return found

    @property
    def number(self) -> Line | None:
        """Return what stands in the top margin."""
        return next((line for line in self.lines if line.top < TOP_MARGIN - 2), None)

    @property
    def body(self) -> list[Line]:
        return [line for line in self.lines if line.top >= TOP_MARGIN - 2]


def sheets(path: Path) -> list[Sheet]:
    """Return every page of a PDF."""
    with pdfplumber.open(path) as document:
        return [_sheet(page) for page in document.pages]


def _sheet(page: Any) -> Sheet:
    rows = page.extract_text_lines(return_chars=True, strip=True)
    drawn = [*page.lines, *page.rects]
    return Sheet(
        width=float(page.width) / MM,
        height=float(page.height) / MM,
        lines=[_line(row) for row in rows],
        rules=[
            (float(one["x0"]) / MM, float(one["x1"]) / MM, float(one["top"]) / MM)
            for one in drawn
            if one["x1"] - one["x0"] > 10 and one["bottom"] - one["top"] < 2
        ],
    )


def _line(row: Any) -> Line:
    letters = [letter for letter in row["chars"] if letter["text"].strip()]
    return Line(
        text=" ".join(row["text"].split()),
        left=float(letters[0]["x0"]) / MM,
        right=float(letters[-1]["x1"]) / MM,
        top=float(row["top"]) / MM,
        size=max(round(float(letter["size"]), 1) for letter in letters),
        fonts=frozenset(letter["fontname"].rpartition("+")[2] for letter in letters),
    )
