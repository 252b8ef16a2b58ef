# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scores: tỷ số 3-2, thắng 2:0, (21-15; 21-18)."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import decimal

_POINTS = r"(\d{1,3}(?:,5)?)"
_SCORE = re.compile(rf"{_POINTS}\s?[-–:/]\s?{_POINTS}(?![\d/]|,\d)")
_GOES_ON = re.compile(r"[\s(,;:]{1,3}(?:và )?")
_LEFT = re.compile(
    r"(?:tỷ số|tỉ số|thắng|thua|(?<!điều )hòa|(?<!điều )hoà|chung cuộc|kết quả|dẫn|gỡ|vượt qua|đánh bại"
    r"|hạ|séc|set|hiệp"
    r"|loạt luân lưu|luân lưu"
    r"|penalty|sút|sút 11m|sút luân lưu|lượt đi|lượt về|trận)(?: [^\W\d_]{1,12}){0,6}[\s:(]*$"
)
_SET_LEFT = re.compile(r"(?:set|séc|hiệp|ván)(?: thứ)? \d{1,2}[\s:(]+$|(?:tỷ số|tỉ số)[^\d\n]{0,24}$")
_CLOCK_LEFT = re.compile(r"(?:lúc|hồi|từ|đến|vào|giờ|mạc|ra|ngày|trước|sau)[\s:]+$")
_NOT_RIGHT = re.compile(r"\s?(?:độ|bàn|điểm|trận|kg|m|người|giờ|phút|%|lần|vòng)(?!\w)")


def score(context: Context) -> Said | None:
    """Read a score behind a word of sport or of voting."""
    match = _SCORE.match(context.text, context.pos)
    if match is None or not _is_asked(context, match[0]) or _NOT_RIGHT.match(context.right(match.end())):
        return None
    joint = ", " if "," in match[0] else " "
    return Said(match.end(), f"{decimal(match[1])}{joint}{decimal(match[2])}", "score")


def _is_asked(context: Context, written: str) -> bool:
    """Tell whether a word of sport stands before; a slash needs a clearer one than a dash: "02/9" is a day."""
    if _goes_on(context) or _SET_LEFT.search(context.left):
        return True
    if "/" in written or (":" in written and _CLOCK_LEFT.search(context.left)):
        return False
    return _LEFT.search(context.left) is not None


def _goes_on(context: Context) -> bool:
    """Tell whether this place goes on with scores: "3-0 (25-18, 25-21)"."""
    before = context.previous
    if before is None or before.rule != "score" or context.pos - before.end > 8:
        return False
    return _GOES_ON.fullmatch(context.text, before.end, context.pos) is not None
