# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many loudspeakers hold a coming round: those that follow an agenda in which it stands, by their own word."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

from loa.airtime.models import Placement
from loa.airtime.seams import Readiness
from loa.devices.models import Device, DeviceState, Publication
from loa.devices.queries import aims_at

Agendas = Mapping[tuple[int, int], frozenset[str]]  # commune and number of an agenda: its items


def readiness(placements: Sequence[Placement]) -> dict[UUID, Readiness]:
    """Return, for coming placements with their zones and releases, how many devices hold each. Two queries.

    A device without news may well hold the newest agenda; it counts by what it said last.
    """
    inside = reduce(
        or_,
        (Q(village__path__startswith=zone.path) for one in placements for zone in one.zones.all()),
        Q(pk=None),
    )
    devices = list(
        Device.objects.filter(inside, state=DeviceState.ACTIVE).select_related("village", "status")
    )
    agendas = _agendas(devices)
    return {one.pk: _of(one, devices, agendas) for one in placements}


def _of(placement: Placement, devices: Sequence[Device], agendas: Agendas) -> Readiness:
    own = [device for device in devices if aims_at(placement, device)]
    holding = sum(str(placement.pk) in agendas.get(_followed(device), ()) for device in own)
    return Readiness(ready=holding, devices=len(own))


def _followed(device: Device) -> tuple[int, int]:
    """Return which agenda a device follows, by its last word; number 0 is none."""
    status = getattr(device, "status", None)
    return device.commune_id, status.agenda_number if status is not None else 0


def _agendas(devices: Sequence[Device]) -> Agendas:
    wanted = {_followed(device) for device in devices}
    rows = Publication.objects.filter(
        commune__in={commune for commune, _number in wanted},
        number__in={number for _commune, number in wanted},
    ).values_list("commune_id", "number", "agenda__items")
    return {
        (commune, number): frozenset(item["item_id"] for item in items or ())
        for commune, number, items in rows
        if (commune, number) in wanted
    }
