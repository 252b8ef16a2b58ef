# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dates, date ranges, months with years, ranges of years, weekdays."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import cardinal, day_of_month, month, ordinal

_DAY = r"(0?[1-9]|[12]\d|3[01])"
_MONTH = r"(0?[1-9]|1[0-2])"
_YEAR = r"((?:1\d|20|21)\d\d)"
_DASH = r"\s{0,2}[-–—]\s{0,2}"
_END = r"(?![\d]|[/.-]\d)"
_FULL = re.compile(rf"{_DAY}([/.-]){_MONTH}\2{_YEAR}{_END}")
_RANGE = re.compile(
    rf"{_DAY}(?:/{_MONTH}(?:/{_YEAR})?)?(?:{_DASH}|\s?đến\s?){_DAY}/{_MONTH}(?:/{_YEAR})?(?![\d/])"
)
_LIST = re.compile(
    rf"{_DAY}((?:,\s?(?:0?[1-9]|[12]\d|3[01])){{0,6}}(?:,|\s?và|,\s?và)\s?){_DAY}/{_MONTH}(?:/{_YEAR})?(?![\d/])"
)
_SHORT = re.compile(rf"{_DAY}[/]{_MONTH}{_END}(?!/)")
_SHORT_LOOSE = re.compile(rf"{_DAY}[-.]{_MONTH}{_END}(?![-.]?\d)")
_DAY_WORDED = re.compile(rf"{_DAY}(?=\s+tháng\s+\d)")
_DAY_LEAD = re.compile(
    rf"{_DAY}(?=\s+(?:đến|tới|này|và ngày|hằng tháng|hàng tháng|âm lịch)(?!\w))|(0[1-9])(?![\w/.,])"
)
_DAY_LEFT = re.compile(r"(?:^|\W)ngày $")
_DAYS_WORDED = re.compile(rf"{_DAY}{_DASH}{_DAY}(?=\s+tháng\s+\d)")
_MONTH_YEAR = re.compile(rf"{_MONTH}[/.-]{_YEAR}{_END}")
_MONTHS_YEAR = re.compile(rf"{_MONTH}{_DASH}{_MONTH}/{_YEAR}{_END}")
_ISO = re.compile(rf"{_YEAR}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\d-])")
_SCHOOL_YEAR = re.compile(rf"{_YEAR}/{_YEAR}{_END}")
_QUARTER_LEFT = re.compile(r"\bquý\s*$")
_YEARS = re.compile(rf"{_YEAR}{_DASH}{_YEAR}{_END}")
_WEEKDAYS = re.compile(r"[TtT]([2-7])(?:\s?(-|–|đến|,)\s?(?:[Tt]?([2-7])|(CN)))?(?![\w/])")
_MONTH_LETTER = re.compile(r"T\.?(0?[1-9]|1[0-2])(?:/((?:19|20)\d\d))?(?![\w/])")

_NAMED_DAY = re.compile(r"(?:ngày|mùng|mồng|hôm|rằm)\s*$")
_MUNG = re.compile(r"(?:mùng|mồng)\s*$")
_DATE_LEFT = re.compile(
    r"\b(?:ngày|hôm|sáng|trưa|chiều|tối|đêm|từ|đến|trước|sau|hết|hạn|dịp|lễ|nay|mai|qua|tới|vào|kỷ niệm"
    r"|mùng|mồng|nhật|thứ \w{1,4}|tết|quốc khánh|độc lập|ngày \d{1,2}(?:/\d{1,2})?,?|và)[\s,(:-]*$"
)
_TERM_LEFT = re.compile(r"năm học\s*$")
_KNOWN_DAYS = """1/1 3/2 27/2 8/3 26/3 10/3 30/4 1/5 7/5 19/5 1/6 21/6
27/7 19/8 2/9 10/10 13/10 14/10 20/10 18/11 20/11 22/12"""
_HOLIDAYS = frozenset(_KNOWN_DAYS.split())
_RATIO_RIGHT = re.compile(
    r"\s(?:số|ngày|giờ|diện tích|dân số|tổng|hộ|quãng|thời gian|đại biểu|đảng viên|mức|ca|xã|thôn|bản|lượt|người"
    r"|phiếu|ha|kg|giá|tiêu chí|chỉ tiêu|khu|tổ|trường|đồng chí|thành viên|ủy viên|suất|quân số|cổ phần"
    r"|học sinh|chi bộ|điểm|nhiệm vụ)(?!\w)"
)
_RATIO_LEFT = re.compile(
    r"\b(?:khoảng|chiếm|gần|hơn|quá|đạt|có|tỷ lệ|số nhà|nhà số|ngõ|ngách|hẻm|kiệt|số|tờ|thửa|tổ|mới|được|còn"
    r"|trực|phục vụ|hoạt động|hỗ trợ|trên|dưới)[\s:]*$"
)
_LAW_LEFT = re.compile(
    r"(?:nghị định|luật|thông tư|quyết định|nghị quyết|chỉ thị|công văn|kế hoạch|pháp lệnh|số)(?: số)?[\s:]*$"
)


def _year(text: str | None) -> str:
    return f" năm {cardinal(int(text))}" if text else ""


def _lead(context: Context) -> str:
    return "" if _NAMED_DAY.search(context.left) else "ngày "


def _day(context: Context, text: str) -> str:
    return cardinal(int(text)) if _MUNG.search(context.left) else day_of_month(int(text))


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
    spoken = f"{_lead(context)}{_day(context, day)} tháng {month(int(number))}{_year(year)}"
    return Said(match.end(), spoken, "date")


