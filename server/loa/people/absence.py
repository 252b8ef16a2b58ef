# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is on leave, and who stands in for whom."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F, Q, QuerySet

from loa.people.models import Deputyship, Leave, Person, Post


def leaves_on(day: date) -> QuerySet[Leave]:
    """Return the leaves that run on a day."""
    return Leave.objects.filter(first_day__lte=day, last_day__gte=day, ended_at=None)


def leaves_of(person: Person, today: date) -> QuerySet[Leave]:
    """Return a person's leaves that run or come, the next first."""
    return Leave.objects.filter(person=person, last_day__gte=today, ended_at=None).order_by("first_day", "pk")


def is_away(person: Person, day: date) -> bool:
    """Say whether a person is on leave on a day."""
    return leaves_on(day).filter(person=person).exists()


def leaves_of_people(people: Iterable[Person], today: date) -> dict[int, list[Leave]]:
    """Return the leaves of some people that run or come, by person. One query."""
    found: dict[int, list[Leave]] = {}
    rows = Leave.objects.filter(person__in=list(people), last_day__gte=today, ended_at=None)
    for leave in rows.order_by("first_day", "pk"):
        found.setdefault(leave.person_id, []).append(leave)
    return found


def deputyships_of(post: Post) -> QuerySet[Deputyship]:
    """Return who stood or stands in for the holder of a post, the newest first, with what still waits."""
    return (
        Deputyship.objects.filter(post=post)
        .select_related("deputy", "holder")
        .prefetch_related("proposals", "grants")
        .order_by("-first_day", "-pk")
    )


def deputies_on(posts: Iterable[Post], day: date) -> dict[int, Deputyship]:
    """Return who stands in for the holders of some posts on a day, by the post's id. One query."""
    rows = Deputyship.objects.filter(
        post__in=list(posts), first_day__lte=day, last_day__gte=day, ended_at=None
    )
    return {row.post_id: row for row in rows.select_related("deputy").order_by("pk")}


def posts_stood_in_for(person: Person, day: date) -> set[int]:
    """Return the ids of the posts for whose holders a person stands in on a day. One query."""
    held = Q(post__holdings__until=None) | Q(post__holdings__until__gte=day)
    rows = Deputyship.objects.filter(
        held,
        deputy=person,
        first_day__lte=day,
        last_day__gte=day,
        ended_at=None,
        post__holdings__person=F("holder"),
        post__holdings__since__lte=day,
    )
    return set(rows.values_list("post", flat=True))
