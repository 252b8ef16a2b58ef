# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which column of a table says what: proposed from its heading, chosen by a person or by ``--map``."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loa.areas.folding import fold, nfc
from loa.campaigns.importing.grid import Line, Table
from loa.campaigns.importing.reasons import FileReason, PlanFileError
from loa.campaigns.models import Campaign


class Column(StrEnum):
    """What a column of a plan can say."""

    NUMBER = "number"
    PHASE = "phase"
    TITLE = "title"
    ORGANISATION = "organisation"
    HEAD = "head"
    CONTRIBUTORS = "contributors"
    START = "start"
    DUE = "due"
    DUE_NOTE = "due_note"
    QUANTITY = "quantity"
    UNIT = "unit"
    PRODUCT = "product"
    CHANNELS = "channels"
    AREAS = "areas"
    PLACE = "place"
    KEY_MESSAGES = "key_messages"
    EVIDENCE = "evidence"
    NOTE = "note"


# The heading that an export writes; reading it again needs no choice.
COLUMN_NAMES: dict[Column, str | Promise] = {
    Column.NUMBER: _("STT"),
    Column.PHASE: _("Giai đoạn"),
    Column.TITLE: _("Nội dung công việc"),
    Column.ORGANISATION: _("Cơ quan chủ trì"),
    Column.HEAD: _("Chức danh chịu trách nhiệm"),
    Column.CONTRIBUTORS: _("Cơ quan phối hợp"),
    Column.START: _("Bắt đầu"),
    Column.DUE: _("Thời hạn"),
    Column.DUE_NOTE: _("Thời hạn bằng chữ"),
    Column.QUANTITY: _("Số lượng"),
    Column.UNIT: _("Đơn vị tính"),
    Column.PRODUCT: _("Sản phẩm"),
    Column.CHANNELS: _("Kênh"),
    Column.AREAS: _("Địa bàn"),
    Column.PLACE: _("Địa điểm"),
    Column.KEY_MESSAGES: _("Thông điệp chính"),
    Column.EVIDENCE: _("Minh chứng"),
    Column.NOTE: _("Ghi chú"),
}

# What offices call it, folded; the first is the surest.
SYNONYMS: dict[Column, tuple[str, ...]] = {
    Column.NUMBER: ("stt", "tt", "so tt", "so thu tu", "thu tu"),
    Column.PHASE: ("giai doan", "dot"),
    Column.TITLE: (
        "noi dung cong viec", "dau moi cong viec", "ten cong viec", "cong viec", "noi dung nhiem vu",
        "nhiem vu", "noi dung thuc hien", "noi dung", "viec can lam", "ten hoat dong", "hoat dong",
        "nhiem vu, giai phap",
    ),
    Column.ORGANISATION: (
        "co quan chu tri", "don vi chu tri", "co quan, don vi chu tri", "co quan, don vi thuc hien",
        "don vi thuc hien", "co quan thuc hien", "chu tri", "co quan phu trach", "don vi phu trach",
        "phan cong thuc hien", "phan cong", "don vi", "co quan",
    ),
    Column.HEAD: (
        "chuc danh chiu trach nhiem", "lanh dao phu trach", "nguoi chiu trach nhiem", "nguoi dung dau",
        "nguoi phu trach", "nguoi thuc hien", "dau moi", "trach nhiem", "phu trach", "lanh dao", "chuc danh",
    ),
    Column.CONTRIBUTORS: (
        "co quan phoi hop", "don vi phoi hop", "co quan, don vi phoi hop", "phoi hop", "phoi hop thuc hien",
    ),
    Column.START: ("bat dau", "ngay bat dau", "tu ngay", "thoi gian bat dau"),
    Column.DUE: (
        "thoi han", "han hoan thanh", "thoi gian hoan thanh", "thoi han hoan thanh", "thoi gian thuc hien",
        "han", "ket thuc", "den ngay", "ngay ket thuc", "thoi gian", "hoan thanh", "tien do",
    ),
    Column.DUE_NOTE: ("thoi han bang chu", "ghi chu ve han"),
    Column.QUANTITY: ("so luong", "sl", "khoi luong", "chi tieu"),
    Column.UNIT: ("don vi tinh", "dvt", "dv tinh"),
    Column.PRODUCT: ("san pham", "ket qua", "san pham, ket qua", "ket qua, san pham", "san pham dau ra"),
    Column.CHANNELS: ("kenh", "hinh thuc", "hinh thuc tuyen truyen", "kenh tuyen truyen", "phuong thuc"),
    Column.AREAS: ("dia ban", "thon, ban, khu pho", "xa, phuong", "pham vi", "thon"),
    Column.PLACE: ("dia diem", "noi thuc hien", "dia diem thuc hien"),
    Column.KEY_MESSAGES: ("thong diep chinh", "thong diep", "chu de"),
    Column.EVIDENCE: ("minh chung", "minh chung can co", "ho so minh chung"),
    Column.NOTE: ("ghi chu", "luu y", "yeu cau"),
}  # fmt: skip

