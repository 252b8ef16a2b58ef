# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a campaign stands with everything below it: counts and sums in SQL, asked each time, never stored.

What is counted, so that nothing is counted twice:

* an activity that lower campaigns carry out is counted as they do it, not once more itself;
* a planned quantity is counted where it stands highest: 3,321 conferences of a province's plan are not
  added to the one that each commune plans;
* the same evidence (a photo, a link, a delivery) counts once for each unit of measure, however often sent;
* what was cancelled or deleted counts nothing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce, Substr

from loa.areas import tree
from loa.areas.models import Area
from loa.campaigns import ports
from loa.campaigns.models import (
    Activity,
    ActivityState,
    Campaign,
    Evidence,
    EvidenceKind,
    Figure,
    KeyMessage,
    Objective,
    Phase,
    Reading,
)
from loa.campaigns.rules import OPEN_STATES
from loa.people.models import Organisation

FEW = 500  # areas that are asked for by name; more are read with the whole list
_COMMUNE = tree.COMMUNE_DEPTH * tree.STEP_LENGTH


@dataclass(frozen=True)
class Tally:
    """Activities by state; ``total`` leaves out what was cancelled, ``late`` is open work past its day."""

    total: int = 0
    planned: int = 0
    in_progress: int = 0
    submitted: int = 0
    returned: int = 0
    verified: int = 0
    cancelled: int = 0
    late: int = 0
    undated: int = 0  # open work without a due date

    @property
    def open(self) -> int:
        return self.total - self.verified

    @property
    def share(self) -> float:
        """Return how much is verified, 0 to 1; 0 where there is nothing."""
        return self.verified / self.total if self.total else 0.0


@dataclass(frozen=True)
class Line:
    """The tally of one organisation, area, phase, channel or key message; ``key`` finds its rows again."""

    key: Any
    name: str
    tally: Tally


@dataclass(frozen=True)
class UnitTotal:
    """What was planned and what is counted in one unit of measure."""

    unit: str
    planned: int
    counted: Decimal

    @property
    def share(self) -> float | None:
        return None if not self.planned else min(1.0, float(self.counted / self.planned))


@dataclass(frozen=True)
class ObjectiveLine:
    """An objective and how far it is; no value while nobody measured."""

    objective: Objective
    value: Decimal | None
    on: date | None  # the day of the last reading; None where it is counted
    share: float | None = field(default=None)


def activities_below(campaign: Campaign) -> QuerySet[Activity]:
    """Return the activities of a campaign and of all that took it over."""
    return Activity.objects.filter(campaign__lineage__startswith=campaign.lineage, campaign__removal=None)


def counted_activities(campaign: Campaign) -> QuerySet[Activity]:
    """Return the activities that are counted: those that no lower campaign carries out instead.

    As a list of keys and not as ``NOT EXISTS``: PostgreSQL without fresh statistics (after an import) joined
    that row by row and took 28 s for 10,000 activities.
    """
    inside = activities_below(campaign)
    return inside.exclude(pk__in=inside.filter(upper__isnull=False).values("upper"))


def _counted_of(campaign: Campaign, among: QuerySet[Activity] | None) -> QuerySet[Activity]:
    """Return the rows that lines are made of: those that a reader sees, where ``among`` says so, else all."""
    return counted_activities(campaign) if among is None else among


def _aggregates(today: date, *, distinct: bool = False) -> dict[str, Count]:
    """Return the columns of a tally; rows that a join repeats are counted once, which costs a little."""

    def of(condition: Q) -> Count:
        return Count("pk", filter=condition, distinct=distinct)

    is_open = Q(state__in=OPEN_STATES)
    return {
        "count_total": of(~Q(state=ActivityState.CANCELLED)),
        **{f"count_{state.value}": of(Q(state=state)) for state in ActivityState},
        "count_late": of(is_open & Q(due__lt=today)),
        "count_undated": of(is_open & Q(due=None)),
    }


