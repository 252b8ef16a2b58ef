# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pure decisions of a programme: which messages take their turn in a round, and at which second each begins."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from loa.airtime.rules import Blocker, Need, Sound, Spot, blockers

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Ground:
    """Where a round sounds, and what is planned there already."""

    spots: Sequence[Spot]
    sounds: Sequence[Sound]


@dataclass(frozen=True)
class Part:
    """One sound of a round."""

    need: Need
    starts: datetime
    message: int  # key of the message that it is a release of

    @property
    def follows(self) -> datetime:
        """Return the first whole second at which the next sound may begin."""
        length = -(-self.need.duration // _SECOND)
        return self.starts + length * _SECOND


@dataclass(frozen=True)
class Line:
    """What a programme has to say: who takes turns, and what goes before.

    ``need`` gives a message's release that is in force at a moment, or None.
    """

    messages: Sequence[int]  # by their place in the playlist
    per_round: int
    need: Callable[[int, datetime], Need | None]
    jingle: int | None = None  # before the round
    chime: int | None = None  # before each message


@dataclass(frozen=True)
class Round:
    """One round as it will sound; without parts, ``blocker`` says why (None: no message is in force)."""

    parts: tuple[Part, ...]
    blocker: Blocker | None = None


def turns(messages: Sequence[int], plays: Mapping[int, int]) -> list[int]:
    """Return messages in the order in which they take their turn: the least played first, then by place."""
    place = {message: number for number, message in enumerate(messages)}
    return sorted(place, key=lambda message: (plays.get(message, 0), place[message]))


def lay(line: Line, starts: datetime, plays: Mapping[int, int], ground: Ground) -> Round:
    """Lay out one round from ``starts`` on, each sound on the first whole second after the one before.

    A message that may not sound then leaves its turn to the next one; a jingle or chime never sounds alone, and one
    that may not sound is left out.
    """
    parts: list[Part] = []
    first_blocker: Blocker | None = None
    taken = 0
    jingle = _part(line.jingle, line, starts, ground, [])
    for message in turns(line.messages, plays):
        if taken == line.per_round:
            break
        before = parts or ([jingle] if isinstance(jingle, Part) else [])
        chime = _part(line.chime, line, _end(before, starts), ground, before)
        before = [*before, chime] if isinstance(chime, Part) else before
        said = _part(message, line, _end(before, starts), ground, before)
        if isinstance(said, Part):
            parts = [*before, said]
            taken += 1
        else:
            first_blocker = first_blocker or said
    return Round(tuple(parts), None if parts else first_blocker)


def _part(
    message: int | None, line: Line, at: datetime, ground: Ground, before: Sequence[Part]
) -> Part | Blocker | None:
    """Return a message's part of a round, what keeps it from sounding at ``at``, or None when nothing is in force."""
    need = None if message is None else line.need(message, at)
    if message is None or need is None:
        return None
    found = blockers(need, at, ground.spots, [*ground.sounds, *as_sounds(before, ground.spots)])
    return found[0] if found else Part(need, at, message)


def _end(parts: Sequence[Part], starts: datetime) -> datetime:
    return parts[-1].follows if parts else starts


def as_sounds(parts: Iterable[Part], spots: Sequence[Spot]) -> list[Sound]:
    """Return parts of a round as what is planned at ``spots``."""
    everywhere = frozenset(spot.id for spot in spots)
    return [
        Sound(
            key="",
            release_id=part.need.release_id,
            starts=part.starts,
            ends=part.starts + part.need.duration,
            priority_class=part.need.priority_class,
            is_test=part.need.is_test,
            spots=everywhere,
        )
        for part in parts
    ]
