# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may stand in the lexicon: pure checks of a form, its reading and its neighbours."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from django.utils.translation import gettext as _

from loa.areas.folding import nfc
from loa.areas.models import Area, AreaKind
from loa.config.errors import LoaError
from loa.messages.models import Message
from loa.messages.rules import tidy
from loa.voice.models import LexiconLevel, LexiconWord
from loa_speech.lexicon import HOUR, NAME, NUMBER, ROMAN, SURNAME, Level, LexiconEntry

WRITTEN_LIMIT = 120  # characters
SPOKEN_LIMIT = 300  # characters
NOTE_LIMIT = 300  # characters
NEIGHBOURS_LIMIT = 20  # on one side
NEIGHBOUR_LIMIT = 40  # characters; the reader looks no further
SEPARATOR = ";"
SIGNS = {"left": (NAME, NUMBER, HOUR), "right": (NAME, NUMBER, SURNAME, ROMAN)}  # that stand for many words

LEVELS = {
    LexiconLevel.INSTALLATION: Level.INSTALLATION,
    LexiconLevel.PROVINCE: Level.PROVINCE,
    LexiconLevel.COMMUNE: Level.COMMUNE,
    LexiconLevel.MESSAGE: Level.MESSAGE,
}
_DIGIT = re.compile(r"\d")


class BadWordError(LoaError):
    """What was typed cannot stand in the lexicon; ``field`` says where, the sentence what to change."""

    code = "bad_word"


@dataclass(frozen=True)
class Owner:
    """Whose word it is: with neither area nor message, the whole installation's."""

    area: Area | None = None
    message: Message | None = None

    @property
    def level(self) -> LexiconLevel:
        """Return the level of its words."""
        if self.message is not None:
            return LexiconLevel.MESSAGE
        if self.area is None:
            return LexiconLevel.INSTALLATION
        is_province = self.area.kind == AreaKind.PROVINCE
        return LexiconLevel.PROVINCE if is_province else LexiconLevel.COMMUNE

    @property
    def key(self) -> str:
        """Return what tells it from every other owner."""
        if self.message is not None:
            return f"message:{self.message.pk}"
        return f"area:{self.area.code}" if self.area is not None else "installation"


@dataclass(frozen=True)
class WordInput:
    """A word as typed, chosen or imported."""

    written: str
    spoken: str
    exact_case: bool = True
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    note: str = ""
    occurrence: int = 0  # of a message: only the n-th place; 0 for every one


def lower_first(name: str) -> str:
    """Return a name as it stands inside a sentence: "xã Đầm Hà"."""
    return name[:1].lower() + name[1:]


def neighbours(typed: str) -> tuple[str, ...]:
    """Read neighbours from one line, separated by ";"."""
    return tuple(dict.fromkeys(nfc(one) for one in typed.split(SEPARATOR) if one.strip()))


def neighbours_line(listed: Iterable[str]) -> str:
    """Write neighbours on one line."""
    return f"{SEPARATOR} ".join(listed)


def check_word(given: WordInput) -> WordInput:
    """Check a word and return it as it is stored.

    Raises:
        BadWordError: something is missing, too long, or no voice could read it.
    """
    written, spoken, note = (
        " ".join(tidy(text).split()) for text in (given.written, given.spoken, given.note)
    )
    if not written:
        raise BadWordError(_("Chưa ghi chữ cần đọc. Chép đúng như trong tin, ví dụ QL18A."), field="written")
    _refuse_long(written, WRITTEN_LIMIT, "written")
    _refuse_long(spoken, SPOKEN_LIMIT, "spoken")
    _refuse_long(note, NOTE_LIMIT, "note")
    if _DIGIT.search(spoken):
        raise BadWordError(
            _("Cách đọc “%(spoken)s” còn chữ số. Viết bằng chữ, ví dụ “quốc lộ mười tám A”.")
            % {"spoken": spoken[:60]},
            field="spoken",
        )
    for name, side in (("left", given.left), ("right", given.right)):
        _check_side(name, side)
    return replace(given, written=written, spoken=spoken, note=note)


def _refuse_long(text: str, limit: int, field: str) -> None:
    if len(text) > limit:
        raise BadWordError(
            _("“%(text)s…” dài %(count)s ký tự, nhiều nhất là %(limit)s. Rút ngắn lại.")
            % {"text": text[:30], "count": len(text), "limit": limit},
            field=field,
        )


def _check_side(name: str, side: tuple[str, ...]) -> None:
    if len(side) > NEIGHBOURS_LIMIT:
        raise BadWordError(
            _("Có %(count)s chữ đứng cạnh, nhiều nhất là %(limit)s.")
            % {"count": len(side), "limit": NEIGHBOURS_LIMIT},
            field=name,
        )
    for one in side:
        _refuse_long(one, NEIGHBOUR_LIMIT, name)
        if one.startswith("<") and one not in SIGNS[name]:
            raise BadWordError(
                _("Không dùng được “%(given)s” ở đây. Dùng được: %(signs)s.")
                % {"given": one, "signs": ", ".join(SIGNS[name])},
                field=name,
            )


def identity(owner: Owner, given: WordInput) -> str:
    """Return the hash of what makes a word one: whose it is, its form, its neighbours and its place."""
    written = given.written if given.exact_case else given.written.casefold()
    parts = [owner.key, written, given.exact_case, sorted(given.left), sorted(given.right), given.occurrence]
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def entry_of(level: LexiconLevel, given: WordInput) -> LexiconEntry:
    """Return a word as the reader takes it."""
    return LexiconEntry(
        written=given.written,
        spoken=given.spoken,
        level=LEVELS[level],
        exact_case=given.exact_case,
        left=given.left,
        right=given.right,
        occurrence=given.occurrence,
    )


def input_of(word: LexiconWord) -> WordInput:
    """Return a stored word as it was given."""
    return WordInput(
        written=word.written,
        spoken=word.spoken,
        exact_case=word.exact_case,
        left=tuple(word.left),
        right=tuple(word.right),
        note=word.note,
        occurrence=word.occurrence,
    )
