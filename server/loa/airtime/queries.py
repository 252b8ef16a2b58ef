# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages and jobs read from the calendar and the airtime rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from loa.airtime import rules
from loa.airtime.models import AirtimeRule, Placement, RulesList
from loa.areas import tree
from loa.areas.models import Area
from loa.areas.queries import below, communes_in, villages_in
from loa.channels.registry import channels
from loa.config import clock
from loa.config.errors import NotFoundError
from loa.people.models import Person
from loa.people.queries import areas_for
from loa.people.rules import Permission
from loa.releases import authority
from loa.releases.models import PriorityClass, Release, ReleaseState
from loa_protocol import statements
from loa_protocol.times import format_utc
from loa_protocol.verify import Place

LONGEST = timedelta(hours=24)  # no sound is longer


@dataclass(frozen=True)
class Rule:
    """The effective airtime rule of a zone and class."""

    zone: Area
    priority_class: str
    windows: tuple[tuple[str, str], ...]  # local "HH:MM"; the end may be "24:00"
    minutes_per_day: int
    volume_cap: int  # percent
    note: str


@dataclass(frozen=True)
class Conflict:
    """Two placements that want the same loudspeakers at the same time; ``first`` begins first."""

    first: Placement
    second: Placement
    village_ids: frozenset[int]


def touching(areas: Iterable[Area], field: str = "zones__path") -> Q:
    """Return the condition "aimed at one of ``areas``, at something in it, or at something that holds it"."""
    return touching_paths((area.path for area in areas), field)


def touching_paths(paths: Iterable[str], field: str = "zones__path") -> Q:
    """Return what ``touching`` does, for areas known by their paths."""
    wanted = Q(pk__in=[])
    for path in tree.topmost(paths):
        wanted |= Q(**{f"{field}__startswith": path}) | Q(**{f"{field}__in": tree.ancestor_paths(path)})
    return wanted


def placement(person: Person, placement_id: UUID | str) -> Placement:
    """Return a placement that ``person`` may see.

    Raises:
        NotFoundError: there is none, or the person may not see it: both look the same.
    """
    found = (
        Placement.objects.filter(pk__in=_aimed_at(areas_for(person, Permission.VIEW)))
        .filter(pk=placement_id)
        .select_related("release__revision__message", "release__sound", "created_by", "cancelled_by")
        .prefetch_related("zones")
        .first()
    )
    if found is None:
        raise NotFoundError(_("Không tìm thấy lượt đặt này. Xem lại trong lịch."))
    return found


def rules_for(commune: Area) -> list[Rule]:
    """Return the commune's effective rules: every class of the commune, then what its villages have apart.

    A class without a row has the province's, and without that the default. One query.
    """
    return rules_in([commune])[commune.pk]


def rules_in(communes: Sequence[Area]) -> dict[int, list[Rule]]:
    """Return the effective rules of each commune, by its primary key. One query for all of them."""
    wanted = Q(pk__in=[])
    for commune in communes:
        wanted |= Q(zone__path__startswith=commune.path)
        wanted |= Q(zone__path__in=tree.ancestor_paths(commune.path))
    rows = list(
        AirtimeRule.objects.filter(wanted).select_related("zone").order_by("zone__path", "priority_class")
    )
    return {commune.pk: _effective(commune, rows) for commune in communes}


def _effective(commune: Area, rows: Sequence[AirtimeRule]) -> list[Rule]:
    by_place = {(row.zone.path, row.priority_class): row for row in rows}
    from_below = list(reversed(tree.ancestor_paths(commune.path)))
    found = []
    for priority_class in PriorityClass.values:
        row = next(
            (by_place[path, priority_class] for path in from_below if (path, priority_class) in by_place),
            None,
        )
        if row is None:
            windows, minutes, cap = rules.DEFAULT_RULES[priority_class]
            found.append(Rule(commune, priority_class, windows, minutes, cap, ""))
        else:
            found.append(_rule(row, commune))
    below_it = (row for row in rows if row.zone.depth == tree.VILLAGE_DEPTH)
    return found + [_rule(row, row.zone) for row in below_it if row.zone.path.startswith(commune.path)]


def _rule(row: AirtimeRule, zone: Area) -> Rule:
    windows = tuple((begin, end) for begin, end in row.windows)
    return Rule(zone, row.priority_class, windows, row.minutes_per_day, row.volume_cap, row.note)


