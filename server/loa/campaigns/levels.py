# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the plan above says that a plan below has not decided on: proposals, computed and never sent."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec
from django.db.models import Q, QuerySet

from loa.areas import tree
from loa.campaigns.models import Activity, ActivityState, Campaign, KeyMessage, Phase, Takeover


class Seen(msgspec.Struct, frozen=True):
    """An activity of the plan above as a plan below took it over: what of it comes down."""

    title: str
    phase: str | None  # key
    channels: list[str]
    start: date | None
    due: date | None
    due_note: str
    quantity: int | None
    unit: str
    place: str
    note: str
    evidence_required: list[str]
    key_messages: list[int]
    is_gone: bool  # cancelled or deleted above


class ProposalKind(StrEnum):
    ADD = "add"
    CHANGE = "change"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Proposal:
    """A difference between the plan above and what was decided on below.

    Args:
        activity: the one below; None where it is to be added.
        changes: ``{field of Seen: [as decided on, as it is now]}``.
    """

    kind: ProposalKind
    campaign: Campaign
    upper_activity: Activity
    activity: Activity | None
    changes: dict[str, list[Any]]


class SeenPart(msgspec.Struct, frozen=True):
    """A phase or key message of the plan above as a plan below decided on it."""

    words: str  # name of a phase, text of a message
    start: date | None = None
    end: date | None = None
    is_open: bool = False
    phase: str | None = None  # key
    priority: str = ""
    wanted_per_week: int | None = None
    frequencies: dict[str, int] = {}


@dataclass(frozen=True)
class PartProposal:
    """A phase or key message above that differs from what was decided on.

    Args:
        key: what finds it again ("phase:truoc", "message:12").
        upper: the row above; None where it is gone.
        own: the row below; None where it is to be added.
    """

    kind: ProposalKind
    key: str
    upper: Phase | KeyMessage | None
    own: Phase | KeyMessage | None
    changes: dict[str, list[Any]]


def seen_of(activity: Activity) -> Seen:
    """Return what comes down of an activity, as it is now."""
    return Seen(
        title=activity.title,
        phase=activity.phase.key if activity.phase else None,
        channels=list(activity.channels),
        start=activity.start,
        due=activity.due,
        due_note=activity.due_note,
        quantity=activity.quantity,
        unit=activity.unit,
        place=activity.place,
        note=activity.note,
        evidence_required=list(activity.evidence_required),
        key_messages=sorted(message.pk for message in activity.key_messages.all()),
        is_gone=activity.state == ActivityState.CANCELLED or activity.removal_id is not None,
    )


def stored(seen: Seen) -> dict[str, Any]:
    """Return the form in which a takeover keeps it."""
    kept: dict[str, Any] = msgspec.to_builtins(seen)
    return kept


def read(takeover: Takeover) -> Seen:
    """Return what a takeover was decided on."""
    return msgspec.convert(takeover.seen, Seen)


def differences(before: Seen, after: Seen) -> dict[str, list[Any]]:
    """Return the fields that differ as ``{field: [before, after]}``."""
    old, new = stored(before), stored(after)
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


def concerning(campaign: Campaign) -> QuerySet[Activity]:
    """Return the activities above that concern a campaign: for its area, for a part of it, or for everybody."""
    above = tree.ancestor_paths(campaign.area.path)
    return (
        Activity.everything.filter(
            Q(areas=None) | Q(areas__path__in=above) | Q(areas__path__startswith=campaign.area.path),
            campaign=campaign.upper_id,
        )
        .distinct()
        .select_related("phase", "campaign", "accountable_post__organisation")
        .prefetch_related("key_messages")
        .order_by("due", "pk")
    )


def proposal_for(campaign: Campaign, upper: Activity, takeover: Takeover | None) -> Proposal | None:
    """Return what the plan above proposes about one activity; None when nothing is open."""
    now = seen_of(upper)
    if takeover is None:
        return None if now.is_gone else Proposal(ProposalKind.ADD, campaign, upper, None, {})
    changes = differences(read(takeover), now)
    if not changes:
        return None
    own = takeover.activity if takeover.activity and takeover.activity.removal_id is None else None
    if own is None:
        return None if now.is_gone else Proposal(ProposalKind.ADD, campaign, upper, None, changes)
    kind = ProposalKind.CANCEL if now.is_gone else ProposalKind.CHANGE
    return Proposal(kind, campaign, upper, own, changes)


def parts_above(campaign: Campaign) -> dict[str, tuple[Phase | KeyMessage, SeenPart]]:
    """Return the phases and key messages of the plan above, by key. Three queries."""
    found: dict[str, tuple[Phase | KeyMessage, SeenPart]] = {}
    if campaign.upper is None:
        return found
    for phase in campaign.upper.phases.all():
        found[f"phase:{phase.key}"] = (
            phase,
            SeenPart(words=phase.name, start=phase.start, end=phase.end, is_open=phase.is_open),
        )
    for message in campaign.upper.key_messages.select_related("phase").prefetch_related("frequencies"):
        found[f"message:{message.pk}"] = (
            message,
            SeenPart(
                words=message.text,
                phase=message.phase.key if message.phase else None,
                priority=message.priority,
                wanted_per_week=message.wanted_per_week,
                frequencies={one.channel: one.per_week for one in message.frequencies.all()},
            ),
        )
    return found


def _own_parts(campaign: Campaign) -> dict[str, Phase | KeyMessage]:
    phases: dict[str, Phase | KeyMessage] = {f"phase:{one.key}": one for one in campaign.phases.all()}
    messages = campaign.key_messages.exclude(upper=None).select_related("phase")
    return phases | {f"message:{one.upper_id}": one for one in messages}


def part_proposals(campaign: Campaign) -> list[PartProposal]:
    """Return what a campaign has not decided on of phases and messages above. Five queries."""
    if campaign.upper_id is None:
        return []
    above, own = parts_above(campaign), _own_parts(campaign)
    decided = {key: msgspec.convert(value, SeenPart) for key, value in campaign.seen_above.items()}
    found = []
    for key, (row, now) in above.items():
        before = decided.get(key)
        if before == now:
            continue
        changes = {} if before is None else _differing(before, now)
        kind = ProposalKind.CHANGE if key in own else ProposalKind.ADD
        found.append(PartProposal(kind, key, row, own.get(key), changes))
    for key in decided.keys() - above.keys():
        if key in own:
            found.append(PartProposal(ProposalKind.CANCEL, key, None, own[key], {}))
    return found


def _differing(before: SeenPart, after: SeenPart) -> dict[str, list[Any]]:
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


def proposals(campaign: Campaign) -> list[Proposal]:
    """Return what a campaign has not decided on of the plan above, by due date. Three queries."""
    if campaign.upper_id is None:
        return []
    decided = {
        one.upper_activity_id: one
        for one in Takeover.objects.filter(campaign=campaign).select_related("activity")
    }
    found = (proposal_for(campaign, upper, decided.get(upper.pk)) for upper in concerning(campaign))
    return [one for one in found if one is not None]
