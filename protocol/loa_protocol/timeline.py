# SPDX-License-Identifier: AGPL-3.0-or-later
"""What plays at an instant, and what comes next: one pure function for devices and for the server's previews."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from loa_protocol.playlog import PlayRow
from loa_protocol.statements import Agenda, AgendaItem, RulesStatement
from loa_protocol.verify import Place, VerifiedRelease
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
            (something else sounded), `interrupted` (began, gave way, and its cut-off passed).
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
        will_miss: items ahead that something else would keep from beginning; a forecast for planners.
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
) -> Timeline:
    """Work out what plays now and next at one place.

    Args:
        agenda: the agenda in force.
        rules: the airtime rules in force.
        releases: verified releases by release id.
        withdrawn: ids of withdrawn releases (those of the agenda are added).
        history: this device's own play log, open rows included.
        place: where it is.
        now: trusted time (UTC).
        ready: hashes of the sound files on disk.

    Raises:
        WrongInstallationError, WrongCommuneError: agenda, rules and place do not belong together.
    """
    raise NotImplementedError
