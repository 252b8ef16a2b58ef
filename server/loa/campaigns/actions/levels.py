# SPDX-License-Identifier: AGPL-3.0-or-later
"""Take a campaign over from above, and accept or decline what changes there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas.models import Area
from loa.campaigns import levels
from loa.campaigns.actions.activities import ActivityInput, add_activity, edit_activity
from loa.campaigns.actions.campaigns import CampaignInput, create_campaign
from loa.campaigns.actions.checks import Actors, PlanError, name_of, record, require_plan, text
from loa.campaigns.actions.copying import copy_documents, copy_message, copy_phase
from loa.campaigns.actions.level_parts import decided, remember_parts
from loa.campaigns.actions.steps import take_step
from loa.campaigns.levels import Proposal, ProposalKind
from loa.campaigns.models import (
    Activity,
    ActivityState,
    Campaign,
    KeyMessage,
    Phase,
    Takeover,
)
from loa.campaigns.queries import may_see
from loa.campaigns.rules import step_between
from loa.config import clock
from loa.config.errors import ConflictError, NotFoundError
from loa.people.models import Organisation, Person, Post

APPLIED = ("title", "channels", "start", "due", "due_note", "unit", "place", "note", "evidence_required")


@dataclass(frozen=True, kw_only=True)
class Take:
    """How a lower campaign carries out one activity above.

    Args:
        accountable_post: the one post below that answers for it.
        quantity: the share of this campaign; None while nobody set one.
        areas: the whole area of the campaign when left out.
    """

    upper_activity: Activity
    accountable_post: Post
    quantity: int | None = None
    areas: Iterable[Area] = field(default=())


def _own_phase(campaign: Campaign, upper: Activity) -> Phase | None:
    if upper.phase is None:
        return None
    own: Phase | None = campaign.phases.filter(key=upper.phase.key).first()
    if own is None:
        own = copy_phase(upper.phase, campaign, lambda day: day)
        decided(campaign, f"phase:{own.key}")
    return own


def _own_messages(campaign: Campaign, upper: Activity) -> list[KeyMessage]:
    own = {message.upper_id: message for message in campaign.key_messages.exclude(upper=None)}
    found = []
    for message in upper.key_messages.all():
        if message.pk not in own:
            own[message.pk] = copy_message(message, campaign, upper=True)
            decided(campaign, f"message:{message.pk}")
        found.append(own[message.pk])
    return found


def _decide(
    actor: Actors, campaign: Campaign, upper: Activity, activity: Activity | None, note: str = ""
) -> Takeover:
    takeover, _made = Takeover.objects.update_or_create(
        campaign=campaign,
        upper_activity=upper,
        defaults={
            "activity": activity,
            "seen": levels.stored(levels.seen_of(upper)),
            "decided_at": clock.now(),
            "decided_by": name_of(actor)[:200],
            "note": text(note, "note", 300),
        },
    )
    return takeover


def _take(actor: Actors, campaign: Campaign, take: Take) -> Activity:
    upper = take.upper_activity
    if upper.campaign_id != campaign.upper_id:
        raise PlanError(_("Việc này không thuộc kế hoạch cấp trên. Chọn lại."), field="upper_activity")
    activity = add_activity(
        actor=actor,
        campaign=campaign,
        upper=upper,
        given=ActivityInput(
            title=upper.title,
            accountable_post=take.accountable_post,
            phase=_own_phase(campaign, upper),
            channels=upper.channels,
            key_messages=_own_messages(campaign, upper),
            areas=take.areas,
            start=upper.start,
            due=upper.due,
            due_note=upper.due_note,
            quantity=take.quantity,
            unit=upper.unit,
            place=upper.place,
            note=upper.note,
            evidence_required=upper.evidence_required,
        ),
    )
    _decide(actor, campaign, upper, activity)
    return activity


@transaction.atomic
def take_over(
    *, actor: Actors, upper: Campaign, organisation: Organisation, takes: Sequence[Take] = (), title: str = ""
) -> Campaign:
    """Begin an organisation's own campaign below one above, with its phases, messages and chosen activities.

    What is not taken shows as a proposal until it is accepted or declined.

    Raises:
        PermissionDeniedError: the actor does not plan for the organisation.
        NotFoundError: he may not see the campaign above.
        PlanError: the organisation serves no part of its area, or a post may not answer.
        ConflictError: the organisation took it over already.
    """
    require_plan(actor, organisation)
    if isinstance(actor, Person) and not may_see(actor, upper):
        raise NotFoundError(_("Không tìm thấy chiến dịch này. Chọn lại trong danh sách chiến dịch."))
    if not organisation.area.path.startswith(upper.area.path):
        raise PlanError(_("Cơ quan này nằm ngoài địa bàn của kế hoạch cấp trên."), field="organisation")
    if Campaign.objects.filter(upper=upper, organisation=organisation).exists():
        raise ConflictError(_("Cơ quan này đã nhận kế hoạch cấp trên. Mở kế hoạch của cơ quan."))
    campaign = create_campaign(
        actor=actor,
        upper=upper,
        given=CampaignInput(
            title=title or f"{upper.title} - {organisation.area.name}",
            organisation=organisation,
            event_name=upper.event_name,
            event_note=upper.event_note,
            event_on=upper.event_on,
            purpose=upper.purpose,
            channels=upper.planned_channels,
        ),
    )
    copy_documents(upper, campaign)
    for phase in upper.phases.all():
        copy_phase(phase, campaign, lambda day: day)
    for message in upper.key_messages.all():
        copy_message(message, campaign, upper=True)
    remember_parts(campaign)
    for take in takes:
        _take(actor, campaign, take)
    record(actor, "take_over", campaign, campaign, upper=upper.key)
    return campaign


def _given(activity: Activity, campaign: Campaign, proposal: Proposal) -> ActivityInput:
    """Return the activity below with what changed above; its post, areas and contributors stay its own."""
    upper, changes = proposal.upper_activity, proposal.changes
    values: dict[str, Any] = {name: getattr(activity, name) for name in APPLIED}
    values |= {name: getattr(upper, name) for name in APPLIED if name in changes}
    quantity = activity.quantity
    if "quantity" in changes and quantity == changes["quantity"][0]:
        quantity = upper.quantity  # it had taken the number from above; a share of its own stays
    return ActivityInput(
        accountable_post=activity.accountable_post,
        contributors=activity.contributors.all(),
        areas=activity.areas.all(),
        needs=activity.needs.all(),
        phase=_own_phase(campaign, upper) if "phase" in changes else activity.phase,
        key_messages=_own_messages(campaign, upper)
        if "key_messages" in changes
        else activity.key_messages.all(),
        quantity=quantity,
        **values,
    )


def _open_proposal(campaign: Campaign, upper_activity: Activity) -> Proposal | None:
    takeover = (
        Takeover.objects.filter(campaign=campaign, upper_activity=upper_activity)
        .select_related("activity__campaign__area", "activity__phase", "activity__accountable_post")
        .first()
    )
    upper = levels.concerning(campaign).filter(pk=upper_activity.pk).first()
    return levels.proposal_for(campaign, upper, takeover) if upper else None


@transaction.atomic
def accept_proposal(
    *, actor: Actors, campaign: Campaign, upper_activity: Activity, take: Take | None = None
) -> Activity | None:
    """Do what the plan above proposes: add its activity, take over its changes, or cancel one's own.

    Args:
        take: who answers for it below; needed where an activity is added.

    Returns:
        The activity below; None when nothing was open, also when somebody decided it a moment before.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: an activity is to be added and nobody was named who answers for it.
        ConflictError: it is to be cancelled and is submitted or done already: decline, with a note.
    """
    require_plan(actor, campaign.organisation)
    proposal = _open_proposal(campaign, upper_activity)
    if proposal is None:
        return None
    activity = proposal.activity
    if proposal.kind == ProposalKind.ADD:
        if take is None:
            raise PlanError(_("Chọn một chức danh chịu trách nhiệm."), field="accountable_post")
        activity = _take(actor, campaign, take)
    elif activity is not None and proposal.kind == ProposalKind.CHANGE:
        activity = edit_activity(actor=actor, activity=activity, given=_given(activity, campaign, proposal))
    elif activity is not None and activity.state != ActivityState.CANCELLED:
        step = step_between(ActivityState(activity.state), ActivityState.CANCELLED)
        if step is None:
            raise ConflictError(_("Việc này đã nộp hoặc đã xong. Không nhận đề nghị và ghi lý do."))
        take_step(actor=actor, activity=activity, step=step, reason=_("Cấp trên bỏ việc này."))
    _decide(actor, campaign, proposal.upper_activity, activity)
    record(actor, "accept_proposal", campaign, activity or campaign, kind=proposal.kind.value)
    return activity


@transaction.atomic
def decline_proposal(
    *, actor: Actors, campaign: Campaign, upper_activity: Activity, note: str
) -> Takeover | None:
    """Leave the plan below as it is, and say why; a later change above is proposed again.

    Returns:
        What was decided; None when nothing was open.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: nothing says why.
    """
    require_plan(actor, campaign.organisation)
    proposal = _open_proposal(campaign, upper_activity)
    if proposal is None:
        return None
    note = text(note, "note", 300, missing=_("Ghi lý do để cấp trên hiểu."))
    takeover = _decide(actor, campaign, proposal.upper_activity, proposal.activity, note)
    record(
        actor,
        "decline_proposal",
        campaign,
        proposal.activity or campaign,
        kind=proposal.kind.value,
        reason=note,
    )
    return takeover
