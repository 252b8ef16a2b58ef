# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scores: tỷ số 3-2, thắng 2:0, (21-15; 21-18)."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import cardinal

_SCORE = re.compile(r"(\d{1,3})\s?[-–:/]\s?(\d{1,3})(?![\d/])")
_LEFT = re.compile(
    r"(?:tỷ số|tỉ số|thắng|thua|hòa|hoà|chung cuộc|kết quả|dẫn|gỡ|vượt qua|đánh bại|hạ|séc|set|hiệp"
    r"|loạt luân lưu|luân lưu"
    r"|penalty|sút)(?: [^\W\d_]{1,12}){0,6}[\s:(]*$"
)
_NOT_RIGHT = re.compile(r"\s?(?:bàn|điểm|trận|kg|m|người|giờ|phút|%|lần|vòng)(?!\w)")


def score(context: Context) -> Said | None:
    """Read a score behind a word of sport or of voting."""
    if not _LEFT.search(context.left) and not context.continues("score"):
        return None
    match = _SCORE.match(context.text, context.pos)
    if match is None or _NOT_RIGHT.match(context.right(match.end())):
        return None
    return Said(match.end(), f"{cardinal(int(match[1]))} {cardinal(int(match[2]))}", "score")
