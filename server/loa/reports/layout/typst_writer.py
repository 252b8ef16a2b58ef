# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write a document as typst's source, from the same content as the .docx."""

import json
from collections.abc import Iterator, Sequence

from loa.reports.layout import values
from loa.reports.layout.metrics import width_mm
from loa.reports.layout.tree import (
    Annex,
    Block,
    Heading,
    Letterhead,
    Paper,
    Paragraph,
    Row,
    Signature,
    Table,
    date_line,
    marked,
    number_line,
    plain,
)
from loa.reports.layout.values import Style

# The font's own lines: 0.891 em above the base line, 0.216 below, 0.042 between; Word's line is their sum.
_ABOVE, _BELOW, _BETWEEN = 0.891, 0.216, 0.042
_LEADING = values.LINE_SPACING * (_ABOVE + _BELOW + _BETWEEN) - _ABOVE - _BELOW  # em

_PREAMBLE = f"""
#set document(title: TITLE)
#set text(font: "{values.FONT_TWIN}", size: {values.BODY}pt, lang: "vi", fallback: false, overhang: false,
  top-edge: {_ABOVE}em, bottom-edge: -{_BELOW}em)
#set par(justify: true, leading: {_LEADING:.3f}em, spacing: {_LEADING:.3f}em + {values.AFTER_PARAGRAPH}pt,
  first-line-indent: (amount: {values.FIRST_LINE}mm, all: true))
#let number = context {{
  let at = counter(page).get().first()
  if at > 1 {{ align(center, text(size: {values.PAGE_NUMBER}pt, str(at))) }}
}}
#let sheet(flipped, body) = {{
  set page(width: {values.PAGE_WIDTH}mm, height: {values.PAGE_HEIGHT}mm, flipped: flipped, header: number,
    header-ascent: 4mm, margin: (top: {values.MARGIN_TOP}mm, bottom: {values.MARGIN_BOTTOM}mm,
    left: {values.MARGIN_LEFT}mm, right: {values.MARGIN_RIGHT}mm))
  body
}}
#show heading: it => block(above: {_LEADING:.3f}em + {values.AFTER_PARAGRAPH}pt,
  below: {_LEADING:.3f}em + {values.AFTER_PARAGRAPH}pt, sticky: true, text(size: {values.BODY}pt,
  weight: if it.level < 3 {{ "bold" }} else {{ "regular" }}, par(it.body)))
#let line-of(size, ..look, body) = block(above: {_BETWEEN}em, below: {_BETWEEN}em, width: 100%,
  align(center, par(first-line-indent: 0mm, justify: false, leading: {_BETWEEN}em,
  text(size: size, ..look, body))))
#let rule(long) = block(above: 2pt, below: 2pt, width: 100%, align(center, line(length: long, stroke: 0.75pt)))
#let grid-of(columns, ..cells) = {{
  set text(size: {values.TABLE}pt)
  set par(justify: false, first-line-indent: 0mm, leading: {_BETWEEN}em, spacing: {_BETWEEN}em)
  block(above: 8pt, below: 8pt, table(columns: columns, stroke: 0.5pt,
    inset: (x: {values.CELL_PADDING}mm, y: 1pt), ..cells))
}}
"""


def write_typst(paper: Paper) -> str:
    """Return the document as the source that ``pdf.compile_pdf`` makes a PDF of."""
    title = _text(f"{paper.name} {paper.subject}".strip())
    lines = [_PREAMBLE.replace("TITLE", title)]
    if paper.letterhead is not None:
        lines.append("#sheet(false)[")
        lines += _letterhead(paper.letterhead)
        lines += _name(paper, paper.letterhead.style)
        lines += _blocks(paper.blocks[:-1])
        lines += ["#block(sticky: true)[", *_blocks(paper.blocks[-1:]), "]"]
        if paper.signature is not None:
            lines += _signature(paper.signature, paper.letterhead.style)
        lines.append("]")
    for annex in paper.annexes:
        lines.append("#counter(page).update(1)")  # before the sheet: inside it its header is drawn already
        lines += _annex(annex)
    return "\n".join(lines)


def _text(words: str) -> str:
    """Return words as a typst string: nothing in them is read as markup."""
    return json.dumps(plain(words), ensure_ascii=False)


def _line(words: str, size: float, *, bold: bool = False, italic: bool = False) -> str:
    look = (', weight: "bold"' if bold else "") + (', style: "italic"' if italic else "")
    return f"#line-of({size}pt{look}, {_text(words)})"


