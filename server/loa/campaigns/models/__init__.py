# SPDX-License-Identifier: AGPL-3.0-or-later
"""The plan: campaigns with what they rest on, activities, evidence, inspections, comments."""

from loa.campaigns.models.activities import Activity, ActivityState
from loa.campaigns.models.calendars import CalendarAddress
from loa.campaigns.models.campaigns import (
    Audience,
    BudgetLine,
    Campaign,
    KeyMessage,
    LegalDocument,
    MessagePriority,
    Objective,
    ObjectiveKind,
    Phase,
    PlannedChannel,
    Reading,
    WantedFrequency,
)
from loa.campaigns.models.comments import Comment
from loa.campaigns.models.evidence import (
    Evidence,
    EvidenceKind,
    Figure,
    PhotoMatch,
    StoredFile,
    Upload,
)
from loa.campaigns.models.imports import ImportRowState, ImportState, PlanImport, PlanImportRow
from loa.campaigns.models.inspections import Finding, Inspection
from loa.campaigns.models.levels import Takeover
from loa.campaigns.models.removal import Removable, Removal
from loa.campaigns.models.urging import Urge, UrgingDays, UrgingRun

__all__ = [
    "Activity",
    "ActivityState",
    "Audience",
    "BudgetLine",
    "CalendarAddress",
    "Campaign",
    "Comment",
    "Evidence",
    "EvidenceKind",
    "Figure",
    "Finding",
    "ImportRowState",
    "ImportState",
    "Inspection",
    "KeyMessage",
    "LegalDocument",
    "MessagePriority",
    "Objective",
    "ObjectiveKind",
    "Phase",
    "PhotoMatch",
    "PlanImport",
    "PlanImportRow",
    "PlannedChannel",
    "Reading",
    "Removable",
    "Removal",
    "StoredFile",
    "Takeover",
    "Upload",
    "Urge",
    "UrgingDays",
    "UrgingRun",
    "WantedFrequency",
]
