# SPDX-License-Identifier: AGPL-3.0-or-later
"""The content of an official document, from which both writers make the same pages."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from loa.reports.layout.values import STATE, Style

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Heading:
    """A heading whose number is text ("I.", "1.", "a)"): no automatic numbering, which moves when pasted."""

    level: Literal[1, 2, 3]
    text: str


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the body; a ground (căn cứ) is in italics."""

    text: str
    is_ground: bool = False


@dataclass(frozen=True)
class Column:
    """A column; ``share`` is its part of the width against those of the others."""

    title: str
    share: float
    align: Align = "left"


@dataclass(frozen=True)
class Row:
    """A row of a table; one cell alone is a group that goes over the whole width, in bold."""

    cells: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table whose head is repeated on each page; ``heads`` holds further rows under the titles."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    numbered: bool = False  # a second head row (1) (2) (3)


Block = Heading | Paragraph | Table
BLANK = "\u00a0" * 8  # room to write a number in by hand


@dataclass(frozen=True)
class Letterhead:
    """What stands at the top of the first page."""

    issuer: Sequence[str]  # lines, the body that issues
    place: str
    parent: str = ""
    number: str = ""  # "05/KH-UBND"; "/KH-UBND" leaves room for it until registered
    issued_on: date | None = None
    style: Style = STATE


@dataclass(frozen=True)
class Signature:
    """Who signs, and who receives the document."""

    authority: Sequence[str]  # lines: "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"
    office: str  # "PHÓ CHỦ TỊCH"
    name: str
    recipients: Sequence[str]  # without marks; the last is the one that keeps ("Lưu: VT")


@dataclass(frozen=True)
class Annex:
    """An annex with pages of its own; ``number`` is Roman, none where there is one annex only."""

    title: str
    blocks: Sequence[Block]
    number: str = ""
    note: str = ""  # "(Kèm theo Kế hoạch số 05/KH-UBND …)"
    is_landscape: bool = False


@dataclass(frozen=True)
class Paper:
    """A whole document; without a letterhead it is its annexes alone."""

    name: str  # "KẾ HOẠCH"
    subject: str
    letterhead: Letterhead | None = None
    blocks: Sequence[Block] = ()
    signature: Signature | None = None
    annexes: Sequence[Annex] = field(default_factory=tuple)

    @property
    def row_count(self) -> int:
        """Return how many rows all tables have: what takes the time."""
        blocks = [*self.blocks, *(block for annex in self.annexes for block in annex.blocks)]
        return sum(len(block.rows) for block in blocks if isinstance(block, Table))


def plain(text: str) -> str:
    """Return text without what no file of ours can hold: control signs, halves of letters, private breaks."""
    broken = text.replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(one for one in broken if one == "\n" or not _is_unfit(one))


def _is_unfit(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cs"} or letter in "\ufffe\uffff"


def number_line(letterhead: Letterhead) -> str:
    """Return the line with the number; below ten it has a 0, and it is blank until registered."""
    rest = letterhead.number.lstrip("0123456789")
    digits = letterhead.number.removesuffix(rest)
    number = f"{int(digits):02d}" if digits else BLANK
    return f"{letterhead.style.number_word} {number}{rest}".rstrip()


def date_line(letterhead: Letterhead) -> str:
    """Return place and day: days below ten and the months 1 and 2 have a 0, unknown ones stay blank."""
    day = letterhead.issued_on
    if day is None:
        gap = BLANK[:5]
        return f"{letterhead.place}, ngày{gap}tháng{gap}năm{BLANK}"
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{letterhead.place}, ngày {day.day:02d} tháng {month} năm {day.year}"


def marked(recipients: Sequence[str]) -> list[str]:
    """Return the lines of "Nơi nhận": each with a dash, ";" after each but the last."""
    lines = [one.strip().lstrip("- ").rstrip(";.") for one in recipients if one.strip()]
    return [f"- {line}{'.' if at == len(lines) else ';'}" for at, line in enumerate(lines, start=1)]
