# SPDX-License-Identifier: AGPL-3.0-or-later
"""A week of a commune's calendar: days across, down the allowed hours and what lies between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from loa.airtime import queries
from loa.airtime.models import Placement
from loa.airtime.queries import Conflict, Rule
from loa.areas.models import Area
from loa.releases.models import ReleaseState
from loa_protocol.times import local_to_utc, minute_of_day, to_local

DAY_MINUTES = 24 * 60
LONG_BAND = 8 * 60  # minutes; a longer open band is cut at these hours, so that the page stays readable
CUTS = (6 * 60, 12 * 60, 18 * 60)


@dataclass(frozen=True)
class Slot:
    """One placement in the week."""

    placement: Placement
    starts: datetime  # local
    ends: datetime  # local
    kind: str  # "planned", "now", "past", "clash", "withdrawn", "emergency"
    place_count: int
    zone_names: str


@dataclass(frozen=True)
class Band:
    """A part of every day, in minutes after local midnight."""

    label: str
    begin: int
    end: int
    is_open: bool  # messages of the normal class may sound

    @property
    def hours(self) -> str:
        """Return the band as "05:30–06:30"."""
        return f"{_hour(self.begin)}–{_hour(self.end)}"


@dataclass(frozen=True)
class Line:
    """A band over the seven days."""

    band: Band
    days: tuple[tuple[Slot, ...], ...]


@dataclass(frozen=True)
class Clash:
    """Two placements that want the same loudspeakers, and when either could go instead."""

    conflict: Conflict
    first_moved: datetime | None
    second_moved: datetime | None

    @property
    def village_count(self) -> int:
        """Return at how many villages they clash."""
        return len(self.conflict.village_ids)


@dataclass(frozen=True)
class Week:
    """All that the calendar's page shows of a week."""

    commune: Area
    days: tuple[date, ...]
    lines: tuple[Line, ...]
    slots: tuple[Slot, ...]
    clashes: tuple[Clash, ...]
    rules: tuple[Rule, ...]

    @property
    def notes(self) -> list[str]:
        """Return the notes of the rules, each once."""
        return list(dict.fromkeys(rule.note for rule in self.rules if rule.note))

    @property
    def open_hours(self) -> str:
        """Return the hours of the normal class: "05:30–06:30, 17:00–18:00"."""
        normal = self.rules[0]
        return ", ".join(f"{begin}–{end}" for begin, end in normal.windows)

    @property
    def is_always_open(self) -> bool:
        """Say whether the normal class may sound at all hours."""
        return self.rules[0].windows == (("00:00", "24:00"),)

    def of(self, day: date) -> list[Slot]:
        """Return a day's slots, by time."""
        return [slot for slot in self.slots if slot.starts.date() == day]


def monday_of(day: date) -> date:
    """Return the Monday of the week that holds ``day``."""
    return day - timedelta(days=day.weekday())


def week(commune: Area, monday: date, now: datetime, channels: Sequence[str] = ()) -> Week:
    """Read a week of a commune. At most twenty queries, however much is planned.

    Args:
        channels: only placements on these; all when empty.
    """
    zone = settings.TIME_ZONE
    days = tuple(monday + timedelta(days=number) for number in range(7))
    start = local_to_utc(f"{monday.isoformat()}T00:00:00", zone)
    end = local_to_utc(f"{(monday + timedelta(days=7)).isoformat()}T00:00:00", zone)
    placements = list(
        queries.placements_between([commune], start, end)
        .filter(release__state__in=[ReleaseState.RELEASED, ReleaseState.WITHDRAWN, ReleaseState.SUPERSEDED])
        .select_related("release__revision__message")
        .prefetch_related("zones")
    )
    if channels:
        placements = [one for one in placements if one.channel in channels]
    conflicts = queries.conflicts([commune], max(start, now), end) if now < end else []
    clashing = {one.pk for conflict in conflicts for one in (conflict.first, conflict.second)}
    counts = {sound.key: len(sound.spots) for sound in queries.sounds_of(placements, [commune])}
    slots = tuple(_slot(one, clashing, counts.get(str(one.pk), 0), now) for one in placements)
    rules = tuple(rule for rule in queries.rules_for(commune) if rule.zone.pk == commune.pk)
    bands = bands_of(rules[0].windows)
    return Week(
        commune=commune,
        days=days,
        lines=tuple(_line(band, days, slots) for band in bands if band.is_open or _used(band, slots)),
        slots=slots,
        clashes=tuple(_clash(one) for one in conflicts[:5]),
        rules=rules,
    )