def _tally(row: dict[str, Any]) -> Tally:
    return Tally(**{name: row[f"count_{name}"] or 0 for name in Tally.__dataclass_fields__})


def sum_of(parts: Iterable[Tally]) -> Tally:
    """Return tallies added up."""
    totals: Counter[str] = Counter()
    for tally in parts:
        totals.update({name: getattr(tally, name) for name in Tally.__dataclass_fields__})
    return Tally(**totals)


def tally(campaign: Campaign, today: date) -> Tally:
    """Return where a campaign stands with everything below it. One query."""
    return tally_of(counted_activities(campaign), today)


def tally_of(rows: QuerySet[Activity], today: date) -> Tally:
    """Return where some activities stand. One query."""
    return _tally(rows.order_by().aggregate(**_aggregates(today)))


def _grouped(rows: QuerySet[Activity], today: date, *, distinct: bool = False, **keys: Any) -> list[Any]:
    return list(
        rows.order_by().annotate(**keys).values(*keys).annotate(**_aggregates(today, distinct=distinct))
    )


def tallies(
    rows: QuerySet[Activity], today: date, *, distinct: bool = False, **keys: Any
) -> list[tuple[tuple[Any, ...], Tally]]:
    """Return the tallies of some activities, grouped by expressions, each with its keys. One query.

    Args:
        distinct: a key joins rows that repeat an activity; each is then counted once in a group.
        keys: what rows are grouped by, as ``office=F("organisation")``.
    """
    grouped = _grouped(rows, today, distinct=distinct, **keys)
    return [(tuple(row[name] for name in keys), _tally(row)) for row in grouped]


def by_organisation(campaign: Campaign, today: date, among: QuerySet[Activity] | None = None) -> list[Line]:
    """Return the tally of each organisation that answers for work, in tree order. Two queries."""
    rows = _grouped(_counted_of(campaign, among), today, group=F("organisation"))
    tallies = {row["group"]: _tally(row) for row in rows}
    found = Organisation.objects.filter(pk__in=list(tallies)).order_by("path")
    return [Line(one.pk, one.name, tallies[one.pk]) for one in found]


def by_area(campaign: Campaign, today: date) -> list[Line]:
    """Return the tally of each commune (province where a plan names no smaller place), in tree order.

    Work in several communes stands in each of them, so lines may add up to more than the total. Two queries.
    """
    place = Substr(Coalesce("areas__path", "campaign__area__path"), 1, _COMMUNE)
    rows = _grouped(counted_activities(campaign), today, distinct=True, group=place)
    tallies = {row["group"]: _tally(row) for row in rows}
    wanted = Area.objects.filter(depth__lte=tree.COMMUNE_DEPTH)
    if len(tallies) <= FEW:
        wanted = wanted.filter(path__in=list(tallies))
    names = wanted.order_by("path").values_list("path", "code", "name")
    return [Line(code, name, tallies[path]) for path, code, name in names if path in tallies]


def by_phase(campaign: Campaign, today: date, among: QuerySet[Activity] | None = None) -> list[Line]:
    """Return the tally of each phase, in order; lower campaigns' phases of the same key are one. Two queries."""
    rows = tallies(_counted_of(campaign, among), today, group=F("phase__key"))
    return phase_lines(
        Phase.objects.filter(campaign=campaign).order_by("order"), ((key, of) for (key,), of in rows)
    )


def phase_lines(phases: Iterable[Phase], tallied: Iterable[tuple[str | None, Tally]]) -> list[Line]:
    """Return the tally of each of a campaign's phases in order, then of work in none of them, if there is any.

    Args:
        tallied: parts of the work by the key of their phase.
    """
    parts: dict[str | None, list[Tally]] = {}
    for key, tally in tallied:
        parts.setdefault(key, []).append(tally)
    lines = [Line(phase.key, phase.name, sum_of(parts.pop(phase.key, ()))) for phase in phases]
    others = [one for of in parts.values() for one in of]
    return [*lines, Line(None, "", sum_of(others))] if others else lines


