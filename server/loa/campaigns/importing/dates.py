# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days as plans write them: "15/4/2020", "trước 15/4/2020", "Quý I", "tháng 3-4/2020", "thường xuyên".

Pure: the year of days that name none is an argument, and nothing is guessed. "Trước" excludes its day, every
other word ("đến", "chậm nhất", "hạn") includes it.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from loa.areas.folding import fold, nfc
from loa.campaigns.importing.reasons import Reason, Refusal

FIRST_YEAR, LAST_YEAR = 2000, 2100
NOTE_LIMIT = 120  # characters: Activity.due_note
LEAP_YEAR = 2024  # a day that is not in it is in no year
DAY = timedelta(days=1)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}

_DAY = re.compile(  # with a dash or a point between day and month the year must stand there
    r"(?<![\d/.\-])(\d{1,2})\s*(?:/\s*(\d{1,2})(?:\s*/\s*(\d{4}|\d{2}))?|([.\-])\s*(\d{1,2})\s*\4\s*(\d{4}|\d{2}))(?![\d/])"
)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_LONG = re.compile(r"(?:ngay\s+)?(\d{1,2})\s+thang\s+(\d{1,2})(?:\s+nam\s+(\d{4}))?")
_SPAN_OF_DAYS = re.compile(
    r"(?:tu\s+)?(?:ngay\s+)?(\d{1,2})\s*(?:-|–|den)\s*(?:ngay\s+)?(\d{1,2}\s*/\s*\d{1,2}(?:\s*/\s*\d{2,4})?)\Z"
)
_MONTH = re.compile(
    r"(?:(dau|giua|cuoi|trong|het)\s+)?(?:thang|t)\s*(\d{1,2})(?:\s*(?:-|–|,|va|den)\s*(?:thang\s*)?(\d{1,2}))?"
    r"(?:\s*(?:/|-|nam)\s*(?:nam\s*)?(\d{4}))?\Z"
)
_BARE_MONTH = re.compile(r"(\d{1,2})\s*/\s*(\d{4})\Z")
_QUARTER = re.compile(
    r"(?:trong\s+|het\s+|cuoi\s+)?quy\s*(i{1,3}|iv|[1-4])(?:\s*(?:-|–|,|va|den)\s*(?:quy\s*)?(i{1,3}|iv|[1-4]))?"
    r"(?:\s*(?:/|-|nam)?\s*(?:nam\s*)?(\d{4}))?\Z"
)
_HALF = re.compile(r"6 thang (dau|cuoi) nam(?:\s*(\d{4}))?\Z")
_YEAR = re.compile(r"(?:trong\s+|ca\s+|het\s+|cuoi\s+)?nam\s*(\d{4})\Z")
_TIME = re.compile(r"\b\d{1,2}\s*(?:h|:|gio)\s*(?:\d{2})?(?::\d{2})?\b")
_ALWAYS = re.compile(
    r"(thuong xuyen|hang ngay|hang tuan|hang thang|hang quy|hang nam|lien tuc|ca nam|dinh ky|moi ngay|moi tuan"
    r"|moi thang|trong suot|suot chien dich|theo lich|dot xuat|khi co yeu cau|ca dot|toan dot)"
)
_VAGUE = re.compile(
    r"(som nhat|som|trong thoi gian toi|du kien|khi co dieu kien|sap toi|theo tien do|theo thuc te|ngay sau"
    r"|chua xac dinh|sau khi)"
)
_WEEK = re.compile(r"\btuan (?:thu )?(?:\d|i{1,3}\b|iv\b|dau|cuoi)")
_BEFORE = re.compile(r"^(?:xong\s+|hoan thanh\s+|thuc hien\s+)?truoc\s+")
_AFTER = re.compile(r"^(?:sau|tu|bat dau tu|ke tu|tu sau)\s+(?:ngay\s+)?")
_PREAMBLE = re.compile(
    r"^(?:(?:hoan thanh|xong|thuc hien|truoc|den het|den|cham nhat|muon nhat|han chot|han|trong|vao|het|la"
    r"|khoang|tu|sau|bat dau|ke|ngay)\s*:?\s+)+"
)


@dataclass(frozen=True)
class When:
    """What a cell says of time; ``note`` keeps its words unless they are plain days."""

    start: date | None = None
    due: date | None = None
    note: str = ""


def read_when(cell: str, year: int | None = None) -> When:
    """Return what a cell says.

    Args:
        cell: as it stands in the plan.
        year: of days and months that name none.

    Raises:
        Refusal: it cannot be read, or says a day that does not exist.
    """
    value = nfc(cell)
    words = fold(value).strip(" .;,")
    if not words:
        return When()
    if len(value) > NOTE_LIMIT:
        raise Refusal(Reason.DATE_NOTE_TOO_LONG, count=len(value), limit=NOTE_LIMIT)
    if _WEEK.search(words):
        raise Refusal(Reason.DATE_VAGUE, value=value)
    days = _days(words, value, year)
    if len(days) > 2:
        raise Refusal(Reason.TWO_DATES, value=value)
    if len(days) == 2:
        return _two(days, words, value)
    if days:
        return _one(days[0], words, value)
    return _without_day(words, value, year)


def _year_of(text: str | None, year: int | None, value: str) -> int:
    if not text:
        if year is None:
            raise Refusal(Reason.DATE_WITHOUT_YEAR, value=value)
        return year
    found = int(text) + (2000 if len(text) == 2 else 0)
    if not FIRST_YEAR <= found <= LAST_YEAR:
        raise Refusal(Reason.YEAR_OUT_OF_RANGE, value=text)
    return found


