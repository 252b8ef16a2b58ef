# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words that are no Vietnamese syllables and stand in no reading list: left as they are, as a guess."""

from loa_speech.rules.context import Context, Said
from loa_speech.rules.syllables import is_syllable


def unknown_word(context: Context) -> Said | None:
    """Keep a foreign word as it is written, and ask a person how it is said: Galaxy, Liverpool."""
    if is_syllable(context.word) or not context.word.isalpha():
        return None
    return Said(context.pos + len(context.word), context.word, "foreign", sure=False)
