# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the plan's page shows: everything at a campaign's top, in a fixed number of queries."""

from dataclasses import dataclass

from django.utils.functional import Promise

from loa.campaigns import levels
from loa.campaigns.models import (
    Audience,
    BudgetLine,
    Campaign,
    LegalDocument,
    Objective,
    ObjectiveKind,
    Phase,
    Reading,
)
from loa.campaigns.queries import phases_of
from loa.campaigns.words import OBJECTIVE_NAMES


@dataclass(frozen=True)
class ObjectiveRow:
    """An objective with what was last measured of it."""

    objective: Objective
    kind_name: str | Promise
    reading: Reading | None


@dataclass(frozen=True)
class Plan:
    """A campaign's top."""

    legal_documents: list[LegalDocument]
    objectives: list[ObjectiveRow]
    phases: list[Phase]
    audiences: list[Audience]
    budget_lines: list[BudgetLine]
    open_proposals: int
    removed: int

    @property
    def planned_money(self) -> int:
        """Return the planned budget in đồng."""
        return sum(line.planned for line in self.budget_lines)

    @property
    def spent_money(self) -> int:
        """Return what was spent in đồng, as far as somebody said."""
        return sum(line.spent or 0 for line in self.budget_lines)


def _objectives(campaign: Campaign) -> list[ObjectiveRow]:
    rows = list(campaign.objectives.all())
    latest: dict[int, Reading] = {}
    for reading in Reading.objects.filter(objective__in=rows).order_by("on", "pk"):
        latest[reading.objective_id] = reading
    return [ObjectiveRow(one, OBJECTIVE_NAMES[ObjectiveKind(one.kind)], latest.get(one.pk)) for one in rows]


def count_proposals(campaign: Campaign) -> int:
    """Return how many proposals of the plan above wait; no query for a campaign without one."""
    if campaign.upper_id is None:
        return 0
    return len(levels.proposals(campaign)) + len(levels.part_proposals(campaign))


def plan_of(campaign: Campaign) -> Plan:
    """Return a campaign's top. Seven queries, and eight more where a plan above exists."""
    return Plan(
        legal_documents=list(campaign.legal_documents.select_related("file")),
        objectives=_objectives(campaign),
        phases=list(phases_of(campaign)),
        audiences=list(campaign.audiences.all()),
        budget_lines=list(campaign.budget_lines.select_related("phase")),
        open_proposals=count_proposals(campaign),
        removed=campaign.removals.count(),
    )
