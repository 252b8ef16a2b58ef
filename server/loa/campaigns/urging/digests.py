# SPDX-License-Identifier: AGPL-3.0-or-later
"""What plans put into each person's morning digest: his work, what waits for him, what is late below him."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.campaigns.models import Activity, ActivityState, Campaign
from loa.campaigns.rules import OPEN_STATES
from loa.campaigns.standing import held_posts
from loa.campaigns.urging.words import standing_words
from loa.campaigns.workdays import is_workday
from loa.notices.digest import Section
from loa.people.models import Person, Post
from loa.people.queries import holders

SOON = timedelta(days=7)
CHUNK = 400  # values of one condition; SQLite takes a limited number


@dataclass(frozen=True)
class Posts:
    """The posts that a person answers for, and those below.

    Args:
        own: those that he holds, and vacant ones below for which he is the nearest who is there.
        below: everything below them that somebody holds.
    """

    own: frozenset[int]
    below: frozenset[int]


def posts_of(person: Person, today: date) -> Posts:
    """Return the posts of a person. One query for who holds none, else two for each level below."""
    held = held_posts(person)
    own, below, seen = set(held), set[int](), set(held)
    level = set(held)
    while level:
        posts = [post for part in _parts(level) for post in Post.objects.filter(reports_to__in=part)]
        fresh = {post.pk: post for post in posts if post.pk not in seen}
        people = {
            pk: one
            for part in _parts(fresh)
            for pk, one in holders([fresh[pk] for pk in part], today).items()
        }
        for pk, post in fresh.items():
            is_own = pk not in people and post.reports_to_id in own
            (own if is_own else below).add(pk)
        seen |= fresh.keys()
        level = set(fresh)
    return Posts(frozenset(own), frozenset(below))


def _parts(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def _open(wanted: Q) -> QuerySet[Activity]:
    """Return open work that nobody below carries out instead, as it is counted."""
    return (
        Activity.objects.filter(wanted, state__in=OPEN_STATES, campaign__removal=None)
        .exclude(pk__in=Activity.objects.filter(upper__isnull=False).values("upper"))
        .select_related("campaign", "organisation", "accountable_post")
    )


def _of_posts(posts: Iterable[int], wanted: Q) -> list[Activity]:
    rows = [row for part in _parts(posts) for row in _open(wanted).filter(accountable_post__in=part)]
    return _ordered(rows)


def _ordered(rows: Iterable[Activity]) -> list[Activity]:
    return sorted({row.pk: row for row in rows}.values(), key=lambda row: (row.due or date.max, row.pk))


def _section(title: str, lines: Iterable[str]) -> Section | None:
    lines = tuple(lines)
    return Section(title, lines, reverse("campaigns:campaigns")) if lines else None


def _line(activity: Activity, today: date, *, with_post: bool = False) -> str:
    words = f"{standing_words(activity, today)}: {activity.title}"
    if not with_post:
        return words
    return f"{words} ({activity.accountable_post.title}, {activity.organisation.name})"


def own_work(person: Person, now: datetime) -> Section | None:
    """Return what a person answers for that is late, returned, or due within a week; nothing on days off."""
    today = localdate(now)
    if not is_workday(today):
        return None
    posts = posts_of(person, today)
    wanted = Q(due__lte=today + SOON) | Q(state=ActivityState.RETURNED)
    rows = _of_posts(posts.own, wanted & ~Q(state=ActivityState.SUBMITTED))
    return _section(_("Việc bạn chịu trách nhiệm"), (_line(row, today) for row in rows))


def work_to_verify(person: Person, now: datetime) -> Section | None:
    """Return submitted work that waits for a person: of posts below his, and of campaigns that he steers."""
    today = localdate(now)
    if not is_workday(today):
        return None
    wanted = Q(state=ActivityState.SUBMITTED) & ~Q(submitted_by=person)
    rows = _below_and_steered(person, today, wanted)
    return _section(_("Chờ bạn kiểm tra"), (_line(row, today, with_post=True) for row in rows))


def late_work_below(person: Person, now: datetime) -> Section | None:
    """Return what is late at posts below a person's, and in campaigns that he steers."""
    today = localdate(now)
    if not is_workday(today):
        return None
    wanted = Q(due__lt=today) & ~Q(state=ActivityState.SUBMITTED)
    rows = _below_and_steered(person, today, wanted)
    return _section(_("Việc trễ ở cấp dưới"), (_line(row, today, with_post=True) for row in rows))


def _below_and_steered(person: Person, today: date, wanted: Q) -> list[Activity]:
    posts = posts_of(person, today)
    if not posts.own:
        return []
    steered = list(Campaign.objects.filter(steering_head__in=posts.own).values_list("pk", flat=True))
    rows = _of_posts(posts.below, wanted)
    if steered:
        others = _open(wanted & Q(campaign__in=steered)).exclude(accountable_post__in=posts.own)
        rows = _ordered([*rows, *others])
    return rows
