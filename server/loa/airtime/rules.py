# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pure decisions of the calendar: may this sound begin then and there, and if not, when at the earliest?

A device decides the same again at the moment itself, with the same functions of ``loa_protocol``.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from loa_protocol.airtime import rule_for, within_hours
from loa_protocol.statements import PriorityClass, RulesStatement
from loa_protocol.times import local_to_utc, minute_of_day, to_local
from loa_protocol.verify import Place

HORIZON = timedelta(days=14)  # how far ahead a free time is sought

DEFAULT_RULES: dict[str, tuple[tuple[tuple[str, str], ...], int, int]] = {
    # class: windows, minutes a day, volume cap in percent; local law decides, so each is a row to edit
    "normal": ((("05:30", "06:30"), ("17:00", "18:00")), 120, 100),
    "priority": ((("05:30", "21:00"),), 180, 100),
    "emergency": ((("00:00", "24:00"),), 1440, 100),
}


@dataclass(frozen=True)
class Need:
    """What wants to sound."""

    release_id: str
    duration: timedelta
    priority_class: PriorityClass
    is_test: bool
    not_before: datetime
    not_after: datetime
    repeat_limit: int  # plays a local day at one place


@dataclass(frozen=True)
class Sound:
    """What is planned already."""

    key: str
    release_id: str
    starts: datetime
    ends: datetime
    priority_class: str
    is_test: bool
    spots: frozenset[int]  # ids of the villages where it sounds


@dataclass(frozen=True)
class Spot:
    """One village where it is to sound; a commune without villages is one spot."""

    id: int
    path: str  # in the tree of areas
    place: Place
    rules: RulesStatement


@dataclass(frozen=True)
class Blocker:
    """Why a sound may not begin at a moment at a spot, and the first moment at which this no longer holds.

    ``code`` is the reason code that a device would give, or ``overlap``.
    """

    code: str
    spot: Spot
    until: datetime | None
    other: Sound | None = None


def clashes(one_class: str, one_is_test: bool, other_class: str, other_is_test: bool) -> bool:
    """Say whether two sounds at the same time and place are for a person to sort out.

    An emergency interrupts whatever sounds, and a test gives way to everything real: both by design.
    """
    if "emergency" in (one_class, other_class):
        return False
    return one_is_test == other_is_test


def blockers(need: Need, starts: datetime, spots: Sequence[Spot], sounds: Sequence[Sound]) -> list[Blocker]:
    """Return the first thing at each spot that keeps ``need`` from sounding at ``starts``."""
    found = (_blocker(need, starts, spot, sounds) for spot in spots)
    return [blocker for blocker in found if blocker is not None]


def first_free(
    need: Need, wanted: datetime, spots: Sequence[Spot], sounds: Sequence[Sound]
) -> datetime | None:
    """Return the first moment from ``wanted`` on when nothing keeps ``need`` from sounding at any spot.

    Returns:
        None when there is none within ``HORIZON`` or before the release ends.
    """
    at = max(wanted, need.not_before)
    while at < min(wanted + HORIZON, need.not_after):
        found = blockers(need, at, spots, sounds)
        if not found:
            return at
        if any(blocker.until is None for blocker in found):
            return None
        at = max(blocker.until for blocker in found if blocker.until is not None)
    return None


def overlaps(one: Sound, other: Sound) -> frozenset[int]:
    """Return the spots where two sounds clash."""
    if one.starts >= other.ends or other.starts >= one.ends:
        return frozenset()
    if not clashes(one.priority_class, one.is_test, other.priority_class, other.is_test):
        return frozenset()
    return one.spots & other.spots


def is_outside_hours(
    priority_class: PriorityClass, starts: datetime, ends: datetime, spots: Sequence[Spot]
) -> bool:
    """Say whether a sound would be refused at one of the spots for the hour alone."""
    for spot in spots:
        rule = rule_for(spot.rules, spot.place, priority_class)
        if rule is None and priority_class != "emergency":
            return True
        if rule is not None and not within_hours(rule, spot.rules.zone_name, starts, ends):
            return True
    return False


def _blocker(need: Need, starts: datetime, spot: Spot, sounds: Sequence[Sound]) -> Blocker | None:
    if starts < need.not_before:
        return Blocker("too_early", spot, need.not_before)
    if starts >= need.not_after:
        return Blocker("expired", spot, None)
    here = [sound for sound in sounds if spot.id in sound.spots]
    return _airtime_blocker(need, starts, spot, here) or _overlap_blocker(need, starts, spot, here)


def _airtime_blocker(need: Need, starts: datetime, spot: Spot, here: Sequence[Sound]) -> Blocker | None:
    zone_name = spot.rules.zone_name
    tomorrow = _midnight(starts, zone_name, days=1)
    today = [sound for sound in here if _midnight(starts, zone_name) <= sound.starts < tomorrow]
    if sum(sound.release_id == need.release_id for sound in today) >= need.repeat_limit:
        return Blocker("repeat_limit", spot, tomorrow)
    rule = rule_for(spot.rules, spot.place, need.priority_class)
    if rule is None:
        return None if need.priority_class == "emergency" else Blocker("no_rule", spot, None)
    if not within_hours(rule, zone_name, starts, starts + need.duration):
        opens = _next_opening([begin for begin, _end in rule.windows], starts, zone_name)
        return Blocker("outside_hours", spot, opens)
    used = sum(
        (sound.ends - sound.starts for sound in today if sound.priority_class == need.priority_class),
        timedelta(),
    )
    if used + need.duration > timedelta(minutes=rule.minutes_per_day):
        fits_at_all = need.duration <= timedelta(minutes=rule.minutes_per_day)
        return Blocker("minutes_used", spot, tomorrow if fits_at_all else None)
    return None


def _overlap_blocker(need: Need, starts: datetime, spot: Spot, here: Sequence[Sound]) -> Blocker | None:
    ends = starts + need.duration
    for sound in here:
        if (
            starts < sound.ends
            and sound.starts < ends
            and clashes(need.priority_class, need.is_test, sound.priority_class, sound.is_test)
        ):
            return Blocker("overlap", spot, next_minute(sound.ends), sound)
    return None


def _next_opening(openings: Collection[str], after: datetime, zone_name: str) -> datetime | None:
    """Return the first of the local hours (HH:MM) after a moment; today's or tomorrow's."""
    moments = [
        _midnight(after, zone_name, days=day) + timedelta(minutes=minute_of_day(opening))
        for day in (0, 1)
        for opening in openings
    ]
    return min((moment for moment in moments if moment > after), default=None)


def _midnight(moment: datetime, zone_name: str, *, days: int = 0) -> datetime:
    day = to_local(moment, zone_name).date() + timedelta(days=days)
    return local_to_utc(f"{day.isoformat()}T00:00:00", zone_name)


def next_minute(moment: datetime) -> datetime:
    """Return the first whole minute at or after a moment."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)
