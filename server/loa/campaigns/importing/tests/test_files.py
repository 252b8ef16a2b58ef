# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that are no plan, or meant to do harm, and plans in the shapes that offices give them."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loa.campaigns.importing import packages
from loa.campaigns.importing.columns import Column, find_heading, mapped, propose
from loa.campaigns.importing.reading import read_tables
from loa.campaigns.importing.reasons import FILE_SENTENCES, FileReason, PlanFileError
from loa.campaigns.importing.tests.plans import HEAD, document, good, row_of, workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
XML = b'<?xml version="1.0"?>'
BOMB = XML + b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c SYSTEM "file:///etc/passwd">]><a>&b;&c;</a>'


def packed(**parts: bytes) -> bytes:
    """Return a zip; "__" in a name stands for "/"."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return out.getvalue()


def ole(name: str) -> bytes:
    return OLE + b"\0" * 500 + name.encode("utf-16-le")


REFUSED: list[tuple[FileReason, Callable[[], bytes]]] = [
    (FileReason.EMPTY_FILE, lambda: b""),
    (FileReason.TOO_LARGE, lambda: b"PK\x03\x04" + b"\0" * packages.SIZE_LIMIT),
    (FileReason.OLD_WORD, lambda: ole("WordDocument")),
    (FileReason.OLD_EXCEL, lambda: ole("Workbook")),
    (FileReason.ENCRYPTED, lambda: ole("EncryptedPackage")),
    (FileReason.PDF, lambda: b"%PDF-1.7 ..."),
    (FileReason.PICTURE, lambda: b"\x89PNG\r\n\x1a\n"),
    (FileReason.PLAIN_TEXT, lambda: "STT;Nội dung".encode()),
    (FileReason.PLAIN_TEXT, lambda: b"<html><table></table></html>"),
    (FileReason.UNKNOWN_KIND, lambda: b"\x00\x01\x02\xff"),
    (FileReason.UNKNOWN_KIND, lambda: packed(readme_xml=b"<a/>")),
    (FileReason.OPEN_DOCUMENT, lambda: packed(mimetype=b"application/vnd.oasis.opendocument.text")),
    (FileReason.PRESENTATION, lambda: packed(ppt__presentation_xml=b"<a/>")),
    (FileReason.MACROS, lambda: packed(xl__workbook_xml=b"<a/>", xl__vbaProject_bin=b"x")),
    (FileReason.FOREIGN_ENTITIES, lambda: packed(word__document_xml=BOMB)),
    (FileReason.UNPACKS_TOO_LARGE, lambda: packed(word__document_xml=b" " * 5_000_000)),
    (FileReason.TOO_MANY_PARTS, lambda: packed(**{f"p{number}": b"" for number in range(2001)})),
    (FileReason.BROKEN, lambda: b"PK\x03\x04 and then nothing"),
    (FileReason.BROKEN, lambda: packed(word__document_xml=b"<a><b></a>")),
    (FileReason.BROKEN, lambda: packed(xl__workbook_xml=b"<a/>")),
    (FileReason.NO_TABLE, lambda: packed(word__document_xml=b"<document/>")),
]


@pytest.mark.parametrize(("reason", "content"), REFUSED, ids=[reason.value for reason, _ in REFUSED])
def test_a_file_that_is_no_plan_is_refused_with_its_reason(
    tmp_path: Path, reason: FileReason, content: Callable[[], bytes]
) -> None:
    path = tmp_path / "ke-hoach"
    path.write_bytes(content())
    with pytest.raises(PlanFileError) as refused:
        read_tables(path)
    assert refused.value.code == reason
    assert "%" not in refused.value.message


def test_each_reason_has_a_sentence() -> None:
    assert set(FILE_SENTENCES) == set(FileReason)


def test_what_unpacks_too_far_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "UNPACKED_LIMIT", 1000)
    with pytest.raises(PlanFileError, match="bung ra quá lớn"):
        read_tables(workbook(tmp_path / "k.xlsx", [HEAD, row_of(good())]))


def test_a_table_with_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from loa.campaigns.importing import documents, workbooks

    for module in (documents, workbooks):
        monkeypatch.setattr(module, "ROWS_LIMIT", 2)
    rows = [HEAD, row_of(good()), row_of(good())]
    for path in (workbook(tmp_path / "k.xlsx", rows), document(tmp_path / "k.docx", rows)):
        with pytest.raises(PlanFileError) as refused:
            read_tables(path)
        assert refused.value.code == FileReason.TOO_MANY_ROWS


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("plans")
    rows = [HEAD, row_of(good()), row_of(good(title="Họp"))]
    made = (workbook(folder / "k.xlsx", rows, ["A1:B1"]), document(folder / "k.docx", rows, [(0, 0, 0, 1)]))
    return [path.read_bytes() for path in made]


def _read(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with suppress(PlanFileError):
        for table in read_tables(path):
            propose(table)


QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(content=st.binary(max_size=400))
def test_no_bytes_raise_anything_but_named_errors(tmp_path: Path, content: bytes) -> None:
    for head in (b"", b"PK\x03\x04", OLE):
        _read(tmp_path / "k", head + content)


@QUICK
@given(st.data())
def test_nor_do_files_that_were_damaged_on_their_way(
    tmp_path: Path, whole_files: list[bytes], data: st.DataObject
) -> None:
    content = bytearray(data.draw(st.sampled_from(whole_files)))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    _read(tmp_path / "k", bytes(content))


WRONG = [
    b"",
    b"<a/>",
    b"-1",
    b"99999999999",
    b"xml",
    b'"',
    b"A0",
    b"XFE1",
    b"d",
    b"1E400",
    b"\xc3\xa0",
    b"0:0",
]


@QUICK
@given(st.data())
def test_nor_do_whole_packages_whose_xml_says_something_else(
    tmp_path: Path, whole_files: list[bytes], data: st.DataObject
) -> None:
    """Change words inside the XML itself, where the checks of the package see nothing."""
    source = zipfile.ZipFile(io.BytesIO(data.draw(st.sampled_from(whole_files))))
    names = [name for name in source.namelist() if name.endswith((".xml", ".rels")) and "theme" not in name]
    victim = data.draw(st.sampled_from(names))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == victim:
                at = data.draw(st.integers(0, len(content)))
                length = data.draw(st.integers(0, 12))
                content = content[:at] + data.draw(st.sampled_from(WRONG)) + content[at + length :]
            target.writestr(name, content)
    _read(tmp_path / "k", out.getvalue())


TWO_ROWS = [
    ["", "", "", "", "", ""],
    ["STT", "Nội dung", "Cơ quan", "Cơ quan", "Thời gian", "Thời gian"],
    ["STT", "Nội dung", "Chủ trì", "Phối hợp", "Bắt đầu", "Kết thúc"],
    ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
    ["I. TRƯỚC ĐẠI HỘI", "", "", "", "", ""],
    ["1", "Treo cờ", "Phòng A", "Phòng B", "01/3/2020", "15/4/2020"],
]


def test_two_rows_of_heading_with_merged_cells_become_one(tmp_path: Path) -> None:
    in_word = document(
        tmp_path / "k.docx",
        TWO_ROWS,
        [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5), (4, 0, 4, 5)],
    )
    in_excel = workbook(tmp_path / "k.xlsx", TWO_ROWS, ["A2:A3", "B2:B3", "C2:D2", "E2:F2", "A5:F5"])
    for path in (in_word, in_excel):
        [table] = read_tables(path)
        heading = find_heading(table)
        assert (heading.first, heading.after) == (1, 4)
        assert heading.names[3:] == ("Cơ quan / Phối hợp", "Thời gian / Bắt đầu", "Thời gian / Kết thúc")
        assert [line.is_banner for line in table.lines] == [False] * 4 + [True, False]
        assert propose(table).columns == {
            Column.NUMBER: 0,
            Column.TITLE: 1,
            Column.ORGANISATION: 2,
            Column.CONTRIBUTORS: 3,
            Column.START: 4,
            Column.DUE: 5,
        }


def test_columns_are_mapped_by_letter_number_or_heading(tmp_path: Path) -> None:
    [table] = read_tables(workbook(tmp_path / "k.xlsx", [HEAD, row_of(good())]))
    found = mapped(propose(table), ["title=P", "organisation=2", "due=Ghi chú, note="])
    assert (found[Column.TITLE], found[Column.ORGANISATION], found[Column.DUE]) == (15, 1, 15)
    assert Column.NOTE not in found
    for wish in ("title=ZZ", "tieu-de=B", "title"):
        with pytest.raises(PlanFileError) as refused:
            mapped(propose(table), [wish])
        assert refused.value.code == FileReason.BAD_MAP
