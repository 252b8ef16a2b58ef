# SPDX-License-Identifier: AGPL-3.0-or-later
"""A programme's rounds become placements, ten days ahead: what is missing is made, what no longer holds is ended.

Filling twice changes nothing. A round that a person moved or cancelled a part of is left as that person left it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from loa.airtime import queries, recurrence, rounds
from loa.airtime.models import Placement, Programme
from loa.airtime.rules import Need
from loa.airtime.week import local_moment
from loa.areas import tree
from loa.areas.models import Area
from loa.areas.queries import communes_in
from loa.audit.actions import record as audit
from loa.config import clock
from loa.jobs import outbox
from loa.releases.models import PriorityClass, Release, ReleaseState
from loa_protocol.times import to_local

HORIZON = timedelta(days=10)  # an agenda lasts seven days and is renewed every day


@dataclass(frozen=True)
class Planned:
    """What a programme has on one local day: placements that stand, or the round that would be laid."""

    day: date
    starts: datetime
    standing: tuple[Placement, ...]
    round: rounds.Round | None


@dataclass(frozen=True)
class Plan:
    """What filling a programme would do."""

    days: tuple[Planned, ...]
    to_end: tuple[Placement, ...]
    zones: tuple[Area, ...]
    releases: Mapping[str, Release]


def zones_of(programme: Programme) -> list[Area]:
    """Return where a programme sounds: the villages of its group, or its area. At most one query."""
    return [programme.area] if programme.group is None else list(programme.group.villages.order_by("path"))


def plan(programme: Programme, now: datetime) -> Plan:
    """Work out what a programme's coming rounds are, without changing anything. Twelve queries at most."""
    zones = zones_of(programme)
    starts = {} if programme.ended_at or not zones else _starts(programme, now)
    groups = _rounds_known(programme, now)
    standing = {
        day: group for day, group in groups.items() if _stands(programme, group, day in starts, zones, now)
    }
    to_end = [
        one for day, group in groups.items() if day not in standing for one in group if _is_ahead(one, now)
    ]
    missing = {day: at for day, at in starts.items() if day not in standing and at > now}
    laid: dict[date, rounds.Round] = {}
    releases: dict[str, Release] = {}
    if missing:
        line, releases = _line(programme, zones)
        laid = _lay(programme, line, missing, zones, to_end)
    days = tuple(
        Planned(
            day,
            at,
            tuple(one for one in standing.get(day, ()) if one.cancelled_at is None),
            laid.get(day),
        )
        for day, at in sorted(starts.items())
        if day in standing or day in laid
    )
    return Plan(days, tuple(to_end), tuple(zones), releases)


def fill(programme_id: int) -> int:
    """Make the placements that a programme lacks and end those that no longer hold; return how many changed."""
    with transaction.atomic():
        programme = (
            Programme.objects.select_for_update(of=("self",))
            .select_related("area", "group")
            .get(pk=programme_id)
        )
        communes = list(communes_in(zones_of(programme)).select_for_update())  # as ``actions.place`` does
        now = clock.now()
        found = plan(programme, now)
        ended = [one.pk for one in found.to_end]
        touched = (
            set(communes_in([zone for one in found.to_end for zone in one.zones.all()])) if ended else set()
        )
        Placement.objects.filter(pk__in=ended).update(cancelled_at=now)
        made = _make(programme, found, now)
        if ended or made:
            details = {"placed": len(made), "ended": len(ended)}
            audit(
                actor=None,
                action="airtime.fill",
                obj=programme,
                area_code=programme.area.code,
                details=details,
            )
            outbox.put_all("publish", keys=sorted({one.code for one in touched.union(communes)}))
    return len(made) + len(ended)


def _make(programme: Programme, found: Plan, now: datetime) -> list[Placement]:
    """Store the rounds that were laid, in two queries."""
    made = [
        Placement(
            release=found.releases[part.need.release_id],
            channel=programme.channel,
            starts_at=part.starts,
            duration_ms=part.need.duration // timedelta(milliseconds=1),
            volume=programme.volume,
            created_by_id=programme.created_by_id,
            created_at=now,
            programme=programme,
            programme_day=planned.day,
            programme_slot=slot,
        )
        for planned in found.days
        if planned.round is not None
        for slot, part in enumerate(planned.round.parts)
    ]
    Placement.objects.bulk_create(made, batch_size=100)
    through = Placement.zones.through
    through.objects.bulk_create(
        [through(placement_id=one.pk, area_id=zone.pk) for one in made for zone in found.zones],
        batch_size=400,
    )
    return made


