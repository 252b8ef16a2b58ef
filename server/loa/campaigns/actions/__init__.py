# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes a plan: one function per verb, each with its audit entry."""

from loa.campaigns.actions.activities import ActivityInput, add_activity, edit_activity
from loa.campaigns.actions.campaigns import (
    CampaignInput,
    SampleMarks,
    create_campaign,
    edit_campaign,
    set_channels,
)
from loa.campaigns.actions.checks import Actors, PlanError
from loa.campaigns.actions.comments import add_comment
from loa.campaigns.actions.copying import CopyInput, copy_campaign, late_from_copy
from loa.campaigns.actions.evidence import (
    About,
    add_delivery,
    add_figures,
    add_file,
    add_link,
    check_open,
    clear_match,
)
from loa.campaigns.actions.inspections import (
    FindingInput,
    InspectionInput,
    add_finding,
    edit_inspection,
    plan_inspection,
    record_visit,
    resolve_finding,
    sign_off,
)
from loa.campaigns.actions.level_parts import accept_part, decline_part
from loa.campaigns.actions.levels import Take, accept_proposal, decline_proposal, take_over
from loa.campaigns.actions.parts import (
    AudienceInput,
    BudgetLineInput,
    LegalDocumentInput,
    ObjectiveInput,
    add_audience,
    add_budget_line,
    add_legal_document,
    add_objective,
    add_reading,
    edit_audience,
    edit_budget_line,
    edit_legal_document,
    edit_objective,
)
from loa.campaigns.actions.phases import add_key_message, add_phase, edit_key_message, edit_phase
from loa.campaigns.actions.removal import purge, remove, undo_removal
from loa.campaigns.actions.steps import EvidenceMissingError, set_activity_state, take_step
from loa.campaigns.actions.storing import store_file
from loa.campaigns.actions.templates import TemplateInput, late_from_template, use_template
from loa.campaigns.actions.uploads import append_block, begin_upload, finish_upload, upload_of

__all__ = [
    "About",
    "ActivityInput",
    "Actors",
    "AudienceInput",
    "BudgetLineInput",
    "CampaignInput",
    "CopyInput",
    "EvidenceMissingError",
    "FindingInput",
    "InspectionInput",
    "LegalDocumentInput",
    "ObjectiveInput",
    "PlanError",
    "SampleMarks",
    "Take",
    "TemplateInput",
    "accept_part",
    "accept_proposal",
    "add_activity",
    "add_audience",
    "add_budget_line",
    "add_comment",
    "add_delivery",
    "add_figures",
    "add_file",
    "add_finding",
    "add_key_message",
    "add_legal_document",
    "add_link",
    "add_objective",
    "add_phase",
    "add_reading",
    "append_block",
    "begin_upload",
    "check_open",
    "clear_match",
    "copy_campaign",
    "create_campaign",
    "decline_part",
    "decline_proposal",
    "edit_activity",
    "edit_audience",
    "edit_budget_line",
    "edit_campaign",
    "edit_inspection",
    "edit_key_message",
    "edit_legal_document",
    "edit_objective",
    "edit_phase",
    "finish_upload",
    "late_from_copy",
    "late_from_template",
    "plan_inspection",
    "purge",
    "record_visit",
    "remove",
    "resolve_finding",
    "set_activity_state",
    "set_channels",
    "sign_off",
    "store_file",
    "take_over",
    "take_step",
    "undo_removal",
    "upload_of",
    "use_template",
]
