# SPDX-License-Identifier: AGPL-3.0-or-later
"""The styles of a .docx: Word's own for headings and body, so that its outline and contents work."""

from dataclasses import dataclass, replace
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt, RGBColor

from loa.reports.layout import values

HEADINGS = {1: "Heading 1", 2: "Heading 2", 3: "Heading 3"}
SCRIPTS = ("ascii", "hAnsi", "eastAsia", "cs")
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


@dataclass(frozen=True)
class Look:
    """How a style looks; sizes and distances in points, the first line's indent in millimetres."""

    size: float = values.BODY
    bold: bool = False
    italic: bool = False
    align: str = "center"
    before: float = 0
    after: float = 0
    first_line: float = 0
    spacing: float = 1.0
    keeps_next: bool = False
    outline: int | None = None  # 0 is the first level of the outline


_BODY = Look(
    align="justify",
    after=values.AFTER_PARAGRAPH,
    first_line=values.FIRST_LINE,
    spacing=values.LINE_SPACING,
)
LOOKS = {
    "Normal": _BODY,
    "Heading 1": replace(_BODY, bold=True, keeps_next=True, outline=0),
    "Heading 2": replace(_BODY, bold=True, keeps_next=True, outline=1),
    "Heading 3": replace(_BODY, keeps_next=True, outline=2),
    "Ground": replace(_BODY, italic=True),
    "Line": Look(),
    "Name": Look(bold=True, before=12),
    "Page number": Look(size=values.PAGE_NUMBER),
    "Annex number": Look(bold=True, keeps_next=True, outline=0),
    "Annex title": Look(bold=True, keeps_next=True),
    "Annex note": Look(italic=True, after=6),
    "Cell left": Look(size=values.TABLE, before=1, after=1, align="left"),
    "Cell center": Look(size=values.TABLE, before=1, after=1),
    "Cell right": Look(size=values.TABLE, before=1, after=1, align="right"),
    "Cell head": Look(size=values.TABLE, before=1, after=1, bold=True),
    "Cell group": Look(size=values.TABLE, before=1, after=1, bold=True, align="left", keeps_next=True),
    "After table": Look(size=6),
}


def set_styles(document: Any) -> None:
    """Set every style of a new document."""
    set_fonts(document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr")))
    known = {style.name for style in document.styles}
    for name, look in LOOKS.items():
        style = (
            document.styles[name]
            if name in known
            else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        )
        _set_style(style, look)


def set_fonts(properties: Any) -> None:
    """Name the font for the letters of every script, in place of the theme's."""
    old = properties.find(qn("w:rFonts"))
    if old is not None:
        properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    for script in SCRIPTS:
        fonts.set(qn(f"w:{script}"), values.FONT)
    properties.insert(0, fonts)


def _set_style(style: Any, look: Look) -> None:
    set_fonts(style.element.get_or_add_rPr())
    font, lines = style.font, style.paragraph_format
    font.size, font.bold, font.italic = Pt(look.size), look.bold, look.italic
    font.color.rgb = RGBColor(0, 0, 0)
    lines.alignment = _ALIGN[look.align]
    lines.space_before, lines.space_after = Pt(look.before), Pt(look.after)
    lines.first_line_indent = Mm(look.first_line)
    lines.line_spacing = look.spacing
    lines.keep_with_next = look.keeps_next
    lines.widow_control = True
    if look.outline is not None:
        _set_outline(style.element.get_or_add_pPr(), look.outline)


def _set_outline(properties: Any, level: int) -> None:
    old = properties.find(qn("w:outlineLvl"))
    if old is not None:
        properties.remove(old)
    outline = OxmlElement("w:outlineLvl")
    outline.set(qn("w:val"), str(level))
    properties.append(outline)
