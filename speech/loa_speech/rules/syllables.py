# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which runs of letters are Vietnamese syllables, so that a headline is not spelled like an abbreviation."""

import re
import unicodedata
from functools import lru_cache

_ONSET = r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
_RHYME = (
    r"(?:(?:[aeêioôơuưy]|oa|oe|uê|uy|uơ|ai|ao|au|âu|ay|ây|eo|êu|ia|iu|iêu|yêu|oi|ôi|ơi|oai|oay|oeo|ua"
    r"|ui|uôi|ưa|ưi|ưu"
    r"|ươi|ươu|uya|uây|uyu|uôu|oao)"
    r"|(?:a|ă|â|e|ê|i|o|ô|ơ|u|ư|y|oa|oă|oe|uâ|uê|uy|iê|yê|uô|ươ|uyê|oo)(?:ch|nh|ng|c|m|n|p|t))"
)
_SYLLABLE = re.compile(_ONSET + _RHYME)
_VOWELS = "aeiouy"
_VOWEL = re.compile("[aeiouyăâêôơưà-æè-ïò-öø-üýÿĩũạ-ỹ]", re.IGNORECASE)
_TONES = dict.fromkeys((0x300, 0x301, 0x303, 0x309, 0x323))


@lru_cache(maxsize=4096)
def is_syllable(word: str) -> bool:
    """Tell whether `word` (any case, with or without tone) could be one Vietnamese syllable."""
    if len(word) > 7:
        return False
    bare = unicodedata.normalize("NFD", word.lower()).translate(_TONES)
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None


def is_sayable(word: str) -> bool:
    """Tell whether letters have a vowel, without which no voice can say them."""
    return _VOWEL.search(word) is not None


@lru_cache(maxsize=4096)
def as_word(letters: str) -> str | None:
    """Split plain letters that nobody spells into syllables: "YAGI" is "ya gi", "PAPI" "pa pi"; else None."""
    word = letters.lower()
    if not 4 <= len(word) <= 12 or not word.isascii():
        return None
    pieces = _split(word)
    return " ".join(pieces) if pieces and len(pieces) > 1 else None


def _can_be_said(piece: str) -> bool:
    """Tell whether a piece is a syllable, or would be with a Vietnamese consonant for its foreign one."""
    return is_syllable(piece) or (len(piece) > 1 and piece[0] in "ywjzf" and is_syllable(piece[1:]))


def _split(word: str, *, first: bool = True) -> list[str] | None:
    """Cut a word into syllables, the shortest first; each but the first begins with a consonant."""
    if not word:
        return []
    for end in range(1 if first else 2, min(len(word), 5) + 1):
        head = word[:end]
        if (first or head[0] not in "aeiou") and set(head) & set(_VOWELS) and _can_be_said(head):
            rest = _split(word[end:], first=False)
            if rest is not None:
                return [head, *rest]
    return None
