# SPDX-License-Identifier: AGPL-3.0-or-later
"""Read the tables of a .docx. Read as XML: the usual library takes quadratic time over the cells of a table."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from loa.campaigns.importing.grid import COLUMNS_LIMIT, ROWS_LIMIT, Merge, Table, table
from loa.campaigns.importing.packages import UNREADABLE
from loa.campaigns.importing.reasons import FileReason, PlanFileError
from loa.config.numbers import whole

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TABLES_LIMIT = 20
_BREAK = "\v"  # a break inside a paragraph; XML cannot hold this sign itself


def read_document(path: Path) -> list[Table]:
    """Return the tables of a document, outermost only, in their order.

    Raises:
        PlanFileError: it cannot be read, or a table has too many rows.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            body = ElementTree.fromstring(archive.read("word/document.xml"))  # noqa: S314  no DTD: packages
    except (*UNREADABLE, LookupError, ElementTree.ParseError) as error:
        raise PlanFileError(FileReason.BROKEN) from error
    found = []
    for number, one in enumerate(_outermost(body), start=1):
        if number > TABLES_LIMIT:
            break
        found.append(_table(one, _("Bảng %(number)s") % {"number": number}))
    return [one for one in found if one.lines]


def _outermost(root: Element) -> Iterator[Element]:
    """Yield tables that lie in no other table; a deep document is walked without recursion."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.tag == f"{_W}tbl":
            yield node
        else:
            waiting.extend(reversed(node))


def _rows(node: Element, name: str) -> Iterator[Element]:
    """Yield the rows of a table, or cells of a row, also those inside content controls."""
    for child in node:
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag == f"{_W}sdt":
            for content in child.findall(f"{_W}sdtContent"):
                yield from content.findall(f"{_W}{name}")


def _table(node: Element, name: str) -> Table:
    rows: list[list[str]] = []
    merges: list[Merge] = []
    open_above: dict[int, int] = {}  # column: where in ``merges`` the block lies that goes on downwards
    for line in _rows(node, "tr"):
        if len(rows) >= ROWS_LIMIT:
            raise PlanFileError(FileReason.TOO_MANY_ROWS, limit=ROWS_LIMIT)
        _add_row(line, rows, merges, open_above)
    return table(name, rows, merges)


def _number(node: Element | None, default: int) -> int:
    value = whole("" if node is None else node.get(f"{_W}val", ""))
    return default if value is None else min(value, COLUMNS_LIMIT)


def _add_row(line: Element, rows: list[list[str]], merges: list[Merge], open_above: dict[int, int]) -> None:
    skipped = _number(line.find(f"{_W}trPr/{_W}gridBefore"), 0)
    row, at, still_open = [""] * skipped, len(rows), {}
    for cell in _rows(line, "tc"):
        left = len(row)
        if left >= COLUMNS_LIMIT:
            break
        span = max(1, _number(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1))
        vertical = cell.find(f"{_W}tcPr/{_W}vMerge")
        goes_on = vertical is not None and vertical.get(f"{_W}val", "continue") == "continue"
        if goes_on and left in open_above:
            index = open_above[left]
            above = merges[index]
            merges[index] = Merge(above.top, above.left, at, above.right)
            still_open[left] = index
            row += [""] * span
            continue
        if span > 1 or vertical is not None:
            merges.append(Merge(at, left, at, left + span - 1))
            if vertical is not None:
                still_open[left] = len(merges) - 1
        row += [_text(cell), *[""] * (span - 1)]
    rows.append(row)
    open_above.clear()
    open_above.update(still_open)


_SPOKEN = {f"{_W}tab": " ", f"{_W}br": _BREAK, f"{_W}cr": _BREAK, f"{_W}noBreakHyphen": "-"}


def _text(cell: Element) -> str:
    """Return what a cell says, a line for each paragraph; deleted words and fields' codes are left out.

    Each element is met once, however deep paragraphs lie in one another (text boxes).
    """
    words = []
    for node in cell.iter():
        if node.tag == f"{_W}p":
            words.append("\n")
        elif node.tag == f"{_W}t":
            words.append((node.text or "").replace("\n", " "))
        else:
            words.append(_SPOKEN.get(node.tag, ""))
    lines = (line.replace(_BREAK, "\n").strip() for line in "".join(words).split("\n"))
    return "\n".join(line for line in lines if line)
