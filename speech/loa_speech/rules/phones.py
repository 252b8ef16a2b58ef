# SPDX-License-Identifier: AGPL-3.0-or-later
"""Telephone numbers and hot lines, digit by digit in the groups that they are written in."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import digit_by_digit

_LONG = re.compile(
    r"(?:(?:\(?\+84\)?|84(?=[ .-]\d))(?:[ .-]{0,3}\d){8,10}|(?:\(0\d{1,3}\)"
    r"|0\d)(?:[ .-]{0,3}\d){7,9})(?![\d]|[.,]\d)"
    r"|0\d{2,3}(?:,\d{3}){2}(?![\d,])"
)
_SERVICE = re.compile(r"1[89]00(?:[ .-]?\d{2,4}){1,3}(?![\d]|[.,/]\d)")
_SHORT = re.compile(r"(11[1-5]|1022|10[08]\d|1\d{3}|1\d{2})(?![\w]|[.,:]\d|/\d|\s?%)")
_CALL = re.compile(
    r"(?:gọi|nóng|tổng đài|hotline|điện thoại|đt|sđt|bấm|nhắn|liên hệ|số máy|alo)\W[^\d\n]{0,30}$"
)
_RESCUE = re.compile(
    r"(?:cảnh sát|cứu hỏa|cứu hoả|cứu thương|cấp cứu|công an|chữa cháy|cứu nạn|phản ứng nhanh)[^\d\n]{0,12}$"
)
_SERVICES = re.compile(r"11[1-5](?:\s?[/-]\s?11[1-5]){1,4}(?!\w)")
_GROUP = re.compile(r"\d+")


def _groups(written: str) -> list[str]:
    groups = _GROUP.findall(written)
    if len(groups) > 1 or len(groups[0]) < 8:
        return groups
    run = groups[0]
    if len(run) == 8:
        return [run[:4], run[4:]]
    if len(run) == 11:
        return [run[:4], run[4:8], run[8:]]
    return [run[:4], *(run[start : start + 3] for start in range(4, len(run), 3))]


def phone(context: Context) -> Said | None:
    """Read a subscriber's number: 0912.345.678, (0203) 3880 123, +84 912 345 678, 1900 1234."""
    if context.text[context.pos] not in "018(+":
        return None
    match = _LONG.match(context.text, context.pos)
    if match is None:
        match = _SERVICE.match(context.text, context.pos)
        if match is None or re.search(r"(?:năm|từ|đến) $", context.left):
            return None
    lead = "cộng " if "+" in match[0] else ""
    return Said(match.end(), lead + ", ".join(digit_by_digit(group) for group in _groups(match[0])), "phone")


def services(context: Context) -> Said | None:
    """Read several short numbers with slashes or dashes between them: 113/114/115."""
    match = _SERVICES.match(context.text, context.pos)
    if match is None:
        return None
    return Said(
        match.end(), ", ".join(digit_by_digit(number) for number in _GROUP.findall(match[0])), "phone"
    )


def hot_line(context: Context) -> Said | None:
    """Read a short number that people dial: gọi 114."""
    match = _SHORT.match(context.text, context.pos)
    if match is None:
        return None
    known = (match[1].startswith("11") and len(match[1]) == 3) or match[1] == "1022"
    called = _CALL.search(context.left) is not None
    if called or context.continues("phone") or (known and _RESCUE.search(context.left)):
        return Said(match.end(), digit_by_digit(match[1]), "phone", sure=known)
    return None
