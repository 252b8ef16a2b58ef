# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words with a reading of their own, in layers from the message to what is built in; the nearest wins."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property

from loa_speech.view import View

NAME = "<tên>"  # as a neighbour: any capitalised word
NUMBER = "<số>"  # as a neighbour: any digit
SURNAME = "<họ>"  # as a neighbour behind: a Vietnamese family name
ROMAN = "<la mã>"  # as a neighbour behind: a Roman numeral
HOUR = "<giờ>"  # as a neighbour before: a time of day

_TOKEN = re.compile(r"\s+|[^\W\d_]{1,80}|\d|.", re.DOTALL)
_SURNAME = re.compile(
    r"(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đào|Đoàn|Đinh|Trịnh|Trương|Lâm|Mai|Tô|Hà"
    r"|Cao|Chu|Lương|Tạ|Phùng|Quách|Thái|Triệu|Vi|Nông|Hứa|Lưu|Tống|Từ|Bế|Lục|Chíu|Tằng|Phùn|Nịnh|Voòng|La|Lò|Giàng|Vàng"
    r"|Sùng|Thào|Vương|Đàm|Kiều|Khổng|Doãn|Nghiêm|Tăng|Thân|Ông|Mạc|Châu|Diệp|Viên|Bàn|Đường|Mã|Mông|Ma|Hầu|Tòng|Quàng|Cà)"
    r"\s[A-ZĐÁÀẢÃẠĂÂÉÈÊÍÓÒÔƠÚÙƯÝ]"
)
_HOUR_LEFT = re.compile(r"\d\s?(?:h|H|g|giờ|phút|:)\s?(?:\d\d)?['’]?$")
_LINE_BLANKS = " \t\u00a0"


class Level(IntEnum):
    """Whose word it is; a higher level wins over a lower one."""

    BUILT_IN = 0
    INSTALLATION = 1
    PROVINCE = 2
    COMMUNE = 3
    MESSAGE = 4


_BEHIND = {
    NAME: re.compile(r"(?=[^\W\d_])[^a-zà-öø-ÿăđĩũơưạ-ỹ]"),
    SURNAME: _SURNAME,
    NUMBER: re.compile(r"\d"),
    ROMAN: re.compile(r"[IVX]{1,6}(?!\w)"),
}


def word_at(text: str, pos: int) -> str:
    """Give the blanks, the letters, the digit or the sign that stand at a place: where a reading may begin."""
    token = _TOKEN.match(text, pos)
    assert token is not None  # the pattern's last branch takes any character
    word = token[0]
    if len(word) == 1 or word.isalpha() or word.isspace():
        return word
    letters = next(index for index, char in enumerate(word) if not char.isalpha())  # "m²" is two words
    return word[: max(letters, 1)]


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """One written form and how it is read.

    Attributes:
        written: the form in the text; compared letter by letter, in any case unless `exact_case`.
        spoken: the words; "" leaves the form out.
        level: whose word it is.
        exact_case: whether capitals count.
        left: one of these must stand before it (any case; `NAME`, `NUMBER`, `HOUR`); empty for always.
        right: one of these must follow (any case; `NAME`, `SURNAME`, `NUMBER`, `ROMAN`); empty for always.
        sure: False where the reading is a guess that an editor should see.
        alternatives: other readings that an editor may choose from.
        occurrence: 0 for every place; 1 for the first place only where the form stands in the text, and so on.
    """

    written: str
    spoken: str
    level: Level = Level.INSTALLATION
    exact_case: bool = True
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    sure: bool = True
    alternatives: tuple[str, ...] = ()
    occurrence: int = 0

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
        if self.occurrence and occurrence_at(text, pos, self.written) != self.occurrence:
            return None
        return end if not self.right or _follows(text, end, self.right) else None


def occurrence_at(text: str, pos: int, written: str) -> int:
    """Tell which place of `written` the one at `pos` is, counted from 1 in the order of the text."""
    return text.count(written, 0, pos) + 1


def _follows(text: str, end: int, neighbours: tuple[str, ...]) -> bool:
    behind = text[end : end + 40].lstrip(_LINE_BLANKS)
    for neighbour in neighbours:
        mark = _BEHIND.get(neighbour)
        if mark is not None:
            if mark.match(behind):
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
        elif neighbour == HOUR:
            if _HOUR_LEFT.search(ahead):
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
        """Make a lexicon whose written forms are as rules see them; entries without one are dropped."""
        return cls(
            tuple(
                replace(entry, written=View.of(entry.written).text, spoken=View.of(entry.spoken).text)
                for entry in entries
                if entry.written.strip()
            )
        )

    @cached_property
    def _index(self) -> Mapping[str, tuple[LexiconEntry, ...]]:
        groups: dict[str, list[LexiconEntry]] = {}
        for entry in self.entries:
            groups.setdefault(word_at(entry.written, 0).casefold(), []).append(entry)
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


def _rank(entry: LexiconEntry) -> tuple[int, bool, int, bool]:
    """Order the nearest level first, then one place's own, the longest form, what asks for a neighbour."""
    return -entry.level, not entry.occurrence, -len(entry.written), not (entry.left or entry.right)
