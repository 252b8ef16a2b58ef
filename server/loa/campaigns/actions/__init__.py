# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes a plan: one function per verb, each with its audit entry."""

from loa.campaigns.actions.activities import ActivityInput, add_activity, edit_activity
from loa.campaigns.actions.campaigns import CampaignInput, SampleMarks, create_campaign, edit_campaign
from loa.campaigns.actions.checks import Actors, PlanError
from loa.campaigns.actions.phases import add_key_message, add_phase, edit_key_message, edit_phase
from loa.campaigns.actions.steps import EvidenceMissingError, set_activity_state, take_step

__all__ = [
    "ActivityInput",
    "Actors",
    "CampaignInput",
    "EvidenceMissingError",
    "PlanError",
    "SampleMarks",
    "add_activity",
    "add_key_message",
    "add_phase",
    "create_campaign",
    "edit_activity",
    "edit_campaign",
    "edit_key_message",
    "edit_phase",
    "set_activity_state",
    "take_step",
]
