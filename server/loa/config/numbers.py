# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers in addresses and keys, which anybody can write as he likes."""

LONGEST = 15  # digits: every database holds such a number


def whole(text: str) -> int | None:
    """Return the whole number from 0 that a text is; None for anything else, also for one that is too long.

    Digits are 0 to 9: ``str.isdigit`` is also true of "²", which ``int`` refuses with an error.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
