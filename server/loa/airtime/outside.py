# SPDX-License-Identifier: AGPL-3.0-or-later
"""Placements that were allowed once and lie outside of the hours now: the loudspeakers will refuse them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from loa.airtime import queries, rules
from loa.airtime.models import Placement
from loa.airtime.rules import Spot
from loa.areas import tree
from loa.areas.models import Area
from loa.releases.models import ReleaseState

FAR = timedelta(days=366)


def outside_hours(placements: Iterable[Placement], spots: Sequence[Spot]) -> list[Placement]:
    """Return those of ``placements`` (zones and releases fetched) that the hours at some of ``spots`` rule out."""
    return [one for one in placements if _is_outside(one, spots)]


def _is_outside(placement: Placement, spots: Sequence[Spot]) -> bool:
    aims = [zone.path for zone in placement.zones.all()]
    here = [spot for spot in spots if tree.is_within(spot.path, aims)]
    return rules.is_outside_hours(
        placement.release.priority_class,  # type: ignore[arg-type]  # checked by the model
        placement.starts_at,
        queries.ends_at(placement),
        here,
    )


def coming_outside(commune: Area, now: datetime) -> list[Placement]:
    """Return the commune's coming placements that its hours rule out, by start."""
    coming = (
        queries.placements_between([commune], now, now + FAR)
        .filter(release__state=ReleaseState.RELEASED)
        .select_related("release")
        .prefetch_related("zones")
    )
    placements = list(coming)
    return outside_hours(placements, queries.ground_of([commune]).spots) if placements else []
