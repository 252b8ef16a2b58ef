# SPDX-License-Identifier: AGPL-3.0-or-later
"""Markup, emoji and signs without a word: left out, and said so."""

import re
import unicodedata

from loa_speech.rules.context import Context, Said
from loa_speech.rules.signs import COMPARED, FRACTIONS, SPOKEN

_MARKUP = re.compile(
    r"</?[A-Za-z][^<>\n]{0,300}>|<!--[^<>]{0,300}-->|&(?:nbsp|amp|lt|gt|quot|#\d{1,6});"
    r"|!?\[(?=[^\]\n]{1,200}\]\()"
    r"|\]\([^)\s]{1,500}\)|[*_#`|^\\~]{1,80}|[=]{3,80}|[-–—]{3,80}|[-–=]>"
    r"|[•▪▫●○■□◆◇►▶✓✔★☆→⇒➢❖·◦♦]{1,20}|[.]{4,200}"
)
_END_MARK = re.compile(r"\./\.|/\.(?=\s|$)")
_ENTITIES = {"&amp;": "và", "&lt;": "dưới", "&gt;": "trên"}


def markup(context: Context) -> Said | None:
    """Leave out HTML, Markdown and list marks."""
    end_mark = _END_MARK.match(context.text, context.pos)
    if end_mark is not None:
        return Said(end_mark.end(), ".", "markup")
    match = _MARKUP.match(context.text, context.pos)
    if match is None:
        return None
    if match[0] == "~" and context.text[match.end() : match.end() + 2].lstrip()[:1].isdigit():
        return None
    return Said(match.end(), _ENTITIES.get(match[0], ""), "markup")


def _kept(char: str) -> bool:
    return unicodedata.category(char)[0] in "PZ"


def unreadable(context: Context) -> Said | None:
    """Leave out emoji, control characters and signs without a word; punctuation stays."""
    text, pos = context.text, context.pos
    end = pos
    limit = min(len(text), pos + 200)
    while end < limit and not text[end].isalnum() and not text[end].isspace() and not _kept(text[end]):
        if text[end] in SPOKEN or text[end] in COMPARED or text[end] in FRACTIONS:
            break
        end += 1
    if end == pos:
        return None
    emoji = any(unicodedata.category(char) in ("So", "Sk", "Cn") for char in text[pos:end])
    return Said(end, "", "emoji" if emoji else "sign")
