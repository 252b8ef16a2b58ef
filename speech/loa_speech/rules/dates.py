# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dates: 24/11/2026, 30/4, ngày 5 tháng 12, days of one month (5, 6/12), lunar days (15/7 âm lịch)."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.days import (
    DAY,
    END,
    MONTH,
    YEAR,
    is_led,
    is_lunar,
    is_named,
    lead,
    say_day,
    say_month,
    say_year,
)
from loa_speech.rules.numbers import cardinal, day_of_month

_FULL = re.compile(rf"{DAY}(\s?[/.-]\s?){MONTH}\2{YEAR}{END}")
_ISO = re.compile(rf"{YEAR}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\d-])")
_LIST = re.compile(
    rf"{DAY}((?:[,;]\s?(?:0?[1-9]|[12]\d|3[01])(?![\d/])){{0,8}}(?:,|\s?và|,\s?và|\s?&)\s?)"
    rf"{DAY}/{MONTH}(?:/{YEAR})?(?![\d/])"
)
_SHORT = re.compile(rf"{DAY}[/]{MONTH}{END}(?!/)")
_SHORT_ANY = re.compile(r"\d\d?\s?[/.-]\s?\d")
_SHORT_SPACED = re.compile(rf"{DAY}\s?/\s?{MONTH}{END}(?!/)")
_SHORT_LOOSE = re.compile(rf"{DAY}[-.]{MONTH}{END}(?![-.]?\d)")
_PART_LEFT = re.compile(r"(?:sáng|trưa|chiều|tối|đêm|hôm nay,?|hôm qua,?)\s$")
_HOUR_RIGHT = re.compile(r"\s?(?:h|giờ|độ|mm|người|hộ)(?!\w)")
_LUNAR_NAME = re.compile(rf"{DAY}(?:\s?[-–]\s?{DAY})?\s?/\s?([Gg]iêng|[Cc]hạp)(?!\w)")
_DAY_WORDED = re.compile(
    rf"{DAY}(?=\s+tháng\s+(?:\d|[Gg]iêng|[Cc]hạp|[Mm]ột|[Hh]ai|[Bb]a|[Tt]ư|nay|này|sau|tới))"
)
_DAY_LEAD = re.compile(
    rf"{DAY}(?=\s+(?:đến|tới|này|và ngày|và|hằng tháng|hàng tháng|âm lịch|[Tt]ết)(?!\w))|(0[1-9])(?![\w/.,])"
    rf"|{DAY}(?=\s?[-–]\s?ngày\s)"
)
_DAY_LEFT = re.compile(r"(?:^|\W)(?:ngày|mùng|mồng) $")
_OPEN_LIST = re.compile(
    rf"{DAY}((?:,\s?(?:0?[1-9]|[12]\d|3[01])(?![\w/.])){{0,8}}(?:,|\s?và|,\s?và)\s?){DAY}(?![\w/%]|[.,]\d)"
)
_MONTHLY_RIGHT = re.compile(
    r"\s\(?(?:âm lịch|hằng tháng|hàng tháng|mỗi tháng|tháng (?:giêng|chạp|này|sau|tới))"
)
_DAYS_LEFT = re.compile(r"(?:các|những|hai|ba|bốn|mấy) ngày(?: [^\W\d_]{1,6}){0,2}[\s:]+$")
_LIST_LEFT = re.compile(r"(?:sáng|trưa|chiều|tối|đêm|từ|vào|các|hai|ba|dịp|lễ|nghỉ)\s*$")

_KNOWN_DAYS = """1/1 3/2 9/2 27/2 8/3 26/3 10/3 30/4 1/5 7/5 19/5 1/6 5/6 21/6
27/7 19/8 2/9 10/10 13/10 14/10 15/10 20/10 9/11 18/11 20/11 22/12"""
_HOLIDAYS = frozenset(_KNOWN_DAYS.split())
_NOUN_RIGHT = re.compile(
    r"\s(?!(?:sáng|trưa|chiều|tối|đêm|tại|từ|đến|tới|năm|âm|hằng|hàng|là|và|ở|do|của|có|được|để|cho|với"
    r"|vừa|sẽ|đã|này|hoặc|nhằm|theo|trên|qua|về|như|thì|mà|vì|nên|gồm|phải|cần|bà|các|mọi|những|trong"
    r"|dự|diễn|vào|không|chưa|cả|mới|xã|ubnd|khu)(?!\w))[^\W\d_]"
)
_TOTAL_RIGHT = re.compile(
    r"\s(?:số|diện tích|dân số|tổng số|hộ|quãng|thời gian|đại biểu|đảng viên|xã|phường|thôn|bản|lượt"
    r"|người|phiếu|tiêu chí"
    r"|chỉ tiêu|đồng chí|thành viên|ủy viên|học sinh|chi bộ|nhiệm vụ|cơ sở|trường|khu phố|tổ dân phố"
    r"|ngày công|ngày làm)(?!\w)"
)
_RATIO_LEFT = re.compile(
    r"\b(?:khoảng|chiếm|gần|hơn|quá|đạt|có|tỷ lệ|số nhà|nhà số|ngõ|ngách|hẻm|kiệt|số|tờ|thửa"
    r"|(?<!giỗ )tổ|mới|được|còn"
    r"|trực|phục vụ|hoạt động|hỗ trợ|trên|dưới|thị lực|huyết áp|bằng|uống|pha|tiêm|mất|giảm|hạng"
    r"|trình độ|văn hóa|hệ|lớp|góp|vòng|tham gia|hoàn thành|trao trả)[\s:]*$"
)


