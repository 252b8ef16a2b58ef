# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the page of one device shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from loa.airtime.models import Placement
from loa.airtime.queries import sounding
from loa.areas import tree
from loa.deliveries.models import Delivery, StillOut
from loa.deliveries.queries import deliveries_at
from loa.devices.models import Device, Incident, Publication
from loa.devices.queries import DeviceNow, incidents_of, states_of
from loa.devices.sentences import INCIDENTS, reason
from loa.releases.models import Release

DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Span:
    """A stretch of the last 24 hours, in percent of them."""

    begin: float
    width: float
    kind: str  # "sounding", "silent", "unknown"
    title: str


@dataclass(frozen=True)
class Happening:
    """An incident as a sentence."""

    incident: Incident
    title: str
    reason: str
    count: int


@dataclass(frozen=True)
class Details:
    """Everything on the page."""

    now: DeviceNow
    published: Publication | None
    is_behind: bool  # its agenda is older than the newest
    holding: tuple[Release, ...]
    incidents: tuple[Happening, ...]
    deliveries: tuple[Delivery, ...]
    titles: Mapping[Any, str]  # release id: title
    coming: tuple[Placement, ...]
    still_out: tuple[StillOut, ...]
    spans: tuple[Span, ...]


def details(device: Device, now: datetime) -> Details:
    """Read all that is known of a device. At most fifteen queries."""
    state = states_of([device], now)[0]
    status = state.status
    published = Publication.objects.filter(commune=device.commune).order_by("-number").first()
    held = status.report.get("holding", []) if status else []
    deliveries = tuple(deliveries_at(str(device.pk))[:20])
    coming = [one for one in sounding([device.village], now, now + DAY) if one.channel == device.channel]
    releases = Release.objects.select_related("revision").in_bulk(
        {*held, *(str(one.release_id) for one in deliveries)}
    )
    return Details(
        now=state,
        published=published,
        is_behind=bool(published and (status is None or status.agenda_number < published.number)),
        holding=tuple(one for key in held if (one := _by_text(releases, key)) is not None),
        incidents=tuple(_happening(one) for one in incidents_of(device)[:20]),
        deliveries=deliveries,
        titles={key: release.revision.title for key, release in releases.items()},
        coming=tuple(_here(device, coming)[:5]),
        still_out=tuple(StillOut.objects.filter(place_key=str(device.pk), confirmed_at=None)),
        spans=spans(deliveries, now),
    )


def _by_text(releases: Mapping[Any, Release], key: str) -> Release | None:
    return next((release for pk, release in releases.items() if str(pk) == key), None)


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


def spans(deliveries: tuple[Delivery, ...], now: datetime) -> tuple[Span, ...]:
    """Return what sounded, and what should have and did not, in the 24 hours before ``now``."""
    found = []
    for one in deliveries:
        begin = one.started_at or one.due_at
        end = one.ended_at or begin + timedelta(minutes=1)
        if end <= now - DAY or begin >= now:
            continue
        start = max(0.0, (begin - (now - DAY)) / DAY * 100)
        width = max(0.3, min(100 - start, (end - begin) / DAY * 100))
        kind = "sounding" if one.seconds > 0 else "silent"
        found.append(Span(round(start, 2), round(width, 2), kind, f"{one.place_name}: {one.outcome}"))
    return tuple(found)