def by_channel(campaign: Campaign, today: date, among: QuerySet[Activity] | None = None) -> list[Line]:
    """Return the tally of each channel by its key, the most work first; ``name`` is the key. One query.

    Work on several channels stands in each of them.
    """
    rows = tallies(_counted_of(campaign, among), today, group=F("channels"))
    return channel_lines((channels, of) for (channels,), of in rows)


def channel_lines(tallied: Iterable[tuple[Iterable[str], Tally]]) -> list[Line]:
    """Return the tally of each channel, the most work first.

    Args:
        tallied: parts of the work by the channels that each goes over.
    """
    parts: dict[str, list[Tally]] = {}
    for channels, tally in tallied:
        for channel in channels:
            parts.setdefault(channel, []).append(tally)
    lines = [Line(key, key, sum_of(of)) for key, of in parts.items()]
    return sorted(lines, key=lambda line: (-line.tally.total, line.key))


def by_key_message(campaign: Campaign, today: date, among: QuerySet[Activity] | None = None) -> list[Line]:
    """Return the tally of each key message, with those taken over from it, in order. Two queries.

    Work for several key messages stands in each of them.
    """
    told = told_of(campaign, today, _counted_of(campaign, among))
    found = KeyMessage.objects.filter(pk__in=list(told)).order_by("order", "pk")
    return [Line(one.pk, one.text, told[one.pk]) for one in found]


def told_of(campaign: Campaign, today: date, rows: QuerySet[Activity]) -> dict[int, Tally]:
    """Return the work that tells each key message, or one taken over from it, by the id of that on top. One query."""
    inside = campaign.lineage
    top = Case(
        When(
            key_messages__upper__upper__campaign__lineage__startswith=inside,
            then=F("key_messages__upper__upper"),
        ),
        When(key_messages__upper__campaign__lineage__startswith=inside, then=F("key_messages__upper")),
        default=F("key_messages"),
    )
    found = tallies(rows.exclude(key_messages=None), today, distinct=True, group=top)
    return {key: tally for (key,), tally in found}


def _counted_above(campaign: Campaign, above: str) -> Exists:
    """Say in SQL whether the activity above, inside this campaign, plans a number in the same unit."""
    return Exists(
        activities_below(campaign)
        .filter(pk=OuterRef(above), unit=OuterRef("unit"), quantity__isnull=False)
        .exclude(state=ActivityState.CANCELLED)
    )


def _planned(campaign: Campaign) -> dict[str, int]:
    """Return planned quantities by unit, each counted where it stands highest inside this campaign."""
    rows = (
        activities_below(campaign)
        .filter(
            ~_counted_above(campaign, "upper"),
            ~_counted_above(campaign, "upper__upper"),
            quantity__isnull=False,
        )
        .exclude(state=ActivityState.CANCELLED)
    )
    return dict(rows.order_by().values_list("unit").annotate(Sum("quantity")))


def _evidence(campaign: Campaign) -> QuerySet[Evidence]:
    return Evidence.objects.filter(
        activity__campaign__lineage__startswith=campaign.lineage,
        activity__campaign__removal=None,
        activity__removal=None,
    ).exclude(activity__state=ActivityState.CANCELLED)


def _counted(campaign: Campaign) -> dict[str, Decimal]:
    """Return what evidence counts by unit: all of it, less what the same thing counts again."""
    rows = _evidence(campaign).order_by()
    totals: dict[str, Decimal] = {}
    counting = rows.filter(amount__gt=0)
    for unit, amount in counting.values_list("activity__unit").annotate(Sum("amount")):
        totals[unit] = amount
    again = counting.values_list("activity__unit", "identity").annotate(
        times=Count("pk"), every=Sum("amount"), once=Max("amount")
    )
    for unit, _identity, _times, every, once in again.filter(times__gt=1):
        totals[unit] -= every - once
    deliveries = set(
        rows.filter(kind=EvidenceKind.DELIVERY).values_list("activity__unit", "source", "reference")
    )
    references: dict[str, set[str]] = {}
    for _unit, source, reference in deliveries:
        references.setdefault(source, set()).add(reference)
    facts = ports.facts_of(references)
    for unit, source, reference in deliveries:
        fact = facts.get((source, reference))
        totals[unit] = totals.get(unit, Decimal(0)) + (fact.amount if fact else 0)
    return totals


