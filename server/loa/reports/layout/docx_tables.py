# SPDX-License-Identifier: AGPL-3.0-or-later
"""Long tables of a .docx as XML of their own: ten times as fast as cell by cell (decision 0019)."""

from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml

from loa.reports.layout import values
from loa.reports.layout.tree import Column, Row, Table, plain

AT_ONCE = 250  # rows that are parsed together
_TWIPS_PER_MM = 1440 / 25.4
_STYLES = {"left": "Cellleft", "center": "Cellcenter", "right": "Cellright"}


def add_table(document: Any, table: Table, width: float, on_rows: Callable[[int], None] | None) -> None:
    """Add a table of ``width`` millimetres whose head is repeated on every page."""
    widths = column_widths(table.columns, width)
    frame = parse_xml(_frame(widths))
    document.element.body.insert_element_before(frame, "w:sectPr")
    heads = [[column.title for column in table.columns]]
    if table.numbered:
        heads.append([f"({number})" for number in range(1, len(widths) + 1)])
    for row in _parsed([_head(cells, widths) for cells in heads]):
        frame.append(row)
    styles = [_STYLES[column.align] for column in table.columns]
    for start in range(0, len(table.rows), AT_ONCE):
        part = table.rows[start : start + AT_ONCE]
        for row in _parsed([_row(one, widths, styles) for one in part]):
            frame.append(row)
        if on_rows is not None:
            on_rows(len(part))


def column_widths(columns: Sequence[Column], width: float) -> list[float]:
    """Return each column's width in millimetres, by their shares."""
    total = sum(column.share for column in columns)
    return [column.share / total * width for column in columns]


def _twips(millimetres: float) -> int:
    return round(millimetres * _TWIPS_PER_MM)


def _frame(widths: Sequence[float]) -> str:
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    padding = _twips(values.CELL_PADDING)
    margins = "".join(f'<w:{side} w:w="{padding}" w:type="dxa"/>' for side in ("left", "right"))
    grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    return (
        f"<w:tbl {nsdecls('w')}><w:tblPr>"
        f'<w:tblW w:w="{_twips(sum(widths))}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid></w:tbl>"
    )


def _parsed(rows: Sequence[str]) -> Sequence[Any]:
    return list(parse_xml(f"<w:tbl {nsdecls('w')}>{''.join(rows)}</w:tbl>"))


def _cell(text: str, width: float, style: str, span: int = 1) -> str:
    over = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    lines = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        f'<w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for line in plain(text).split("\n")
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{_twips(width)}" w:type="dxa"/>{over}'
        f'<w:vAlign w:val="center"/></w:tcPr>{lines}</w:tc>'
    )


def _head(cells: Sequence[str], widths: Sequence[float]) -> str:
    inside = "".join(_cell(text, width, "Cellhead") for text, width in zip(cells, widths, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{inside}</w:tr>"


def _row(row: Row, widths: Sequence[float], styles: Sequence[str]) -> str:
    if len(row.cells) == 1:
        inside = _cell(row.cells[0], sum(widths), "Cellgroup", len(widths))
    else:
        inside = "".join(
            _cell(text, width, style) for text, width, style in zip(row.cells, widths, styles, strict=True)
        )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{inside}</w:tr>"
