# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small files that would keep the worker busy for hours, or fill its memory, if they were read as they ask."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loa.campaigns.importing import packages
from loa.campaigns.importing.documents import _W
from loa.campaigns.importing.grid import Merge, table
from loa.campaigns.importing.reading import read_tables
from loa.campaigns.importing.reasons import FileReason, PlanFileError
from loa.campaigns.importing.tests.plans import HEAD, document, good, row_of, workbook

ROWS = [HEAD, row_of(good())]


def repacked(path: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> Path:
    """Write a file's parts anew, each under the name and with the content that ``change`` gives it."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(*change(name, old.read(name)))
    path.write_bytes(out.getvalue())
    return path


def refused(path: Path) -> str:
    with pytest.raises(PlanFileError) as error:
        read_tables(path)
    return error.value.code


def test_a_sheet_under_another_name_declares_no_entities_either(tmp_path: Path) -> None:
    def hidden(name: str, content: bytes) -> tuple[str, bytes]:
        if not name.endswith("sheet1.xml"):
            return name, content.replace(b"sheet1.xml", b"sheet1.bin")
        return name.replace(".xml", ".bin"), b'<!DOCTYPE x [<!ENTITY b "ha">]>' + content

    path = repacked(workbook(tmp_path / "k.xlsx", ROWS), hidden)
    assert refused(path) == FileReason.FOREIGN_ENTITIES


def test_a_picture_beside_the_table_is_no_reason_to_refuse(tmp_path: Path) -> None:
    path = document(tmp_path / "k.docx", ROWS)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/media/anh.png", b"\x89PNG\r\n\x1a\n")
    assert len(read_tables(path)[0].lines) == 2


def test_paragraphs_inside_one_another_are_read_once_however_deep(tmp_path: Path) -> None:
    deep = 20_000

    def nested(name: str, content: bytes) -> tuple[str, bytes]:
        if name == "word/document.xml":
            inside = "<w:p>" * deep + "<w:r><w:t>Họp</w:t></w:r>" + "</w:p>" * deep
            row = f"<w:tbl><w:tr><w:tc>{inside}</w:tc></w:tr></w:tbl>"
            content = f'<w:document xmlns:w="{_W[1:-1]}"><w:body>{row}</w:body></w:document>'.encode()
        return name, content

    [found] = read_tables(repacked(document(tmp_path / "k.docx", ROWS), nested))
    assert found.lines[0].cells == ("Họp",)


def test_breaks_stay_inside_their_paragraph(tmp_path: Path) -> None:
    path = document(tmp_path / "k.docx", [["Họp\nthôn", "a\tb"]])
    assert read_tables(path)[0].lines[0].cells == ("Họp\nthôn", "a b")


def test_merged_blocks_over_one_another_end_where_the_table_does() -> None:
    asked = []

    def blocks() -> Iterator[Merge]:
        for number in range(1000):
            asked.append(number)
            yield Merge(0, 0, 9, 9)

    found = table("Bảng", [["a"] * 10 for _row in range(10)], blocks())
    assert len(found.lines) == 10
    assert len(asked) == 2


@pytest.mark.parametrize("limit", ["MARKS_LIMIT", "FEW_MARKS"])
def test_more_elements_than_a_plan_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(packages, "BLOCK", 100)
    path = workbook(tmp_path / "k.xlsx", ROWS)
    assert read_tables(path)
    monkeypatch.setattr(packages, limit, 10)
    assert refused(path) == FileReason.UNPACKS_TOO_LARGE
