# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for one person in all plans: his own work, and submitted work that he may verify."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from loa.areas import tree
from loa.campaigns.models import Activity, ActivityState
from loa.campaigns.rules import OPEN_STATES, days_late
from loa.campaigns.standing import LONGEST_CHAIN, held_posts, posts_above
from loa.people.models import Person, Post
from loa.people.queries import holders, people_with
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
    """

    own: tuple[OwnLine, ...] = ()
    to_verify: tuple[Activity, ...] = ()

    @property
    def late(self) -> int:
        """Return how many of his own are late."""
        return sum(line.days_late > 0 for line in self.own)


def _rows(wanted: Q) -> QuerySet[Activity]:
    return (
        Activity.objects.filter(wanted, campaign__removal=None)
        .select_related("campaign", "organisation", "accountable_post", "submitted_by")
        .order_by("due", "pk")
    )


def _below(held: Collection[int]) -> set[int]:
    """Return the ids of all posts below some. One query for each level, one more at the end."""
    found: set[int] = set()
    level = set(held)
    for _level in range(LONGEST_CHAIN):
        level = set(Post.objects.filter(reports_to__in=level).values_list("pk", flat=True)) - found
        if not level:
            break
        found |= level
    return found


def waiting_for(person: Person, today: date) -> Waiting:
    """Return what waits for a person. Three queries, and one for each level of posts below his."""
    held = held_posts(person)
    verify = Q(campaign__steering_head__in=held)
    own: list[OwnLine] = []
    if held:
        verify |= Q(accountable_post__in=_below(held))
        wanted = Q(due__lte=today + SOON) | Q(state=ActivityState.RETURNED)
        states = OPEN_STATES - {ActivityState.SUBMITTED}
        rows = _rows(wanted & Q(accountable_post__in=held, state__in=states))
        own = [OwnLine(row, days_late(row, today)) for row in rows]
    for path in tree.topmost(scope(person).organisation_paths(Permission.PLAN_EDIT)):
        verify |= Q(campaign__organisation__path__startswith=path)
    submitted = _rows(verify & Q(state=ActivityState.SUBMITTED)).exclude(submitted_by=person)
    return Waiting(tuple(own), tuple(submitted))


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
