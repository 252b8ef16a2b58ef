# SPDX-License-Identifier: AGPL-3.0-or-later
"""Priority messages from a higher level: each must be in the programme; whoever places below chooses the hour."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from loa.airtime.models import Placement
from loa.airtime.queries import touching_paths
from loa.areas import tree
from loa.people.models import Person
from loa.people.rules import Permission
from loa.people.scope import scope
from loa.releases.models import PriorityClass, Release, ReleaseState


def from_above(person: Person) -> Q:
    """Return the condition "a priority release in force of a level above, for where the person places"."""
    paths = tree.topmost(scope(person).area_paths(Permission.PLACEMENT_MAKE))
    above = {above for path in paths for above in tree.ancestor_paths(path)[:-1]}
    here = Release.objects.filter(touching_paths(paths)).values("pk")
    return Q(
        pk__in=here,
        organisation__area__path__in=above,
        priority_class=PriorityClass.PRIORITY,
        state=ReleaseState.RELEASED,
        is_prepared=False,
        is_test=False,
    )


def without_an_hour(person: Person, now: datetime) -> QuerySet[Release]:
    """Return what a higher level wants heard where the person places and nobody has given an hour there."""
    paths = tree.topmost(scope(person).area_paths(Permission.PLACEMENT_MAKE))
    here = Placement.objects.filter(touching_paths(paths)).values("pk")
    placed = Placement.objects.filter(release=OuterRef("pk"), cancelled_at=None, pk__in=here)
    return (
        Release.objects.filter(from_above(person), ~Exists(placed), not_after__gt=now)
        .select_related("revision__message", "organisation")
        .order_by("not_after", "pk")
    )
