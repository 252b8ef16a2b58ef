# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody is to a campaign or an activity, who held its post on a day, and whom to urge."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from loa.campaigns.models import Activity, Campaign, Finding, Inspection
from loa.campaigns.rules import STEPS, Deed, Part, Step, allows, permits
from loa.config import clock
from loa.people.models import Person, Post
from loa.people.queries import holder, holders, holdings_of_person, may
from loa.people.rules import Permission

LONGEST_CHAIN = 20  # posts above one another; a circle ends here


def _posts_held(person: Person, today: date) -> dict[int, Post]:
    return {holding.post_id: holding.post for holding in holdings_of_person(person, today)}


def held_posts(person: Person) -> set[int]:
    """Return the ids of the posts that a person holds today. One query."""
    return set(_posts_held(person, localdate(clock.now())))


def posts_above(post: Post) -> list[int]:
    """Return the posts to which a post reports, nearest first. One query for each."""
    above: list[int] = []
    next_id = post.reports_to_id
    while next_id is not None and next_id not in above and len(above) < LONGEST_CHAIN:
        above.append(next_id)
        next_id = Post.objects.filter(pk=next_id).values_list("reports_to", flat=True).first()
    return above


def campaign_parts(
    person: Person, campaign: Campaign, held: Collection[int] | None = None
) -> frozenset[Part]:
    """Return what a person is to a campaign as a whole, today.

    Args:
        held: ids of the posts that he holds, where they were read already.
    """
    if held is None:
        held = _posts_held(person, localdate(clock.now()))
    parts = set()
    if may(person, Permission.PLAN_EDIT, organisation=campaign.organisation):
        parts.add(Part.PLANNER)
    if campaign.steering_head_id is not None and campaign.steering_head_id in held:
        parts.add(Part.STEERING)
    if may(person, Permission.VIEW):
        parts.add(Part.READER)
    return frozenset(parts)


def parts_of(person: Person, activity: Activity, today: date | None = None) -> frozenset[Part]:
    """Return everything that a person is to an activity on a day (today unless given). A few queries."""
    today = today or localdate(clock.now())
    held = _posts_held(person, today)
    parts = set(campaign_parts(person, activity.campaign, held.keys()))
    if activity.accountable_post_id in held:
        parts.add(Part.ACCOUNTABLE)
    if may(person, Permission.PLAN_EDIT, organisation=activity.organisation):
        parts.add(Part.OFFICE)
    if held:
        organisations = {post.organisation_id for post in held.values()}
        if activity.contributors.filter(pk__in=organisations).exists():
            parts.add(Part.CONTRIBUTOR)
        if not held.keys().isdisjoint(posts_above(activity.accountable_post)):
            parts.add(Part.ABOVE)
    if activity.submitted_by_id is not None and activity.submitted_by_id == person.pk:
        parts.add(Part.SUBMITTER)
    return frozenset(parts)


def inspection_parts(person: Person, inspection: Inspection) -> frozenset[Part]:
    """Return what a person is to an inspection."""
    parts = campaign_parts(person, inspection.campaign)
    named = inspection.inspectors.filter(pk=person.pk).exists()
    return parts | {Part.INSPECTOR} if named else parts


def finding_parts(person: Person, finding: Finding) -> frozenset[Part]:
    """Return what a person is to a finding."""
    parts = inspection_parts(person, finding.inspection)
    owns = finding.owner_post_id in _posts_held(person, localdate(clock.now()))
    return parts | {Part.OWNER} if owns else parts


def steps_for(person: Person, activity: Activity) -> list[Step]:
    """Return the steps that a person may go with an activity now, for its buttons."""
    parts = parts_of(person, activity)
    return [step for step in STEPS if activity.state in step.before and allows(step, parts)]


def may_do(person: Person, deed: Deed, activity: Activity) -> bool:
    """Say whether a person may do this to an activity."""
    return permits(deed, parts_of(person, activity))


def accountable_on(activity: Activity, day: date) -> Person | None:
    """Return who held the accountable post on a day; None when it was vacant. One query."""
    return holder(activity.accountable_post, day)


@dataclass(frozen=True)
class Urged:
    """Whom to urge about an activity: the holder of its post or, while that is vacant, of the nearest above.

    Args:
        post: the post that is urged; None when nobody up the chain holds one.
        person: who holds it.
        is_vacant: the accountable post itself is vacant.
        chain: posts above the urged one, nearest first, for escalation (ids).
    """

    post: Post | None
    person: Person | None
    is_vacant: bool
    chain: tuple[int, ...]


def urged_for(activities: Iterable[Activity], today: date) -> dict[int, Urged]:
    """Return whom to urge for each activity, by its id. Three queries however many there are.

    Where nobody up the chain holds a post, the head of the campaign's steering body is urged.
    """
    activities = list(activities)
    reports_to = dict(Post.objects.values_list("pk", "reports_to"))
    chains = {one.pk: _chain(one.accountable_post_id, reports_to, one.campaign) for one in activities}
    wanted = {pk for chain in chains.values() for pk in chain}
    posts = {post.pk: post for post in Post.objects.filter(pk__in=wanted).select_related("organisation")}
    people = holders(posts.values(), today)
    found = {}
    for activity in activities:
        chain = chains[activity.pk]
        at = next((index for index, pk in enumerate(chain) if pk in people), None)
        found[activity.pk] = Urged(
            post=posts[chain[at]] if at is not None else None,
            person=people[chain[at]] if at is not None else None,
            is_vacant=activity.accountable_post_id not in people,
            chain=tuple(chain[at + 1 :]) if at is not None else (),
        )
    return found


def _chain(first: int, reports_to: dict[int, int | None], campaign: Campaign) -> list[int]:
    chain: list[int] = []
    next_id: int | None = first
    while next_id is not None and next_id not in chain and len(chain) < LONGEST_CHAIN:
        chain.append(next_id)
        next_id = reports_to.get(next_id)
    head = campaign.steering_head_id
    return [*chain, head] if head is not None and head not in chain else chain
