# SPDX-License-Identifier: AGPL-3.0-or-later
"""The Gantt of a plan, drawn at the server: many activities as their groups first, each group page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, Max, Min, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from loa.campaigns.models import Activity, ActivityState, Phase
from loa.campaigns.rules import OPEN_STATES
from loa.campaigns.seeing.lines import WorkLine, work_lines
from loa.campaigns.seeing.rows import NO_PHASE
from loa.campaigns.seeing.timeline import Axis, Stretch, axis_over, share, span_words

GROUPS = ("giai-doan", "co-quan", "cap")  # by phase, by organisation, by the campaign that holds it
FIELDS = {"giai-doan": "phase", "co-quan": "organisation", "cap": "level"}  # of PlanFilter
ALL_AT_ONCE = 300  # activities; more are shown as their groups until one is chosen
ROWS_A_PAGE, GROUPS_A_PAGE = 100, 50
_DAYS = {
    "first": Min(Coalesce("start", "due")),
    "last": Max(Coalesce("due", "start")),
}


@dataclass(frozen=True)
class Bar:
    """An activity on the line.

    Args:
        bar: from its start to its due date; None without a due date.
        is_point: it has a due date alone.
        done: how much of the bar is counted, as a length; "" where there is no number.
        waits_for: titles of what must be done before and is not.
    """

    work: WorkLine
    bar: Stretch | None
    is_point: bool
    done: str
    days: str
    waits_for: tuple[str, ...]

    @property
    def look(self) -> str:
        """Return what the bar looks like; late beats the state."""
        return "late" if self.work.line.is_late else str(self.work.activity.state).replace("_", "-")


@dataclass(frozen=True)
class Group:
    """A phase, an organisation or a campaign below with its activities as one bar."""

    key: str
    name: str
    total: int
    done: int
    late: int
    bar: Stretch | None


@dataclass(frozen=True)
class Section:
    """The rows of one group on a page."""

    key: str
    name: str
    bars: tuple[Bar, ...]


def axis_of(rows: QuerySet[Activity], today: date) -> Axis:
    """Return the line that holds every dated row. One query."""
    days = rows.order_by().aggregate(**_DAYS)
    return axis_over(days.values(), today)


def phase_key(phases: Sequence[Phase]) -> Case:
    """Return the expression of an activity's phase; what is of none of these is of none."""
    known = When(phase__key__in=[phase.key for phase in phases], then=F("phase__key"))
    return Case(known, default=Value(NO_PHASE), output_field=CharField())


def _columns(grouping: str, phases: Sequence[Phase]) -> tuple[Any, Any, Any]:
    """Return key, name and order of a grouping as expressions over activities."""
    if grouping == "co-quan":
        return F("organisation"), Min("organisation__name"), Min("organisation__path")
    if grouping == "cap":
        return F("campaign__key"), Min("campaign__area__name"), Min("campaign__lineage")
    order = {phase.key: number for number, phase in enumerate(phases)}
    places = [When(phase__key=key, then=Value(number)) for key, number in order.items()]
    return phase_key(phases), Min("phase__name"), Min(Case(*places, default=Value(len(order))))


def groups_of(rows: QuerySet[Activity], grouping: str, phases: Sequence[Phase], today: date) -> QuerySet[Any]:
    """Return the groups of rows in their order, to be paged; each a dict for ``group``. One query for a page."""
    key, name, order = _columns(grouping, phases)
    is_late = Q(state__in=OPEN_STATES, due__lt=today)
    return (
        rows.order_by()
        .annotate(group=key)
        .values("group")
        .annotate(
            name=name,
            position=order,
            total=Count("pk"),
            done=Count("pk", filter=Q(state=ActivityState.VERIFIED)),
            late_count=Count("pk", filter=is_late),
            **_DAYS,
        )
        .order_by("position", "group")
    )


def group(row: dict[str, Any], axis: Axis, names: Mapping[str, str]) -> Group:
    """Return a row of ``groups_of`` as it is drawn, by the name that ``names`` has for its key before its own."""
    first, last = row["first"], row["last"]
    return Group(
        key=str(row["group"]),
        name=names.get(row["group"], "" if row["group"] == NO_PHASE else row["name"] or ""),
        total=row["total"],
        done=row["done"],
        late=row["late_count"],
        bar=axis.stretch(first, max(first, last)) if first and last else None,
    )


def ordered(rows: QuerySet[Activity], grouping: str) -> QuerySet[Activity]:
    """Return rows group after group, in each by when they begin, the undated last."""
    first = {"co-quan": "organisation__path", "cap": "campaign__lineage"}.get(grouping, "phase__order")
    begins = Coalesce("start", "due").asc(nulls_last=True)
    return rows.select_related(
        "campaign__area", "phase", "organisation", "accountable_post__organisation"
    ).order_by(F(first).asc(nulls_last=True), begins, "pk")


def sections(
    activities: Sequence[Activity], grouping: str, phases: Sequence[Phase], axis: Axis, today: date
) -> list[Section]:
    """Return one page of ordered activities under the heads of their groups. Five queries."""
    known = {phase.key: phase.name for phase in phases}
    before = _before(activities)
    found: dict[tuple[str, str], list[Bar]] = {}
    for work in work_lines(activities, today):
        bar = _bar(work, axis, before.get(work.activity.pk, ()))
        found.setdefault(_head(work.activity, grouping, known), []).append(bar)
    return [Section(key, name, tuple(bars)) for (key, name), bars in found.items()]


def _head(activity: Activity, grouping: str, phases: dict[str, str]) -> tuple[str, str]:
    if grouping == "co-quan":
        return str(activity.organisation_id), activity.organisation.name
    if grouping == "cap":
        return activity.campaign.key, activity.campaign.area.name
    key = activity.phase.key if activity.phase else ""
    return (key, phases[key]) if key in phases else (NO_PHASE, "")


def _before(activities: Sequence[Activity]) -> dict[int, tuple[str, ...]]:
    """Return the titles of what each activity waits for and is not done. One query."""
    links: Any = Activity.needs.through
    rows = links.objects.filter(
        from_activity__in=[one.pk for one in activities],
        to_activity__removal=None,
        to_activity__state__in=OPEN_STATES,
    )
    found: dict[int, tuple[str, ...]] = {}
    for pk, title in rows.order_by("to_activity__due", "pk").values_list(
        "from_activity", "to_activity__title"
    ):
        found[pk] = (*found.get(pk, ()), title)
    return found


def _bar(work: WorkLine, axis: Axis, waits_for: tuple[str, ...]) -> Bar:
    activity, how_far = work.activity, work.standing.share
    start, due = activity.start, activity.due
    stretch, done = None, ""
    if due is not None:
        first = min(start or due, due)
        stretch = axis.stretch(first, due)
        if activity.state == ActivityState.VERIFIED:
            done = stretch.width
        elif how_far:
            done = share(float(stretch.width.rstrip("%")) * how_far)
    return Bar(work, stretch, due is not None and start is None, done, span_words(start, due), waits_for)
