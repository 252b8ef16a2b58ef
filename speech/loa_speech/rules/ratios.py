# SPDX-License-Identifier: AGPL-3.0-or-later
"""Proportions: tỷ lệ 1:500, bản đồ 1/2000, pha 1:10."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import cardinal, decimal

_COLON = re.compile(r"(\d{1,3}(?:,\d{1,2})?)(\s?):\2(\d{1,3}(?:\.\d{3}){0,3}|\d{1,6})(?!\d)")
_SLASH = re.compile(r"(\d{1,3})/(\d{1,3}(?:\.\d{3}){1,2}|\d{1,6})(?![\d/])")
_LOOSE = re.compile(r"(\d{1,3})\s?:\s?(\d{1,3}(?:\.\d{3}){1,2}|\d{1,6})(?![\d/:])")
_PAIR_LEFT = re.compile(r"(?:tỷ lệ|tỉ lệ|bản đồ|huyết áp|thị lực|pha)[\s:]*$")


def colon_ratio(context: Context) -> Said | None:
    """Read a proportion with a colon."""
    match = _COLON.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), f"{decimal(match[1])} trên {decimal(match[3])}", "ratio")


def named_ratio(context: Context) -> Said | None:
    """Read a slash behind a word that asks for a proportion: tỷ lệ 70/30, huyết áp 140/90."""
    match = _SLASH.match(context.text, context.pos) or _LOOSE.match(context.text, context.pos)
    if match is None or not _PAIR_LEFT.search(context.left):
        return None
    return Said(match.end(), f"{cardinal(int(match[1]))} trên {decimal(match[2])}", "ratio")
