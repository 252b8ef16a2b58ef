# SPDX-License-Identifier: AGPL-3.0-or-later
"""Marks of lists and headings: 1. 1.1. 1) a) II. (I) - + read with a pause or left out."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.letters import spell
from loa_speech.rules.numbers import cardinal

_LETTER = re.compile(r"([a-zđ])(?:\.(?=\s)|\)(?=\s|[A-ZĐ]))")
_NUMBER = re.compile(r"(\d{1,2})([.)/])(?=\s{0,3}[^\W\d_])")
_OUTLINE = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})[.)]?(?=\s{1,3}[^\W\d_])")
_INLINE = re.compile(r"([a-zđ]|\d{1,2})\)(?=\s|[A-ZĐ])|(?<=; )([a-eđ])\.(?=\s)|(\d{1,2})/(?=\s?[^\W\d_])")
_FREE_LEFT = re.compile(r"(?:^|[;:,.(])\s{0,2}$")
_OPEN_BRACKET = re.compile(r"\([^)]*$")
_BULLET = re.compile(r"[-–—+*•▪●○■□◆◇►▶✓✔★☆→⇒➢❖·◦]{1,3}[ \t]{1,4}(?=\S)|[-–+*](?=[A-ZĐ][a-zà-ỹ])")


def list_letter(context: Context) -> Said | None:
    """Read a letter that numbers a line: "a) …", "b. …"."""
    if context.starts_line():
        match = _LETTER.match(context.text, context.pos)
        return Said(match.end(), f"{spell(match[1])}.", "list") if match else None
    return _inline(context)


def list_number(context: Context) -> Said | None:
    """Read a number that numbers a line: "1. …", "2) …", "1.1. …"."""
    if not context.starts_line():
        return _inline(context)
    match = _NUMBER.match(context.text, context.pos)
    if match is not None:
        return Said(match.end(), f"{cardinal(int(match[1]))}.", "list")
    match = _OUTLINE.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), " chấm ".join(cardinal(int(part)) for part in match[1].split(".")) + ".", "list")


def _inline(context: Context) -> Said | None:
    """Read a mark inside a line, such as "gồm: a) …; b) …": the bracket is a pause."""
    match = _INLINE.match(context.text, context.pos)
    if match is None or _OPEN_BRACKET.search(context.left):
        return None
    if not _FREE_LEFT.search(context.left) and not _follows_mark(context):
        return None
    mark = match[1] or match[2] or match[3]
    spoken = cardinal(int(mark)) if mark.isdecimal() else spell(mark)
    return Said(match.end(), f"{spoken},", "list")


def _follows_mark(context: Context) -> bool:
    """Tell whether nothing but blanks stands between the last mark and this one."""
    before = context.previous
    return before is not None and before.rule == "list" and context.pos - before.end <= 3


def bullet(context: Context) -> Said | None:
    """Leave out the mark that begins a line of a list."""
    if not context.starts_line():
        return None
    match = _BULLET.match(context.text, context.pos)
    return Said(match.end(), "", "list") if match else None
