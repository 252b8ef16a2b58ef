# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the page of one device shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from loa.airtime.models import Placement
from loa.airtime.queries import sounding
from loa.areas import tree
from loa.deliveries.models import Delivery, StillOut
from loa.deliveries.queries import deliveries_at
from loa.devices.models import Device, Incident, Publication
from loa.devices.network.health import health_words
from loa.devices.queries import DeviceNow, Now, incidents_of, states_of
from loa.devices.sentences import INCIDENTS, reason
from loa.releases.models import Release
from loa.ui.dates import clock_time
from loa.ui.strips import Stretch

DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Happening:
    """An incident as a sentence."""

    incident: Incident
    title: str
    reason: str
    count: int


@dataclass(frozen=True)
class Played:
    """A delivery with the title of what it was about."""

    row: Delivery
    title: str
    reason: str


@dataclass(frozen=True)
class Lingering:
    """A withdrawn release that the device may still hold."""

    row: StillOut
    title: str


@dataclass(frozen=True)
class Details:
    """Everything on the page."""

    now: DeviceNow
    published: Publication | None
    is_behind: bool  # its agenda is older than the newest
    holding: tuple[Release, ...]
    incidents: tuple[Happening, ...]
    deliveries: tuple[Played, ...]
    coming: tuple[Placement, ...]
    still_out: tuple[Lingering, ...]
    day_begins: datetime
    day_ticks: tuple[dict[str, Any], ...]
    stretches: tuple[Stretch, ...]  # of the last 24 hours
    health: tuple[tuple[str, str], ...]  # names and values
    replaced_by: Device | None

    @property
    def clock_offset_s(self) -> float:
        """Return how far its clock is off, in seconds."""
        offset = self.now.status.clock_offset_ms if self.now.status else None
        return abs(offset or 0) / 1000


def details(device: Device, now: datetime) -> Details:
    """Read all that is known of a device. At most fifteen queries."""
    state = states_of([device], now)[0]
    status = state.status
    published = Publication.objects.filter(commune=device.commune).order_by("-number").first()
    held = status.report.get("holding", []) if status else []
    deliveries = tuple(deliveries_at(str(device.pk))[:20])
    coming = [one for one in sounding([device.village], now, now + DAY) if one.channel == device.channel]
    still_out = tuple(StillOut.objects.filter(place_key=str(device.pk), confirmed_at=None))
    releases = _releases(
        {*held, *(str(row.release_id) for row in deliveries), *(str(row.release_id) for row in still_out)}
    )
    return Details(
        now=state,
        published=published,
        is_behind=bool(published and (status is None or status.agenda_number < published.number)),
        holding=tuple(releases[key] for key in held if key in releases),
        incidents=tuple(_happening(one) for one in incidents_of(device)[:20]),
        deliveries=tuple(
            Played(row, _title(releases, row.release_id), reason(row.reason)) for row in deliveries
        ),
        coming=tuple(_here(device, coming)[:5]),
        still_out=tuple(Lingering(one, _title(releases, one.release_id)) for one in still_out),
        day_begins=now - DAY,
        day_ticks=_ticks(now),
        stretches=stretches(deliveries, state, now),
        health=tuple(health_words(status)),
        replaced_by=Device.objects.filter(replaces=device).first() if device.retired_at else None,
    )


def _releases(keys: Iterable[str]) -> dict[str, Release]:
    """Return releases by the text of their ids; what a device names and nobody knows is left out."""
    wanted = []
    for key in keys:
        try:
            wanted.append(UUID(key))
        except ValueError:
            continue
    found = Release.objects.filter(pk__in=wanted).select_related("revision__message")
    return {str(release.pk): release for release in found}


def _title(releases: Mapping[str, Release], release_id: UUID) -> str:
    known = releases.get(str(release_id))
    return known.revision.title if known else str(release_id)


def _here(device: Device, placements: list[Placement]) -> list[Placement]:
    return [
        one
        for one in placements
        if tree.is_within(device.village.path, [zone.path for zone in one.zones.all()])
    ]


def _happening(incident: Incident) -> Happening:
    return Happening(
        incident=incident,
        title=str(INCIDENTS.get(incident.kind, incident.kind)),
        reason=reason(incident.reason),
        count=len(incident.details.get("items", [])),
    )


def stretches(deliveries: Iterable[Delivery], state: DeviceNow, now: datetime) -> tuple[Stretch, ...]:
    """Return what sounded in the 24 hours before ``now``, what did not, and what is unknown."""
    found = []
    for one in deliveries:
        begin = one.started_at or one.due_at
        end = max(one.ended_at or begin, begin + timedelta(minutes=1))
        if now - DAY < end and begin < now:
            found.append(Stretch(begin, min(end, now), "on-air" if one.seconds > 0 else "silent"))
    if state.now is Now.UNKNOWN:
        since = max(state.last_seen or now - DAY, now - DAY)
        found.append(Stretch(since, now, "unknown", "?"))
    return tuple(found)


def _ticks(now: datetime) -> tuple[dict[str, Any], ...]:
    whole = now.replace(minute=0, second=0, microsecond=0)
    moments = [whole - timedelta(hours=hours) for hours in (18, 12, 6)]
    return tuple({"at": moment, "words": clock_time(moment)} for moment in (now - DAY, *moments))
