# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers that name and do not count, digit by digit: accounts, taxpayers, citizens, cards."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import digit_by_digit

_RUN = re.compile(r"\d{1,20}(?:[ .-]\d{2,6}){0,5}(?![\w]|[.,/]\d)")
_LEFT = re.compile(
    r"(?:số tài khoản|số tk|stk|tài khoản|tk|mã số thuế|mst|cccd|cmnd|căn cước(?: công dân)?"
    r"|định danh(?: cá nhân)?|số thẻ"
    r"|thẻ bhyt|hộ chiếu|số seri|sê ri|mã (?:số|hồ sơ|khách hàng|đơn vị|định danh|bưu chính|otp|hộ|sổ)|mã)"
    r"(?: bhxh| bhyt| bảo hiểm xã hội| bảo hiểm y tế| số)?(?: là)?[\s:]*$"
)


def account(context: Context) -> Said | None:
    """Read a number behind a word that asks for digits, in the groups that it is written in."""
    match = _RUN.match(context.text, context.pos) if _LEFT.search(context.left) else None
    if match is None:
        return None
    groups = re.findall(r"\d+", match[0])
    if sum(map(len, groups)) < 4:
        return None
    return Said(match.end(), ", ".join(digit_by_digit(group) for group in groups), "account")
