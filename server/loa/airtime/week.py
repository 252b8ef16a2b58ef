# SPDX-License-Identifier: AGPL-3.0-or-later
"""A week of a commune's calendar: its placements, what clashes, and the hours that are allowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loa.airtime import queries
from loa.airtime.models import Placement
from loa.airtime.outside import outside_hours
from loa.airtime.queries import Conflict, Ground, Rule
from loa.airtime.rules import HORIZON, first_free, next_minute
from loa.airtime.seams import Readiness, outcomes_of, readiness_of
from loa.areas.models import Area
from loa.campaigns.workdays import holiday_name
from loa.releases.models import ReleaseState
from loa.ui import weeks
from loa.ui.states import state_of
from loa.ui.weeks import Band, Slot
from loa_protocol.times import local_to_utc, to_local

LONG_BAND = 8 * 60  # minutes; a longer allowed stretch is cut at these hours, so that the page stays readable
CUTS = (time(6), time(12), time(18))
SHOWN_CLASHES = 5
SOUNDED = frozenset({"played", "partial", "stopped"})  # what sounded stays so, whatever became of the release


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
    drawn: weeks.Week
    count: int
    outside_count: int  # coming ones that the hours rule out
    clashes: tuple[Clash, ...]
    rules: tuple[Rule, ...]  # of the commune, by class: normal, priority, emergency

    @property
    def notes(self) -> list[str]:
        """Return the notes of the rules, each once."""
        return list(dict.fromkeys(rule.note for rule in self.rules if rule.note))

    @property
    def open_hours(self) -> str:
        """Return the hours of the normal class: "05:30–06:30, 17:00–18:00"."""
        return ", ".join(f"{begin}–{end}" for begin, end in self.rules[0].windows)

    @property
    def is_always_open(self) -> bool:
        """Say whether the normal class may sound at all hours."""
        return self.rules[0].windows == (("00:00", "24:00"),)


def monday_of(day: date) -> date:
    """Return the Monday of the week that holds ``day``."""
    return day - timedelta(days=day.weekday())


def week(
    commune: Area, monday: date, now: datetime, channels: Sequence[str] = (), *, may_move: bool = False
) -> Week:
    """Read a week of a commune.

    Args:
        channels: only placements on these; all when empty.
        may_move: coming rounds that sound in this commune alone can be dragged.
    """
    zone = settings.TIME_ZONE
    days = [monday + timedelta(days=number) for number in range(7)]
    start = local_to_utc(f"{monday.isoformat()}T00:00:00", zone)
    end = local_to_utc(f"{(monday + timedelta(days=7)).isoformat()}T00:00:00", zone)
    placements = list(
        queries.placements_between([commune], start, end)
        .exclude(release__state__in=[ReleaseState.AWAITING, ReleaseState.RETURNED])
        .select_related("release__revision__message", "release__withdrawal")
        .prefetch_related("zones")
    )
    if channels:
        placements = [one for one in placements if one.channel in channels]
    conflicts = queries.conflicts([commune], max(start, now), end) if now < end else []
    clashing = {one.pk for conflict in conflicts for one in (conflict.first, conflict.second)}
    clash_zones = {zone for one in conflicts for side in (one.first, one.second) for zone in side.zones.all()}
    ground = queries.ground_of({commune, *clash_zones}) if placements or conflicts else Ground((), ())
    coming = [one for one in placements if queries.will_sound(one, now)]
    outside = outside_hours(coming, ground.only([commune]).spots)
    marks = dict.fromkeys((one.pk for one in outside), _("ngoài giờ")) | dict.fromkeys(clashing, _("trùng"))
    counts = {
        sound.key: len(sound.spots) for sound in queries.sounds_of(placements, queries.paths_in([commune]))
    }
    ready = readiness_of(coming)
    outcomes = outcomes_of([one.pk for one in placements if one.starts_at <= now])
    slots = [
        _slot(one, _state(one, marks, outcomes, now), counts.get(str(one.pk), 0), ready.get(one.pk))
        for one in placements
    ]
    if may_move:
        movable = {
            one.pk for one in coming if all(zone.path.startswith(commune.path) for zone in one.zones.all())
        }
        slots = [
            replace(slot, move_url=reverse("airtime:move", args=[one.pk])) if one.pk in movable else slot
            for slot, one in zip(slots, placements, strict=True)
        ]
    rules = tuple(rule for rule in queries.rules_for(commune) if rule.zone.pk == commune.pk)
    return Week(
        commune=commune,
        drawn=weeks.week(days, bands_of(rules[0].windows), slots, {day: holiday_name(day) for day in days}),
        count=len(placements),
        outside_count=len(outside),
        clashes=_clashes(conflicts, ground),
        rules=rules,
    )


def bands_of(windows: Sequence[tuple[str, str]]) -> list[Band]:
    """Cut a day into its allowed hours and what lies between.

    Args:
        windows: local hours "HH:MM", the end may be "24:00".
    """
    spans = _joined([(_time(begin), None if end == "24:00" else _time(end)) for begin, end in windows])
    bands = weeks.bands_of(spans, day=_("Ban ngày"), night=_("Tối"))
    if bands and bands[0].start == time.min and not bands[0].is_open:
        bands[0] = replace(bands[0], name=_("Đêm"))
    return [part for band in bands for part in _parts(band)]


def _time(text: str) -> time:
    return time.fromisoformat(text)


def _joined(spans: list[tuple[time, time | None]]) -> list[tuple[time, time | None]]:
    """Join windows that touch or overlap; None is midnight."""
    joined: list[tuple[time, time | None]] = []
    for begin, end in sorted(spans, key=lambda span: span[0]):
        last_end = joined[-1][1] if joined else time.min
        if joined and (last_end is None or begin <= last_end):
            longer = None if last_end is None or end is None else max(end, last_end)
            joined[-1] = (joined[-1][0], longer)
        else:
            joined.append((begin, end))
    return joined


def _parts(band: Band) -> list[Band]:
    minutes = (band.end.hour * 60 + band.end.minute if band.end else 24 * 60) - (
        band.start.hour * 60 + band.start.minute
    )
    if not band.is_open or minutes <= LONG_BAND:
        return [band]
    starts = [band.start, *(cut for cut in CUTS if band.start < cut and (band.end is None or cut < band.end))]
    return [Band(begin, end) for begin, end in zip(starts, [*starts[1:], band.end], strict=True)]


def _slot(
    placement: Placement, state_and_note: tuple[str, str], place_count: int, ready: Readiness | None
) -> Slot:
    """Return a slot; of a coming round it says how many devices hold it already."""
    state, note = state_and_note
    line = ngettext("%(count)d thôn", "%(count)d thôn", place_count) % {"count": place_count}
    if ready is not None:
        held = _ready_words(ready)
        line = _("%(places)s, đã duyệt, %(held)s") % {"places": line, "held": held}
        note = note or held
    revision = placement.release.revision
    return Slot(
        start=to_local(placement.starts_at, settings.TIME_ZONE),
        title=revision.title,
        url=reverse("airtime:placement", args=[placement.pk]),
        state=state,
        note=note,
        line=line,
    )


def _ready_words(ready: Readiness) -> str:
    if not ready.devices:
        return _("chưa có loa")
    return _("%(ready)d/%(devices)d loa sẵn sàng") % {"ready": ready.ready, "devices": ready.devices}


def _state(
    placement: Placement, marks: Mapping[UUID, str], outcomes: Mapping[UUID, str], now: datetime
) -> tuple[str, str]:
    """Return a slot's look and the word beside its time; without news, what is over is unknown.

    Args:
        marks: what is wrong with coming placements.
    """
    known = outcomes.get(placement.pk, "unknown")
    if known not in SOUNDED and _was_ended(placement, now):
        return "withdrawn", str(state_of(placement.release.state).word).lower()
    if queries.ends_at(placement) <= now or known in SOUNDED:
        return known, str(state_of(known).word).lower() if known != "played" else ""
    if placement.starts_at <= now:
        return "planned", _("đang đến lượt")
    if placement.pk in marks:
        return "clash", marks[placement.pk]
    return "emergency" if placement.release.priority_class == "emergency" else "planned", ""


def _was_ended(placement: Placement, now: datetime) -> bool:
    """Say whether a placement's release had ended when its time came, or has ended before that time."""
    release = placement.release
    if release.state == ReleaseState.RELEASED:
        return False
    withdrawal = getattr(release, "withdrawal", None)
    ended = release.superseded_at or (withdrawal.effective_at if withdrawal is not None else None)
    return placement.starts_at > now or ended is None or placement.starts_at >= ended


