# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the placement page reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from loa.airtime import queries as airtime
from loa.airtime.models import Placement
from loa.airtime.queries import Rule
from loa.areas import tree
from loa.areas.models import Area
from loa.areas.queries import communes_in, villages_in
from loa.broadcast.channel import KEY
from loa.devices.models import Device
from loa.devices.queries import devices_in
from loa.people.models import Person
from loa.people.queries import areas_for
from loa.people.rules import Permission
from loa.releases.models import Release
from loa_protocol.times import to_local

LEAD = timedelta(minutes=3)  # so that every loudspeaker has fetched the agenda and the sound


@dataclass(frozen=True)
class Choice:
    """A zone that may be chosen, with its loudspeakers."""

    zone: Area
    devices: tuple[Device, ...]


@dataclass(frozen=True)
class Offer:
    """Where and when a person may place a release."""

    choices: tuple[Choice, ...]
    rules: tuple[Rule, ...]  # of its class, in the communes concerned
    nearest: datetime | None  # local: the first free time in all of the zones

    @property
    def zones(self) -> list[Area]:
        """Return the zones that may be chosen."""
        return [choice.zone for choice in self.choices]

    @property
    def silent_zones(self) -> list[str]:
        """Return the names of zones without a loudspeaker."""
        return [choice.zone.name for choice in self.choices if not choice.devices]

    @property
    def notes(self) -> list[str]:
        """Return the notes of the rules, each once."""
        return list(dict.fromkeys(rule.note for rule in self.rules if rule.note))


def offer(person: Person, release: Release, now: datetime) -> Offer:
    """Return what a person may choose for a release: its villages where he may place."""
    zones = placeable(person, release)
    devices = devices_in(zones, KEY)
    choices = tuple(
        Choice(zone, tuple(one for one in devices if one.village.path.startswith(zone.path)))
        for zone in zones
    )
    rules = [
        rule
        for commune in communes_in(zones)
        for rule in airtime.rules_for(commune)
        if rule.priority_class == release.priority_class
    ]
    with_devices = [choice.zone for choice in choices if choice.devices] or zones
    wanted = now.replace(second=0, microsecond=0) + LEAD
    nearest = airtime.nearest_allowed(release, KEY, with_devices, wanted) if zones else None
    return Offer(choices, tuple(rules), to_local(nearest, settings.TIME_ZONE) if nearest else None)


def placeable(person: Person, release: Release) -> list[Area]:
    """Return the villages within a release's zones in which a person may place.

    A commune without villages stands for itself.
    """
    allowed = [area.path for area in areas_for(person, Permission.PLACEMENT_MAKE)]
    released: Sequence[Area] = list(release.zones.all())
    places = list(villages_in(released)) or list(communes_in(released))
    return [place for place in places if tree.is_within(place.path, allowed)]


def upcoming(release: Release, now: datetime) -> list[Placement]:
    """Return the release's placements that have not begun, by start."""
    return list(release.placements.filter(cancelled_at=None, starts_at__gt=now).order_by("starts_at"))
