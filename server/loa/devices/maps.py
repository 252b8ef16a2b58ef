# SPDX-License-Identifier: AGPL-3.0-or-later
"""Devices on the map: each village of their communes, by the state that most needs a look."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from loa.areas.geometry import geometry as geometry
from loa.areas.models import Area
from loa.areas.queries import villages_in
from loa.devices.queries import DeviceNow
from loa.ui.village_maps import Village

MOST_VILLAGES = 300  # beyond that a map of marks says nothing
_WORST_FIRST = ("silent", "unknown", "sounding", "ready")


def villages_on_map(found: Sequence[DeviceNow]) -> list[Village]:
    """Return the villages of the devices' communes with the state of their loudspeakers. One query."""
    communes = {one.device.commune_id: one.device.commune for one in found}
    by_village: dict[int, list[DeviceNow]] = {}
    for one in found:
        by_village.setdefault(one.device.village_id, []).append(one)
    villages = list(villages_in(communes.values())[: MOST_VILLAGES + 1]) if communes else []
    if len(villages) > MOST_VILLAGES:
        return []
    return [_village(village, by_village.get(village.pk, [])) for village in villages]


def _village(village: Area, here: Sequence[DeviceNow]) -> Village:
    worst = min(here, key=lambda one: _WORST_FIRST.index(one.badge), default=None)
    return Village(
        name=village.name,
        geometry=geometry(village),
        state=worst.badge if worst else "",
        words=worst.reason if worst else _("chưa có loa"),
        url=reverse("devices:device", args=[worst.device.pk]) if worst else "",
        is_sample=village.is_sample,
    )
