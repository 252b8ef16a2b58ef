# SPDX-License-Identifier: AGPL-3.0-or-later
"""What plans put into each person's morning digest: his work, his findings, what he verifies, what is late below."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.campaigns.models import Activity, ActivityState, Campaign, Finding
from loa.campaigns.rules import OPEN_STATES
from loa.campaigns.standing import held_posts
from loa.campaigns.urging.words import day_words, standing_words
from loa.campaigns.waiting import waiting_for
from loa.campaigns.workdays import is_workday
from loa.notices.digest import Section
from loa.people.absence import posts_stood_in_for
from loa.people.models import Person, Post
from loa.people.queries import holders

SOON = timedelta(days=7)
CHUNK = 400  # values of one condition; SQLite takes a limited number


@dataclass(frozen=True)
class Posts:
    """The posts that a person answers for today, and those below.

    Args:
        held: those that he holds, or stands in for.
        vacant: vacant ones below for which he is the nearest who is there.
        below: everything below them that somebody holds.
    """

    held: frozenset[int]
    vacant: frozenset[int]
    below: frozenset[int]

    @property
    def own(self) -> frozenset[int]:
        return self.held | self.vacant


def posts_of(person: Person, today: date) -> Posts:
    """Return the posts of a person. Two queries for who holds none, and two for each level below."""
    held = held_posts(person) | posts_stood_in_for(person, today)
    vacant, below, seen = set[int](), set[int](), set(held)
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
            is_own = pk not in people and post.reports_to_id in held | vacant
            (vacant if is_own else below).add(pk)
        seen |= fresh.keys()
        level = set(fresh)
    return Posts(frozenset(held), frozenset(vacant), frozenset(below))


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


def _line(activity: Activity, today: date) -> str:
    return f"{standing_words(activity, today)}: {activity.title}"


def _line_with_post(activity: Activity, today: date) -> str:
    post, office = activity.accountable_post.title, activity.organisation.name
    return f"{_line(activity, today)} ({post}, {office})"


def _own_line(activity: Activity, today: date, posts: Posts) -> str:
    line = _line(activity, today)
    if activity.accountable_post_id in posts.vacant:
        words = _("%(line)s (%(post)s chưa có người giữ)")
        line = words % {"line": line, "post": activity.accountable_post.title}
    return _("Bị trả lại. %(line)s") % {"line": line} if activity.state == ActivityState.RETURNED else line


def own_work(person: Person, now: datetime) -> Section | None:
    """Return what a person answers for that is late, returned, or due within a week; nothing on days off.

    His are also the posts that he stands in for today, and vacant ones below for which he is the nearest.
    """
    today = localdate(now)
    if not is_workday(today):
        return None
    posts = posts_of(person, today)
    wanted = Q(due__lte=today + SOON) | Q(state=ActivityState.RETURNED)
    rows = _of_posts(posts.own, wanted & ~Q(state=ActivityState.SUBMITTED))
    return _section(_("Việc bạn chịu trách nhiệm"), (_own_line(row, today, posts) for row in rows))


def own_findings(person: Person, now: datetime) -> Section | None:
    """Return the findings that a person puts right and that are late or due within a week; nothing on days off."""
    today = localdate(now)
    if not is_workday(today):
        return None
    due = Finding.objects.filter(resolved_at=None, due__lte=today + SOON, inspection__removal=None)
    rows = [
        row
        for part in _parts(posts_of(person, today).own)
        for row in due.filter(owner_post__in=part, inspection__campaign__removal=None)
    ]
    rows.sort(key=lambda row: (row.due, row.pk))
    lines = (f"{day_words(row.due, today)}: {row.text}" for row in rows)
    return _section(_("Phát hiện kiểm tra bạn phải khắc phục"), lines)


def work_to_verify(person: Person, now: datetime) -> Section | None:
    """Return submitted work that a person may verify, as his first page names it; nothing on days off."""
    today = localdate(now)
    if not is_workday(today):
        return None
    rows = waiting_for(person, today).to_verify
    return _section(_("Chờ bạn kiểm tra"), (_line_with_post(row, today) for row in rows))


def late_work_below(person: Person, now: datetime) -> Section | None:
    """Return what is late at posts below a person's, and in campaigns that he steers."""
    today = localdate(now)
    if not is_workday(today):
        return None
    posts = posts_of(person, today)
    if not posts.own:
        return None
    wanted = Q(due__lt=today) & ~Q(state=ActivityState.SUBMITTED)
    steered = list(Campaign.objects.filter(steering_head__in=posts.own).values_list("pk", flat=True))
    rows = _of_posts(posts.below, wanted)
    if steered:
        others = _open(wanted & Q(campaign__in=steered)).exclude(accountable_post__in=posts.own)
        rows = _ordered([*rows, *others])
    return _section(_("Việc trễ ở cấp dưới"), (_line_with_post(row, today) for row in rows))