HEADING_WITHIN = 25  # rows in which a heading is looked for: letterhead and title stand above it
_COUNTED = re.compile(r"\(?\d{1,2}\)?( ?= ?.*)?\Z")


@dataclass(frozen=True)
class Heading:
    """Where a table's heading stands, and what each column is called: two rows become one name."""

    first: int  # index in the table's lines
    after: int  # index of the first row below it
    names: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """What somebody chose of a file: a table, what its columns say, and how the rest is read.

    Args:
        table: index among the file's tables.
        columns: where each column stands, from 0.
        year: of days without one; none refuses them.
        new_phases: sections with Roman numbers that the campaign has no phase for become phases.
    """

    table: int
    columns: Mapping[Column, int]
    year: int | None = None
    new_phases: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the form in which it is kept."""
        columns = {column.value: at for column, at in self.columns.items()}
        return {"table": self.table, "columns": columns, "year": self.year, "new_phases": self.new_phases}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Choice":
        """Return what ``as_dict`` kept."""
        columns = {Column(column): int(at) for column, at in kept["columns"].items()}
        return cls(int(kept["table"]), columns, kept["year"], bool(kept["new_phases"]))


@dataclass(frozen=True)
class Proposal:
    """What a table looks like, and what its columns probably say."""

    name: str
    heading: Heading
    columns: Mapping[Column, int]
    rows: int  # below the heading, blank ones left out
    first_rows: tuple[Line, ...] = field(default=())

    @property
    def is_plan(self) -> bool:
        return Column.TITLE in self.columns and bool({Column.ORGANISATION, Column.HEAD} & {*self.columns})

    def as_dict(self) -> dict[str, Any]:
        """Return what a page shows of it."""
        return {
            "name": self.name,
            "names": list(self.heading.names),
            "columns": {column.value: at for column, at in self.columns.items()},
            "rows": self.rows,
            "first_rows": [[line.number, *(cell[:120] for cell in line.cells)] for line in self.first_rows],
        }


def _said(cell: str) -> str:
    """Return a cell of a heading as it is compared."""
    return fold(nfc(cell)).strip(" .:*()")


def _likeness(name: str, column: Column) -> int:
    """Return how surely a heading names a column; 0 for not at all."""
    for place, synonym in enumerate(SYNONYMS[column]):
        if name == synonym:
            return 1000 - place
    if len(name) > 80:
        return 0
    found = (len(word) for word in SYNONYMS[column] if len(word) > 3 and re.search(rf"\b{word}\b", name))
    return max(found, default=0)


def _named(cells: Iterable[str]) -> dict[Column, int]:
    """Return the columns that headings name, each once, the surest first."""
    scored = [
        (score, -at, column)
        for at, cell in enumerate(cells)
        for column in Column
        if cell and (score := _best(cell, column))
    ]
    found: dict[Column, int] = {}
    for _score, at, column in sorted(scored, reverse=True):
        if column not in found and -at not in found.values():
            found[column] = -at
    return found


def _best(cell: str, column: Column) -> int:
    """Return the likeness of a heading of one or two rows; its lower row says more than its upper."""
    parts = [_said(part) for part in cell.split("\n\n")]
    scores = [_likeness(" ".join(parts), column)]
    scores += [_likeness(part, column) // (1 if place == 0 else 2) for place, part in enumerate(parts[::-1])]
    return max(scores)


def find_heading(table: Table) -> Heading:
    """Return the heading of a table: the row that names most columns, and the row below if it names more.

    A table without one gets letters as names, and begins with its first row.
    """
    best, best_named = -1, 1
    for at, line in enumerate(table.lines[:HEADING_WITHIN]):
        named = 0 if line.is_banner else len(_named(line.cells))
        if named > best_named:
            best, best_named = at, named
    if best < 0:
        return Heading(0, 0, tuple(letter(at) for at in range(table.width)))
    first, after = best, best + 1
    names = list(table.lines[best].cells)
    if _is_upper_row(table.lines[best - 1] if best else None, names):
        first = best - 1
        names = _joined(table.lines[best - 1].cells, names)
    elif after < len(table.lines) and _is_lower_row(table.lines[after], names):
        names = _joined(names, table.lines[after].cells)
        after += 1
    if after < len(table.lines) and _is_counting(table.lines[after]):
        after += 1
    shown = (name.replace("\n\n", " / ") for name in names)
    return Heading(first, after, tuple(nfc(name) or letter(at) for at, name in enumerate(shown)))


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    pairs = zip(upper, lower, strict=True)
    return [
        above if below in {"", above} else f"{above}\n\n{below}" if above else below for above, below in pairs
    ]


def _is_lower_row(line: Line, upper: Sequence[str]) -> bool:
    """Say whether a row goes on with the heading: it repeats what is merged, and names parts of the rest."""
    if line.is_banner:
        return False
    new = [cell for cell, above in zip(line.cells, upper, strict=True) if cell and cell != above]
    titles = _named(upper).get(Column.TITLE)
    says_title = titles is not None and line.cells[titles] not in {"", upper[titles]}
    return bool(new) and not says_title and all(len(cell) < 40 for cell in new) and bool(_named(new))


def _is_upper_row(line: Line | None, lower: Sequence[str]) -> bool:
    """Say whether the row above belongs to the heading: it shares a merged cell and says more of others."""
    if line is None or line.is_banner:
        return False
    pairs = list(zip(line.cells, lower, strict=True))
    shares = any(above and above == below for above, below in pairs)
    return shares and bool(_named(line.cells))


def _is_counting(line: Line) -> bool:
    said = [cell for cell in line.cells if cell]
    return len(said) > 2 and all(_COUNTED.match(nfc(cell)) for cell in said)


def is_heading_again(line: Line, heading: Heading) -> bool:
    """Say whether a row repeats the heading, as tables do on every page."""
    said = [(cell, name) for cell, name in zip(line.cells, heading.names, strict=False) if cell]
    if len(said) < 3:
        return _is_counting(line)
    same = sum(_said(cell) in {_said(part) for part in (name, *name.split(" / "))} for cell, name in said)
    return same >= len(said) - 1 or _is_counting(line)


def propose(table: Table) -> Proposal:
    """Return what the columns of a table probably say."""
    heading = find_heading(table)
    names = [name.replace(" / ", "\n\n") for name in heading.names]
    columns = _named(names) if heading.after else {}
    below = [line for line in table.lines[heading.after :] if not line.is_blank]
    return Proposal(
        table.name, heading, columns, len(below), tuple(line for line in below[:12] if not line.is_banner)[:6]
    )


def letter(at: int) -> str:
    """Return a column as spreadsheets call it, counted from 0."""
    return (letter(at // 26 - 1) if at >= 26 else "") + chr(65 + at % 26)


def best_of(proposals: Sequence[Proposal]) -> int:
    """Return the index of the table that is most like a plan: most columns named, then most rows."""
    ranks = [(one.is_plan, len(one.columns), one.rows, -at) for at, one in enumerate(proposals)]
    return -max(ranks)[-1]


def mapped(proposal: Proposal, wishes: Iterable[str]) -> dict[Column, int]:
    """Return the columns as proposed, but as ``wishes`` say where they do.

    Args:
        wishes: ``title=B``, ``organisation=4`` (from 1), ``due=Thời hạn`` or ``note=`` for none.

    Raises:
        PlanFileError: a wish names no column of ours or of the table.
    """
    columns = dict(proposal.columns)
    for wish in (part.strip() for wishes_of in wishes for part in re.split(r",(?=\s*\w+\s*=)", wishes_of)):
        name, equals, where = (part.strip() for part in wish.partition("="))
        if not equals or name not in {column.value for column in Column}:
            raise PlanFileError(FileReason.BAD_MAP, value=wish)
        column = Column(name)
        columns.pop(column, None)
        if where:
            columns[column] = _place(proposal, where, wish)
    return columns


def _place(proposal: Proposal, where: str, wish: str) -> int:
    names = proposal.heading.names
    places = {str(at + 1): at for at in range(len(names))} | {letter(at): at for at in range(len(names))}
    places = {_said(name): at for at, name in reversed(list(enumerate(names)))} | places
    found = places.get(where.upper(), places.get(_said(where)))
    if found is None:
        raise PlanFileError(FileReason.BAD_MAP, value=wish)
    return found


def check_columns(columns: Mapping[Column, int]) -> None:
    """Refuse a choice with which no row could be taken.

    Raises:
        PlanFileError: no column says what is to be done, or none who answers for it.
    """
    if Column.TITLE not in columns:
        raise PlanFileError(FileReason.NO_TITLE_COLUMN)
    if not {Column.ORGANISATION, Column.HEAD} & {*columns}:
        raise PlanFileError(FileReason.NO_HEAD_COLUMN)


def year_of(campaign: Campaign) -> int | None:
    """Return the year in which all days of a campaign lie; None when there are several, or none. One query."""
    days = [campaign.event_on, *(day for phase in campaign.phases.all() for day in (phase.start, phase.end))]
    years = {day.year for day in days if day is not None}
    return years.pop() if len(years) == 1 else None
