# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a rule sees (the text around one place) and what it answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass

LATIN = "a-zA-ZÀ-ÖØ-öø-ɏḀ-ỹ"  # letters that a Vietnamese voice reads, for character classes
WINDOW = 48  # characters that a rule may look to either side: rules stay linear in the text

_INITIAL = re.compile(r"\w\s[A-ZĐ]\.$")  # "Trần Văn C. (…": no sentence ends here
_LIST_GAP = re.compile(r"\s{0,2}(?:[,;/&-]|–|và|hoặc|hay|đến|,\s{0,2}và)\s{0,2}")


@dataclass(frozen=True, slots=True)
class Said:
    """A rule's answer: how the text up to `end` is spoken.

    Attributes:
        end: index behind the last character that the rule read.
        spoken: the words; empty when the stretch is left out.
        rule: the rule's name, shown to editors and kept in stored readings.
        sure: False where a person should look.
        alternatives: other readings that may be meant, as `spoken`; the console offers them.
    """

    end: int
    spoken: str
    rule: str
    sure: bool = True
    alternatives: tuple[str, ...] = ()


class Context:
    """One place in the text, with the reading so far."""

    __slots__ = ("_left", "pos", "previous", "text", "word")

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.word = ""  # the letters, the digit or the sign that stand here
        self.previous: Said | None = None  # the last change
        self._left: str | None = None

    def move(self, pos: int, word: str = "") -> None:
        """Go to another place of the same text, where `word` stands."""
        self.pos = pos
        self.word = word
        self._left = None

    @property
    def left(self) -> str:
        """The text just before this place, in lower case."""
        if self._left is None:
            self._left = self.text[max(0, self.pos - WINDOW) : self.pos].lower()
        return self._left

    def right(self, end: int, length: int = WINDOW) -> str:
        """Give the text behind `end`, in lower case."""
        return self.text[end : end + length].lower()

    def continues(self, rule: str) -> bool:
        """Tell whether this place goes on with a list whose last item `rule` read ("báo động I, II")."""
        before = self.previous
        if before is None or before.rule != rule or not 0 < self.pos - before.end <= 8:
            return False
        return _LIST_GAP.fullmatch(self.text, before.end, self.pos) is not None

    def starts_line(self) -> bool:
        """Tell whether only blanks and list marks stand between the line's start and this place."""
        line = self.text.rfind("\n", max(0, self.pos - WINDOW), self.pos) + 1
        if line == 0 and self.pos > WINDOW:
            return False
        return not self.text[line : self.pos].strip(" \t-–+*•")

    def starts_sentence(self) -> bool:
        """Tell whether a new sentence or line begins here."""
        before = self.text[max(0, self.pos - 6) : self.pos]
        kept = before.rstrip(" \t\"'“‘(-–+*•")
        if not kept:
            return self.pos <= len(before)
        if kept[-1] == "\n":
            return True
        return kept != before and kept[-1] in ".!?" and _INITIAL.search(kept) is None


Rule = Callable[[Context], Said | None]
