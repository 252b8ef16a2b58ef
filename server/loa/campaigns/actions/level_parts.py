# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accept or decline what changed above in phases and key messages."""

from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from loa.campaigns import levels
from loa.campaigns.actions.checks import Actors, record, require_plan, text
from loa.campaigns.actions.copying import copy_message, copy_phase
from loa.campaigns.actions.phases import edit_key_message, edit_phase
from loa.campaigns.actions.removal import remove
from loa.campaigns.levels import PartProposal, ProposalKind
from loa.campaigns.models import Campaign, KeyMessage, Phase


def remember_parts(campaign: Campaign) -> None:
    """Write down every phase and message above as decided on, at a takeover."""
    campaign.seen_above = {
        key: msgspec.to_builtins(seen) for key, (_row, seen) in levels.parts_above(campaign).items()
    }
    campaign.save(update_fields=["seen_above"])


def _open(campaign: Campaign, key: str) -> PartProposal | None:
    locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    campaign.seen_above = locked.seen_above
    return next((one for one in levels.part_proposals(campaign) if one.key == key), None)


def decided(campaign: Campaign, key: str) -> None:
    """Write down that a phase or message above is decided on as it is now."""
    above = levels.parts_above(campaign)
    seen: dict[str, Any] = dict(campaign.seen_above)
    seen.pop(key, None)
    if key in above:
        seen[key] = msgspec.to_builtins(above[key][1])
    campaign.seen_above = seen
    campaign.save(update_fields=["seen_above"])


def _apply(actor: Actors, campaign: Campaign, proposal: PartProposal) -> Phase | KeyMessage:
    upper, own = proposal.upper, proposal.own
    if proposal.kind == ProposalKind.CANCEL and own is not None:
        remove(actor=actor, row=own)
        return own
    if isinstance(upper, Phase):
        if not isinstance(own, Phase):
            return copy_phase(upper, campaign, lambda day: day)
        return edit_phase(
            actor=actor, phase=own, name=upper.name, start=upper.start, end=upper.end, is_open=upper.is_open
        )
    assert isinstance(upper, KeyMessage)
    if not isinstance(own, KeyMessage):
        return copy_message(upper, campaign, upper=True)
    return edit_key_message(
        actor=actor,
        key_message=own,
        text=upper.text,
        phase=campaign.phases.filter(key=upper.phase.key).first() if upper.phase else None,
        wanted_per_week=upper.wanted_per_week,
        priority=upper.priority,
        frequencies={one.channel: one.per_week for one in upper.frequencies.all()},
    )


@transaction.atomic
def accept_part(*, actor: Actors, campaign: Campaign, key: str) -> Phase | KeyMessage | None:
    """Do what the plan above proposes about a phase or key message.

    Args:
        key: of the proposal ("phase:truoc", "message:12").

    Returns:
        The row below; None when nothing was open.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError, ConflictError: it cannot be so below; the sentence says why. Decline, or make room.
    """
    require_plan(actor, campaign.organisation)
    proposal = _open(campaign, key)
    if proposal is None:
        return None
    row = _apply(actor, campaign, proposal)
    decided(campaign, key)
    record(actor, "accept_proposal", campaign, row, kind=proposal.kind.value)
    return row


@transaction.atomic
def decline_part(*, actor: Actors, campaign: Campaign, key: str, note: str) -> PartProposal | None:
    """Leave phase or key message below as it is, and say why; a later change is proposed again.

    Returns:
        What was declined; None when nothing was open.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: nothing says why.
    """
    require_plan(actor, campaign.organisation)
    proposal = _open(campaign, key)
    if proposal is None:
        return None
    note = text(note, "note", 300, missing=_("Ghi lý do để cấp trên hiểu."))
    decided(campaign, key)
    about = proposal.own or campaign
    record(actor, "decline_proposal", campaign, about, kind=proposal.kind.value, reason=note)
    return proposal
