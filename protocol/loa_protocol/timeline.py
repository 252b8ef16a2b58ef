# SPDX-License-Identifier: AGPL-3.0-or-later
"""What plays at an instant, and what comes next: one pure function for devices and for previews."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType

from loa_protocol.airtime import rule_for
from loa_protocol.errors import NotCoveredError, WrongCommuneError, WrongInstallationError
from loa_protocol.history import Candidate, History, candidates_of, read_history
from loa_protocol.ladder import rank, step
from loa_protocol.places import Place
from loa_protocol.playlog import PlayRow
from loa_protocol.statements import ActivationStatement, Agenda, AgendaItem, RulesStatement
from loa_protocol.times import format_utc, parse_utc, to_local
from loa_protocol.verify import VerifiedRelease, check_item
from loa_protocol.wire import Refusal


@dataclass(frozen=True, kw_only=True)
class Due:
    """An item that sounds or will sound.

    Args:
        starts: when its first sample leaves (UTC): the planned time, or later when something delayed it.
        ends: when its last sample leaves, or when something interrupts it.
        planned: the agenda's time (UTC).
        volume: percent, already limited by the airtime rules.
    """

    item: AgendaItem
    release: VerifiedRelease
    starts: datetime
    ends: datetime
    planned: datetime
    volume: int


@dataclass(frozen=True, kw_only=True)
class Missed:
    """An item that did not begin by its cut-off (or, in `will_miss`, cannot).

    Args:
        code: `cut_off` (the device was off or late), `not_ready` (its file was not there), `overlap`
            (something else sounds), `interrupted` (it gave way and cannot begin again: played in part).
        due: the agenda's time (UTC).
    """

    item_id: str
    release_id: str
    code: str
    due: datetime


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The answer of `timeline`.

    Args:
        current: what sounds now, or must begin now.
        upcoming: what comes next, by time.
        refused: items that may not sound here (their time may lie ahead).
        missed: items whose cut-off has passed; final.
        will_miss: items ahead that something else keeps from beginning; a forecast for planners.
        waiting: items that are due and begin as soon as their file is on disk.
    """

    current: Due | None
    upcoming: tuple[Due, ...]
    refused: tuple[Refusal, ...]
    missed: tuple[Missed, ...]
    will_miss: tuple[Missed, ...] = ()
    waiting: tuple[AgendaItem, ...] = ()


def timeline(
    agenda: Agenda,
    rules: RulesStatement,
    releases: Mapping[str, VerifiedRelease],
    withdrawn: Collection[str],
    history: Sequence[PlayRow],
    place: Place,
    now: datetime,
    *,
    ready: Collection[str],
    activations: Mapping[str, ActivationStatement] = MappingProxyType({}),
) -> Timeline:
    """Work out what plays now and next at one place.

    An item with a final row in `history` is never begun again. An open row ("started") sounds on while
    nothing interrupts it, also when the device was restarted meanwhile; one that was interrupted begins
    again where the ladder says so and its cut-off permits. A device that wants neither closes the row first.

    Args:
        agenda: the agenda in force.
        rules: the airtime rules in force.
        releases: verified releases by release id.
        withdrawn: ids of withdrawn releases (those of the agenda are added).
        history: this device's own play log, open rows included.
        place: where it is.
        now: trusted time (UTC).
        ready: hashes of the sound files on disk.
        activations: verified activations of prepared messages, by id.

    Raises:
        WrongInstallationError: agenda and rules are of two installations.
        WrongCommuneError: agenda, rules and place are of different communes.
    """
    if rules.installation != agenda.installation:
        raise WrongInstallationError(
            "wrong_installation", expected=agenda.installation, found=rules.installation
        )
    for commune in (rules.commune, place.commune):
        if commune != agenda.commune:
            raise WrongCommuneError("wrong_commune", expected=agenda.commune, found=commune)
    candidates = candidates_of(agenda, releases, place, activations)
    past = read_history(history, candidates, releases, rules.zone_name, now)
    arrivals = [
        replace(one, interrupted=True) if item_id in past.interrupted else one
        for item_id, one in candidates.items()
        if item_id not in past.closed
    ]
    run = _Run(
        agenda=agenda,
        rules=rules,
        withdrawn={*withdrawn, *agenda.withdrawn},
        place=place,
        now=now,
        ready=frozenset(ready),
        past=past,
        arrivals=sorted(arrivals, key=lambda one: (one.planned, one.item.item_id)),
    )
    return run.result()


@dataclass(kw_only=True)
class _Playing:
    candidate: Candidate
    begin: datetime
    end: datetime


