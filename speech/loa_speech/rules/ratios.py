# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fractions, ratios, scores and house numbers: what a slash, a colon or a dash between numbers may mean."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import cardinal, decimal, whole

_SLASH = re.compile(
    r"(\d{1,3}(?:\.\d{3}){1,2}|\d{1,6}(?:,\d{1,2})?)/(\d{1,3}(?:\.\d{3}){1,2}|\d{1,6})(?![\d/]|[-/][A-ZĐ])"
)
_CHAIN = re.compile(r"\d{1,6}(?:/\d{1,6}){2,8}(?![\d])")
_COLON = re.compile(r"(\d{1,3}):(\d{1,3}(?:\.\d{3}){0,3}|\d{1,6})(?!\d)")
_SCORE = re.compile(r"(\d{1,3})\s?[-–:]\s?(\d{1,3})(?!\d)")
_SCORE_LEFT = re.compile(
    r"(?:tỷ số|tỉ số|thắng|thua|hòa|hoà|chung cuộc|kết quả)(?: [^\W\d_]{1,12}){0,3}[\s:]*$"
)
_HOUSE_LEFT = re.compile(r"(?:số nhà|nhà số|ngõ|ngách|hẻm|kiệt|số|tờ|thửa|căn)[\s:]*$")
_FRACTION_RIGHT = re.compile(
    r"\s(?:số|diện tích|dân số|quãng|thời gian|tổng|đại biểu|ủy viên|đảng viên|mức|chiều|giá)(?!\w)"
)
_LAW_LEFT = re.compile(
    r"(?:nghị định|luật|thông tư|quyết định|nghị quyết|chỉ thị|công văn|kế hoạch|pháp lệnh)[^\d\n]{0,30}$"
)
_YEAR = re.compile(r"(?:19|20)\d\d")


def ratio(context: Context) -> Said | None:
    """Read two numbers with a slash: 2/3 số hộ, 54/54 xã, số nhà 12/5, Nghị định 49/2024."""
    chain = _CHAIN.match(context.text, context.pos)
    if chain is not None:
        return Said(
            chain.end(), " trên ".join(whole(part) for part in chain[0].split("/")), "ratio", sure=False
        )
    match = _SLASH.match(context.text, context.pos)
    if match is None:
        return None
    top, bottom = match.groups()
    if _YEAR.fullmatch(bottom) and (
        _LAW_LEFT.search(context.left) or len(top) > 2 or int(top[:3].strip(".,")) > 12
    ):
        return Said(match.end(), f"{decimal(top)} năm {cardinal(int(bottom))}", "document")
    fraction = top.isdecimal() and bottom.isdecimal() and 0 < int(top) < int(bottom)
    if _HOUSE_LEFT.search(context.left) or not fraction:
        return Said(match.end(), f"{decimal(top)} trên {decimal(bottom)}", "ratio")
    if int(bottom) <= 10 or _FRACTION_RIGHT.match(context.right(match.end())):
        last = "tư" if bottom == "4" else cardinal(int(bottom))
        return Said(match.end(), f"{cardinal(int(top))} phần {last}", "fraction")
    return Said(match.end(), f"{cardinal(int(top))} trên {cardinal(int(bottom))}", "ratio")


def score(context: Context) -> Said | None:
    """Read a score: tỷ số 3-2, thắng 2:0."""
    if not _SCORE_LEFT.search(context.left):
        return None
    match = _SCORE.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), f"{cardinal(int(match[1]))} {cardinal(int(match[2]))}", "score")


def colon_ratio(context: Context) -> Said | None:
    """Read a proportion: tỷ lệ 1:500."""
    match = _COLON.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), f"{decimal(match[1])} trên {decimal(match[2])}", "ratio")
