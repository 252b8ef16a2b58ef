# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers of houses, lanes and parcels: số nhà 12/5, ngõ 34/2/7, SN 25A."""

import re

from loa_speech.rules.codes import read_code
from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import whole

_NUMBER = re.compile(r"(\d{1,5}[A-ZĐa-z]?\d?)((?:/\d{1,4}[A-ZĐa-z]?){1,4})(?![\w/-])")
_YEAR = re.compile(r"/(?:19|20)\d\d")
_LEFT = re.compile(r"(?:số nhà|nhà số|sn|ngõ|ngách|hẻm|kiệt|số|thửa|căn|lô|nhà)[\s:]*$")
_NOT_LEFT = re.compile(
    r"(?:tổng số|một số|công văn số|quyết định số|thông báo số|kế hoạch số|văn bản số)[\s:]*$"
)


def house(context: Context) -> Said | None:
    """Read a number with slashes behind "số nhà", "ngõ", "hẻm" or the like."""
    match = _NUMBER.match(context.text, context.pos)
    if match is None or not _LEFT.search(context.left) or _NOT_LEFT.search(context.left):
        return None
    if _YEAR.fullmatch(match[2]):
        return None
    parts = [match[1], *match[2][1:].split("/")]
    spoken = " trên ".join(whole(part) if part.isdecimal() else read_code(part) for part in parts)
    return Said(match.end(), spoken, "house")
