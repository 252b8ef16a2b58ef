# SPDX-License-Identifier: AGPL-3.0-or-later
"""The figures of a report, asked of plan, ledger and calendar each time: none is typed, none is stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import F, Max, Q, QuerySet
from django.utils.timezone import make_aware

from loa.campaigns import rollup
from loa.campaigns.models import Activity, ActivityState, Campaign
from loa.campaigns.progress import Standing, standings
from loa.campaigns.queries import accountable_people
from loa.campaigns.rules import OPEN_STATES
from loa.deliveries.models import Delivery
from loa.deliveries.plan_evidence import SOUNDED
from loa.deliveries.queries import in_force
from loa.people.models import Person
from loa.reach.queries import coverage
from loa.reach.rules import Sums
from loa.releases.models import Release
from loa.reports.kinds import Span

AT_ONCE = 500  # activities whose evidence is read together


@dataclass(frozen=True)
class Airtime:
    """What loudspeakers played of a campaign in a span of days, by the ledger."""

    messages: int
    rounds: int  # a message at one time, at one loudspeaker or many
    minutes: Decimal  # of rounds, each counted once
    deliveries: int  # played to the end
    not_whole: int  # partial, stopped, refused or missed
    villages: int  # in which something was played to the end


@dataclass(frozen=True)
class Item:
    """An activity as a table lists it."""

    activity: Activity
    holder: Person | None
    standing: Standing | None  # how far it is; only where results are listed
    contributors: tuple[str, ...]


def airtime(campaign: Campaign, span: Span) -> Airtime:
    """Return what was played for a campaign and those below it, tests left out. Three queries."""
    inside = campaign.lineage
    releases = dict(
        Release.objects.filter(
            Q(revision__message__campaign__lineage__startswith=inside)
            | Q(revision__message__key_messages__campaign__lineage__startswith=inside),
            is_test=False,
        ).values_list("pk", "revision__message")
    )
    rows = _within(in_force().filter(release_id__in=list(releases)), span)
    rounds: dict[object, tuple[object, float]] = {}
    sounded = rows.filter(outcome__in=SOUNDED, seconds__gt=0).values_list("release_id", "placement_id")
    for release, placement, longest in sounded.annotate(longest=Max("seconds")).order_by():
        rounds[placement] = (releases[release], longest)
    whole: set[int] = set()
    counts = {True: 0, False: 0}
    for outcome, village in rows.values_list("outcome", "village"):
        is_whole = outcome == "delivered"
        counts[is_whole] += 1
        if is_whole:
            whole.add(village)
    seconds = sum(longest for _message, longest in rounds.values())
    return Airtime(
        messages=len({message for message, _longest in rounds.values()}),
        rounds=len(rounds),
        minutes=(Decimal(str(seconds)) / 60).quantize(Decimal("0.1")),
        deliveries=counts[True],
        not_whole=counts[False],
        villages=len(whole),
    )


def _within(rows: QuerySet[Delivery], span: Span) -> QuerySet[Delivery]:
    if span.first is not None:
        rows = rows.filter(due_at__gte=_midnight(span.first))
    if span.last is not None:
        rows = rows.filter(due_at__lt=_midnight(span.last + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    """Return the first moment of a day here."""
    return make_aware(datetime.combine(day, time()))


def reached(campaign: Campaign, span: Span, now: datetime) -> list[tuple[str, Sums]]:
    """Return for each key message which villages could have heard it since the span began. Nine queries."""
    since = _midnight(span.first) if span.first else None
    until = min(now, _midnight(span.last + timedelta(days=1))) if span.last else now
    return [(row.key_message.text, row.sums) for row in coverage(campaign, since, now=until).rows]


def finished(campaign: Campaign, span: Span) -> int:
    """Return how many activities were verified in a span of days. One query."""
    rows = rollup.counted_activities(campaign).filter(state=ActivityState.VERIFIED)
    if span.first is not None and span.last is not None:
        rows = rows.filter(
            verified_at__gte=_midnight(span.first), verified_at__lt=_midnight(span.last + timedelta(days=1))
        )
    return rows.count()


def coming(campaign: Campaign, after: date) -> list[Item]:
    """Return the open activities that fall due in the 31 days after a day, at most a hundred."""
    rows = rollup.counted_activities(campaign).filter(
        state__in=OPEN_STATES, due__gt=after, due__lte=after + timedelta(days=31)
    )
    return list(_items(_listed(rows)[:100], after, with_standing=False))


def items(campaign: Campaign, today: date, *, with_standing: bool) -> Iterator[Item]:
    """Yield every activity that counts, by phase and due date, in batches: five queries for each 500."""
    rows = _listed(rollup.counted_activities(campaign).exclude(state=ActivityState.CANCELLED))
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        found = {row.pk: row for row in _full(Activity.objects.filter(pk__in=keys[start : start + AT_ONCE]))}
        batch = [found[key] for key in keys[start : start + AT_ONCE] if key in found]
        yield from _items(batch, today, with_standing=with_standing)


def _listed(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    by_phase = F("phase__order").asc(nulls_last=True), "phase__name"
    return _full(rows).order_by(*by_phase, F("due").asc(nulls_last=True), "pk")


def _full(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    return rows.select_related("campaign", "phase", "organisation", "accountable_post__organisation")


def _items(rows: QuerySet[Activity] | list[Activity], today: date, *, with_standing: bool) -> Iterator[Item]:
    batch = list(rows)
    people = accountable_people(batch, today)
    helping: dict[int, list[str]] = {}
    joined = Activity.contributors.through.objects.filter(activity__in=batch)
    others = joined.exclude(organisation=F("activity__organisation"))  # who leads is not named twice
    for activity, name in others.values_list("activity", "organisation__name").order_by("pk"):
        helping.setdefault(activity, []).append(name)
    how_far = standings(batch) if with_standing else {}
    for row in batch:
        yield Item(
            activity=row,
            holder=people.get(row.accountable_post_id),
            standing=how_far.get(row.pk),
            contributors=tuple(helping.get(row.pk, ())),
        )
