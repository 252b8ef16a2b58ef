# SPDX-License-Identifier: AGPL-3.0-or-later
"""A month of a plan: what is due on each day, inspections, days off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from loa.campaigns.listings import LOOKS
from loa.campaigns.models import Activity, ActivityState, Inspection
from loa.campaigns.rules import STATE_NAMES, days_late
from loa.campaigns.seeing.rows import Seen
from loa.campaigns.words import Words
from loa.campaigns.workdays import holiday_name

YEARS = 50  # before and after today; a month further away is a slip
A_DAY = 4  # activities that a day shows; the others are behind a link


@dataclass(frozen=True)
class Due:
    """An activity on its day."""

    activity: Activity
    look: str
    words: Words


@dataclass(frozen=True)
class Day:
    on: date
    is_inside: bool  # of the month
    is_today: bool
    holiday: str
    due: tuple[Due, ...]
    count: int  # of everything that is due on it
    inspections: tuple[Inspection, ...]

    @property
    def more(self) -> int:
        return self.count - len(self.due)


@dataclass(frozen=True)
class Month:
    first: date
    weeks: tuple[tuple[Day, ...], ...]
    count: int

    @property
    def before(self) -> str:
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        return f"{self.first + timedelta(days=31):%Y-%m}"

    @property
    def days(self) -> list[Day]:
        """Return the days of the month on which there is something."""
        days = [day for week in self.weeks for day in week if day.is_inside]
        return [day for day in days if day.count or day.inspections or day.holiday or day.is_today]


def first_of(text: str, today: date) -> date:
    """Read a month from an address ("2026-11"); whatever cannot be read is the month of today."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return first if abs(first.year - today.year) <= YEARS else today.replace(day=1)


def month(seen: Seen, rows: QuerySet[Activity], first: date, today: date) -> Month:
    """Return a month with the first few activities of each day and how many there are. Four queries."""
    begins = first - timedelta(days=first.weekday())
    after = (first + timedelta(days=32)).replace(day=1)
    days = [begins + timedelta(days=n) for n in range(((after - begins).days + 6) // 7 * 7)]
    inside = rows.filter(due__gte=days[0], due__lte=days[-1]).order_by()
    counts = dict(inside.values_list("due").annotate(Count("pk")))
    due = _first_few(inside)
    visits = _inspections(seen, days)
    drawn = [
        Day(
            on=day,
            is_inside=first <= day < after,
            is_today=day == today,
            holiday=holiday_name(day) or "",
            due=tuple(_due(one, today) for one in due.get(day, ())),
            count=counts.get(day, 0),
            inspections=tuple(visits.get(day, ())),
        )
        for day in days
    ]
    total = sum(day.count for day in drawn if day.is_inside)
    weeks = tuple(tuple(drawn[at : at + 7]) for at in range(0, len(drawn), 7))
    return Month(first, weeks, total)


def _first_few(inside: QuerySet[Activity]) -> dict[date, list[Activity]]:
    number = Window(RowNumber(), partition_by=F("due"), order_by=F("pk").asc())
    chosen = inside.annotate(number=number).filter(number__lte=A_DAY).values("pk")
    found: dict[date, list[Activity]] = {}
    for one in Activity.objects.filter(pk__in=[row["pk"] for row in chosen]).select_related("campaign__area"):
        if one.due is not None:
            found.setdefault(one.due, []).append(one)
    return found


def _inspections(seen: Seen, days: Sequence[date]) -> dict[date, list[Inspection]]:
    found: dict[date, list[Inspection]] = {}
    rows = Inspection.objects.filter(
        campaign=seen.campaign, planned_on__gte=days[0], planned_on__lte=days[-1]
    )
    for one in rows:
        found.setdefault(one.planned_on, []).append(one)
    return found


def _due(activity: Activity, today: date) -> Due:
    if days_late(activity, today):
        return Due(activity, "late", STATE_NAMES[ActivityState(activity.state)])
    look = LOOKS[ActivityState(activity.state)].replace("_", "-")
    return Due(activity, look, STATE_NAMES[ActivityState(activity.state)])
