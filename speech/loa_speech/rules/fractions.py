# SPDX-License-Identifier: AGPL-3.0-or-later
"""Slashes between numbers: 2/3 số hộ (a fraction), 54/54 xã (of all), 22/0,4 kV, and chains 12/5/3."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import cardinal, decimal, whole
from loa_speech.rules.quantities import say_unit

_PART = r"\d{1,3}(?:\.\d{3}){1,2}(?:,\d{1,3})?|\d{1,6}(?:,\d{1,3})?"
_SLASH = re.compile(rf"({_PART})\s?/\s?({_PART})(?![\d/]|[-/][A-ZĐ])")
_CHAIN = re.compile(r"\d{1,6}(?:/\d{1,6}){2,8}(?![\d])")
_WHOLE_RIGHT = re.compile(
    r"\s(?:số|diện tích|dân số|quãng|thời gian|tổng|đại biểu|ủy viên|đảng viên|mức|chiều|giá|kinh phí"
    r"|khối lượng|công việc"
    r"|chặng|đường|nước|sân|suất|lượng|thu nhập|học phí|hộ dân|cử tri|diện|nhu cầu|vốn|chi phí"
    r"|trữ lượng|ngày|buổi|giờ"
    r"|tháng|năm|dung tích|thành viên|ngân sách|trong|quân số|đất|rừng|lá|thân|bình|thìa|viên"
    r"|liều|cốc|bát|lít|sào"
    r"|mẫu|phần|là|trở lên|so với|đơn|gia đình|cơ thể|chén|củ|quả|gói|ống|muỗng|lạng|cân)(?!\w)"
)
_HALF_LEFT = re.compile(
    r"(?:ít nhất|quá|hơn|gần|khoảng|được|góp|bằng|còn|giảm|tối thiểu|tới|chiếm|nộp|hưởng|trả|hết|mất)\s$"
)
_LAW_LEFT = re.compile(
    r"(?:nghị định|luật|thông tư|quyết định|nghị quyết|chỉ thị|công văn|kế hoạch|pháp lệnh|nđ|tt|nq|qđ"
    r"|bộ luật)[^\d\n]{0,30}$"
)
_YEAR = re.compile(r"(?:19|20)\d\d")


def fraction(context: Context) -> Said | None:
    """Read two numbers with a slash."""
    chain = _CHAIN.match(context.text, context.pos)
    if chain is not None:
        spoken = " trên ".join(whole(part) for part in chain[0].split("/"))
        return Said(chain.end(), spoken, "ratio", sure=False)
    match = _SLASH.match(context.text, context.pos)
    if match is None:
        return None
    top, bottom = match.groups()
    if _YEAR.fullmatch(bottom) and (
        _LAW_LEFT.search(context.left) or len(top) > 2 or int(top[:3].strip(".,")) > 12
    ):
        return Said(match.end(), f"{decimal(top)} năm {cardinal(int(bottom))}", "document")
    unit, end, marked = say_unit(context.text, match.end())
    proper = top.isdecimal() and bottom.isdecimal() and 0 < int(top) < int(bottom)
    if marked or not proper:
        return Said(end, f"{decimal(top)} trên {decimal(bottom)}{unit}", "ratio")
    over = f"{cardinal(int(top))} trên {cardinal(int(bottom))}"
    part = f"{cardinal(int(top))} phần {'tư' if bottom == '4' else cardinal(int(bottom))}"
    behind = context.right(match.end())
    if _WHOLE_RIGHT.match(behind) and int(top) <= 10:
        return Said(end, part, "fraction")
    ends = not behind.lstrip() or behind.lstrip()[0] in ".,;:)"
    if (int(bottom) <= 10 and int(top) == 1) or (
        ends and int(bottom) <= 5 and _HALF_LEFT.search(context.left)
    ):
        return Said(end, part, "fraction", sure=int(top) == 1, alternatives=(over,))
    return Said(end, over, "ratio")