def rules_statement(commune: Area, *, number: int = 1) -> statements.RulesStatement:
    """Return the commune's effective rules as devices read them, with the devices that were set to test."""
    test_devices = {
        one
        for channel in channels()
        if channel.test_places is not None
        for one in channel.test_places.ids(commune)
    }
    rules = _statement(commune, rules_for(commune), number)
    return msgspec.structs.replace(rules, test_devices=sorted(test_devices))


def _statement(commune: Area, effective: Sequence[Rule], number: int = 1) -> statements.RulesStatement:
    notes = dict.fromkeys(rule.note for rule in effective if rule.note)
    return statements.RulesStatement(
        installation=authority.installation(),
        commune=commune.code,
        number=number,
        issued_at=format_utc(clock.now()),
        zone_name=settings.TIME_ZONE,
        note="; ".join(notes),
        rules=[
            statements.AirtimeRule(
                zone=rule.zone.code,
                priority_class=rule.priority_class,  # type: ignore[arg-type]  # checked by the model
                windows=list(rule.windows),
                minutes_per_day=rule.minutes_per_day,
                volume_cap=rule.volume_cap,
            )
            for rule in effective
        ],
    )


def newest_rules(commune: Area) -> RulesList | None:
    """Return the newest signed list of the commune's rules. One query."""
    return RulesList.objects.filter(commune=commune).order_by("-number").first()


def placements_between(areas: Iterable[Area], start: datetime, end: datetime) -> QuerySet[Placement]:
    """Return placements in, above or below ``areas`` that start in [start, end), without cancelled ones."""
    return Placement.objects.filter(
        starts_at__gte=start, starts_at__lt=end, cancelled_at=None, pk__in=_aimed_at(areas)
    ).order_by("starts_at", "pk")


def _aimed_at(areas: Iterable[Area]) -> QuerySet[Placement, UUID]:
    """Return the keys of placements that touch ``areas``, for a subquery: DISTINCT would compare whole rows."""
    return Placement.objects.filter(touching(areas)).values_list("pk", flat=True)


def sounding(areas: Iterable[Area], start: datetime, end: datetime) -> list[Placement]:
    """Return valid placements in ``areas`` that sound at some time in [start, end). Three queries at most."""
    found = (
        placements_between(areas, start - LONGEST, end)
        .filter(release__state=ReleaseState.RELEASED)
        .select_related("release__revision__message", "release__sound")
        .prefetch_related("zones")
    )
    return [one for one in found if ends_at(one) > start]


def ends_at(placement: Placement) -> datetime:
    """Return when a placement's last sample leaves."""
    return placement.starts_at + timedelta(milliseconds=placement.duration_ms)


def coming(release: Release) -> int:
    """Return how many rounds of a release sound now or are to come. One query."""
    now = clock.now()
    begun = release.placements.filter(cancelled_at=None, starts_at__gt=now - LONGEST)
    return sum(ends_at(one) > now for one in begun)


def will_sound(placement: Placement, now: datetime) -> bool:
    """Say whether a placement lies ahead and is in force: neither cancelled nor of a release that ended."""
    is_in_force = placement.cancelled_at is None and placement.release.state == ReleaseState.RELEASED
    return is_in_force and placement.starts_at > now


@dataclass(frozen=True)
class Ground:
    """Where something may sound: the villages of some zones, and the rules that hold there."""

    spots: tuple[rules.Spot, ...]
    rules: tuple[Rule, ...]

    def only(self, areas: Iterable[Area]) -> "Ground":
        """Return the part that lies in ``areas``."""
        paths = [area.path for area in areas]
        return Ground(tuple(spot for spot in self.spots if tree.is_within(spot.path, paths)), self.rules)


def ground_of(zones: Iterable[Area]) -> Ground:
    """Return the villages of ``zones`` with their rules; a commune without any is one spot. Three queries."""
    inside = list(below(zones))
    villages = [area for area in inside if area.depth == tree.VILLAGE_DEPTH]
    held = {village.path[: -tree.STEP_LENGTH] for village in villages}
    empty = [area for area in inside if area.depth == tree.COMMUNE_DEPTH and area.path not in held]
    places = sorted([*villages, *empty], key=lambda area: area.path)
    above = {path for area in places for path in tree.ancestor_paths(area.path)[: tree.COMMUNE_DEPTH]}
    by_path = {area.path: area for area in Area.objects.filter(path__in=above)}
    communes = [area for area in by_path.values() if area.depth == tree.COMMUNE_DEPTH]
    effective = rules_in(communes)
    statements_by_path = {one.path: _statement(one, effective[one.pk]) for one in communes}
    spots = []
    for area in places:
        province, commune = tree.ancestor_paths(area.path)[: tree.COMMUNE_DEPTH]
        place = Place(
            device_id="calendar",
            province=by_path[province].code,
            commune=by_path[commune].code,
            village=area.code if area.depth == tree.VILLAGE_DEPTH else "",
            is_test=False,
        )
        spots.append(rules.Spot(area.pk, area.path, place, statements_by_path[commune]))
    return Ground(tuple(spots), tuple(rule for commune in communes for rule in effective[commune.pk]))


