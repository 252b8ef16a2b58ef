# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words in a script that a Vietnamese voice cannot read: left out, as a guess."""

import unicodedata

from loa_speech.rules.context import Context, Said


def is_latin(char: str) -> bool:
    """Tell whether a letter belongs to the Latin script, the only one that a Vietnamese voice reads."""
    return char < "\u0250" or "\u1e00" <= char <= "\u1eff"


def other_script(context: Context) -> Said | None:
    """Leave out words of another script, and ask a person to look."""
    text, end = context.text, context.pos
    limit = min(len(text), end + 500)
    while end < limit and _is_foreign(text[end]):
        end += 1
    return Said(end, "", "other-script", sure=False) if end > context.pos else None


def _is_foreign(char: str) -> bool:
    return not is_latin(char) and unicodedata.category(char)[0] in "LM"