def _starts(programme: Programme, now: datetime) -> dict[date, datetime]:
    """Return when the rounds of the horizon begin, by local day; today's also when it has begun."""
    today = to_local(now, settings.TIME_ZONE).date()
    found = recurrence.days(programme.recurrence, programme.first_day, today, today + HORIZON)
    return {day: local_moment(day, programme.time) for day in found}


def _rounds_known(programme: Programme, now: datetime) -> dict[date, list[Placement]]:
    today = to_local(now, settings.TIME_ZONE).date()
    known = (
        Placement.objects.filter(programme=programme, programme_day__gte=today)
        .select_related("release__revision")
        .prefetch_related("zones")
        .order_by("programme_day", "starts_at", "pk")
    )
    groups: dict[date, list[Placement]] = defaultdict(list)
    for one in known:
        assert one.programme_day is not None, "asked for above"
        groups[one.programme_day].append(one)
    return groups


def _is_ahead(placement: Placement, now: datetime) -> bool:
    return placement.cancelled_at is None and placement.starts_at > now


def _stands(
    programme: Programme, group: Sequence[Placement], is_wanted: bool, zones: Sequence[Area], now: datetime
) -> bool:
    """Say whether a round is left as it is."""
    alive = [one for one in group if one.cancelled_at is None]
    if any(one.starts_at <= now for one in alive):
        return True
    if not is_wanted:
        return False
    if any(one.cancelled_by_id is not None for one in group):
        return True
    aims = {zone.pk for zone in zones}
    return bool(alive) and all(
        one.release.state == ReleaseState.RELEASED
        and one.created_at >= programme.changed_at
        and {zone.pk for zone in one.zones.all()} == aims
        for one in alive
    )


def _line(programme: Programme, zones: Sequence[Area]) -> tuple[rounds.Line, dict[str, Release]]:
    """Return what the programme has to say, and the releases behind it. Three queries."""
    playlist = list(programme.entries.order_by("position").values_list("message_id", flat=True))
    spoken = [*playlist, programme.jingle_id, programme.chime_id]
    found = (
        Release.objects.filter(
            revision__message__in=[message for message in spoken if message], state=ReleaseState.RELEASED
        )
        .exclude(priority_class=PriorityClass.EMERGENCY)  # sounds at once, never by a grid
        .filter(is_prepared=False)
        .select_related("revision", "sound")
        .prefetch_related("zones")
        .order_by("-released_at", "pk")
    )
    by_message: dict[int, list[Need]] = defaultdict(list)
    releases: dict[str, Release] = {}
    for release in found:
        aims = [zone.path for zone in release.zones.all()]
        if all(tree.is_within(zone.path, aims) for zone in zones):
            releases[str(release.pk)] = release
            by_message[release.revision.message_id].append(queries.need_of(release))

    def need(message: int, at: datetime) -> Need | None:
        return next((one for one in by_message[message] if one.not_before <= at < one.not_after), None)

    line = rounds.Line(playlist, programme.per_round, need, programme.jingle_id, programme.chime_id)
    return line, releases


def _lay(
    programme: Programme,
    line: rounds.Line,
    missing: Mapping[date, datetime],
    zones: Sequence[Area],
    to_end: Sequence[Placement],
) -> dict[date, rounds.Round]:
    """Lay out rounds, day by day, each beside what is planned and the rounds before it."""
    gone: set[UUID] = {one.pk for one in to_end}
    plays = _plays(programme, gone)
    spots = queries.ground_of(zones).spots
    first, last = min(missing.values()), max(missing.values())
    planned = [
        one
        for one in queries.sounding(zones, first - queries.LONGEST, last + queries.LONGEST)
        if one.channel == programme.channel and one.pk not in gone
    ]
    sounds = queries.sounds_of(planned, {spot.id: spot.path for spot in spots})
    laid: dict[date, rounds.Round] = {}
    for day, at in sorted(missing.items()):
        laid[day] = rounds.lay(line, at, plays, rounds.Ground(spots, sounds))
        plays.update(part.message for part in laid[day].parts)
        sounds += rounds.as_sounds(laid[day].parts, spots)
    return laid


def _plays(programme: Programme, gone: set[UUID]) -> Counter[int]:
    """Return how often each message has taken its turn, rounds to come included. One query."""
    counted = (
        Placement.objects.filter(programme=programme, cancelled_at=None)
        .exclude(pk__in=gone)
        .order_by()
        .values_list("release__revision__message")
        .annotate(count=Count("pk"))
    )
    return Counter(dict(counted))
