# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whom to urge, what was sent already, and what came back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import F, Q

from loa.areas import tree
from loa.campaigns.models import Activity, ActivityState, Urge, UrgingDays
from loa.campaigns.rules import OPEN_STATES, Deed, Part, permits
from loa.campaigns.standing import Urged, campaign_parts, held_posts, parts_of, urged_for
from loa.campaigns.urging.rules import MOST_BEFORE, Days, Sent, is_about_lateness, level_of
from loa.campaigns.workdays import add_workdays
from loa.config import clock
from loa.notices.models import Response
from loa.notices.queries import responses_to
from loa.people.absence import deputies_on
from loa.people.models import Deputyship, Organisation, Person, Post, RoleGrant
from loa.people.queries import holders
from loa.people.rules import Permission, roles_with

URGES_SHOWN = 10


@dataclass(frozen=True)
class Addressee:
    """Somebody who can be urged, and the post for which he is.

    Args:
        post: None for a planner, who is asked last where there is nobody else above.
        stands_in_for: who holds the post and is stood in for today; None where he holds it himself.
    """

    person: Person
    post: Post | None
    stands_in_for: Person | None = None


@dataclass(frozen=True)
class Addressees:
    """Who can be urged about an activity, nearest first, each person once.

    Args:
        is_vacant: the accountable post itself is vacant.
        posts_above: ids of the posts above the accountable one that are asked, and the steering body's head.
    """

    chain: tuple[Addressee, ...]
    is_vacant: bool
    posts_above: frozenset[int]


def addressees(activities: Iterable[Activity], today: date) -> dict[int, Addressees]:
    """Return who can be urged about each activity, by its id. Seven queries however many there are.

    Open work: whoever holds the accountable post, then those above. Submitted work waits for those above, and
    never for the one who submitted it. A vacant post, and one whose holder no longer signs in, is passed over;
    where somebody stands in for the holder today, he is asked. Where nobody or one alone is left, whoever plans
    for the campaign's organisation comes last, or for the nearest one above it that has a planner.
    """
    activities = list(activities)
    urged = urged_for(activities, today)
    ids = {pk for one in urged.values() for pk in one.chain}
    ids |= {one.post.pk for one in urged.values() if one.post is not None}
    posts = {post.pk: post for post in Post.objects.filter(pk__in=ids).select_related("organisation")}
    people = holders(posts.values(), today)
    deputies = deputies_on(posts.values(), today)
    asked = {pk: _asked(posts[pk], person, deputies.get(pk)) for pk, person in people.items()}
    found = {one.pk: _addressees(one, urged[one.pk], asked) for one in activities}
    alone = [one for one in activities if len(found[one.pk].chain) < 2]
    planners = _planners({one.campaign.organisation for one in alone}) if alone else {}
    for one in alone:
        planner = planners.get(one.campaign.organisation_id)
        if planner is not None:
            found[one.pk] = _with_planner(one, found[one.pk], planner)
    return found


def _with_planner(activity: Activity, found: Addressees, planner: Person) -> Addressees:
    """Return the addressees with a planner last, unless he is one of them or submitted the work."""
    if planner.pk == activity.submitted_by_id or any(one.person.pk == planner.pk for one in found.chain):
        return found
    return replace(found, chain=(*found.chain, Addressee(planner, None)))


def _planners(organisations: Collection[Organisation]) -> dict[int, Person]:
    """Return one who plans for each organisation, the nearest; those without one are absent. One query."""
    now = clock.now()
    above = {one.pk: tree.ancestor_paths(one.path) for one in organisations}
    grants = RoleGrant.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now),
        role__in=roles_with(Permission.PLAN_EDIT),
        since__lte=now,
        organisation__path__in={path for paths in above.values() for path in paths},
        person__is_active=True,
    )
    nearest: dict[str, Person] = {}
    for grant in grants.select_related("person", "organisation").order_by("person__full_name", "pk"):
        nearest.setdefault(grant.organisation.path, grant.person)
    found = {}
    for pk, paths in above.items():
        path = max((path for path in paths if path in nearest), key=len, default=None)
        if path is not None:
            found[pk] = nearest[path]
    return found


def _asked(post: Post, holder: Person, deputyship: Deputyship | None) -> Addressee:
    if deputyship is None or deputyship.holder_id != holder.pk or not deputyship.deputy.is_active:
        return Addressee(holder, post)
    return Addressee(deputyship.deputy, post, stands_in_for=holder)


def _addressees(activity: Activity, urged: Urged, asked: Mapping[int, Addressee]) -> Addressees:
    found: dict[int, Addressee] = {}
    waits_above = activity.state == ActivityState.SUBMITTED
    first = [urged.post.pk] if urged.post is not None and (urged.is_vacant or not waits_above) else []
    for pk in (*first, *urged.chain):
        if pk in asked:
            found.setdefault(asked[pk].person.pk, asked[pk])
    if waits_above:
        found.pop(activity.submitted_by_id or 0, None)
    chain = tuple(one for one in found.values() if one.person.is_active)
    above = {*urged.chain}
    if urged.is_vacant and urged.post is not None:
        above.add(urged.post.pk)
    return Addressees(chain, urged.is_vacant, frozenset(above))


