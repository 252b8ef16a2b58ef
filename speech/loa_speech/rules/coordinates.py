# SPDX-License-Identifier: AGPL-3.0-or-later
"""Places on the globe: 21°30’N, 108,2°E, 20,9N."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import cardinal, decimal

_PLACE = re.compile(
    r"(\d{1,3}(?:[.,]\d{1,2})?)\s?(?:[°º˚](?:(\d{1,2})['’′])?\s?([NEBĐ])|([NE])(?=[\s,;.-]|$))(?!\w)"
)
_SIDES = {"N": "Vĩ Bắc", "E": "Kinh Đông", "B": "Vĩ Bắc", "Đ": "Kinh Đông"}


def coordinate(context: Context) -> Said | None:
    """Read a latitude or longitude."""
    match = _PLACE.match(context.text, context.pos)
    if match is None or (match[4] and not re.search("[.,]", match[1])):
        return None
    minutes = f" {cardinal(int(match[2]))} phút" if match[2] else ""
    side = _SIDES[match[3] or match[4]]
    return Said(match.end(), f"{decimal(match[1].replace('.', ','))} độ{minutes} {side}", "coordinate")
