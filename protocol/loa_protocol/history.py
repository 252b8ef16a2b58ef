# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a play log says about an agenda: what is closed, what still sounds, what sounded how often today."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from loa_protocol.ladder import LadderClass, ladder_class, step
from loa_protocol.places import Place
from loa_protocol.playlog import SOUNDED_OUTCOMES, PlayRow
from loa_protocol.statements import (
    PRIORITY_CLASSES,
    ActivationStatement,
    Agenda,
    AgendaItem,
    PriorityClass,
)
from loa_protocol.times import local_to_utc, parse_utc, to_local
from loa_protocol.verify import VerifiedRelease, rendition_of


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An agenda item that is meant for this place.

    Args:
        duration: of the released rendition; what the agenda says only where the release is not known.
        interrupted: it began, gave way, and may begin again.
        activation: the verified one that the item names, if any.
    """

    item: AgendaItem
    release: VerifiedRelease | None
    planned: datetime
    duration: timedelta
    rung: LadderClass
    interrupted: bool = False
    activation: ActivationStatement | None = None

    @property
    def cut_off(self) -> datetime:
        """The last moment at which it may begin (UTC)."""
        return self.planned + timedelta(seconds=self.item.cut_off_s)


@dataclass(frozen=True, kw_only=True)
class History:
    """A play log, read against an agenda.

    Args:
        closed: ids of items that do not begin (again).
        sounding: the item whose open row sounds on, and when it began.
        interrupted: ids of items that gave way and may begin again.
        plays: how often, by local day and release.
        seconds: how long, by local day and priority class.
    """

    closed: frozenset[str]
    sounding: tuple[Candidate, datetime] | None
    interrupted: frozenset[str]
    plays: Counter[tuple[date, str]]
    seconds: defaultdict[tuple[date, str], float]


def candidates_of(
    agenda: Agenda,
    releases: Mapping[str, VerifiedRelease],
    place: Place,
    activations: Mapping[str, ActivationStatement],
) -> dict[str, Candidate]:
    """Return the items that are meant for this place, by id; whether they may sound is checked later."""
    found = {}
    for item in agenda.items:
        if place.codes.isdisjoint(item.zones):
            continue
        release = releases.get(item.release_id)
        rendition = None if release is None else rendition_of(item, release.statement)
        milliseconds = item.duration_ms if rendition is None else rendition.duration_ms
        found[item.item_id] = Candidate(
            item=item,
            release=release,
            planned=local_to_utc(item.starts, agenda.zone_name),
            duration=timedelta(milliseconds=milliseconds),
            rung=ladder_class(item.priority_class, is_test=release is not None and release.statement.is_test),
            activation=activations.get(item.activation_id),
        )
    return found


def read_history(
    rows: Sequence[PlayRow],
    candidates: Mapping[str, Candidate],
    releases: Mapping[str, VerifiedRelease],
    zone_name: str,
    now: datetime,
) -> History:
    """Read a play log against an agenda.

    Args:
        rows: of one device, in any order, open rows included.
        candidates: the agenda's items for this place.
        releases: for the class of rows whose item is no longer in the agenda.
        zone_name: whose midnight ends the day.
        now: trusted time (UTC).
    """
    reader = _Reader(candidates=candidates, releases=releases, zone_name=zone_name, now=now)
    reader.closed.update(row.item_id for row in rows if row.is_final)
    sounded = sorted(
        ((parse_utc(row.started), row) for row in rows if row.started and row.outcome in SOUNDED_OUTCOMES),
        key=lambda pair: pair[0],
    )
    for began, row in sounded:
        if row.is_final:
            reader.count(row, began, row.seconds_played)
        elif row.item_id not in reader.closed:
            reader.read_open(row, began, sounded)
    return History(
        closed=frozenset(reader.closed),
        sounding=reader.sounding,
        interrupted=frozenset(reader.interrupted),
        plays=reader.plays,
        seconds=reader.seconds,
    )


@dataclass(kw_only=True)
class _Reader:
    candidates: Mapping[str, Candidate]
    releases: Mapping[str, VerifiedRelease]
    zone_name: str
    now: datetime
    closed: set[str] = field(default_factory=set)
    interrupted: set[str] = field(default_factory=set)
    sounding: tuple[Candidate, datetime] | None = None
    plays: Counter[tuple[date, str]] = field(default_factory=Counter)
    seconds: defaultdict[tuple[date, str], float] = field(default_factory=lambda: defaultdict(float))

    def count(self, row: PlayRow, began: datetime, seconds: float) -> None:
        day = to_local(began, self.zone_name).date()
        self.plays[day, row.release_id] += 1
        for priority_class in self._classes(row):
            self.seconds[day, priority_class] += seconds

    def read_open(self, row: PlayRow, began: datetime, sounded: list[tuple[datetime, PlayRow]]) -> None:
        """Decide whether an open row sounds on, gave way, or was only never closed."""
        candidate = self.candidates.get(row.item_id)
        if candidate is None:
            return
        ends = began + candidate.duration
        breaker = next((other for at, other in sounded if began < at < ends), None)
        if breaker is not None and self._restarts(candidate, breaker):
            self.interrupted.add(row.item_id)
            return
        self.closed.add(row.item_id)
        if breaker is None and ends > self.now:
            self.sounding = (candidate, began)
        else:
            self.count(row, began, candidate.duration.total_seconds())

    def _restarts(self, candidate: Candidate, breaker: PlayRow) -> bool:
        other = self.candidates.get(breaker.item_id)
        return other is not None and step(candidate.rung, other.rung).interrupted == "restart"

    def _classes(self, row: PlayRow) -> tuple[PriorityClass, ...]:
        """Return the class that a row counts for: every class, when nothing known tells it."""
        if row.item_id in self.candidates:
            return (self.candidates[row.item_id].item.priority_class,)
        if row.release_id in self.releases:
            return (self.releases[row.release_id].statement.priority_class,)
        return PRIORITY_CLASSES