def _clashes(conflicts: Sequence[Conflict], ground: Ground) -> tuple[Clash, ...]:
    """Propose another time for either side of the first conflicts. Three queries, however many there are."""
    shown = conflicts[:SHOWN_CLASHES]
    placements = [one for conflict in shown for one in (conflict.first, conflict.second)]
    if not placements:
        return ()
    zones = {zone for one in placements for zone in one.zones.all()}
    earliest = min(one.starts_at for one in placements) - queries.LONGEST
    latest = max(queries.ends_at(one) for one in placements) + HORIZON
    planned = queries.sounding(zones, earliest, latest)

    def free_after(placement: Placement, after: datetime) -> datetime | None:
        here = ground.only(placement.zones.all())
        others = [one for one in planned if one.channel == placement.channel and one.pk != placement.pk]
        sounds = queries.sounds_of(others, {spot.id: spot.path for spot in here.spots})
        return first_free(queries.need_of(placement.release), next_minute(after), here.spots, sounds)

    return tuple(
        Clash(
            conflict=conflict,
            first_moved=free_after(conflict.first, queries.ends_at(conflict.second)),
            second_moved=free_after(conflict.second, queries.ends_at(conflict.first)),
        )
        for conflict in shown
    )


def local_moment(day: date, at: time) -> datetime:
    """Return the moment of a local day and time."""
    return local_to_utc(f"{day.isoformat()}T{at.replace(microsecond=0).isoformat()}", settings.TIME_ZONE)
