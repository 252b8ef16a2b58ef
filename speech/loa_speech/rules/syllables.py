# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which runs of letters are Vietnamese syllables, so that a headline is not spelled like an abbreviation."""

import re
import unicodedata
from functools import lru_cache

_ONSET = r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
_RHYME = (
    r"(?:(?:[aeêioôơuưy]|oa|oe|uê|uy|uơ|ai|ao|au|âu|ay|ây|eo|êu|ia|iu|iêu|yêu|oi|ôi|ơi|oai|oay|oeo|ua|ui|uôi|ưa|ưi|ưu"
    r"|ươi|ươu|uya|uây|uyu|uôu|oao)"
    r"|(?:a|ă|â|e|ê|i|o|ô|ơ|u|ư|y|oa|oă|oe|uâ|uê|uy|iê|yê|uô|ươ|uyê|oo)(?:ch|nh|ng|c|m|n|p|t))"
)
_SYLLABLE = re.compile(_ONSET + _RHYME)
_TONES = dict.fromkeys((0x300, 0x301, 0x303, 0x309, 0x323))


@lru_cache(maxsize=4096)
def is_syllable(word: str) -> bool:
    """Tell whether `word` (any case, with or without tone) could be one Vietnamese syllable."""
    if len(word) > 7:
        return False
    bare = unicodedata.normalize("NFD", word.lower()).translate(_TONES)
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None
