# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers with other marks: 1,200,000, lists (3,4,5), points that group nothing (mục 2.1, 3.5 kg), long runs."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.measures import SCALES
from loa_speech.rules.numbers import digit_by_digit, whole
from loa_speech.rules.quantities import NUMBER, TO, say_unit

_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3}){2,5}(?![\d,])|\d{1,3},\d{3}(?=\s?(?:đ|₫|VN[ĐD]|vn[đd]|đồng)(?!\w))")
_LIST = re.compile(r"\d{1,4}(?:,\d{1,4}){2,20}(?![\d])")
_POINTED = re.compile(r"(\d{1,6})((?:\.\d{1,4}){1,4})(?![\d])")
_LAST = re.compile(rf"{TO}(\d{{1,6}}(?:[.,]\d{{1,3}})?)(?![\d/:.])")
_SCALED = re.compile(rf"\s?{SCALES}(?!\w)")
_OUTLINE_LEFT = re.compile(
    r"(?:mục|điểm|khoản|tiểu mục|phần|bảng|hình|biểu|phụ lục|phiên bản|tiêu chí|chỉ tiêu|nội dung|tiết"
    r"|ý|win|ios|android"
    r"|cách mạng(?: công nghiệp)?)(?: số)?\s$"
)
_CHAIN = re.compile(r"\d{1,4}(?:[-–]\d{1,4}){2,8}(?![\w]|[.,/-]\d)")
_PAIR = re.compile(r"\d{1,2}[-–]\d{1,2}(?![\w]|[.,/-]\d)")
_FERTILISER_LEFT = re.compile(r"(?:npk|dap|lân|phân)(?: [^\d\s]{1,12}){0,2}\s$")
_SHORT_LIST = re.compile(
    r"\d{1,2}(?:,\d{1,2}){1,20}(?![\w,%]|\s?(?:triệu|tỷ|tỉ|nghìn|ngàn|ha|kg|g|m|km|mm|cm|m2|tấn|tạ|đ"
    r"|đồng|độ|điểm|lít|%|tuổi)(?!\w))"
)
_NAMING_LEFT = re.compile(
    r"\b(?:thôn|tổ|đội|khối|lớp|khu|xóm|bản|ấp|điều|khoản|tháng|quý|phường|khu phố|nhóm|bậc|cấp|vòng"
    r"|đợt|kỳ|tổ dân phố|tdp)"
    r"\s(?:số\s)?(?:\d{1,3}[a-zA-Z]?[,;]\s?){0,8}$"
)
_RUN = re.compile(r"\d{1,4000}")


def comma_groups(context: Context) -> Said | None:
    """Read thousands grouped by commas (1,200,000; 500,000đ) or a list written without blanks (3,4,5)."""
    match = _ENGLISH.match(context.text, context.pos)
    if match is not None:
        unit, end, _ = say_unit(context.text, match.end())
        return Said(end, whole(match[0].replace(",", "")) + unit, "number")
    match = _LIST.match(context.text, context.pos)
    if match is None and _NAMING_LEFT.search(context.left):
        match = _SHORT_LIST.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), ", ".join(whole(item) for item in match[0].split(",")), "number")


def chain(context: Context) -> Said | None:
    """Read three numbers or more with dashes, which are no range: NPK 16-16-8, lịch 2-4-6."""
    match = _CHAIN.match(context.text, context.pos)
    if match is None and _FERTILISER_LEFT.search(context.left):
        match = _PAIR.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), ", ".join(whole(item) for item in re.split("[-–]", match[0])), "number")


def pointed(context: Context) -> Said | None:
    """Read numbers with points that group nothing: section 2.1, 3.5 kg, 1.5 triệu, 192.168.1.1."""
    match = _POINTED.match(context.text, context.pos)
    if match is None:
        return None
    head, tail = whole(match[1]), [_part(part) for part in match[2][1:].split(".")]
    end = match.end()
    last = _LAST.match(context.text, end) if len(tail) == 1 else None
    if last is not None:
        end = last.end()
    unit, end, marked = say_unit(context.text, end)
    is_decimal = marked or _SCALED.match(context.text, end) is not None
    is_outline = _OUTLINE_LEFT.search(context.left) or (not is_decimal and tail[0] == "không")
    if len(tail) == 1 and not is_outline and (is_decimal or not context.starts_line()):
        spoken = f"{head} phẩy {tail[0]}"
        if last is not None:
            spoken += f" đến {_decimal(last[1])}"
        return Said(end, spoken + unit, "unit" if marked else "number")
    if last is not None:
        unit, end, _ = say_unit(context.text, match.end())
    return Said(end, " chấm ".join([head, *tail]) + unit, "number")


def _part(digits: str) -> str:
    return digit_by_digit(digits) if digits[0] == "0" else whole(digits)


def _decimal(written: str) -> str:
    head, _, tail = written.replace(".", ",").partition(",")
    return f"{whole(head)} phẩy {_part(tail)}" if tail else whole(head)


def digits(context: Context) -> Said | None:
    """Read any run of digits that no other rule knows, digit by digit when it is long."""
    match = _RUN.match(context.text, context.pos)
    if match is None:
        return None
    return Said(match.end(), whole(match[0]), "number", sure=False)


__all__ = ["NUMBER", "comma_groups", "digits", "pointed"]
