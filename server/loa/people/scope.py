# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person's roles cover now, read in at most two queries and then asked any number of times."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Exists, Q
from django.utils.timezone import localdate

from loa.areas import tree
from loa.areas.models import Area
from loa.config import clock
from loa.people.absence import leaves_on
from loa.people.models import Organisation, Person, RoleGrant
from loa.people.rules import NOT_WHILE_AWAY, Permission, allows

_KEPT = "_loa_scope"


@dataclass(frozen=True)
class Covered:
    """One role in force: the organisation with all below it, and the areas that these serve."""

    role: str
    organisation_path: str
    area_paths: tuple[str, ...]


@dataclass(frozen=True)
class Scope:
    """Every role of a person that is in force at one moment."""

    roles: tuple[Covered, ...]
    unit: str = ""  # name of the area that the first role's organisation serves
    is_away: bool = False  # on leave today

    def _with(self, permission: Permission) -> Iterator[Covered]:
        roles = () if self.is_away and permission in NOT_WHILE_AWAY else self.roles
        return (covered for covered in roles if allows(covered.role, permission))

    def may(
        self, permission: Permission, *, organisation: Organisation | None = None, area: Area | None = None
    ) -> bool:
        """Say whether one role covers what is given; with neither given, whether any role allows it."""
        return any(
            (organisation is None or organisation.path.startswith(covered.organisation_path))
            and (area is None or tree.is_within(area.path, covered.area_paths))
            for covered in self._with(permission)
        )

    def organisation_paths(self, permission: Permission) -> set[str]:
        """Return the paths of the organisations at which a permission is held (those below are covered)."""
        return {covered.organisation_path for covered in self._with(permission)}

    def area_paths(self, permission: Permission) -> set[str]:
        """Return the paths of the areas in which a permission is held (those below are covered)."""
        return {path for covered in self._with(permission) for path in covered.area_paths}


def _read(person: Person) -> Scope:
    if not person.is_active or person.pk is None:
        return Scope(roles=())
    now = clock.now()
    grants = (
        RoleGrant.objects.filter(
            Q(until__isnull=True) | Q(until__gt=now), person_id=person.pk, since__lte=now
        )
        .annotate(is_away=Exists(leaves_on(localdate(now)).filter(person=person.pk)))
        .order_by("pk")
        .values_list(
            "role",
            "organisation__path",
            "organisation__numchild",
            "organisation__area__path",
            "organisation__area__name",
            "is_away",
            named=True,
        )
    )
    tops = tree.topmost(grant.organisation__path for grant in grants if grant.organisation__numchild)
    below = reduce(or_, (Q(path__startswith=top) for top in tops), Q(pk__in=[]))
    served = list(Organisation.objects.filter(below).values_list("path", "area__path")) if tops else []
    roles = []
    for grant in grants:
        top = grant.organisation__path
        areas = {grant.organisation__area__path, *(area for path, area in served if path.startswith(top))}
        roles.append(Covered(grant.role, top, tuple(tree.topmost(areas))))
    first = grants[0] if grants else None
    return Scope(
        roles=tuple(roles),
        unit=first.organisation__area__name if first else "",
        is_away=first is not None and first.is_away,
    )


def scope(person: Person) -> Scope:
    """Return what a person's roles cover now; read once a request for whoever made it (``remember``)."""
    kept = getattr(person, _KEPT, False)
    if isinstance(kept, Scope):
        return kept
    read = _read(person)
    if kept is None:
        setattr(person, _KEPT, read)
    return read


def remember(person: Person) -> None:
    """Let this object keep its scope: only for the object of one request, too short-lived to go stale."""
    setattr(person, _KEPT, None)


def is_remembered(person: Person) -> bool:
    """Say whether this object lives for one request, so that apps above may keep answers on it as well."""
    return hasattr(person, _KEPT)


def forget(person: Person) -> None:
    """Drop a kept scope after a role changed."""
    if hasattr(person, _KEPT):
        setattr(person, _KEPT, None)
