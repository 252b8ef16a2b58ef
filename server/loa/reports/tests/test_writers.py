# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever people typed comes out as it was typed: nothing in it is read as markup, nothing breaks a file."""

from io import BytesIO

import docx
import pdfplumber
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loa.reports.layout.child import WriteError, write
from loa.reports.layout.docx_writer import write_docx
from loa.reports.layout.pdf import CompileError, compile_pdf
from loa.reports.layout.tree import (
    Annex,
    Column,
    Heading,
    Letterhead,
    Paper,
    Paragraph,
    Row,
    Signature,
    Table,
    plain,
)
from loa.reports.layout.typst_writer import write_typst

NASTY = '#set page(width: 1cm) "x" \\ <b>&amp; $y$ @a *b* _c_ `d` [e] // f ]]> {g} \x0b\x00 #panic("h")'


def paper(words: str) -> Paper:
    """Return a document in which the same words stand everywhere."""
    table = Table([Column(words, 1), Column("Số", 1)], [Row((words, "1")), Row((words,))])
    return Paper(
        words,
        words,
        Letterhead(("UBND xã", words), words, parent=words, number=words),
        [Heading(1, words), Paragraph(words), Paragraph(words, is_ground=True), table],
        Signature((words,), words, words, (words, words)),
        [Annex(words, [Paragraph(words)], note=words)],
    )


@settings(max_examples=30)  # each writes and reads a whole document
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_stands_in_the_docx_as_it_was_typed(words: str) -> None:
    document = docx.Document(BytesIO(write_docx(paper(words))))
    shown = plain(words)
    assert shown in [one.text for one in document.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert shown in cells


def test_what_looks_like_markup_is_printed_not_obeyed() -> None:
    with pdfplumber.open(BytesIO(compile_pdf(write_typst(paper(NASTY))))) as pdf:
        assert round(float(pdf.pages[0].width)) == 595
        text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert '#set page(width: 1cm) "x" \\ <b>&amp; $y$ @a *b*' in text
    assert '#panic("h")' in text


def test_a_source_that_is_no_document_is_refused_with_what_the_compiler_said() -> None:
    with pytest.raises(CompileError, match="unclosed"):
        compile_pdf("#(")


def test_the_child_writes_both_formats_and_tells_its_rows() -> None:
    told: list[int] = []
    assert docx.Document(BytesIO(write(paper("Đại hội"), "docx", told.append))).tables
    assert told == [2]
    assert write(paper("Đại hội"), "pdf").startswith(b"%PDF")


def test_a_child_that_fails_or_never_ends_is_an_error_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WriteError, match="Traceback"):
        write("no document", "docx")  # type: ignore[arg-type]
    monkeypatch.setattr("loa.reports.layout.child.SECONDS", 0.01)
    with pytest.raises(WriteError):
        write(paper("Đại hội"), "pdf")


def test_no_row_and_no_annex_is_a_document_too() -> None:
    empty = Paper("Báo cáo", "Kết quả", Letterhead(("UBND",), "Đầm Hà"), [Table([Column("STT", 1)], [])])
    assert docx.Document(BytesIO(write_docx(empty))).tables
    assert compile_pdf(write_typst(empty)).startswith(b"%PDF")
    assert compile_pdf(write_typst(Paper("Báo cáo", "", Letterhead(("UBND",), "Đầm Hà")))).startswith(b"%PDF")