def need_of(release: Release) -> rules.Need:
    """Return what a release asks of the calendar."""
    return rules.Need(
        release_id=str(release.pk),
        duration=timedelta(milliseconds=release.sound.duration_ms),
        priority_class=release.priority_class,  # type: ignore[arg-type]  # checked by the model
        is_test=release.is_test,
        not_before=release.not_before,
        not_after=release.not_after,
        repeat_limit=release.repeat_limit,
    )


def sounds_in(
    zones: Sequence[Area], ground: Ground, channel: str, start: datetime, end: datetime
) -> list[rules.Sound]:
    """Return what is planned on a channel in ``zones``, with the spots of each. Two queries."""
    planned = [one for one in sounding(zones, start, end) if one.channel == channel]
    return sounds_of(planned, {spot.id: spot.path for spot in ground.spots})


def sounds_of(planned: Sequence[Placement], paths: Mapping[int, str]) -> list[rules.Sound]:
    """Return placements (with zones and releases fetched) as sounds in the areas ``paths`` (key: path)."""
    found = []
    for one in planned:
        aims = [zone.path for zone in one.zones.all()]
        spots = frozenset(pk for pk, path in paths.items() if tree.is_within(path, aims))
        found.append(
            rules.Sound(
                key=str(one.pk),
                release_id=str(one.release_id),
                starts=one.starts_at,
                ends=ends_at(one),
                priority_class=one.release.priority_class,
                is_test=one.release.is_test,
                spots=spots,
            )
        )
    return found


def paths_in(areas: Iterable[Area]) -> dict[int, str]:
    """Return the villages of ``areas`` as key: path; the areas themselves where there is none. One query."""
    areas = list(areas)
    return dict(villages_in(areas).values_list("pk", "path")) or {area.pk: area.path for area in areas}


def conflicts(areas: Iterable[Area], start: datetime, end: datetime) -> list[Conflict]:
    """Return the pairs of placements in ``areas`` that clash. Three queries."""
    areas = list(areas)
    planned = sounding(areas, start, end)
    paths = paths_in(areas)
    by_key = {str(one.pk): one for one in planned}
    found = []
    for channel in dict.fromkeys(one.channel for one in planned):
        sounds = sounds_of([one for one in planned if one.channel == channel], paths)
        sounds.sort(key=lambda sound: sound.starts)
        for position, first in enumerate(sounds):
            for second in sounds[position + 1 :]:
                if second.starts >= first.ends:
                    break
                if spots := rules.overlaps(first, second):
                    found.append(Conflict(by_key[first.key], by_key[second.key], spots))
    return found


def nearest_allowed(
    release: Release, channel: str, zones: Sequence[Area], wanted: datetime
) -> datetime | None:
    """Return the first moment at or after ``wanted`` at which the release may be placed."""
    return nearest_on(ground_of(zones), release, channel, zones, wanted)


def nearest_on(
    ground: Ground, release: Release, channel: str, zones: Sequence[Area], wanted: datetime
) -> datetime | None:
    """Do what ``nearest_allowed`` does, on ground that was read already. Two queries."""
    sounds = sounds_in(zones, ground, channel, wanted - LONGEST, wanted + rules.HORIZON)
    return rules.first_free(need_of(release), wanted, ground.spots, sounds)


def blockers_on(
    ground: Ground, release: Release, channel: str, zones: Sequence[Area], starts: datetime
) -> list[rules.Blocker]:
    """Return what keeps a release from sounding at ``starts``, on ground that was read already. Two queries."""
    sounds = sounds_in(zones, ground, channel, starts - LONGEST, starts + LONGEST)
    return rules.blockers(need_of(release), starts, ground.spots, sounds)


def windows_of(zone: Area, priority_class: str) -> tuple[tuple[str, str], ...]:
    """Return the local hours of a zone and class."""
    communes = list(communes_in([zone])[:1])
    effective = rules_for(communes[0]) if communes else []
    own = [rule for rule in effective if rule.priority_class == priority_class]
    for rule in own:
        if rule.zone.pk == zone.pk:
            return rule.windows
    return own[0].windows if own else rules.DEFAULT_RULES[priority_class][0]