def figures(campaign: Campaign) -> list[UnitTotal]:
    """Return planned and counted quantities by unit, the largest plan first. Four queries."""
    planned, counted = _planned(campaign), _counted(campaign)
    units = {*planned, *(unit for unit, amount in counted.items() if amount)}
    lines = [UnitTotal(unit, planned.get(unit, 0), counted.get(unit, Decimal(0))) for unit in units]
    return sorted(lines, key=lambda line: (-line.planned, -line.counted, line.unit))


def measures(campaign: Campaign, since: date | None = None, until: date | None = None) -> dict[str, Decimal]:
    """Return the figures that evidence brought, by key of ``words.MEASURES``. One query.

    Args:
        since, until: the days that the evidence shows, both included; evidence without a day only without them.
    """
    rows = Figure.objects.filter(evidence__in=_evidence(campaign))
    if since is not None:
        rows = rows.filter(evidence__on__gte=since)
    if until is not None:
        rows = rows.filter(evidence__on__lte=until)
    return dict(rows.order_by().values_list("measure").annotate(Sum("value")))


def objectives(campaign: Campaign, totals: Iterable[UnitTotal] | None = None) -> list[ObjectiveLine]:
    """Return the objectives with how far each is. One query, and those of ``figures`` unless given."""
    last = Reading.objects.filter(objective=OuterRef("pk")).order_by("-on", "-pk")
    rows = list(
        campaign.objectives.annotate(
            last_value=Subquery(last.values("value")[:1]), last_on=Subquery(last.values("on")[:1])
        )
    )
    if totals is None and any(row.is_counted for row in rows):
        totals = figures(campaign)
    counted = {line.unit: line.counted for line in totals or ()}
    lines = []
    for row in rows:
        value = counted.get(row.unit, Decimal(0)) if row.is_counted else row.last_value
        share = None if value is None else min(1.0, float(value / row.target))
        lines.append(ObjectiveLine(row, value, None if row.is_counted else row.last_on, share))
    return lines


@dataclass(frozen=True)
class Overview:
    """All that a campaign's first page says of its work."""

    tally: Tally
    organisations: list[Line]
    areas: list[Line]
    phases: list[Line]
    channels: list[Line]
    key_messages: list[Line]
    figures: list[UnitTotal]
    objectives: list[ObjectiveLine]
    late: list[Activity]
    coming: list[Activity]


def _next(campaign: Campaign, limit: int, **when: Any) -> list[Activity]:
    rows = counted_activities(campaign).filter(state__in=OPEN_STATES, **when)
    return list(
        rows.select_related(
            "campaign__area", "phase", "organisation", "accountable_post__organisation"
        ).order_by("due", "pk")[:limit]
    )


def overview(campaign: Campaign, today: date, *, limit: int = 10) -> Overview:
    """Read where a campaign stands, with at most ``limit`` late and coming activities. 18 queries at most."""
    totals = figures(campaign)
    return Overview(
        tally=tally(campaign, today),
        organisations=by_organisation(campaign, today),
        areas=by_area(campaign, today),
        phases=by_phase(campaign, today),
        channels=by_channel(campaign, today),
        key_messages=by_key_message(campaign, today),
        figures=totals,
        objectives=objectives(campaign, totals),
        late=_next(campaign, limit, due__lt=today),
        coming=_next(campaign, limit, due__gte=today),
    )
