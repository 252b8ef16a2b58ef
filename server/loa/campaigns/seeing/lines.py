# SPDX-License-Identifier: AGPL-3.0-or-later
"""Activities as the table, the Gantt and the lists of a plan show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, QuerySet, Value, When

from loa.campaigns.listings import ActivityLine, lines_of
from loa.campaigns.models import Activity
from loa.campaigns.progress import Standing, standings
from loa.campaigns.rules import OPEN_STATES

ORDERS = {"viec": "title", "co-quan": "organisation__path", "han": "due"}


@dataclass(frozen=True)
class WorkLine:
    """An activity with who answers for it and how far it is."""

    line: ActivityLine
    standing: Standing

    @property
    def activity(self) -> Activity:
        return self.line.activity


def selected(rows: QuerySet[Activity], order: str = "") -> QuerySet[Activity]:
    """Return rows with what a line needs, in the order of the address; else open work first, by due date."""
    rows = rows.select_related("campaign__area", "phase", "organisation", "accountable_post__organisation")
    key = order.removeprefix("-")
    if key not in ORDERS:
        is_over = Case(When(state__in=OPEN_STATES, then=Value(0)), default=Value(1))
        return rows.order_by(is_over, F("due").asc(nulls_last=True), "pk")
    column = F(ORDERS[key])
    return rows.order_by(
        column.desc(nulls_last=True) if order.startswith("-") else column.asc(nulls_last=True), "pk"
    )


def work_lines(activities: Iterable[Activity], today: date) -> list[WorkLine]:
    """Return selected activities as lines. Four queries however many there are."""
    activities = list(activities)
    found: Mapping[int, Standing] = standings(activities)
    return [WorkLine(line, found[line.activity.pk]) for line in lines_of(activities, today)]
