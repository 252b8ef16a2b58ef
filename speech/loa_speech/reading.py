# SPDX-License-Identifier: AGPL-3.0-or-later
"""One text as it is written and as it is spoken, stretch by stretch."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from loa_speech import rules
from loa_speech.lexicon import Level, Lexicon, LexiconEntry, occurrence_at, word_at
from loa_speech.rules.abbreviations import BUILT_IN
from loa_speech.rules.context import Context, Rule, Said
from loa_speech.rules.scripts import is_latin
from loa_speech.rules.syllables import is_syllable
from loa_speech.settling import laid_over
from loa_speech.stretch import Stretch
from loa_speech.view import View

__all__ = ["FORMAT", "Reading", "Stretch", "correction", "normalise"]

FORMAT = 1  # of `Reading.to_dict`

_MERGED = frozenset(
    {"capitals", "emoji", "foreign", "other-script"}
)  # neighbours of one kind are shown as one stretch
_SILENT = frozenset(',;:!?)"“”')  # no rule begins with one of these
_EMPTY = Lexicon()
_ROUNDS = 6  # of reading again what was read, at most; real texts need one


@dataclass(frozen=True, slots=True)
class Reading:
    """A source text and its stretches; their sources joined are the source, whatever it held."""

    source: str
    stretches: tuple[Stretch, ...]

    @property
    def spoken(self) -> str:
        """The whole spoken text."""
        return "".join(stretch.spoken for stretch in self.stretches)

    @property
    def changes(self) -> tuple[Stretch, ...]:
        """The stretches that a rule read."""
        return tuple(stretch for stretch in self.stretches if stretch.rule is not None)

    @property
    def doubts(self) -> tuple[Stretch, ...]:
        """The stretches that a person should look at."""
        return tuple(stretch for stretch in self.stretches if not stretch.sure)

    def to_dict(self) -> dict[str, Any]:
        """Give plain data for JSON; `from_dict` makes the same reading of it."""
        rows: list[dict[str, Any]] = []
        for stretch in self.stretches:
            row: dict[str, Any] = {"source": stretch.source}
            if stretch.spoken != stretch.source:
                row["spoken"] = stretch.spoken
            if stretch.rule is not None:
                row["rule"] = stretch.rule
            if not stretch.sure:
                row["sure"] = False
            if stretch.alternatives:
                row["alternatives"] = list(stretch.alternatives)
            rows.append(row)
        return {"format": FORMAT, "stretches": rows}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Reading":
        """Make a reading from `to_dict`.

        Raises:
            ValueError: if the data has another format.
        """
        if data.get("format") != FORMAT:
            raise ValueError(f"a reading of format {FORMAT} was expected, found {data.get('format')!r}")
        stretches: list[Stretch] = []
        pos = 0
        for row in data["stretches"]:
            source = str(row["source"])
            spoken = str(row.get("spoken", source))
            end = pos + len(source)
            sure, others = bool(row.get("sure", True)), tuple(row.get("alternatives", ()))
            stretches.append(Stretch(pos, end, source, spoken, row.get("rule"), sure, others))
            pos = end
        return cls("".join(stretch.source for stretch in stretches), tuple(stretches))


def normalise(text: str, lexicon: Lexicon | None = None) -> Reading:
    """Read a text as a good announcer would say it; never raises on any text.

    Args:
        text: what was written, any Unicode.
        lexicon: readings of the installation, province, commune and message; they win over the rules.

    Returns:
        The reading, with one stretch per change.
    """
    stretches = _read(text, lexicon or _EMPTY)
    for _ in range(_ROUNDS):
        spoken = "".join(stretch.spoken for stretch in stretches)
        again = _free(stretches, _read(spoken, _EMPTY))
        if all(stretch.spoken == stretch.source for stretch in again):
            break
        stretches = laid_over(stretches, again)
    return Reading(text, tuple(stretches))


def _read(text: str, lexicon: Lexicon) -> list[Stretch]:
    view = View.of(text)
    changes = _merge(view.text, _changes(view.text, lexicon))
    return list(_stretches(view, changes))


def _free(stretches: list[Stretch], again: list[Stretch]) -> list[Stretch]:
    """Undo of a second reading what touches the words of an editor: they are spoken as given."""
    freed: list[Stretch] = []
    own = [stretch.rule is not None and stretch.rule.startswith("lexicon-") for stretch in stretches]
    if not any(own):
        return again
    ends = list(accumulate(len(stretch.spoken) for stretch in stretches))
    for stretch in again:
        number = bisect_right(ends, stretch.start)
        while number < len(ends) and not own[number] and ends[number] < stretch.end:
            number += 1
        touched = (
            number < len(ends) and own[number] and ends[number] - len(stretches[number].spoken) < stretch.end
        )
        freed.append(replace(stretch, spoken=stretch.source) if touched else stretch)
    return freed


def correction(reading: Reading, stretch: Stretch, spoken: str, *, everywhere: bool = False) -> LexiconEntry:
    """Make the word for a message's lexicon that reads one stretch otherwise.

    Args:
        reading: the reading that the writer saw.
        stretch: one of its stretches.
        spoken: the words that the writer chose; "" leaves the stretch out.
        everywhere: read the same form so at every place of the message, not at this one only.
    """
    written = View.of(stretch.source).text
    before = View.of(reading.source[: stretch.start]).text
    occurrence = 0 if everywhere else occurrence_at(before + written, len(before), written)
    return LexiconEntry(written, spoken, Level.MESSAGE, occurrence=occurrence)


def _changes(text: str, lexicon: Lexicon) -> Iterator[tuple[int, Said]]:
    """Walk over the text once and give what is read otherwise than it is written."""
    context = Context(text)
    pos = 0
    while pos < len(text):
        word = word_at(text, pos)
        said = None if word.isspace() else _say(context, pos, word, lexicon)
        if said is None or said.end <= pos:
            pos += len(word)
            continue
        context.previous = said
        yield pos, said
        pos = said.end


def _say(context: Context, pos: int, word: str, lexicon: Lexicon) -> Said | None:
    context.move(pos, word)
    own = lexicon.find(context.text, pos, word) if lexicon.entries else None
    if own is not None:
        entry, end = own
        rule = f"lexicon-{entry.level.name.lower().replace('_', '-')}"
        return Said(end, entry.spoken, rule, entry.sure, entry.alternatives)
    char = word[0]
    if char.isalpha():
        return _say_word(context, pos, word)
    if char.isdecimal():
        return _first(rules.at_digit(context.text, pos), context)
    return None if char in _SILENT else _first(rules.AT_SIGN, context)


def _say_word(context: Context, pos: int, word: str) -> Said | None:
    if not is_latin(word[0]):
        return _first(rules.AT_FOREIGN, context)
    small = word.islower() or (word[0].isupper() and word[1:].islower())
    after = context.text[pos + len(word) : pos + len(word) + 1]
    if small and len(word) > 2 and (not after or after not in ".@:-_/0123456789"):
        return _built_in(context, pos, word) or (
            None if is_syllable(word) else _first(rules.AT_WORD, context)
        )
    first = rules.AT_SMALL if word[0].islower() else rules.AT_CAPITAL_FIRST
    said = _first(first, context)
    if said is None or said.rule == "spelled":
        said = _built_in(context, pos, word) or said
    if said is None and not word.islower():
        said = _first(rules.AT_CAPITAL, context)
    return said


def _built_in(context: Context, pos: int, word: str) -> Said | None:
    found = BUILT_IN.find(context.text, pos, word)
    if found is None:
        return None
    entry, end = found
    rule = "abbreviation" if entry.exact_case or "/" in entry.written else "loan-word"
    return Said(end, entry.spoken, rule, entry.sure, entry.alternatives)


def _first(candidates: tuple[Rule, ...], context: Context) -> Said | None:
    for rule in candidates:
        said = rule(context)
        if said is not None:
            return said
    return None


def _merge(text: str, changes: Iterable[tuple[int, Said]]) -> list[tuple[int, Said]]:
    """Make one change of neighbours of one kind, so that a headline is one mark and not ten."""
    merged: list[tuple[int, Said]] = []
    for start, said in changes:
        if merged and said.rule in _MERGED:
            before_start, before = merged[-1]
            between = text[before.end : start]
            if before.rule == said.rule and between in ("", " ", ", ", " - "):
                spoken = before.spoken + between + said.spoken if said.spoken else ""
                merged[-1] = before_start, Said(said.end, spoken, said.rule, before.sure and said.sure)
                continue
        merged.append((start, said))
    return merged


def _stretches(view: View, changes: list[tuple[int, Said]]) -> Iterator[Stretch]:
    """Lay changed and unchanged pieces side by side."""
    text, pos, last = view.text, 0, ""
    context = Context(text)
    for start, said in changes:
        if start > pos:
            yield (plain := _piece(view, pos, start, text[pos:start]))
            last = plain.spoken[-1]
        end, spoken = said.end, said.spoken
        context.move(start)
        others = said.alternatives
        if spoken and context.starts_sentence():
            spoken, others = _capitalised(spoken), tuple(_capitalised(other) for other in others)
        if not spoken and not last.strip() and text[end : end + 1] == " ":
            end += 1  # what is left out takes one of the two blanks around it along
        spoken = _spaced(last, spoken, text[end : end + 1])
        yield _piece(view, start, end, spoken, said.rule, sure=said.sure, alternatives=others)
        last = spoken[-1:] or last
        pos = end
    if pos < len(text):
        yield _piece(view, pos, len(text), text[pos:])


def _capitalised(spoken: str) -> str:
    first = spoken[:1].upper()
    return first + spoken[1:] if len(first) == 1 and is_latin(first) else spoken


def _piece(
    view: View,
    start: int,
    end: int,
    spoken: str,
    rule: str | None = None,
    *,
    sure: bool = True,
    alternatives: tuple[str, ...] = (),
) -> Stretch:
    source = view.source(start, end)
    return Stretch(view.index(start), view.index(end), source, spoken, rule, sure, alternatives)


def _spaced(last: str, spoken: str, following: str) -> str:
    """Add blanks where words would grow together: "QL18A" beside a word, an emoji between two."""
    if not spoken:
        return " " if last.isalnum() and following.isalnum() else ""
    if last.isspace() or not last:
        spoken = spoken.lstrip(" ") or spoken
    if following.isspace():
        spoken = spoken.rstrip(" ") or spoken
    head = " " if last.isalnum() and spoken[0].isalnum() else ""
    tail = " " if following.isalnum() and spoken[-1].isalnum() else ""
    return head + spoken + tail