def watched(today: date, after: int, count: int) -> tuple[list[Activity], int | None]:
    """Return the next open activities that may have to be urged about, and where to go on. Two queries.

    Where to go on is the id of the last one that was looked at, None when there are no more. Left out is what
    somebody below carries out instead, as it is counted.

    Args:
        after: the id of the last one that was looked at.
    """
    rows = list(
        Activity.objects.filter(
            pk__gt=after,
            state__in=OPEN_STATES,
            due__lte=add_workdays(today, MOST_BEFORE),
            campaign__removal=None,
        )
        .select_related("campaign__organisation", "organisation", "accountable_post")
        .order_by("pk")[:count]
    )
    carried_below = set(Activity.objects.filter(upper__in=rows).values_list("upper", flat=True))
    last = rows[-1].pk if rows else None
    return [row for row in rows if row.pk not in carried_below], last


def sent_about(activities: Iterable[Activity]) -> dict[int, Sent]:
    """Return what was sent by itself for the present due date, by the activity's id. One query."""
    rows = Urge.objects.filter(activity__in=list(activities), by=None, due=F("activity__due"))
    stages: dict[int, set[str]] = {}
    first: dict[int, date] = {}
    for pk, stage, on in rows.order_by("on").values_list("activity", "stage", "on"):
        stages.setdefault(pk, set()).add(stage)
        if is_about_lateness(stage):
            first.setdefault(pk, on)
    return {pk: Sent(frozenset(names), first.get(pk)) for pk, names in stages.items()}


def days_of(campaigns: Iterable[int]) -> dict[int, Days]:
    """Return when campaigns urge, by id; one that nobody set does as the defaults say. One query."""
    found = dict.fromkeys(campaigns, Days())
    for row in UrgingDays.objects.filter(campaign__in=list(found)):
        found[row.campaign_id] = Days(tuple(row.before), tuple(row.after), row.escalate_after, row.is_on)
    return found


def may_urge(person: Person, activity: Activity) -> bool:
    """Say whether a person may urge about an activity that is open; whom, the next page says."""
    return activity.state in OPEN_STATES and permits(Deed.URGE, parts_of(person, activity))


@dataclass(frozen=True)
class HandLine:
    """One chosen activity: who would be urged about it, or why nobody is.

    Args:
        obstacle: "" where somebody is urged; "over", "not_allowed", "nobody", "yourself".
    """

    activity: Activity
    found: Addressees
    obstacle: str = ""

    @property
    def addressee(self) -> Addressee | None:
        """Return the nearest one who can be urged."""
        return self.found.chain[0] if self.found.chain else None


@dataclass(frozen=True)
class Chosen:
    """Everything that was chosen to be urged about by hand."""

    lines: tuple[HandLine, ...]

    @property
    def ready(self) -> list[HandLine]:
        return [line for line in self.lines if not line.obstacle]

    @property
    def left_out(self) -> list[HandLine]:
        return [line for line in self.lines if line.obstacle]

    @property
    def people(self) -> int:
        """Return how many people would be urged."""
        return len({line.addressee.person.pk for line in self.ready if line.addressee})

    @property
    def is_refused(self) -> bool:
        """Say whether the reader may urge about none of them."""
        return bool(self.lines) and all(line.obstacle == "not_allowed" for line in self.lines)


def chosen(person: Person, activities: Sequence[Activity], today: date) -> Chosen:
    """Return whom a person would urge about some activities. A fixed number of queries for each campaign."""
    found = addressees(activities, today)
    held = held_posts(person)
    parts: dict[int, frozenset[Part]] = {}
    lines = []
    for activity in activities:
        if activity.campaign_id not in parts:
            parts[activity.campaign_id] = campaign_parts(person, activity.campaign, held)
        own = set(parts[activity.campaign_id])
        if not found[activity.pk].posts_above.isdisjoint(held):
            own.add(Part.ABOVE)
        line = HandLine(activity, found[activity.pk])
        lines.append(replace(line, obstacle=_obstacle(line, person, may=permits(Deed.URGE, own))))
    return Chosen(tuple(lines))


def _obstacle(line: HandLine, person: Person, *, may: bool) -> str:
    if not may:
        return "not_allowed"
    if line.activity.state not in OPEN_STATES:
        return "over"
    if line.addressee is None:
        return "nobody"
    return "yourself" if line.addressee.person.pk == person.pk else ""


@dataclass(frozen=True)
class UrgeLine:
    """One time that somebody was urged, with what he and those to whom he passed it on said."""

    urge: Urge
    responses: tuple[Response, ...]

    @property
    def is_late(self) -> bool:
        return is_about_lateness(self.urge.stage)

    @property
    def is_escalated(self) -> bool:
        return level_of(self.urge.stage) > 0


def urges_on(activity: Activity) -> list[UrgeLine]:
    """Return the last times that somebody was urged about an activity, newest first.

    Two queries, and one more for each time that a notice was passed on further.
    """
    urges = list(
        Urge.objects.filter(activity=activity)
        .select_related("person", "post", "by")
        .order_by("-at", "-pk")[:URGES_SHOWN]
    )
    responses = responses_to(urge.told_as for urge in urges)
    return [UrgeLine(urge, tuple(responses.get(urge.told_as, ()))) for urge in urges]


def dedupe_of(activity: Activity, mark: str) -> str:
    """Return the name by which notices know one occasion of urging."""
    return f"campaigns.urge:{activity.pk}:{mark}"