def full_date(context: Context) -> Said | None:
    """Read day, month and year: 24/11/2026, 24-11-2026, 2026-11-24."""
    match = _ISO.match(context.text, context.pos)
    if match is not None:
        year, number, day = match.groups()
    else:
        match = _FULL.match(context.text, context.pos)
        if match is None:
            return None
        day, _, number, year = match.groups()
    number = say_month(number, lunar=is_lunar(context, match.end()))
    return Said(match.end(), f"{lead(context)}{say_day(context, day)} tháng {number}{say_year(year)}", "date")


def date_list(context: Context) -> Said | None:
    """Read several days of one month: ngày 5, 6/12; 5, 6 và 7/12/2026."""
    match = _LIST.match(context.text, context.pos)
    if match is None:
        return _open_list(context)
    if (
        not is_named(context)
        and not _DAYS_LEFT.search(context.left)
        and not _LIST_LEFT.search(context.left)
        and not match[5]
    ):
        return None
    start, last = match.start(), match.start(3)
    spoken = _say_days(context.text[start:last])
    _, _, last_day, number, year = match.groups()
    number = say_month(number, lunar=is_lunar(context, match.end()))
    spoken += f"{day_of_month(int(last_day))} tháng {number}{say_year(year)}"
    head = "" if _DAYS_LEFT.search(context.left) else lead(context)
    return Said(match.end(), head + spoken, "date")


def _open_list(context: Context) -> Said | None:
    """Read several days without a month: các ngày 5, 12 và 26."""
    match = _OPEN_LIST.match(context.text, context.pos)
    if match is None:
        return None
    monthly = is_named(context) and _MONTHLY_RIGHT.match(context.right(match.end()))
    if not monthly and not _DAYS_LEFT.search(context.left):
        return None
    return Said(match.end(), _say_days(match[0]), "date")


def _say_days(written: str) -> str:
    spoken = re.sub(r"\d+", lambda item: day_of_month(int(item[0])), written)
    return re.sub(r"\s?\b(và)|\s?&", " và", re.sub(r"[,;]\s?", ", ", spoken))


def short_date(context: Context) -> Said | None:
    """Read day and month: 30/4; what may be a fraction is left to other kinds or marked unsure."""
    match = _SHORT_ANY.match(context.text, context.pos)
    if match is None:
        return None
    loose = None
    if is_named(context) or is_led(context):
        loose = _SHORT_SPACED.match(context.text, context.pos)
    if loose is None:
        loose = _SHORT_LOOSE.match(context.text, context.pos)
        if loose is not None and not _asks_for_day(context, loose):
            loose = None
    match = _SHORT.match(context.text, context.pos) or loose
    if match is None:
        return None
    day, number = int(match[1]), int(match[2])
    if context.left.endswith("kỳ "):
        return Said(match.end(), f"{cardinal(day)} tháng {say_month(match[2])}", "date")
    lunar = is_lunar(context, match.end())
    known = f"{day}/{number}" in _HOLIDAYS or day > 12 or "0" in (match[1][0], match[2][0])
    named = lunar or is_led(context) or loose is not None or context.continues("date")
    if not lunar and (not named or not is_named(context)):
        counts = day <= number and not known and _NOUN_RIGHT.match(context.text, match.end())
        if counts or _TOTAL_RIGHT.match(context.right(match.end())) or _RATIO_LEFT.search(context.left):
            return None
        if context.right(match.end(), 1) in ("%", "h") or (not named and match[0] == "24/7"):
            return None
    spoken = f"{lead(context)}{say_day(context, match[1])} tháng {say_month(match[2], lunar=lunar)}"
    sure = named or known
    others = (
        ()
        if sure
        else (f"{cardinal(day)} trên {cardinal(number)}", f"{cardinal(day)} phần {say_month(match[2])}")
    )
    return Said(match.end(), spoken, "date", sure, others)


def _asks_for_day(context: Context, match: re.Match[str]) -> bool:
    """Tell whether two numbers with a dash or point are a day: behind "ngày", "sáng", or of the lunar calendar."""
    if is_named(context) or is_lunar(context, match.end()):
        return True
    return _PART_LEFT.search(context.left) is not None and not _HOUR_RIGHT.match(context.right(match.end()))


def lunar_month(context: Context) -> Said | None:
    """Read days before a lunar month by its name: 9/Giêng, 8-10/Giêng."""
    match = _LUNAR_NAME.match(context.text, context.pos)
    if match is None:
        return None
    days = say_day(context, match[1])
    if match[2]:
        days += f" đến {day_of_month(int(match[2]))}"
    return Said(match.end(), f"{lead(context)}{days} tháng {match[3].lower()}", "date")


def worded_date(context: Context) -> Said | None:
    """Read the day before a month in words, or after "ngày": ngày 5 tháng 12, ngày 01 đến ngày 15."""
    match = _DAY_LEAD.match(context.text, context.pos)
    if match is not None and _DAY_LEFT.search(context.left):
        return Said(match.end(), say_day(context, match[1] or match[2] or match[3]), "date")
    match = _DAY_WORDED.match(context.text, context.pos)
    if match is None or not (is_named(context) or context.continues("date") or is_led(context)):
        return None
    return Said(match.end(), say_day(context, match[1]), "date")