def _letterhead(letterhead: Letterhead) -> Iterator[str]:
    style = letterhead.style
    issuer = [line.upper() for line in letterhead.issuer]
    columns = f"({values.HEAD_LEFT}mm, {values.HEAD_RIGHT}mm)"
    yield f"#grid(columns: {columns}, row-gutter: 5pt, ["
    if letterhead.parent:
        yield _line(letterhead.parent.upper(), style.parent_size)
    yield from (_line(line, style.issuer_size, bold=True) for line in issuer)
    if style.star:
        yield _line("*", style.issuer_size)
    else:
        yield f"#rule({width_mm(issuer[-1], style.issuer_size) * values.SHORT_RULE:.1f}mm)"
    yield "], ["
    yield _line(style.nation, style.nation_size, bold=True)
    last, size = (style.motto, style.motto_size) if style.motto else (style.nation, style.nation_size)
    if style.motto:
        yield _line(style.motto, style.motto_size, bold=True)
    yield f"#rule({width_mm(last, size):.1f}mm)"
    yield "], ["
    yield _line(number_line(letterhead), style.number_size)
    yield "], ["
    yield _line(date_line(letterhead), style.date_size, italic=True)
    yield "])"


def _name(paper: Paper, style: Style) -> Iterator[str]:
    yield "#v(12pt)"
    yield _line(paper.name.upper(), style.name_size, bold=True)
    yield _line(paper.subject, style.subject_size, bold=True)
    if style.dashes:
        yield _line("-----", style.subject_size)
    else:
        long = min(width_mm(paper.subject, style.subject_size), values.TEXT_WIDTH * 0.75)
        yield f"#rule({long * values.SHORT_RULE:.1f}mm)"
    yield "#v(6pt)"


def _blocks(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Heading):
            yield f"#heading(level: {block.level}, {_text(block.text)})"
        elif isinstance(block, Paragraph):
            style = ', style: "italic"' if block.is_ground else ""
            yield f"#par(text({_text(block.text)}{style}))"
        else:
            yield from _table(block)


def _table(table: Table) -> Iterator[str]:
    aligns = ", ".join(column.align for column in table.columns)
    heads = [column.title for column in table.columns]
    if table.numbered:
        heads += [f"({number})" for number in range(1, len(table.columns) + 1)]
    yield f"#grid-of(({', '.join(f'{column.share}fr' for column in table.columns)}),"
    yield f"align: ({aligns},).map(one => one + horizon),"
    head = ", ".join(f"strong({_text(title)})" for title in heads)
    yield f"table.header(..({head},).map(one => table.cell(align: center + horizon, one))),"
    yield from (_row(row, len(table.columns)) for row in table.rows)
    yield ")"


def _row(row: Row, columns: int) -> str:
    if len(row.cells) == 1:
        return f"table.cell(colspan: {columns}, align: left, strong({_text(row.cells[0])})),"
    return ", ".join(_text(cell) for cell in row.cells) + ","


def _signature(signature: Signature, style: Style) -> Iterator[str]:
    title = style.recipients_title
    yield f"#block(breakable: false, above: 12pt, grid(columns: ({values.SIGN_LEFT}mm, {values.SIGN_RIGHT}mm), ["
    yield f"#set par(first-line-indent: 0mm, justify: false, leading: {_BETWEEN}em, spacing: {_BETWEEN}em)"
    words = _text("Nơi nhận:")
    if style.recipients_underlined:
        yield f"#par(underline(text(size: {title}pt, {words})))"
    else:
        yield f'#par(text(size: {title}pt, weight: "bold", style: "italic", {words}))'
    yield from (
        f"#par(text(size: {style.recipients}pt, {_text(line)}))" for line in marked(signature.recipients)
    )
    yield "], ["
    yield from (_line(line.upper(), values.BODY, bold=True) for line in signature.authority)
    yield _line(signature.office.upper(), values.BODY, bold=style.office_is_bold)
    yield f"#v({values.ROOM_TO_SIGN}pt)"
    yield _line(signature.name, values.BODY, bold=True)
    yield "]))"


def _annex(annex: Annex) -> Iterator[str]:
    yield f"#sheet({'true' if annex.is_landscape else 'false'})["
    number = _text(f"Phụ lục {annex.number}".strip())
    yield f"#align(center, heading(level: 1, {number}))"
    yield _line(annex.title.upper(), values.BODY, bold=True)
    if annex.note:
        yield _line(annex.note, values.BODY, italic=True)
    yield from _blocks(annex.blocks)
    yield "]"
