# SPDX-License-Identifier: AGPL-3.0-or-later
"""Read .xlsx: every sheet as a table, merged cells filled, days and numbers as people write them."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from loa.campaigns.importing.grid import COLUMNS_LIMIT, ROWS_LIMIT, Merge, Table, table
from loa.campaigns.importing.packages import UNREADABLE
from loa.campaigns.importing.reasons import FileReason, PlanFileError

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
SHEETS_LIMIT = 20
# What the library lets escape on workbooks that no spreadsheet wrote; each was met by the tests' broken files
# or is how it says the same of another part.
BROKEN = (
    *UNREADABLE, LookupError, TypeError, AttributeError, ArithmeticError, SyntaxError, AssertionError,
)  # fmt: skip


def read_workbook(path: Path) -> list[Table]:
    """Return the sheets that hold anything; formulas are what they last came to.

    Raises:
        PlanFileError: it cannot be read, or a sheet has too many rows.
    """
    from openpyxl import load_workbook

    try:
        merges = _merges(path)
        with path.open("rb") as file, closing(load_workbook(file, read_only=True, data_only=True)) as book:
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:SHEETS_LIMIT]
            found = [_sheet(sheet, merges.get(sheet.title, [])) for sheet in sheets]
    except BROKEN as error:
        raise PlanFileError(FileReason.BROKEN) from error
    return [one for one in found if one.lines]


def _sheet(sheet: Any, merges: list[Merge]) -> Table:
    rows: list[list[str]] = []
    last = 0
    sheet.reset_dimensions()  # what the file says of its size need not be true
    for row in sheet.iter_rows(max_row=ROWS_LIMIT * 2, max_col=COLUMNS_LIMIT, values_only=True):
        rows.append([text_of(value) for value in row])
        if any(rows[-1]):
            last = len(rows)
        if last > ROWS_LIMIT:
            raise PlanFileError(FileReason.TOO_MANY_ROWS, limit=ROWS_LIMIT)
    return table(sheet.title, rows[:last], merges)


def text_of(value: Any) -> str:
    """Return a cell as somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        day = f"{value:%d}/{value:%m}/{value.year:04d}"
        return day if value.time() == time() else f"{day} {value:%H:%M}"
    if isinstance(value, date):
        return f"{value:%d}/{value:%m}/{value.year:04d}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value).replace(".", ",")
    text = str(value).replace("\0", "\ufffd")  # which no database keeps
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _merges(path: Path) -> dict[str, list[Merge]]:
    """Return the merged blocks of every sheet by its title; the library leaves them out when it streams."""
    found: dict[str, list[Merge]] = {}
    with zipfile.ZipFile(path) as archive:
        for title, part in _sheet_parts(archive):
            found[title] = [
                Merge(int(top) - 1, _column(left), int(bottom) - 1, _column(right))
                for left, top, right, bottom in _MERGE.findall(archive.read(part))
            ][: ROWS_LIMIT * 4]
    return found


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314  no DTD: packages
    }
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314  no DTD: packages
    names = set(archive.namelist())
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(_RELATION), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            yield sheet.get("name", ""), part


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
