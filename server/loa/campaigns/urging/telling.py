# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tell people what they are urged about: one notice for each thing, one list where they are many."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Max, Min, QuerySet, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from loa.campaigns.models import Urge
from loa.campaigns.seeing.rows import PlanFilter
from loa.campaigns.urging.queries import addressees, dedupe_of
from loa.campaigns.urging.rules import ABOVE, BY_HAND
from loa.campaigns.urging.words import body_of, body_of_list, title_of, title_of_list
from loa.notices.actions import Telling, tell_many
from loa.notices.models import Answer

KIND = "campaigns.urge"
ANSWERS = (Answer.ACKNOWLEDGE, Answer.ANSWER, Answer.PASS_ON)
SINGLY = 3  # things of one campaign that a person is told one by one; of more he gets one list
NAMED = 10  # things that such a list names; the others are counted
BATCH = 400  # rows of one statement


@dataclass(frozen=True)
class Group:
    """What one person is urged about in one campaign at once.

    Args:
        urges: the ones due first; all of them where they are told one by one.
        count: how many there are.
        is_below: it is work below his own, of which he hears after some days.
        last_due: the latest due date of all.
        post: the one post that answers for all of it; None where they are several.
    """

    urges: tuple[Urge, ...]
    count: int
    is_below: bool
    last_due: date | None
    post: int | None

    @property
    def is_list(self) -> bool:
        return self.count > SINGLY

    def dedupe(self, today: date) -> str:
        """Return the name by which notices know the list: one for each day, and for each note by hand."""
        first = self.urges[0]
        occasion = first.mark if first.stage == BY_HAND else f"{today}:{'below' if self.is_below else 'own'}"
        return f"{KIND}:list:{first.activity.campaign_id}:{first.person_id}:{occasion}"

    def url(self, today: date) -> str:
        """Return where the whole list is seen."""
        is_late = self.last_due is not None and self.last_due < today
        narrowed = PlanFilter(show="late" if is_late else "open", post=self.post).query()
        return reverse("campaigns:activities", args=[self.urges[0].activity.campaign.key]) + narrowed


def tell(urges: QuerySet[Urge], today: date) -> None:
    """Tell of urges of which nobody was told yet, in the caller's transaction. Again does nothing.

    A fixed number of queries, and one for each list.
    """
    groups = _groups(urges)
    singly = [urge for group in groups if not group.is_list for urge in group.urges]
    lists = [group for group in groups if group.is_list]
    tell_many([*_tellings(singly, today), *(_list(group, today) for group in lists)])
    for urge in singly:
        urge.told_as = dedupe_of(urge.activity, urge.mark)
    Urge.objects.bulk_update(singly, ["told_as"], batch_size=BATCH)
    for group in lists:
        first = group.urges[0]
        same = urges.filter(person=first.person, activity__campaign=first.activity.campaign_id)
        same = (
            same.filter(stage__startswith=ABOVE) if group.is_below else same.exclude(stage__startswith=ABOVE)
        )
        same.update(told_as=group.dedupe(today))


def _groups(urges: QuerySet[Urge]) -> list[Group]:
    """Return the groups with their first members. One query."""
    is_below = Case(When(stage__startswith=ABOVE, then=True), default=False, output_field=BooleanField())
    one: dict[str, Any] = {"partition_by": ["person", "activity__campaign", "is_below"]}
    rows = urges.annotate(is_below=is_below).annotate(
        count=Window(Count("pk"), **one),
        place=Window(RowNumber(), order_by=[F("due").asc(nulls_last=True), F("activity")], **one),
        last_due=Window(Max("due"), **one),
        first_post=Window(Min("activity__accountable_post"), **one),
        last_post=Window(Max("activity__accountable_post"), **one),
    )
    rows = (
        rows.filter(place__lte=NAMED)
        .select_related("person", "by", "post")
        .select_related("activity__campaign__organisation", "activity__organisation")
        .select_related("activity__accountable_post")
        .order_by("person", "activity__campaign", "is_below", "place")
    )
    found = []
    for _key, members in groupby(rows, lambda row: (row.person_id, row.activity.campaign_id, row.is_below)):
        urged = tuple(members)
        any_of = urged[0]
        post = any_of.first_post if any_of.first_post == any_of.last_post else None
        found.append(Group(urged, any_of.count, any_of.is_below, any_of.last_due, post))
    return found


def _tellings(urges: list[Urge], today: date) -> Iterator[Telling]:
    found = addressees([urge.activity for urge in urges], today)
    for urge in urges:
        activity = urge.activity
        yield Telling(
            to=(urge.person,),
            kind=KIND,
            title=title_of(urge, today),
            body=body_of(urge, found[activity.pk]),
            url=reverse("campaigns:activity", args=[activity.campaign.key, activity.pk]),
            about=activity,
            dedupe=dedupe_of(activity, urge.mark),
            by=urge.by,
            answers=ANSWERS,
        )


def _list(group: Group, today: date) -> Telling:
    first = group.urges[0]
    return Telling(
        to=(first.person,),
        kind=KIND,
        title=title_of_list(first, group.count, is_below=group.is_below),
        body=body_of_list(group.urges, group.count, today, of_one_post=group.post is not None),
        url=group.url(today),
        about=first.activity.campaign,
        dedupe=group.dedupe(today),
        by=first.by,
        answers=ANSWERS,
    )
