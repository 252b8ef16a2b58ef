# SPDX-License-Identifier: AGPL-3.0-or-later
"""Kilometre posts on roads and dikes: Km12+500, Km 12 - Km 15, K15+200."""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.numbers import cardinal

_END = r"\d{1,4}(?:,\d{1,2})?"
_POST = re.compile(
    rf"[Kk][Mm]\s?(?:số\s)?({_END})(?:\s?\+\s?(\d{{1,3}}))?(?:\s?(?:[-–]"
    rf"|đến)\s?[Kk][Mm]\s?({_END})(?:\s?\+\s?(\d{{1,3}}))?)?(?![\w])"
)
_DIKE = re.compile(
    r"[Kk]\s?(\d{1,4})\s?\+\s?(\d{1,3})(?:\s?(?:[-–]|đến)\s?[Kk]\s?(\d{1,4})\s?\+\s?(\d{1,3}))?(?![\w])"
)


def kilometre_post(context: Context) -> Said | None:
    """Read a post on a road or a dike, or a stretch between two."""
    match = _POST.match(context.text, context.pos)
    if match is None:
        match = _DIKE.match(context.text, context.pos)
        if match is None:
            return None
    spoken = _say(match[1], match[2])
    if match[3]:
        spoken += f" đến {_say(match[3], match[4])}"
    return Said(match.end(), spoken, "post")


def _say(kilometre: str, metres: str | None) -> str:
    whole, _, part = kilometre.partition(",")
    spoken = f"ki lô mét {cardinal(int(whole))}"
    if part:
        spoken += f" phẩy {cardinal(int(part))}"
    return f"{spoken} cộng {cardinal(int(metres))}" if metres and int(metres) else spoken