def _date(day: str, month: str, year: int, *, shown: str = "") -> date:
    try:
        return date(year, int(month), int(day))
    except ValueError as error:
        shown = shown or f"{int(day):02d}/{int(month):02d}/{year}"
        raise Refusal(Reason.NO_SUCH_DAY, value=shown) from error


def _days(words: str, value: str, year: int | None) -> list[date]:
    """Return the days that are written out, in their order; one without a year takes that of the next."""
    words = _TIME.sub(" ", words).strip(" ,-–")
    span = _SPAN_OF_DAYS.match(words)
    if span and (last := _DAY.fullmatch(span[2].replace(" ", ""))):
        in_year = _year_of(last[3], year, value)
        return [_date(span[1], last[2], in_year), _date(last[1], last[2], in_year)]
    if iso := _ISO.findall(words):
        return [_date(day, month, _year_of(found, year, value)) for found, month, day in iso]
    found = _LONG.findall(words) or [
        (day, month or other, year_of or other_year)
        for day, month, year_of, _mark, other, other_year in _DAY.findall(words)
    ]
    if len(found) == 1 and not found[0][2] and _BARE_MONTH.search(words):
        return []
    days: list[date] = []
    following = next((part[2] for part in reversed(found) if part[2]), "")
    for day, month, own in reversed(found):
        following = own or following
        if not following and year is None:
            _date(day, month, LEAP_YEAR, shown=f"{day}/{month}")
        days.insert(0, _date(day, month, _year_of(following, year, value)))
    return days


def _is_plain(words: str) -> bool:
    rest = _ISO.sub("", _DAY.sub("", _LONG.sub("", words)))
    return not re.sub(r"\b(?:tu|den|ngay|thang)\b|\d", "", rest).strip(" -–.,;:/")


def _two(days: list[date], words: str, value: str) -> When:
    joined = re.search(r"(?:-|–|\bden\b|\btoi\b)", _ISO.sub("x", _DAY.sub("x", _LONG.sub("x", words))))
    is_span = joined is not None or _SPAN_OF_DAYS.match(words) is not None
    if not is_span:
        raise Refusal(Reason.TWO_DATES, value=value)
    start, due = days
    if due < start:
        raise Refusal(Reason.ENDS_BEFORE_START, start=_shown(start), due=_shown(due))
    return When(start, due, "" if _is_plain(words) else value)


def _one(day: date, words: str, value: str) -> When:
    if _BEFORE.match(words):
        return When(None, day - DAY, value)
    if _AFTER.match(words):
        return When(day + DAY if words.startswith("sau") else day, None, value)
    return When(None, day, "" if _is_plain(words) else value)


def _without_day(words: str, value: str, year: int | None) -> When:
    if re.fullmatch(r"\d{5}([.,]\d+)?", words) or re.fullmatch(r"\d{1,3}", words):
        raise Refusal(Reason.DATE_IS_NUMBER, value=value)
    if _ALWAYS.search(words):
        return When(note=value)
    before = _BEFORE.match(words) is not None
    after = _AFTER.match(words) is not None
    core = _PREAMBLE.sub("", words)
    span = _period(core, value, year) or _period(words, value, year)
    if span is not None:
        start, due = span
        if before:
            return When(None, start - DAY, value)
        if after:
            return When(due + DAY if words.startswith("sau") else start, None, value)
        return When(start, due, value)
    raise Refusal(Reason.DATE_VAGUE if _VAGUE.search(words) else Reason.DATE_UNREADABLE, value=value)


def _period(words: str, value: str, year: int | None) -> tuple[date, date] | None:
    """Return first and last day of a month, months, a quarter, half a year or a year."""
    if found := _QUARTER.match(words):
        first = _ROMAN.get(found[1]) or int(found[1])
        last = (_ROMAN.get(found[2]) or int(found[2])) if found[2] else first
        return _months(first * 3 - 2, last * 3, _year_of(found[3], year, value), value)
    if found := _HALF.match(words):
        first = 1 if found[1] == "dau" else 7
        return _months(first, first + 5, _year_of(found[2], year, value), value)
    if found := _YEAR.match(words):
        return _months(1, 12, _year_of(found[1], year, value), value)
    if found := _BARE_MONTH.match(words):
        return _months(int(found[1]), int(found[1]), _year_of(found[2], year, value), value)
    if found := _MONTH.match(words):
        return _month(found, value, year)
    return None


def _month(found: re.Match[str], value: str, year: int | None) -> tuple[date, date]:
    first, last = int(found[2]), int(found[3] or found[2])
    in_year = _year_of(found[4], year, value)
    start, due = _months(first, last, in_year, value)
    if found[1] == "dau":
        return start, start.replace(day=10)
    if found[1] == "giua":
        return start.replace(day=11), start.replace(day=20)
    if found[1] == "cuoi":
        return due.replace(day=21), due
    return start, due


def _months(first: int, last: int, year: int, value: str) -> tuple[date, date]:
    if not (1 <= first <= 12 and 1 <= last <= 12):
        raise Refusal(Reason.NO_SUCH_DAY, value=value)
    if last < first:
        raise Refusal(Reason.DATE_UNREADABLE, value=value)
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _shown(day: date) -> str:
    return f"{day:%d/%m}/{day.year}"
