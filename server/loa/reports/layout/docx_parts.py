# SPDX-License-Identifier: AGPL-3.0-or-later
"""The fixed parts of a .docx: letterhead, name and subject, signature, page number, drawn rules."""

from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt

from loa.reports.layout import values
from loa.reports.layout.docx_styles import set_fonts
from loa.reports.layout.metrics import width_mm
from loa.reports.layout.tree import Letterhead, Paper, Signature, date_line, marked, number_line, plain
from loa.reports.layout.values import Style

DASHES = "-----"


def add_letterhead(document: Any, letterhead: Letterhead) -> None:
    """Add who issues, the nation's name, number, place and date: a table of two columns without borders."""
    style = letterhead.style
    table = _columns(document, values.HEAD_LEFT, values.HEAD_RIGHT, rows=2)
    left, right = table.rows[0].cells
    if letterhead.parent:
        _line(left, letterhead.parent.upper(), style.parent_size)
    issuer = [line.upper() for line in letterhead.issuer]
    for line in issuer:
        _line(left, line, style.issuer_size, bold=True)
    if style.star:
        _line(left, "*", style.issuer_size)
    else:
        long = width_mm(issuer[-1], style.issuer_size)
        _rule(left, values.HEAD_LEFT, long * values.SHORT_RULE)
    _line(right, style.nation, style.nation_size, bold=True)
    last, size = (style.motto, style.motto_size) if style.motto else (style.nation, style.nation_size)
    if style.motto:
        _line(right, style.motto, style.motto_size, bold=True)
    _rule(right, values.HEAD_RIGHT, width_mm(last, size))
    left, right = table.rows[1].cells
    _line(left, number_line(letterhead), style.number_size, before=4)
    _line(right, date_line(letterhead), style.date_size, italic=True, before=4)


def add_name(document: Any, paper: Paper) -> None:
    """Add the kind of the document and what it is about, with the rule under it."""
    style = paper.letterhead.style if paper.letterhead else values.STATE
    _run(document.add_paragraph(style="Name"), paper.name.upper(), style.name_size, bold=True)
    subject = document.add_paragraph(style="Line")
    _run(subject, paper.subject, style.subject_size, bold=True)
    if style.dashes:
        _run(document.add_paragraph(style="Line"), DASHES, style.subject_size)
    else:
        long = min(width_mm(paper.subject, style.subject_size), values.TEXT_WIDTH * 0.75)
        rule = document.add_paragraph(style="Line")
        _draw(rule, values.TEXT_WIDTH, long * values.SHORT_RULE)
    document.add_paragraph(style="After table")


def add_signature(document: Any, signature: Signature, style: Style) -> None:
    """Add receivers and the place to sign, on one page together."""
    table = _columns(document, values.SIGN_LEFT, values.SIGN_RIGHT, rows=1)
    left, right = table.rows[0].cells
    _keep_whole(table.rows[0])
    title = _line(left, "", style.recipients_title, align="left")
    run = _run(title, "Nơi nhận:", style.recipients_title)
    run.font.underline = style.recipients_underlined
    run.font.bold = run.font.italic = not style.recipients_underlined
    for line in marked(signature.recipients):
        _line(left, line, style.recipients, align="left")
    for line in signature.authority:
        _line(right, line.upper(), values.BODY, bold=True)
    _line(right, signature.office.upper(), values.BODY, bold=style.office_is_bold)
    _line(right, signature.name, values.BODY, bold=True, before=values.ROOM_TO_SIGN)


def add_page_field(paragraph: Any) -> None:
    """Put the number of the page into a paragraph."""
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        run = paragraph.add_run()
        set_fonts(run._r.get_or_add_rPr())
        run.font.size = Pt(values.PAGE_NUMBER)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._r.append(mark)


def restart_page_number(section: Any) -> None:
    """Let a section begin with page 1."""
    properties = section._sectPr
    old = properties.find(qn("w:pgNumType"))
    if old is not None:
        properties.remove(old)
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    margins = properties.find(qn("w:pgMar"))
    margins.addnext(start)


def _columns(document: Any, left: float, right: float, rows: int) -> Any:
    """Return a table of two columns without borders; the last paragraph of each cell is still empty."""
    table = document.add_table(rows=rows, cols=2)
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)
    for column, width in zip(table.columns, (left, right), strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
            cell.paragraphs[0].style = "Line"
    return table


def _keep_whole(row: Any) -> None:
    mark = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().append(mark)


def _next(cell: Any) -> Any:
    """Return the cell's empty first paragraph, or a new one."""
    first = cell.paragraphs[0]
    if (
        len(cell.paragraphs) == 1
        and not first.runs
        and first._p.find(qn("w:pPr") + "/" + qn("w:ind")) is None
    ):
        return first
    return cell.add_paragraph(style="Line")


def _line(cell: Any, text: str, size: float, *, align: str = "", before: float = 0, **look: bool) -> Any:
    paragraph = _next(cell)
    if align == "left":
        paragraph.alignment = 0
    if before:
        paragraph.paragraph_format.space_before = Pt(before)
    if text:
        _run(paragraph, text, size, **look)
    return paragraph


def _run(paragraph: Any, text: str, size: float, *, bold: bool = False, italic: bool = False) -> Any:
    run = paragraph.add_run(plain(text))
    set_fonts(run._r.get_or_add_rPr())
    run.font.size = Pt(size)
    run.font.bold, run.font.italic = bold, italic
    return run


def _rule(cell: Any, width: float, long: float) -> None:
    _draw(cell.add_paragraph(style="Line"), width, long)


def _draw(paragraph: Any, width: float, long: float) -> None:
    """Draw a line ``long`` millimetres wide in the middle of ``width``: the lower edge of a thin paragraph."""
    lines = paragraph.paragraph_format
    indent = max((width - long) / 2, 0)
    lines.left_indent = lines.right_indent = Mm(indent)
    lines.line_spacing = Pt(2)
    lines.space_before, lines.space_after = Pt(1), Pt(2)
    edges = OxmlElement("w:pBdr")
    edge = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        edge.set(qn(f"w:{name}"), value)
    edges.append(edge)
    properties = paragraph._p.get_or_add_pPr()
    style = properties.find(qn("w:pStyle"))
    style.addnext(edges) if style is not None else properties.insert(0, edges)