def bands_of(windows: Sequence[tuple[str, str]]) -> list[Band]:
    """Cut a day into its allowed hours and what lies between.

    Args:
        windows: local hours "HH:MM", the end may be "24:00".
    """
    open_ones = _joined([(minute_of_day(begin), minute_of_day(end)) for begin, end in windows])
    bands: list[Band] = []
    at = 0
    for begin, end in [*open_ones, (DAY_MINUTES, DAY_MINUTES)]:
        bands += _parts(at, begin, is_open=False)
        bands += _parts(begin, end, is_open=True)
        at = end
    return bands


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _parts(begin: int, end: int, *, is_open: bool) -> list[Band]:
    if begin >= end:
        return []
    cuts = [cut for cut in CUTS if begin < cut < end] if is_open and end - begin > LONG_BAND else []
    edges = [begin, *cuts, end]
    return [Band(_label(one, is_open), one, other, is_open) for one, other in pairwise(edges)]


def _label(begin: int, is_open: bool) -> str:
    """Name a part of the day; short allowed hours are named by their hours alone."""
    if begin < 5 * 60:
        return _("Đêm")
    if begin < 11 * 60:
        return _("Sáng") if is_open else _("Ban ngày")
    if begin < 18 * 60:
        return _("Chiều")
    return _("Tối")


def _hour(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _used(band: Band, slots: Sequence[Slot]) -> bool:
    night = band.begin < 5 * 60 and not band.is_open
    return not night or any(_within(slot, band) for slot in slots)


def _within(slot: Slot, band: Band) -> bool:
    return band.begin <= slot.starts.hour * 60 + slot.starts.minute < band.end


def _line(band: Band, days: Sequence[date], slots: Sequence[Slot]) -> Line:
    return Line(
        band,
        tuple(
            tuple(slot for slot in slots if slot.starts.date() == day and _within(slot, band)) for day in days
        ),
    )


def _slot(placement: Placement, clashing: set[UUID], place_count: int, now: datetime) -> Slot:
    ends = queries.ends_at(placement)
    return Slot(
        placement=placement,
        starts=to_local(placement.starts_at, settings.TIME_ZONE),
        ends=to_local(ends, settings.TIME_ZONE),
        kind=_kind(placement, clashing, ends, now),
        place_count=place_count,
        zone_names=", ".join(zone.name for zone in placement.zones.all()),
    )


def _kind(placement: Placement, clashing: set[UUID], ends: datetime, now: datetime) -> str:
    if placement.release.state != ReleaseState.RELEASED:
        return "withdrawn"
    if ends <= now:
        return "past"
    if placement.starts_at <= now:
        return "now"
    if placement.pk in clashing:
        return "clash"
    return "emergency" if placement.release.priority_class == "emergency" else "planned"


def _clash(conflict: Conflict) -> Clash:
    first, second = conflict.first, conflict.second
    return Clash(
        conflict=conflict,
        first_moved=_free_after(first, queries.ends_at(second)),
        second_moved=_free_after(second, queries.ends_at(first)),
    )


def _free_after(placement: Placement, after: datetime) -> datetime | None:
    whole = after.replace(second=0, microsecond=0)
    wanted = whole if whole == after else whole + timedelta(minutes=1)
    return queries.nearest_allowed(
        placement.release, placement.channel, list(placement.zones.all()), wanted, but=str(placement.pk)
    )


def local_moment(day: date, at: time) -> datetime:
    """Return the moment of a local day and time."""
    return local_to_utc(f"{day.isoformat()}T{at.replace(microsecond=0).isoformat()}", settings.TIME_ZONE)
