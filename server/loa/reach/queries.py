# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who could hear what: questions over the ledger and the calendar. Nothing here is stored."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from loa.airtime.models import Placement
from loa.areas import tree
from loa.areas.models import Area
from loa.areas.queries import villages_of
from loa.campaigns.models import Campaign, KeyMessage
from loa.config import clock
from loa.deliveries.models import Outcome
from loa.deliveries.queries import in_force
from loa.devices.models import Device, DeviceState
from loa.reach.rules import Cell, Heard, Sums, cell, sums
from loa.releases.models import Release
from loa_protocol.times import to_local

__all__ = ["Cell", "Coverage", "Heard", "Row", "Sums", "VillageState", "coverage", "villages_state"]


@dataclass(frozen=True)
class Row:
    """One key message over the villages."""

    key_message: KeyMessage
    cells: dict[int, Cell]  # by village id
    sums: Sums


@dataclass(frozen=True)
class Coverage:
    """Key messages by villages."""

    villages: list[Area]
    rows: list[Row]

    def cells(self, row: Row) -> list[tuple[Area, Cell]]:
        """Return a row's cells in the order of the villages."""
        return [(village, row.cells[village.pk]) for village in self.villages]


@dataclass(frozen=True)
class VillageState:
    """One village over all key messages of a campaign that have a release."""

    village: Area
    heard: Heard  # COULD when at least one key message could be heard there
    key_messages_could: int
    key_messages_unknown: int
    key_messages_total: int
    last: datetime | None


@dataclass(frozen=True)
class _Known:
    """What the ledger and the calendar say, by (release id, village id)."""

    played: dict[tuple[UUID, int], dict[UUID, datetime]]  # placement id: due
    awaited: set[tuple[UUID, int]]


def coverage(campaign: Campaign, since: datetime | None = None, *, now: datetime | None = None) -> Coverage:
    """Return which villages could hear which key message of a campaign. At most eight queries.

    Args:
        since: placements before it do not count.
        now: the present moment, or the end of a time that is over: what was due later does not count.
    """
    now = now or clock.now()
    villages = list(villages_of(campaign.area))
    by_message = _releases(campaign)
    known = _known({pk for pks in by_message.values() for pk in pks}, villages, since, now)
    rows = []
    for key_message in KeyMessage.objects.filter(campaign=campaign).select_related("phase"):
        releases = by_message.get(key_message.pk, set())
        cells = {village.pk: _cell(village.pk, releases, known, now) for village in villages}
        counted = sums((cells[village.pk].heard, village.households) for village in villages)
        rows.append(Row(key_message, cells, counted))
    return Coverage(villages, rows)


def villages_state(
    campaign: Campaign, since: datetime | None = None, *, now: datetime | None = None
) -> list[VillageState]:
    """Return each village's state for the map and its table. At most eight queries."""
    return states_in(coverage(campaign, since, now=now))


def states_in(found: Coverage) -> list[VillageState]:
    """Return each village's state from a coverage that was read already."""
    states = []
    for village in found.villages:
        cells = [row.cells[village.pk] for row in found.rows]
        heard = [one.heard for one in cells]
        state = next((one for one in (Heard.COULD, Heard.UNKNOWN) if one in heard), Heard.NOT)
        states.append(
            VillageState(
                village=village,
                heard=state,
                key_messages_could=heard.count(Heard.COULD),
                key_messages_unknown=heard.count(Heard.UNKNOWN),
                key_messages_total=len(cells),
                last=max((one.last for one in cells if one.last), default=None),
            )
        )
    return states


def _releases(campaign: Campaign) -> dict[int, set[UUID]]:
    """Return the ids of the releases that carry each key message; tests carry none."""
    pairs = Release.objects.filter(
        revision__message__key_messages__campaign=campaign, released_at__isnull=False, is_test=False
    ).values_list("revision__message__key_messages", "pk", "revision__message__key_messages__campaign")
    found: dict[int, set[UUID]] = defaultdict(set)
    for key_message, release, of_campaign in pairs:
        if of_campaign == campaign.pk:
            found[key_message].add(release)
    return found


def _known(releases: set[UUID], villages: Sequence[Area], since: datetime | None, now: datetime) -> _Known:
    if not releases:
        return _Known({}, set())
    places = [village.pk for village in villages]
    rows = in_force().filter(release_id__in=releases, village__in=places, due_at__lte=now)
    if since is not None:
        rows = rows.filter(due_at__gte=since)
    played: dict[tuple[UUID, int], dict[UUID, datetime]] = defaultdict(dict)
    proven: set[tuple[UUID, str]] = set()
    columns = ("release_id", "village_id", "placement_id", "place_key", "outcome", "due_at")
    for release, village, placement, place, outcome, due in rows.values_list(*columns):
        proven.add((placement, place))
        if outcome == Outcome.DELIVERED:
            played[release, village][placement] = due
    return _Known(played, _awaited(releases, villages, proven, since, now))


def _awaited(
    releases: set[UUID],
    villages: Sequence[Area],
    proven: set[tuple[UUID, str]],
    since: datetime | None,
    now: datetime,
) -> set[tuple[UUID, int]]:
    """Return (release, village) where a loudspeaker owes the proof of a placement whose time has come."""
    due = Placement.objects.filter(release__in=releases, cancelled_at=None, starts_at__lte=now)
    if since is not None:
        due = due.filter(starts_at__gte=since)
    devices = _devices_in(villages)
    found = set()
    for placement in due.prefetch_related("zones"):
        paths = [zone.path for zone in placement.zones.all()]
        for device, village_path in devices:
            serves = device.channel == placement.channel and device.enrolled_at <= placement.starts_at
            if (
                serves
                and tree.is_within(village_path, paths)
                and (placement.pk, str(device.pk)) not in proven
            ):
                found.add((placement.release_id, device.village_id))
    return found


def _devices_in(villages: Iterable[Area]) -> list[tuple[Device, str]]:
    paths = {village.pk: village.path for village in villages}
    devices = Device.objects.filter(village__in=list(paths), state=DeviceState.ACTIVE)
    return [(device, paths[device.village_id]) for device in devices]


def _cell(village: int, releases: set[UUID], known: _Known, now: datetime) -> Cell:
    played = {
        placement: due
        for release in releases
        for placement, due in known.played.get((release, village), {}).items()
    }
    is_awaited = any((release, village) in known.awaited for release in releases)
    last_day = to_local(max(played.values()), settings.TIME_ZONE).date() if played else None
    return cell(played, is_awaited, last_day, to_local(now, settings.TIME_ZONE).date())
