# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for one person in all plans: his own work, submitted work that he may verify, and what is due around."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import BigIntegerField, Case, Func, Q, QuerySet, Subquery, When

from loa.areas import tree
from loa.campaigns.models import Activity, ActivityState
from loa.campaigns.rules import OPEN_STATES, days_late
from loa.campaigns.standing import posts_above
from loa.people.models import Person, Post, PostHolding
from loa.people.queries import covered, holders, holdings_of_person, people_with
from loa.people.rules import Permission
from loa.people.scope import scope

SOON = timedelta(days=7)
VERIFIERS = 12  # people who are told of one submission, at most


@dataclass(frozen=True)
class OwnLine:
    """One activity that a person answers for and that wants something of him now."""

    activity: Activity
    days_late: int

    @property
    def is_returned(self) -> bool:
        return bool(self.activity.state == ActivityState.RETURNED)


@dataclass(frozen=True)
class Waiting:
    """What wants something of one person, the oldest due date first.

    Args:
        own: late, returned, or due within a week, of the posts that he holds.
        to_verify: submitted by somebody else; he may verify it, by the table in ``rules``.
        here: anybody's, late or due within a week, of the campaigns in the areas that he sees.
    """

    own: tuple[OwnLine, ...] = ()
    to_verify: tuple[Activity, ...] = ()
    here: tuple[Activity, ...] = ()

    @property
    def late(self) -> int:
        """Return how many of his own are late."""
        return sum(line.days_late > 0 for line in self.own)


class _Below(Func):
    """The ids of all posts below those of a subquery, however deep; a circle ends where it closes.

    Django has no recursive query of its own; PostgreSQL and SQLite read this one alike.
    """

    template = (
        "(WITH RECURSIVE below(id) AS ("
        "SELECT id FROM %(posts)s WHERE reports_to_id IN %(expressions)s"
        " UNION SELECT lower.id FROM %(posts)s AS lower JOIN below ON lower.reports_to_id = below.id"
        ") SELECT id FROM below)"
    )
    output_field = BigIntegerField()


def _is_own(held: QuerySet[PostHolding, int], today: date) -> Q:
    """Return the condition "of these posts and not done: late, due soon, or returned"."""
    wanted = Q(due__lte=today + SOON) | Q(state=ActivityState.RETURNED)
    states = OPEN_STATES - {ActivityState.SUBMITTED}
    return wanted & Q(accountable_post__in=held, state__in=states, campaign__removal=None)


def _is_to_verify(person: Person, held: QuerySet[PostHolding, int]) -> Q:
    """Return the condition "submitted by somebody else, and the holder of these posts may verify it"."""
    below = _Below(Subquery(held), posts=Post._meta.db_table)
    verify = Q(campaign__steering_head__in=held) | Q(accountable_post__in=below)
    for path in tree.topmost(scope(person).organisation_paths(Permission.PLAN_EDIT)):
        verify |= Q(campaign__organisation__path__startswith=path)
    submitted = Q(state=ActivityState.SUBMITTED, campaign__removal=None)
    return verify & submitted & ~Q(submitted_by=person)


def _is_here(person: Person, today: date) -> Q:
    """Return the condition "not done, late or due soon, in an area that the person sees"."""
    done = Q(state__in=[ActivityState.VERIFIED, ActivityState.CANCELLED])
    return covered(person, field="campaign__area__path") & Q(due__lte=today + SOON) & ~done


def _mark(wanted: Q) -> Case:
    return Case(When(wanted, then=True), default=False)


def waiting_for(person: Person, today: date) -> Waiting:
    """Return what waits for a person. One query, however many posts he holds and however many are below."""
    held = holdings_of_person(person, today).values_list("post", flat=True)
    rows = list(
        Activity.objects.annotate(
            is_own=_mark(_is_own(held, today)),
            is_to_verify=_mark(_is_to_verify(person, held)),
            is_here=_mark(_is_here(person, today)),
        )
        .filter(Q(is_own=True) | Q(is_to_verify=True) | Q(is_here=True))
        .select_related("campaign", "organisation", "accountable_post", "submitted_by")
        .order_by("due", "pk")
    )
    return Waiting(
        own=tuple(OwnLine(row, days_late(row, today)) for row in rows if row.is_own),
        to_verify=tuple(row for row in rows if row.is_to_verify),
        here=tuple(row for row in rows if row.is_here),
    )


@dataclass(frozen=True)
class Verifier:
    """Somebody whom submitted work waits for, and by which post; without one he plans for the campaign."""

    person: Person
    post: Post | None = None


def verifiers_of(activity: Activity, today: date) -> list[Verifier]:
    """Return who is asked to verify submitted work, nearest first. Five queries and one for each post above.

    The nearest post above that somebody holds, the head of the steering body, and who plans at the campaign's
    own organisation; only where there is none of these, whoever plans for it from above. Never the submitter.
    """
    campaign = activity.campaign
    above = posts_above(activity.accountable_post)
    asked = [*above, *([campaign.steering_head_id] if campaign.steering_head_id else [])]
    posts = {post.pk: post for post in Post.objects.filter(pk__in=asked).select_related("organisation")}
    people = holders(posts.values(), today)
    held = [pk for pk in above if pk in people][:1]
    if campaign.steering_head_id in people:
        held.append(campaign.steering_head_id)
    found: dict[int, Verifier] = {}
    for pk in held:
        found.setdefault(people[pk].pk, Verifier(people[pk], posts[pk]))
    planners = people_with(Permission.PLAN_EDIT, campaign.organisation)
    here = planners.filter(grants__organisation=campaign.organisation)[:VERIFIERS]
    for one in [*here] or ([] if found else planners[:VERIFIERS]):
        found.setdefault(one.pk, Verifier(one))
    return [
        one for one in found.values() if one.person.is_active and one.person.pk != activity.submitted_by_id
    ][:VERIFIERS]
