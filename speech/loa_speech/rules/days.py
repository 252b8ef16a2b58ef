# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the kinds about days share: how day, month and year are written, and their words."""

import re

from loa_speech.rules.context import Context
from loa_speech.rules.numbers import cardinal, day_of_month, month

DAY = r"(0?[1-9]|[12]\d|3[01])"
MONTH = r"(0?[1-9]|1[0-2])"
YEAR = r"((?:1\d|20|21)\d\d)"
DASH = r"\s{0,2}(?:[-–—→]|->)\s{0,2}"
END = r"(?![\d]|[/.-]\d)"

_NAMED_DAY = re.compile(r"(?:ngày|mùng|mồng|hôm|rằm)\s*$")
_STREET_LEFT = re.compile(r"(?:đường|phố|quảng trường|công viên|cầu|trường|nhà máy|hợp tác xã)\s$")
_MUNG = re.compile(r"(?:mùng|mồng)\s*$")
_STEMS = "giáp|ất|bính|đinh|mậu|kỷ|canh|tân|nhâm|quý"
_BRANCHES = "tý|sửu|dần|mão|thìn|tỵ|ngọ|mùi|thân|dậu|tuất|hợi"
_LUNAR_RIGHT = re.compile(
    rf"[\s,(]{{0,3}}(?:âm lịch|âl(?!\w)|al(?!\w)|â\.l|(?:năm )?(?:{_STEMS}) (?:{_BRANCHES})(?!\w)"
    rf"|tháng (?:giêng|chạp))"
)
_LUNAR_LEFT = re.compile(r"âm lịch(?: là)?[\s:,(]*(?:ngày )?$")
_DATE_LEFT = re.compile(
    r"\b(?:ngày|hôm|sáng|trưa|chiều|tối|đêm|từ|đến|trước|sau|hết|hạn|dịp|lễ|nay|mai|qua|tới|vào|kỷ niệm"
    r"|tức|giỗ|giỗ tổ"
    r"|mùng|mồng|nhật|thứ \w{1,4}|tết|quốc khánh|độc lập|ngày \d{1,2}(?:/\d{1,2})?,?|và|sinh|mất|lúc"
    r"|hồi|kể từ|cn"
    r"|t[2-7]|chào mừng|nghỉ|\d{1,2}[hg](?:\d\d)?['’]?|\d{1,2} giờ(?: \d{1,2}(?: phút)?)?)[\s,(:-]*$"
)


def is_named(context: Context) -> bool:
    """Tell whether "ngày", "mùng" or the like stands just before, so that it is not said twice."""
    return _NAMED_DAY.search(context.left) is not None


def is_led(context: Context) -> bool:
    """Tell whether what stands before asks for a day: "từ", "sáng", "Quốc khánh", "19h30,"."""
    return _DATE_LEFT.search(context.left) is not None


def is_lunar(context: Context, end: int) -> bool:
    """Tell whether the day that ends at `end` is one of the lunar calendar."""
    behind = context.right(end, 24)
    return _LUNAR_RIGHT.match(behind) is not None or _LUNAR_LEFT.search(context.left) is not None


def lead(context: Context) -> str:
    """Give "ngày " where it does not stand there already."""
    return "" if is_named(context) or _STREET_LEFT.search(context.left) else "ngày "


def say_day(context: Context, digits: str) -> str:
    """Read a day of the month; behind a written "mùng" only the number."""
    return cardinal(int(digits)) if _MUNG.search(context.left) else day_of_month(int(digits))


def say_month(digits: str, *, lunar: bool = False) -> str:
    """Read a month: the fourth is "tư"; of the lunar ones the first is "giêng", the last "chạp"."""
    number = int(digits)
    if lunar and number in (1, 12):
        return "giêng" if number == 1 else "chạp"
    return month(number)


def say_year(digits: str | None) -> str:
    """Read a year with the word before it, or nothing."""
    return f" năm {cardinal(int(digits))}" if digits else ""
