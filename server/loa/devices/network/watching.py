# SPDX-License-Identifier: AGPL-3.0-or-later
"""What no heartbeat tells of: silence while something is due, and devices of which there is no news for long."""

from datetime import datetime

from django.db.models import Q

from loa.airtime.models import Placement
from loa.airtime.queries import LONGEST, ends_at
from loa.areas.models import Area
from loa.areas.queries import communes_in
from loa.config import clock
from loa.devices.models import Device, DeviceState, Incident
from loa.devices.network.conditions import DUE, LOST, UNKNOWN_FOR, Condition
from loa.devices.network.settling import settle
from loa.devices.queries import Now, states_of
from loa.releases.models import ReleaseState


def watch_due(now: datetime | None = None) -> tuple[int, int]:
    """Open an incident where a device is silent by its own words although something is due, end what is over.

    A device of which there is no news is neither: what was open for it stays so while the item lasts. Nine
    queries at most, four while nothing is due anywhere.
    """
    now = now or clock.now()
    communes = _communes_with_something_due(now)
    wanted = Q(incidents__kind__in=DUE, incidents__lasts=True, incidents__ended_at=None)
    if communes:
        wanted |= Q(commune__in=communes)
    devices = list(
        Device.objects.filter(wanted, state=DeviceState.ACTIVE)
        .select_related("village", "commune", "status")
        .distinct()
    )
    open_ones = Incident.objects.filter(device__in=devices, kind__in=DUE, lasts=True, ended_at=None)
    waiting: dict[object, list[Condition]] = {}
    for device_id, kind, reason in open_ones.values_list("device", "kind", "reason"):
        waiting.setdefault(device_id, []).append(Condition(kind, reason))
    found: dict[Device, list[Condition]] = {}
    for one in states_of(devices, now):
        found[one.device] = []
        if one.is_due and one.now is Now.SILENT:
            found[one.device] = [Condition("silent_due", one.code, {"item": one.due_item})]
        elif one.is_due and one.now is Now.UNKNOWN:
            found[one.device] = waiting.get(one.device.pk, [])
    return settle(found, DUE, now) if found else (0, 0)


def _communes_with_something_due(now: datetime) -> list[Area]:
    planned = Placement.objects.filter(
        starts_at__gt=now - LONGEST,
        starts_at__lte=now,
        cancelled_at=None,
        release__state=ReleaseState.RELEASED,
    ).only("pk", "starts_at", "duration_ms")
    sounding = [one.pk for one in planned if ends_at(one) > now]
    zones = (
        list(
            Area.objects.filter(
                pk__in=Placement.zones.through.objects.filter(placement__in=sounding).values("area")
            )
        )
        if sounding
        else []
    )
    return list(communes_in(zones)) if zones else []


def watch_lost(now: datetime | None = None) -> tuple[int, int]:
    """Open an incident where there is no news for long, end it when there is. Seven queries at most."""
    now = now or clock.now()
    before = now - UNKNOWN_FOR
    is_lost = Q(status__last_seen__lt=before) | Q(status=None, enrolled_at__lt=before)
    was_lost = Q(incidents__kind__in=LOST, incidents__lasts=True, incidents__ended_at=None)
    devices = (
        Device.objects.filter(is_lost | was_lost, state=DeviceState.ACTIVE)
        .select_related("commune", "status")
        .distinct()
    )
    found = {device: _lost(device, before) for device in devices}
    return settle(found, LOST, now) if found else (0, 0)


def _lost(device: Device, before: datetime) -> list[Condition]:
    status = getattr(device, "status", None)
    if status is None:
        return [Condition("unknown_long", "never_seen")]
    if status.last_seen < before:
        since = status.last_seen.replace(microsecond=0)
        return [Condition("unknown_long", "lost_contact", {"since": since.isoformat()})]
    return []
