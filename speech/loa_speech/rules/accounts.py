# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers that name and do not count, digit by digit: accounts, taxpayers, citizens, cards."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import cardinal, digit_by_digit

_RUN = re.compile(r"\d{1,20}(?:[ .-]\d{2,6}){0,5}(?![\w]|[.,/]\d)")
_TAIL_LEFT = re.compile(r"(?:số cuối(?: là)?|đuôi|đầu số)[\s:]*$")
_DIGITS = re.compile(r"\d+")
_LEFT = re.compile(
    r"(?:mật khẩu|số cuối(?: là)?|đuôi|đầu số|số hiệu|imei|số báo danh|sbd|nhắn tin đến|số máy"
    r"|số khung|số tài khoản|số tk|stk|tài khoản|tk|mã số thuế|mst|cccd|cmnd|căn cước(?: công dân)?"
    r"|định danh(?: cá nhân)?|số thẻ"
    r"|thẻ bhyt|hộ chiếu|số seri|sê ri|mã (?:số|hồ sơ|khách hàng|đơn vị|định danh|bưu chính|otp|hộ|sổ)"
    r"|mã|mật khẩu|mã pin)"
    r"(?: bhxh| bhyt| bảo hiểm xã hội| bảo hiểm y tế| số)?(?: là)?[\s:]*$"
)

_SERIES = re.compile(r"\d{5,12}(?![\w]|[.,/-]\d)")
_SERIES_LEFT = re.compile(r"\b[A-ZĐ]{1,3} $")
_UNIT_NUMBER = re.compile(r"[1-9]\d{2}(?![\w]|[.,/-]\d)")
_COUNT_RIGHT = re.compile(r"\s?(?:kv|km|m|ha|giường|người|hộ|ca)(?!\w)")
_UNIT_LEFT = re.compile(
    r"(?:\b(?<!tỉnh )(?<!quốc )(?<!hương )lộ|đz|máy cắt|lộ đường dây|xuất tuyến|đường dây|phòng"
    r"|phòng họp|bệnh viện|viện"
    r"|quân y viện|quân y|sư đoàn|sư|trung đoàn|lữ đoàn|tiểu đoàn"
    r"|chuyến bay|chuyến tàu|giường)(?: số)?\s$"
)


def named_unit(context: Context) -> Said | None:
    """Read three digits that name a feeder, a room or a regiment one by one: lộ 472, Sư đoàn 395."""
    series = _SERIES.match(context.text, context.pos)
    if series is not None and _SERIES_LEFT.search(context.text[max(0, context.pos - 6) : context.pos]):
        return Said(series.end(), digit_by_digit(series[0]), "account")
    match = _UNIT_NUMBER.match(context.text, context.pos)
    if match is None or not _UNIT_LEFT.search(context.left) or _COUNT_RIGHT.match(context.right(match.end())):
        return None
    digits = digit_by_digit(match[0])
    return Said(match.end(), digits, "account", alternatives=(cardinal(int(match[0])),))


def account(context: Context) -> Said | None:
    """Read a number behind a word that asks for digits, in the groups that it is written in."""
    match = _RUN.match(context.text, context.pos)
    if match is None or len(match[0]) < 3 or not _LEFT.search(context.left):
        return None
    groups = _DIGITS.findall(match[0])
    if len(match[0]) < 4 and not _TAIL_LEFT.search(context.left):
        return None
    return Said(match.end(), ", ".join(digit_by_digit(group) for group in groups), "account")
