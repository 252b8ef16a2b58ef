# SPDX-License-Identifier: AGPL-3.0-or-later
"""How much each post answers for, and when: counts in the order of the organisations, never a ranking of people."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from loa.campaigns.models import Activity, ActivityState
from loa.campaigns.rules import OPEN_STATES
from loa.people.models import Person, Post
from loa.people.queries import holders


@dataclass(frozen=True)
class Load:
    """What one post answers for; whoever holds it is named, nobody is measured."""

    post: Post
    holder: Person | None
    total: int
    late: int
    this_week: int  # due until Sunday
    next_week: int
    later: int
    undated: int
    done: int


def counts(rows: QuerySet[Activity], today: date) -> QuerySet[Any]:
    """Return a row for each post that answers for something, in the order of the organisations, to be paged."""
    is_open = Q(state__in=OPEN_STATES)
    sunday = today + timedelta(days=6 - today.weekday())
    return (
        rows.order_by()
        .values("accountable_post")
        .annotate(
            total=Count("pk"),
            late=Count("pk", filter=is_open & Q(due__lt=today)),
            this_week=Count("pk", filter=is_open & Q(due__gte=today, due__lte=sunday)),
            next_week=Count("pk", filter=is_open & Q(due__gt=sunday, due__lte=sunday + timedelta(days=7))),
            later=Count("pk", filter=is_open & Q(due__gt=sunday + timedelta(days=7))),
            undated=Count("pk", filter=is_open & Q(due=None)),
            done=Count("pk", filter=Q(state=ActivityState.VERIFIED)),
        )
        .order_by("accountable_post__organisation__path", "accountable_post")
    )


def loads(found: list[dict[str, Any]], today: date) -> list[Load]:
    """Return one page of ``counts`` with posts and who holds them today. Two queries."""
    wanted = [row["accountable_post"] for row in found]
    posts = {post.pk: post for post in Post.objects.filter(pk__in=wanted).select_related("organisation")}
    people = holders(posts.values(), today)
    return [
        Load(
            posts[row["accountable_post"]],
            people.get(row["accountable_post"]),
            **{name: row[name] for name in row if name in Load.__dataclass_fields__},
        )
        for row in found
    ]
