# SPDX-License-Identifier: AGPL-3.0-or-later
"""Roads and kilometre posts: QL18A, ĐT 330, Km12+500."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.letters import read_code
from loa_speech.rules.numbers import cardinal, whole

_ROAD = re.compile(r"(QL|TL|ĐT|HL|ĐH)(?:\.\s?|\s?-?)(\d{1,4})([A-ZĐ]\d?)?(?![\w]|[.,:]\d)")
_NAMES = {"QL": "quốc lộ", "TL": "tỉnh lộ", "ĐT": "đường tỉnh", "HL": "hương lộ", "ĐH": "đường huyện"}
_POST = re.compile(
    r"[Kk][Mm]\s?(\d{1,4})(?:\s?\+\s?(\d{1,3}))?(?:\s?[-–]\s?[Kk][Mm]\s?(\d{1,4})(?:\s?\+\s?(\d{1,3}))?)?(?![\w])"
)


def road(context: Context) -> Said | None:
    """Read a road's number: QL18A, TL 330, ĐT.334."""
    match = _ROAD.match(context.text, context.pos)
    if match is None or match[2][0] == "0":
        return None
    name, number, letter = match.groups()
    kind = _NAMES[name]
    if kind.startswith("đường ") and context.left.endswith("đường "):
        kind = kind.removeprefix("đường ")
    spoken = f"{kind} {whole(number)}"
    return Said(match.end(), f"{spoken} {read_code(letter)}" if letter else spoken, "road")


def kilometre_post(context: Context) -> Said | None:
    """Read a post on a road: Km12+500, Km12 - Km15."""
    match = _POST.match(context.text, context.pos)
    if match is None:
        return None
    spoken = _post(match[1], match[2])
    if match[3]:
        spoken += f" đến {_post(match[3], match[4])}"
    return Said(match.end(), spoken, "road")


def _post(kilometre: str, metres: str | None) -> str:
    spoken = f"ki lô mét {cardinal(int(kilometre))}"
    return f"{spoken} cộng {cardinal(int(metres))}" if metres and int(metres) else spoken
