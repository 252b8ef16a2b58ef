# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words with a reading of their own, in layers from the message to what is built in; the nearest wins."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

NAME = "<tên>"  # as a neighbour: any capitalised word
NUMBER = "<số>"  # as a neighbour: any digit

_FIRST_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_LINE_BLANKS = " \t\u00a0"


class Level(IntEnum):
    """Whose word it is; a higher level wins over a lower one."""

    BUILT_IN = 0
    INSTALLATION = 1
    PROVINCE = 2
    COMMUNE = 3
    MESSAGE = 4


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """One written form and how it is read.

    Attributes:
        written: the form in the text; compared letter by letter, in any case unless `exact_case`.
        spoken: the words; "" leaves the form out.
        level: whose word it is.
        exact_case: whether capitals count.
        left: one of these must stand before it (any case; `NAME`, `NUMBER`); empty for always.
        right: one of these must follow (any case; `NAME`, `NUMBER`); empty for always.
        sure: False where the reading is a guess that an editor should see.
    """

    written: str
    spoken: str
    level: Level = Level.INSTALLATION
    exact_case: bool = True
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    sure: bool = True

    def end_in(self, text: str, pos: int) -> int | None:
        """Give the index behind this form if the entry holds at `pos` of `text`, else None."""
        end = pos + len(self.written)
        found = text[pos:end]
        if found != self.written and (self.exact_case or found.casefold() != self.written.casefold()):
            return None
        if end < len(text) and self.written[-1].isalnum() and text[end].isalnum():
            return None
        if self.left and not _stands_before(text, pos, self.left):
            return None
        return end if not self.right or _follows(text, end, self.right) else None


def _follows(text: str, end: int, neighbours: tuple[str, ...]) -> bool:
    behind = text[end : end + 40].lstrip(_LINE_BLANKS)
    for neighbour in neighbours:
        if neighbour == NAME:
            if behind[:1].isupper():
                return True
        elif neighbour == NUMBER:
            if behind[:1].isdigit():
                return True
        elif behind[: len(neighbour)].casefold() == neighbour.casefold():
            return True
    return False


def _stands_before(text: str, pos: int, neighbours: tuple[str, ...]) -> bool:
    ahead = text[max(0, pos - 40) : pos].rstrip(_LINE_BLANKS)
    for neighbour in neighbours:
        if neighbour == NAME:
            word = ahead.split()[-1:]
            if word and word[0][:1].isupper():
                return True
        elif neighbour == NUMBER:
            if ahead[-1:].isdigit():
                return True
        elif ahead.casefold().endswith(neighbour.casefold()):
            return True
    return False


@dataclass(frozen=True)
class Lexicon:
    """A set of entries, looked up by the first word of the written form."""

    entries: tuple[LexiconEntry, ...] = field(default=())

    @classmethod
    def of(cls, entries: Iterable[LexiconEntry]) -> "Lexicon":
        """Make a lexicon whose written forms are in NFC; entries without a written form are dropped."""
        return cls(
            tuple(
                LexiconEntry(
                    written=unicodedata.normalize("NFC", entry.written),
                    spoken=unicodedata.normalize("NFC", entry.spoken),
                    level=entry.level,
                    exact_case=entry.exact_case,
                    left=entry.left,
                    right=entry.right,
                    sure=entry.sure,
                )
                for entry in entries
                if entry.written.strip()
            )
        )

    @cached_property
    def _index(self) -> Mapping[str, tuple[LexiconEntry, ...]]:
        groups: dict[str, list[LexiconEntry]] = {}
        for entry in self.entries:
            first = _FIRST_WORD.match(entry.written)
            if first is not None:
                groups.setdefault(first[0].casefold(), []).append(entry)
        return {key: tuple(sorted(group, key=_rank)) for key, group in groups.items()}

    def find(self, text: str, pos: int, first: str) -> tuple[LexiconEntry, int] | None:
        """Find the entry that holds at `pos`.

        Args:
            text: the text in NFC.
            pos: where the written form would begin.
            first: the word or sign that begins there.

        Returns:
            The entry and the index behind its written form, or None.
        """
        for entry in self._index.get(first.casefold(), ()):
            end = entry.end_in(text, pos)
            if end is not None:
                return entry, end
        return None


def _rank(entry: LexiconEntry) -> tuple[int, int, bool]:
    """Order the nearest level first, then the longest form, then what asks for a neighbour."""
    return -entry.level, -len(entry.written), not (entry.left or entry.right)
