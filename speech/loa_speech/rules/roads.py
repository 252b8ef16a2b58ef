# SPDX-License-Identifier: AGPL-3.0-or-later
"""Roads by their class in full (Law on Roads 2024): QL18A, TL 330, ĐT.334, ĐH05, CT.01."""

import re

from loa_speech.rules.codes import read_code
from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import padded

_ROAD = re.compile(
    r"(QL|TL|ĐT|HL|ĐH|ĐX|CT)(\.\s?|\s?-?)(\d{1,4})(?:\s?([A-ZĐ]\d?)(?![\w]|\s[A-ZĐ]))?(?![\w]|[.,:]\d)"
)
_NAMES = {
    "QL": "quốc lộ",
    "TL": "tỉnh lộ",
    "ĐT": "đường tỉnh",
    "HL": "hương lộ",
    "ĐH": "đường huyện",
    "ĐX": "đường xã",
    "CT": "cao tốc",
}


def road(context: Context) -> Said | None:
    """Read a road's number."""
    match = _ROAD.match(context.text, context.pos)
    if match is None:
        return None
    name, mark, number, letter = match.groups()
    if number[0] == "0" and (len(number) > 2 or name in ("ĐT", "TL", "QL")):
        return None
    kind = _NAMES[name]
    if name == "CT" and not (mark.startswith(".") or "cao tốc" in context.left):
        return None
    left = context.left
    if left.endswith(kind + " "):
        kind = ""
    elif kind.startswith("đường ") and left.endswith("đường "):
        kind = kind.removeprefix("đường ")
    spoken = f"{kind} {padded(number)}".strip()
    return Said(match.end(), f"{spoken} {read_code(letter)}" if letter else spoken, "road")
