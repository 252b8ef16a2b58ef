# SPDX-License-Identifier: AGPL-3.0-or-later
"""Copy what was placed on one day to another day."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction

from loa.airtime import actions, queries
from loa.airtime.models import Placement
from loa.airtime.week import local_moment
from loa.areas.models import Area
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.people.models import Person
from loa.people.queries import require
from loa.people.rules import Permission
from loa_protocol.times import local_to_utc, to_local


@dataclass(frozen=True)
class Copied:
    """What a copied day has now, and what was left out: title and reason."""

    placed: tuple[Placement, ...]
    left_out: tuple[tuple[str, str], ...]


def copy_day(*, actor: Person, commune: Area, source: date, target: date) -> Copied:
    """Place anew, at the same local times, what a commune has on one day; programmes come by themselves.

    A round that cannot be placed (its release ends before, something else sounds, it also aims where the actor may
    not place) is left out with its reason and keeps no other one from being copied.

    Raises:
        PermissionDeniedError: the actor may not place in the commune.
    """
    require(actor, Permission.PLACEMENT_MAKE, area=commune)
    placed: list[Placement] = []
    left_out: list[tuple[str, str]] = []
    with transaction.atomic():
        for one in _rounds_of(commune, source):
            local = to_local(one.starts_at, settings.TIME_ZONE)
            try:
                placed.append(
                    actions.place(
                        actor=actor,
                        release=one.release,
                        channel=one.channel,
                        zones=list(one.zones.all()),
                        starts_at=local_moment(target, local.time()),
                        volume=one.volume,
                        cut_off_s=one.cut_off_s,
                    )
                )
            except (ConflictError, PermissionDeniedError) as error:
                left_out.append((one.release.revision.title, error.message))
    return Copied(tuple(placed), tuple(left_out))


def _rounds_of(commune: Area, day: date) -> list[Placement]:
    zone = settings.TIME_ZONE
    start = local_to_utc(f"{day.isoformat()}T00:00:00", zone)
    end = local_to_utc(f"{(day + timedelta(days=1)).isoformat()}T00:00:00", zone)
    found = queries.placements_between([commune], start, end).filter(programme=None, activation=None)
    return list(found.select_related("release__revision").prefetch_related("zones"))
