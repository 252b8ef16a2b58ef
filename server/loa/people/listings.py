# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the settings pages list and open: people, posts and areas that a person manages."""

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from loa.areas.models import Area, AreaKind
from loa.areas.queries import communes_in
from loa.config.errors import NotFoundError
from loa.people.models import Person, Post, PostHolding, RoleGrant
from loa.people.queries import areas_for, holders, organisations_for
from loa.people.rules import Permission

MANAGE = Permission.SETTINGS_MANAGE


def managed_communes(person: Person) -> QuerySet[Area]:
    """Return the communes whose settings a person manages, with the households of their villages."""
    villages = (
        Area.objects.filter(path__startswith=OuterRef("path"), kind=AreaKind.VILLAGE)
        .order_by()
        .values("kind")
        .annotate(total=Sum("households"))
        .values("total")
    )
    communes: QuerySet[Area] = communes_in(areas_for(person, MANAGE))
    counted: QuerySet[Area] = communes.annotate(village_households=Subquery(villages))
    return counted


def _open_grants(person: Person) -> QuerySet[RoleGrant]:
    return (
        RoleGrant.objects.filter(
            until__isnull=True, organisation__in=organisations_for(person, MANAGE).order_by()
        )
        .select_related("organisation")
        .order_by("organisation__path", "role")
    )


def managed_people(person: Person, today: date) -> QuerySet[Person]:
    """Return everybody who has or had a role where a person manages settings.

    Each has ``grants_now`` (his roles there) and ``holdings_now`` (his posts, anywhere). Three queries.
    """
    there = RoleGrant.objects.filter(organisation__in=organisations_for(person, MANAGE).order_by())
    posts = PostHolding.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), since__lte=today
    ).select_related("post__organisation")
    return (
        Person.objects.filter(pk__in=there.values("person"))
        .prefetch_related(
            Prefetch("grants", queryset=_open_grants(person), to_attr="grants_now"),
            Prefetch("holdings", queryset=posts, to_attr="holdings_now"),
        )
        .order_by("-is_active", "full_name", "pk")
    )


def managed_person(person: Person, pk: int, today: date) -> Person:
    """Return one of the people that a person manages.

    Raises:
        NotFoundError: there is no such person, or he belongs elsewhere: both look the same.
    """
    found = managed_people(person, today).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("Không tìm thấy người này. Chọn lại trong danh sách."))
    return found


def managed_grant(person: Person, pk: int) -> RoleGrant:
    """Return a role in force at an organisation that a person manages.

    Raises:
        NotFoundError: there is none, or it is elsewhere.
    """
    found = _open_grants(person).filter(pk=pk).select_related("organisation__area", "person").first()
    if found is None:
        raise NotFoundError(_("Không tìm thấy vai trò này. Có thể vai trò đã kết thúc."))
    return found


@dataclass(frozen=True)
class PostLine:
    """A post as the list shows it."""

    post: Post
    holder: Person | None


def managed_posts(person: Person) -> QuerySet[Post]:
    """Return the posts of the organisations that a person manages, in tree order."""
    return (
        Post.objects.filter(organisation__in=organisations_for(person, MANAGE).order_by())
        .select_related("organisation__area", "reports_to")
        .order_by("organisation__path", "pk")
    )


def post_lines(person: Person, today: date) -> list[PostLine]:
    """Return the posts that a person manages with who holds each today. Two queries besides the scope."""
    posts = list(managed_posts(person))
    held = holders(posts, today)
    return [PostLine(post, held.get(post.pk)) for post in posts]


def managed_post(person: Person, pk: int) -> Post:
    """Return a post that a person manages.

    Raises:
        NotFoundError: there is none, or it is elsewhere.
    """
    found = managed_posts(person).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("Không tìm thấy chức danh này. Chọn lại trong danh sách."))
    return found
