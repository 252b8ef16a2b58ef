# SPDX-License-Identifier: AGPL-3.0-or-later
"""Number plates: 14A-123.45, 14B1 234.56, 29-H1 123.45."""

import re

from loa_speech.rules.codes import read_code
from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import digit_by_digit, whole

_PLATE = re.compile(r"(\d{2})-?\s?([A-ZĐ]{1,2}\d?)\s?[-–. ]?\s?(\d{3}\.\d{2}|\d{4,5})(?![\w])")
_SPACED = re.compile(r"(\d{2})\s?[-–]?\s?([A-ZĐ]{1,2}\d?)\s?[-–]?\s?(\d{3}\.\d{2})(?![\w])")


def plate(context: Context) -> Said | None:
    """Read a number plate: the province as a number, the series by letters, the rest digit by digit."""
    match = _PLATE.match(context.text, context.pos) or _SPACED.match(context.text, context.pos)
    if match is None:
        return None
    place, series, number = match.groups()
    spoken = f"{whole(place)} {read_code(series)}, {digit_by_digit(number.replace('.', ''))}"
    return Said(match.end(), spoken, "plate")