def date_range(context: Context) -> Said | None:
    """Read a range of dates: 24-30/11, 28/11 - 3/12/2026."""
    match = _RANGE.match(context.text, context.pos)
    if match is None:
        return None
    day, number, year, last_day, last_month, last_year = match.groups()
    if number is None and not (_DATE_LEFT.search(context.left) or int(day) < int(last_day)):
        return None
    head = _lead(context) + _day(context, day)
    if number:
        head += f" tháng {month(int(number))}{_year(year)}"
    tail = f"ngày {day_of_month(int(last_day))} tháng {month(int(last_month))}{_year(last_year)}"
    sure = bool(_DATE_LEFT.search(context.left) or number or last_year)
    return Said(match.end(), f"{head} đến {tail}", "date-range", sure)


def date_list(context: Context) -> Said | None:
    """Read several days of one month: ngày 5, 6/12; 5, 6 và 7/12/2026."""
    if not _NAMED_DAY.search(context.left) and not re.search(r"(?:sáng|chiều|tối|từ|vào)\s*$", context.left):
        return None
    match = _LIST.match(context.text, context.pos)
    if match is None:
        return None
    start, last = match.start(), match.start(3)
    written = context.text[start:last]
    spoken = re.sub(r"\d+", lambda item: day_of_month(int(item[0])), written)
    spoken = re.sub(r",(?! )", ", ", spoken)
    _, _, last_day, number, year = match.groups()
    spoken += f"{day_of_month(int(last_day))} tháng {month(int(number))}{_year(year)}"
    return Said(match.end(), _lead(context) + spoken, "date")


def short_date(context: Context) -> Said | None:
    """Read day and month: 30/4; what may be a fraction is left to `ratio` or marked unsure."""
    loose = _SHORT_LOOSE.match(context.text, context.pos) if _NAMED_DAY.search(context.left) else None
    match = _SHORT.match(context.text, context.pos) or loose
    if match is None:
        return None
    day, number = int(match[1]), int(match[2])
    named = bool(_DATE_LEFT.search(context.left)) or loose is not None or context.continues("date")
    if not named or not _NAMED_DAY.search(context.left):
        if _RATIO_RIGHT.match(context.right(match.end())) or _RATIO_LEFT.search(context.left):
            return None
        if context.right(match.end(), 1) in ("%", "h") or (not named and match[0] == "24/7"):
            return None
    known = f"{day}/{number}" in _HOLIDAYS or day > 12 or match[1][0] == "0" or match[2][0] == "0"
    spoken = f"{_lead(context)}{_day(context, match[1])} tháng {month(number)}"
    return Said(match.end(), spoken, "date", sure=named or known)


def worded_date(context: Context) -> Said | None:
    """Read the day before a month in words: ngày 5 tháng 12, ngày 5-7 tháng 12."""
    days = _DAYS_WORDED.match(context.text, context.pos)
    if days is not None:
        spoken = f"{_lead(context)}{_day(context, days[1])} đến ngày {day_of_month(int(days[2]))}"
        return Said(days.end(), spoken, "date-range")
    match = _DAY_LEAD.match(context.text, context.pos) if _DAY_LEFT.search(context.left) else None
    if match is not None:
        return Said(match.end(), _day(context, match[1] or match[2]), "date")
    match = _DAY_WORDED.match(context.text, context.pos)
    if match is None or not (_NAMED_DAY.search(context.left) or context.continues("date")):
        return None
    return Said(match.end(), _day(context, match[1]), "date")


def month_year(context: Context) -> Said | None:
    """Read a month and a year (tháng 11/2026), or a law's number and year (Nghị định 49/2024)."""
    match = _MONTHS_YEAR.match(context.text, context.pos)
    if match is not None:
        lead = "" if context.left.endswith("tháng ") else "tháng "
        spoken = f"{lead}{month(int(match[1]))} đến tháng {month(int(match[2]))}{_year(match[3])}"
        return Said(match.end(), spoken, "date-range")
    if _LAW_LEFT.search(context.left):
        return None
    match = _MONTH_YEAR.match(context.text, context.pos)
    if match is None:
        return None
    if _QUARTER_LEFT.search(context.left):
        return Said(match.end(), f"{cardinal(int(match[1]))}{_year(match[2])}", "date")
    named = re.search(r"tháng\s*$", context.left) is not None
    lead = "" if named else "tháng "
    return Said(match.end(), f"{lead}{month(int(match[1]))}{_year(match[2])}", "date")


def year_range(context: Context) -> Said | None:
    """Read a range of years: nhiệm kỳ 2020-2025."""
    school = _SCHOOL_YEAR.match(context.text, context.pos)
    match = school or _YEARS.match(context.text, context.pos)
    if match is None:
        return None
    joint = ", " if school or _TERM_LEFT.search(context.left) else " đến "
    return Said(match.end(), f"{cardinal(int(match[1]))}{joint}{cardinal(int(match[2]))}", "year-range")


def weekday(context: Context) -> Said | None:
    """Read weekdays written T2 to T7: T2-T6, T7 - CN."""
    match = _WEEKDAYS.match(context.text, context.pos)
    if match is None or match[0][0] != "T":
        return None
    first, sign, last, sunday = match.groups()
    spoken = f"thứ {ordinal(int(first))}"
    if sign:
        joint = ", " if sign == "," else " đến "
        spoken += joint + ("Chủ nhật" if sunday else f"thứ {ordinal(int(last))}")
    return Said(match.end(), spoken, "weekday")


def month_letter(context: Context) -> Said | None:
    """Read months written with a T: T11/2026, T.12."""
    match = _MONTH_LETTER.match(context.text, context.pos)
    if match is None or (match[2] is None and int(match[1]) < 8):
        return None
    return Said(
        match.end(), f"tháng {month(int(match[1]))}{_year(match[2])}", "date", sure=match[2] is not None
    )
