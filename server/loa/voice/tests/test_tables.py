# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables of words that are no tables inside: a sentence, never a fault."""

import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from loa.voice.lexicon.rules import Owner
from loa.voice.lexicon.tables import TableError, read_table

SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + step, b"&%c;" % (97 + step) * 10) for step in range(9)
)


def bent(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook of two rows with one of its parts changed."""
    whole, result, book = io.BytesIO(), io.BytesIO(), Workbook()
    assert book.active is not None
    book.active.append(["QLDA", "quản lý dự án"])
    book.save(whole)
    with zipfile.ZipFile(whole) as before, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, change(content) if name == part else content)
    return result.getvalue()


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (SHEET, lambda content: content[: len(content) // 2]),
        (SHEET, lambda content: b"no markup"),
        (SHEET, lambda content: ENTITIES + b"]><l>&j;</l>"),
        ("xl/workbook.xml", lambda content: content[:50]),
        ("xl/styles.xml", lambda content: b"<x"),
        ("xl/_rels/workbook.xml.rels", lambda content: b"<x/>"),
    ],
    ids=["cut", "no markup", "entities in entities", "book", "styles", "relations"],
)
def test_a_broken_workbook_is_refused_with_a_sentence(part: str, change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(TableError):
        read_table("tu-dien.xlsx", bent(part, change), Owner())
