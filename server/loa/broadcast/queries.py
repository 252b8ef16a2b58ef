# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the placement page reads."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from loa.airtime import queries as airtime
from loa.airtime.actions import soonest
from loa.airtime.models import Placement
from loa.airtime.priority import from_above
from loa.airtime.queries import Rule
from loa.areas import tree
from loa.areas.models import Area
from loa.areas.queries import below
from loa.broadcast.channel import KEY
from loa.config.errors import NotFoundError
from loa.devices.models import Device
from loa.devices.queries import devices_in
from loa.people.models import Person
from loa.people.queries import covered
from loa.people.rules import Permission
from loa.people.scope import scope
from loa.releases.models import Release
from loa_protocol.times import to_local


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
    is_day_full: bool  # it is placed today as often as it may be, somewhere

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


def offer(person: Person, release: Release) -> Offer:
    """Return what a person may choose for a release: its villages where he may place. Nine queries."""
    zones = placeable(person, release)
    ground = airtime.ground_of(zones)
    devices = devices_in(zones, KEY)
    choices = tuple(
        Choice(zone, tuple(one for one in devices if one.village.path.startswith(zone.path)))
        for zone in zones
    )
    with_devices = [choice.zone for choice in choices if choice.devices] or zones
    heard = ground.only(with_devices)
    wanted = soonest()
    in_the_way = airtime.blockers_on(heard, release, KEY, with_devices, wanted) if zones else []
    nearest = airtime.nearest_on(heard, release, KEY, with_devices, wanted) if zones else None
    return Offer(
        choices,
        tuple(rule for rule in ground.rules if rule.priority_class == release.priority_class),
        to_local(nearest, settings.TIME_ZONE) if nearest else None,
        any(blocker.code == "repeat_limit" for blocker in in_the_way),
    )


def placeable(person: Person, release: Release) -> list[Area]:
    """Return the villages within a release's zones in which a person may place. One query.

    A commune without villages stands for itself.
    """
    allowed = scope(person).area_paths(Permission.PLACEMENT_MAKE)
    inside = [area for area in below(release.zones.all()) if tree.is_within(area.path, allowed)]
    villages = [area for area in inside if area.depth == tree.VILLAGE_DEPTH]
    return villages or [area for area in inside if area.depth == tree.COMMUNE_DEPTH]


def release_to_place(person: Person, release_id: UUID) -> Release:
    """Return a release that the person may see, or that a level above wants heard where he places. Two queries.

    Raises:
        NotFoundError: absent, or not for this person: both look the same.
    """
    found = (
        Release.objects.filter(
            covered(person, Permission.VIEW, field="organisation__area__path") | from_above(person),
            pk=release_id,
        )
        .select_related("revision__message", "sound", "organisation__area")
        .prefetch_related("zones")
        .first()
    )
    if found is None:
        raise NotFoundError(_("Không có tin này, hoặc tin ở địa bàn khác."))
    return found


def upcoming(release: Release, now: datetime) -> list[Placement]:
    """Return the release's placements that have not begun, by start."""
    return list(release.placements.filter(cancelled_at=None, starts_at__gt=now).order_by("starts_at"))
