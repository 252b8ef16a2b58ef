# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write a document as .docx: python-docx for the page, its own XML for long tables, where it is slow."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from loa.reports.layout import docx_parts as parts
from loa.reports.layout import values
from loa.reports.layout.docx_styles import HEADINGS, set_styles
from loa.reports.layout.docx_tables import add_table
from loa.reports.layout.tree import Annex, Block, Heading, Paper, Paragraph, Table, plain

OnRows = Callable[[int], None]  # how many rows more were written


def write_docx(paper: Paper, on_rows: OnRows | None = None) -> bytes:
    """Return the document as the bytes of a .docx file.

    Args:
        on_rows: told from time to time how many more rows of tables are written.
    """
    document = Document()
    set_styles(document)
    _set_properties(document, paper)
    _set_section(document.sections[0], is_landscape=False)
    annexes = list(paper.annexes)
    if paper.letterhead is not None:
        parts.add_letterhead(document, paper.letterhead)
        parts.add_name(document, paper)
        _add_blocks(document, paper.blocks, values.TEXT_WIDTH, on_rows)
        if paper.signature is not None:
            _keep_last_words(document)
            parts.add_signature(document, paper.signature, paper.letterhead.style)
    elif annexes:
        first = annexes.pop(0)
        _set_section(document.sections[0], is_landscape=first.is_landscape)
        _add_annex(document, first, on_rows)
    for annex in annexes:
        section = document.add_section()
        _set_section(section, is_landscape=annex.is_landscape)
        parts.restart_page_number(section)
        _add_annex(document, annex, on_rows)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _keep_last_words(document: Any) -> None:
    """Keep the last paragraph on the page of the signature, which must not stand alone."""
    for paragraph in reversed(document.paragraphs):
        paragraph.paragraph_format.keep_with_next = True
        if paragraph.text:
            return


def _set_properties(document: Any, paper: Paper) -> None:
    properties = document.core_properties
    properties.title = plain(f"{paper.name} {paper.subject}").strip()[:255]
    properties.author = plain(" ".join(paper.letterhead.issuer))[:255] if paper.letterhead else ""
    properties.language = "vi-VN"
    properties.comments = ""


def _set_section(section: Any, *, is_landscape: bool) -> None:
    """Set paper, margins and the page number; a landscape page keeps the margins by their place."""
    section.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    width, height = values.PAGE_WIDTH, values.PAGE_HEIGHT
    section.page_width, section.page_height = (
        (Mm(height), Mm(width)) if is_landscape else (Mm(width), Mm(height))
    )
    section.top_margin, section.bottom_margin = Mm(values.MARGIN_TOP), Mm(values.MARGIN_BOTTOM)
    section.left_margin, section.right_margin = Mm(values.MARGIN_LEFT), Mm(values.MARGIN_RIGHT)
    section.header_distance = section.footer_distance = Mm(values.PAGE_NUMBER_FROM_TOP)
    section.different_first_page_header_footer = True  # no number on page 1
    section.header.is_linked_to_previous = False
    section.first_page_header.is_linked_to_previous = False
    line = section.header.paragraphs[0]
    line.style = "Page number"
    if not line.runs:
        parts.add_page_field(line)


def _add_annex(document: Any, annex: Annex, on_rows: OnRows | None) -> None:
    number = f"Phụ lục {annex.number}".strip()
    document.add_paragraph(number, style="Annex number")
    document.add_paragraph(plain(annex.title).upper(), style="Annex title")
    if annex.note:
        document.add_paragraph(plain(annex.note), style="Annex note")
    width = values.LANDSCAPE_WIDTH if annex.is_landscape else values.TEXT_WIDTH
    _add_blocks(document, annex.blocks, width, on_rows)


def _add_blocks(document: Any, blocks: Any, width: float, on_rows: OnRows | None) -> None:
    for block in blocks:
        _add_block(document, block, width, on_rows)


def _add_block(document: Any, block: Block, width: float, on_rows: OnRows | None) -> None:
    if isinstance(block, Table):
        add_table(document, block, width, on_rows)
        after = document.add_paragraph(style="After table")
        after.alignment = WD_ALIGN_PARAGRAPH.LEFT
        after.paragraph_format.space_after = Pt(0)
    elif isinstance(block, Heading):
        document.add_paragraph(plain(block.text), style=HEADINGS[block.level])
    elif isinstance(block, Paragraph):
        document.add_paragraph(plain(block.text), style="Ground" if block.is_ground else "Normal")