@dataclass(kw_only=True)
class _Run:
    """One simulation, from `now` to the end of the agenda: at each event, end, arrive, settle."""

    agenda: Agenda
    rules: RulesStatement
    withdrawn: Collection[str]
    place: Place
    now: datetime
    ready: frozenset[str]
    past: History
    arrivals: list[Candidate]  # by time
    playing: _Playing | None = None
    queue: list[Candidate] = field(default_factory=list)
    dues: list[Due] = field(default_factory=list)  # by time, as one ends before the next begins
    refused: list[Refusal] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    will_miss: list[Missed] = field(default_factory=list)
    waiting: list[AgendaItem] = field(default_factory=list)

    def result(self) -> Timeline:
        self._resume()
        at: datetime | None = self.now
        position = 0
        while at is not None:
            if self.playing is not None and self.playing.end <= at:
                self._end(self.playing, self.playing.end)
            while position < len(self.arrivals) and max(self.arrivals[position].planned, self.now) <= at:
                self.queue.append(self.arrivals[position])
                position += 1
            self._settle(at)
            at = self._next_event(position)
        current = next((due for due in self.dues if due.starts <= self.now < due.ends), None)
        return Timeline(
            current=current,
            upcoming=tuple(due for due in self.dues if due.starts > self.now),
            refused=tuple(self.refused),
            missed=tuple(self.missed),
            will_miss=tuple(self.will_miss),
            waiting=tuple(self.waiting),
        )

    def _resume(self) -> None:
        """Go on with the open row that still sounds, if it is still permitted."""
        if self.past.sounding is None:
            return
        candidate, begin = self.past.sounding
        code = self._refusal_code(candidate, begin)
        if code:
            self._refuse(candidate, code)
        else:
            self._begin(candidate, begin)

    def _next_event(self, position: int) -> datetime | None:
        times = [max(self.arrivals[position].planned, self.now)] if position < len(self.arrivals) else []
        if self.playing is not None:
            times.append(self.playing.end)
        return min(times, default=None)

    def _settle(self, at: datetime) -> None:
        """Let what is due begin, wait or fall away, the highest rung first."""
        due = sorted(self.queue, key=lambda one: (-rank(one.rung), one.planned, one.item.item_id))
        self.queue = []
        for candidate in due:
            if at > candidate.cut_off:
                self._miss(candidate, at)
            elif candidate.planned <= self.now and candidate.item.rendition_sha256 not in self.ready:
                self._wait(candidate, at)
            elif self.playing is None:
                self._try(candidate, at)
            else:
                self._meet(candidate, self.playing, at)

    def _meet(self, candidate: Candidate, playing: _Playing, at: datetime) -> None:
        """Decide by the ladder between what sounds and what has become due."""
        decision = step(playing.candidate.rung, candidate.rung)
        if decision.action == "preempt":
            code = self._refusal_code(candidate, at)
            if code:
                self._refuse(candidate, code)
                return
            self._end(playing, at)
            if decision.interrupted == "restart":
                self.queue.append(replace(playing.candidate, interrupted=True))
            self._begin(candidate, at)
        else:  # the ladder refuses live voices only, and no agenda holds one
            self.queue.append(candidate)

    def _try(self, candidate: Candidate, at: datetime) -> None:
        code = self._refusal_code(candidate, at)
        if code:
            self._refuse(candidate, code)
        else:
            self._begin(candidate, at)

    def _refusal_code(self, candidate: Candidate, begin: datetime) -> str:
        """Return why this item may not begin at that time, or nothing."""
        if begin >= parse_utc(self.agenda.valid_until):
            return "agenda_ended"
        if candidate.release is None:
            return "withdrawn" if candidate.item.release_id in self.withdrawn else "no_release"
        day = self._day(begin)
        try:
            check_item(
                candidate.item,
                candidate.release,
                self.place,
                self.rules,
                starts_utc=candidate.planned,
                now=begin,
                plays_today=self.past.plays[day, candidate.item.release_id],
                seconds_today=self.past.seconds[day, candidate.item.priority_class],
                withdrawn=self.withdrawn,
                activation=candidate.activation,
            )
        except NotCoveredError as error:
            return error.code
        return ""

    def _begin(self, candidate: Candidate, at: datetime) -> None:
        day = self._day(at)
        self.past.plays[day, candidate.item.release_id] += 1
        self.past.seconds[day, candidate.item.priority_class] += candidate.duration.total_seconds()
        self.playing = _Playing(candidate=candidate, begin=at, end=at + candidate.duration)

    def _end(self, playing: _Playing, at: datetime) -> None:
        self.playing = None
        item, release = playing.candidate.item, playing.candidate.release
        assert release is not None, "nothing begins without its release"
        rule = rule_for(self.rules, self.place, item.priority_class)
        self.dues.append(
            Due(
                item=item,
                release=release,
                starts=playing.begin,
                ends=at,
                planned=playing.candidate.planned,
                volume=item.volume if rule is None else min(item.volume, rule.volume_cap),
            )
        )

    def _refuse(self, candidate: Candidate, code: str) -> None:
        item, due = candidate.item, format_utc(candidate.planned)
        self.refused.append(Refusal(item_id=item.item_id, release_id=item.release_id, code=code, due=due))

    def _miss(self, candidate: Candidate, at: datetime) -> None:
        if candidate.interrupted:
            code = "interrupted"
        elif at > self.now:
            code = "overlap"
        else:
            code = "cut_off" if candidate.item.rendition_sha256 in self.ready else "not_ready"
        item = candidate.item
        missed = Missed(item_id=item.item_id, release_id=item.release_id, code=code, due=candidate.planned)
        (self.will_miss if at > self.now else self.missed).append(missed)

    def _wait(self, candidate: Candidate, at: datetime) -> None:
        """Keep a due item whose file is missing; one that may not sound anyway is refused at once."""
        code = self._refusal_code(candidate, at)
        if code:
            self._refuse(candidate, code)
        else:
            self.waiting.append(candidate.item)

    def _day(self, moment: datetime) -> date:
        return to_local(moment, self.rules.zone_name).date()
