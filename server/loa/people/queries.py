# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may do what, and where: the functions that every app asks before it shows or changes anything."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.areas import tree
from loa.areas.models import Area
from loa.config import clock
from loa.config.errors import NotFoundError, PermissionDeniedError
from loa.people.absence import leaves_on
from loa.people.models import CodeApp, Organisation, Passkey, Person, Post, PostHolding, RoleGrant
from loa.people.rules import NOT_WHILE_AWAY, PERMISSION_NAMES, Permission, roles_with
from loa.people.scope import scope


def may(
    person: Person,
    permission: Permission | str,
    *,
    organisation: Organisation | None = None,
    area: Area | None = None,
) -> bool:
    """Say whether a person holds a permission now, at an organisation, in an area, or anywhere at all.

    A role covers its organisation, those below it, and the areas (with all below) that each of them serves.
    With both an organisation and an area given, one role must cover both.
    """
    return scope(person).may(Permission(permission), organisation=organisation, area=area)


def require(
    person: Person,
    permission: Permission | str,
    *,
    organisation: Organisation | None = None,
    area: Area | None = None,
) -> None:
    """Do nothing if the person may.

    Raises:
        PermissionDeniedError: with a sentence that names what is missing and where.
    """
    if may(person, permission, organisation=organisation, area=area):
        return
    where = organisation or area
    what = PERMISSION_NAMES[Permission(permission)]
    if where is None:
        raise PermissionDeniedError(
            _("Bạn chưa có quyền %(what)s. Hỏi người quản trị của cơ quan bạn.") % {"what": what}
        )
    raise PermissionDeniedError(
        _("Bạn chưa có quyền %(what)s ở %(where)s. Hỏi người quản trị của cơ quan bạn.")
        % {"what": what, "where": where}
    )


def areas_for(person: Person, permission: Permission | str = Permission.VIEW) -> list[Area]:
    """Return the topmost areas where the person holds a permission; everything below is covered too."""
    paths = tree.topmost(scope(person).area_paths(Permission(permission)))
    return list(Area.objects.filter(path__in=paths).order_by("path")) if paths else []


def covered(
    person: Person, permission: Permission | str = Permission.VIEW, *, field: str = "area__path"
) -> Q:
    """Return the condition "lies in an area where the person holds a permission" for any queryset.

    Args:
        field: the lookup of the area's path from the model that is filtered.
    """
    wanted = Q(pk__in=[])
    for path in tree.topmost(scope(person).area_paths(Permission(permission))):
        wanted |= Q(**{f"{field}__startswith": path})
    return wanted


def organisations_for(
    person: Person, permission: Permission | str = Permission.VIEW
) -> QuerySet[Organisation]:
    """Return the organisations where the person holds a permission, in tree order, with their areas."""
    wanted = Q(pk__in=[])
    for path in tree.topmost(scope(person).organisation_paths(Permission(permission))):
        wanted |= Q(path__startswith=path)
    return Organisation.objects.filter(wanted).select_related("area").order_by("path")


def people_with(
    permission: Permission | str, organisation: Organisation, *, now: datetime | None = None
) -> QuerySet[Person]:
    """Return the active people who hold a permission at an organisation, by a role there or above it.

    Whoever is on leave is left out where the permission is one that he does not have in that time.
    """
    now = now or clock.now()
    grants = RoleGrant.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now),
        role__in=roles_with(permission),
        since__lte=now,
        organisation__path__in=tree.ancestor_paths(organisation.path),
    )
    people = Person.objects.filter(is_active=True, grants__in=grants)
    if Permission(permission) in NOT_WHILE_AWAY:
        people = people.exclude(pk__in=leaves_on(localdate(now)).values("person"))
    return people.distinct().order_by("full_name", "pk")


def access_organisation(
    person: Person, pk: int, permission: Permission | str = Permission.VIEW
) -> Organisation:
    """Return an organisation that the person may see and for which he holds a permission.

    Raises:
        NotFoundError: it is not there, or the person may not see it: both look the same.
        PermissionDeniedError: the person sees it but lacks the permission.
    """
    found = Organisation.objects.select_related("area").filter(pk=pk).first()
    if found is None or not may(person, Permission.VIEW, organisation=found):
        raise NotFoundError(_("Không tìm thấy cơ quan này. Chọn lại trong danh sách."))
    require(person, permission, organisation=found)
    return found


def access_area(person: Person, code: str, permission: Permission | str = Permission.VIEW) -> Area:
    """Return an area that the person may see and in which he holds a permission.

    Raises:
        NotFoundError: it is not there, or the person may not see it: both look the same.
        PermissionDeniedError: the person sees it but lacks the permission.
    """
    found = Area.objects.filter(code=code).first()
    if found is None or not may(person, Permission.VIEW, area=found):
        raise NotFoundError(_("Không tìm thấy địa bàn này. Chọn lại trong danh sách."))
    require(person, permission, area=found)
    return found


def grants_of(person: Person) -> QuerySet[RoleGrant]:
    """Return a person's roles in force, in the order of the tree."""
    return (
        RoleGrant.objects.filter(Q(until__isnull=True) | Q(until__gt=clock.now()), person=person)
        .select_related("organisation__area")
        .order_by("organisation__path", "pk")
    )


def holdings_of_person(person: Person, on: date) -> QuerySet[PostHolding]:
    """Return the posts that a person holds on a day."""
    return PostHolding.objects.filter(
        Q(until__isnull=True) | Q(until__gte=on), person=person, since__lte=on
    ).select_related("post__organisation")


def holdings_of(posts: Iterable[Post], on: date) -> QuerySet[PostHolding]:
    """Return the holdings of posts that run on a day, with their people."""
    return PostHolding.objects.filter(
        Q(until__isnull=True) | Q(until__gte=on), post__in=list(posts), since__lte=on
    ).select_related("person")


def holders(posts: Iterable[Post], on: date) -> dict[int, Person]:
    """Return who holds each post on a day, by the post's id; a vacant post is absent. One query."""
    rows = holdings_of(posts, on).order_by("since", "pk")  # on the day of a change the later holder counts
    return {row.post_id: row.person for row in rows}


def holder(post: Post, on: date) -> Person | None:
    """Return who holds a post on a day; None when it is vacant."""
    return holders([post], on).get(post.pk)


def passkeys_of(person: Person) -> QuerySet[Passkey]:
    """Return the passkeys that a person can use, the oldest first; each has its ``public_key``."""
    return Passkey.objects.filter(person=person, ended_at=None).order_by("created_at", "pk")


def passkeys_of_people(people: Iterable[Person]) -> dict[int, list[Passkey]]:
    """Return every passkey of some people by person, those that ended too, the oldest first. One query."""
    found: dict[int, list[Passkey]] = {}
    for passkey in Passkey.objects.filter(person__in=list(people)).order_by("created_at", "pk"):
        found.setdefault(passkey.person_id, []).append(passkey)
    return found


def has_second_factor(person: Person) -> bool:
    """Say whether a person has a passkey or a phone that makes codes."""
    return passkeys_of(person).exists() or has_code_app(person)


def has_code_app(person: Person) -> bool:
    """Say whether a person has a phone that makes codes."""
    return CodeApp.objects.filter(person=person, confirmed_at__isnull=False).exists()
