# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the settings pages list and open: people, posts and areas that a person manages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from loa.areas.models import Area, AreaKind
from loa.areas.queries import communes_in
from loa.config import clock
from loa.config.errors import NotFoundError
from loa.people.actions.proposals import LASTS
from loa.people.devices import device_words
from loa.people.models import (
    Deputyship,
    Outcome,
    Person,
    Post,
    PostHolding,
    Proposal,
    ProposalKind,
    RoleGrant,
    Session,
)
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
    """Return everybody who has or had a role where a person manages settings, or waits for his first.

    Each has ``grants_now`` (his roles there) and ``holdings_now`` (his posts, anywhere). Three queries.
    """
    managed = organisations_for(person, MANAGE).order_by()
    there = RoleGrant.objects.filter(organisation__in=managed)
    proposed = Proposal.objects.filter(organisation__in=managed, outcome=Outcome.WAITING)
    posts = PostHolding.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), since__lte=today
    ).select_related("post__organisation")
    return (
        Person.objects.filter(Q(pk__in=there.values("person")) | Q(pk__in=proposed.values("person")))
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


@dataclass(frozen=True)
class SessionLine:
    """A place where somebody is signed in, as lists show it."""

    label: str
    device: str
    address: str
    since: datetime | None
    last_seen: datetime | None
    is_here: bool  # the reader's own session


def session_lines(person: Person, here: str) -> list[SessionLine]:
    """Return where a person is signed in, this place first, then the newest. One query.

    Args:
        here: key of the reader's session.
    """
    rows = Session.objects.filter(person=person, expire_date__gt=clock.now()).order_by("-last_seen", "-since")
    lines = [
        SessionLine(
            label=row.label,
            device=device_words(row.device),
            address=row.address,
            since=row.since,
            last_seen=row.last_seen,
            is_here=row.session_key == here,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: not line.is_here)


SHOWN_AFTERWARDS = timedelta(days=60)


@dataclass(frozen=True)
class ProposalLine:
    """What waits for a second administrator, and what the reader may do about it."""

    proposal: Proposal
    is_recovery: bool
    is_waiting: bool
    is_own: bool  # the reader proposed it
    is_for_reader: bool

    @property
    def may_confirm(self) -> bool:
        """Say whether the reader can be the second one."""
        return self.is_waiting and not self.is_own and not self.is_for_reader


def _proposals(person: Person) -> QuerySet[Proposal]:
    return Proposal.objects.filter(
        organisation__in=organisations_for(person, MANAGE).order_by()
    ).select_related("person", "organisation__area", "proposed_by", "decided_by", "deputyship__post")


def managed_proposals(person: Person) -> list[ProposalLine]:
    """Return what waits where a person manages settings, and what was decided lately, the newest first."""
    now = clock.now()
    rows = _proposals(person).filter(proposed_at__gt=now - SHOWN_AFTERWARDS).order_by("-proposed_at", "-pk")
    return [
        ProposalLine(
            proposal=row,
            is_recovery=row.kind == ProposalKind.RECOVERY,
            is_waiting=row.outcome == Outcome.WAITING and row.proposed_at > now - LASTS,
            is_own=row.proposed_by_id == person.pk,
            is_for_reader=row.person_id == person.pk,
        )
        for row in rows
    ]


def waiting_proposals(person: Person) -> QuerySet[Proposal]:
    """Return the proposals that wait for a person to be the second administrator, the oldest first."""
    waiting = _proposals(person).filter(outcome=Outcome.WAITING, proposed_at__gt=clock.now() - LASTS)
    return waiting.exclude(Q(proposed_by=person) | Q(person=person)).order_by("proposed_at", "pk")


def waiting_count(person: Person) -> int:
    """Return how many proposals wait for a person to be the second administrator."""
    return waiting_proposals(person).count()


def managed_proposal(person: Person, pk: int) -> Proposal:
    """Return a proposal at an organisation that a person manages.

    Raises:
        NotFoundError: there is none, or it is elsewhere.
    """
    found = _proposals(person).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("Không tìm thấy đề nghị này. Chọn lại trong danh sách."))
    return found


def managed_deputyship(person: Person, pk: int) -> Deputyship:
    """Return a deputyship of a post that a person manages.

    Raises:
        NotFoundError: there is none, or it is elsewhere.
    """
    found = (
        Deputyship.objects.filter(pk=pk, post__in=managed_posts(person).order_by())
        .select_related("post__organisation__area", "deputy", "holder")
        .first()
    )
    if found is None:
        raise NotFoundError(_("Không tìm thấy lần thay này. Có thể đã kết thúc."))
    return found
