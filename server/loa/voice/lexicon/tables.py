# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lexicon as a table: .csv and .xlsx, out and in; a table that is read is checked row by row first."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loa.config.errors import LoaError
from loa.voice.lexicon.rules import (
    BadWordError,
    Owner,
    WordInput,
    check_word,
    identity,
    input_of,
    neighbours,
    neighbours_line,
)
from loa.voice.models import LexiconWord

SIZE_LIMIT = 1_000_000  # bytes of a file
UNPACKED_LIMIT = 20_000_000  # bytes of what an .xlsx holds
ROWS_LIMIT = 2000
CELL_LIMIT = 1000  # characters
ERRORS_SHOWN = 20
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t")  # what a spreadsheet would calculate
NO = {"không", "khong", "no", "0", "false", "sai"}


class TableError(LoaError):
    """The table cannot be taken; ``rows`` says what is wrong in which row."""

    code = "bad_table"

    def __init__(self, message: str, rows: Sequence[str] = ()) -> None:
        super().__init__(message, field="file")
        self.rows = list(rows)


@dataclass(frozen=True)
class Cells:
    """One row below the heading, with its number in the file."""

    number: int
    values: tuple[str, ...]


def headings() -> tuple[str, ...]:
    """Return the columns in their order; only the first two are needed."""
    return (
        _("Chữ viết"), _("Đọc là"), _("Đúng chữ hoa, thường"), _("Đứng sau"), _("Đứng trước"), _("Ghi chú"),
    )  # fmt: skip


def rows_of(words: Iterable[LexiconWord]) -> Iterator[tuple[str, ...]]:
    """Return the rows of a table, without the heading."""
    for word in words:
        exact = _("có") if word.exact_case else _("không")
        yield (
            word.written, word.spoken, exact, neighbours_line(word.left), neighbours_line(word.right), word.note,
        )  # fmt: skip


def to_csv(words: Iterable[LexiconWord]) -> bytes:
    """Return the words as .csv that spreadsheets open: UTF-8 with its mark, nothing that they would calculate."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings())
    for row in rows_of(words):
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(words: Iterable[LexiconWord]) -> bytes:
    """Return the words as .xlsx, every cell a text."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    sheet.title = _("Từ điển đọc")
    for number, row in enumerate([headings(), *rows_of(words)], start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            cell.value, cell.data_type = value, "s"
            if number == 1:
                cell.font = Font(bold=True)
    for letter, width in zip("ABCDEF", (24, 48, 20, 28, 28, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_table(name: str, content: bytes, owner: Owner) -> list[WordInput]:
    """Read a table and check every row of it; nothing is stored.

    Args:
        name: of the file; its ending says what it is.
        owner: whose words they become: a form that stands twice in the table is refused.

    Raises:
        TableError: it is no table, too large, empty, or some of its rows are wrong (each is named).
    """
    if len(content) > SIZE_LIMIT:
        raise TableError(
            _("Tệp nặng hơn %(limit)s MB. Chia bảng làm nhiều lần nhập.") % {"limit": SIZE_LIMIT // 10**6}
        )
    rows = list(_xlsx_rows(content) if name.lower().endswith(".xlsx") else _csv_rows(content))
    if rows and _is_heading(rows[0]):
        rows = rows[1:]
    if not rows:
        raise TableError(_("Bảng chưa có dòng nào. Cột đầu là chữ viết, cột hai là cách đọc."))
    if len(rows) > ROWS_LIMIT:
        raise TableError(
            _("Bảng có hơn %(limit)s dòng. Chia bảng làm nhiều lần nhập.") % {"limit": ROWS_LIMIT}
        )
    return _checked(rows, owner)


def _checked(rows: Iterable[Cells], owner: Owner) -> list[WordInput]:
    words: list[WordInput] = []
    wrong: list[str] = []
    seen: dict[str, int] = {}
    for row in rows:
        try:
            word = check_word(_word(row))
            first = seen.setdefault(identity(owner, word), row.number)
            if first != row.number:
                raise BadWordError(
                    _("“%(written)s” đã có ở dòng %(first)s. Bỏ một dòng.")
                    % {"written": word.written, "first": first}
                )
        except BadWordError as error:
            wrong.append(_("Dòng %(number)s: %(what)s") % {"number": row.number, "what": error.message})
        else:
            words.append(word)
    if wrong:
        raise TableError(
            ngettext(
                "%(count)s dòng cần sửa nên chưa nhập dòng nào.",
                "%(count)s dòng cần sửa nên chưa nhập dòng nào.",
                len(wrong),
            )
            % {"count": len(wrong)},
            wrong[:ERRORS_SHOWN],
        )
    return words


def _word(row: Cells) -> WordInput:
    written, spoken, exact, left, right, note = (*row.values, "", "", "", "", "", "")[:6]
    if len(row.values) < 2:
        raise BadWordError(_("thiếu cột cách đọc. Để trống cột hai nếu không đọc."))
    return WordInput(
        written=written,
        spoken=spoken,
        exact_case=exact.strip().casefold() not in NO,
        left=neighbours(left),
        right=neighbours(right),
        note=note,
    )


def _is_heading(row: Cells) -> bool:
    return row.values[:2] == headings()[:2]


def _csv_rows(content: bytes) -> Iterator[Cells]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(_("Tệp không phải bảng .csv bằng UTF-8 hay .xlsx. Lưu lại dưới dạng đó.")) from error
    if "\0" in text:
        raise TableError(_("Tệp không phải bảng .csv bằng UTF-8 hay .xlsx. Lưu lại dưới dạng đó."))
    first = text.partition("\n")[0]
    mark = max(("\t", ";", ","), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        for values in reader:
            if any(value.strip() for value in values):
                yield Cells(reader.line_num, tuple(_plain(value) for value in values))
    except csv.Error as error:
        raise TableError(
            _("Dòng %(number)s không đọc được. Kiểm tra dấu ngoặc kép trong dòng đó.")
            % {"number": reader.line_num}
        ) from error


def _plain(value: str) -> str:
    """Return a cell without the sign that keeps a spreadsheet from calculating it."""
    value = value[:CELL_LIMIT]
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA) else value


def _xlsx_rows(content: bytes) -> list[Cells]:
    """Read the first sheet; the parsers' own errors are all syntax errors, whichever of them reads."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(one.file_size for one in archive.infolist())
        if unpacked > UNPACKED_LIMIT:
            raise TableError(_("Tệp bung ra quá lớn. Chỉ giữ trang có bảng rồi lưu lại."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(max_row=ROWS_LIMIT + 2, max_col=6, values_only=True))
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, OSError, SyntaxError) as error:
        raise TableError(_("Tệp .xlsx này không mở được. Mở bằng bảng tính, lưu lại rồi nhập.")) from error
    cells = (
        Cells(number, tuple("" if value is None else str(value)[:CELL_LIMIT] for value in row))
        for number, row in enumerate(rows, start=1)
    )
    return [one for one in cells if any(value.strip() for value in one.values)]


def same_rows(words: Iterable[LexiconWord]) -> dict[str, WordInput]:
    """Return words by their identity, to tell what a table would add or change."""
    return {word.identity: input_of(word) for word in words}
