# SPDX-License-Identifier: AGPL-3.0-or-later
"""Copy a campaign as a template: everything that was planned, every date moved, nothing of what was done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from loa.campaigns.actions.activities import check_post
from loa.campaigns.actions.campaigns import CampaignInput, create_campaign
from loa.campaigns.actions.checks import Actors, PlanError, record, require_plan
from loa.campaigns.actions.telling import tell_accountable
from loa.campaigns.models import (
    Activity,
    Audience,
    BudgetLine,
    Campaign,
    KeyMessage,
    LegalDocument,
    Objective,
    Phase,
    WantedFrequency,
)
from loa.campaigns.overdue import Overdue
from loa.campaigns.queries import may_see
from loa.campaigns.workdays import shifted_due, shifted_start
from loa.config.errors import NotFoundError
from loa.people.models import Organisation, Person, Post

Move = Callable[[date], date]


def moved(day: date | None, move: Move) -> date | None:
    """Return a day moved; None stays None."""
    return None if day is None else move(day)


def copy_phase(phase: Phase, campaign: Campaign, start: Move, end: Move | None = None) -> Phase:
    """Copy a phase into a campaign, under the same key."""
    first, last = moved(phase.start, start), moved(phase.end, end or start)
    return Phase.objects.create(
        campaign=campaign,
        key=phase.key,
        name=phase.name,
        order=phase.order,
        start=first,
        end=max(first, last) if first and last else last,  # a short one may lie in a rest altogether
        is_open=phase.is_open,
    )


def copy_message(
    message: KeyMessage, campaign: Campaign, *, upper: bool = False, phase: Phase | None = None
) -> KeyMessage:
    """Copy a key message with its wanted frequencies; ``upper`` keeps the way back to the one above."""
    if phase is None and message.phase is not None:
        phase = campaign.phases.filter(key=message.phase.key).first()
    made: KeyMessage = KeyMessage.objects.create(
        campaign=campaign,
        upper=message if upper else None,
        phase=phase,
        text=message.text,
        order=message.order,
        priority=message.priority,
        wanted_per_week=message.wanted_per_week,
    )
    WantedFrequency.objects.bulk_create(
        WantedFrequency(key_message=made, channel=one.channel, per_week=one.per_week)
        for one in message.frequencies.all()
    )
    return made


def copy_documents(source: Campaign, campaign: Campaign) -> None:
    """Copy the documents that a plan follows; a file is shared, for its content never changes."""
    LegalDocument.objects.bulk_create(
        LegalDocument(
            campaign=campaign,
            order=one.order,
            citation=one.citation,
            number=one.number,
            issuer=one.issuer,
            issued_on=one.issued_on,
            in_force_from=one.in_force_from,
            in_force_until=one.in_force_until,
            link=one.link,
            file=one.file,
            file_name=one.file_name,
        )
        for one in source.legal_documents.all()
    )


@dataclass(frozen=True, kw_only=True)
class CopyInput:
    """How a campaign is copied.

    Args:
        days: by how many days every date moves; due dates then go back to a day of work.
        overdue: what becomes of due dates that have passed; None leaves them.
        default_post: who answers where the old post belongs to another area; None takes none over then.
    """

    title: str
    organisation: Organisation
    days: int
    overdue: Overdue | None = None
    event_name: str = ""
    default_post: Post | None = None


def _audiences(source: Campaign, campaign: Campaign) -> dict[int, Audience]:
    return {
        one.pk: Audience.objects.create(
            campaign=campaign, order=one.order, name=one.name, note=one.note, size=one.size
        )
        for one in source.audiences.all()
    }


def _objectives(source: Campaign, campaign: Campaign, due: Move) -> None:
    Objective.objects.bulk_create(
        Objective(
            campaign=campaign,
            order=one.order,
            kind=one.kind,
            text=one.text,
            measure=one.measure,
            target=one.target,
            unit=one.unit,
            due=moved(one.due, due),
            is_counted=one.is_counted,
        )
        for one in source.objectives.all()
    )


def _budget(source: Campaign, campaign: Campaign, phases: dict[int | None, Phase | None]) -> None:
    BudgetLine.objects.bulk_create(
        BudgetLine(
            campaign=campaign,
            order=one.order,
            phase=phases[one.phase_id],
            name=one.name,
            source=one.source,
            planned=one.planned,
        )
        for one in source.budget_lines.all()
    )


def _post(campaign: Campaign, activity: Activity, default: Post | None) -> Post:
    post: Post = activity.accountable_post
    try:
        check_post(campaign, post)
    except PlanError:
        if default is None:
            raise
        check_post(campaign, default)
        return default
    return post


def _activities(
    source: Campaign,
    campaign: Campaign,
    given: CopyInput,
    phases: dict[int | None, Phase | None],
    messages: dict[int, KeyMessage],
) -> None:
    copies: dict[int, Activity] = {}
    rows = source.activities.select_related("accountable_post__organisation").order_by("pk")
    for one in rows.prefetch_related("key_messages", "areas", "contributors"):
        post = _post(campaign, one, given.default_post)
        start = moved(one.start, lambda day: shifted_start(day, given.days))
        due = moved(one.due, lambda day: shifted_due(day, given.days))
        due = given.overdue.moved(due) if given.overdue else due
        copy = Activity.objects.create(
            campaign=campaign,
            phase=phases[one.phase_id],
            title=one.title,
            organisation=post.organisation,
            accountable_post=post,
            channels=one.channels,
            start=min(start, due) if start and due else start,
            due=due,
            due_note=one.due_note,
            quantity=one.quantity,
            unit=one.unit,
            place=one.place,
            note=one.note,
            evidence_required=one.evidence_required,
        )
        copy.key_messages.set(messages[message.pk] for message in one.key_messages.all())
        copy.areas.set(area for area in one.areas.all() if area.path.startswith(campaign.area.path))
        copy.contributors.set(one.contributors.all())
        copies[one.pk] = copy
    for source_pk, needed_pk in source.activities.exclude(needs=None).values_list("pk", "needs"):
        if needed_pk in copies:
            copies[source_pk].needs.add(copies[needed_pk])


def late_from_copy(source: Campaign, days: int, today: date) -> int:
    """Return how many activities of a copy would be late on the day on which it is made. One query."""
    dues = source.activities.exclude(due=None).values_list("due", flat=True)
    return sum(due is not None and shifted_due(due, days) < today for due in dues)


@transaction.atomic
def copy_campaign(*, actor: Actors, source: Campaign, given: CopyInput) -> Campaign:
    """Copy what was planned into a new campaign: no state, no evidence, no comment comes along.

    Beginnings move to the next day of work, due dates to the last one before, unless they lay on a day off
    on purpose; Tết is left free.

    Raises:
        PermissionDeniedError: the actor does not plan for the organisation.
        NotFoundError: he may not see the campaign that is copied.
        PlanError: a value is missing, or a post may not answer there and no other was named.
    """
    require_plan(actor, given.organisation)
    if isinstance(actor, Person) and not may_see(actor, source):
        raise NotFoundError(_("Không tìm thấy chiến dịch này. Chọn lại trong danh sách chiến dịch."))

    def start(day: date) -> date:
        return shifted_start(day, given.days)

    def due(day: date) -> date:
        return shifted_due(day, given.days)

    campaign = create_campaign(
        actor=actor,
        given=CampaignInput(
            title=given.title,
            organisation=given.organisation,
            event_name=given.event_name or source.event_name,
            event_note=source.event_note,
            event_on=moved(source.event_on, due),
            purpose=source.purpose,
            channels=source.planned_channels,
            steering_body=source.steering_body,
            steering_head=source.steering_head,
        ),
    )
    campaign.shifted_days = given.days
    campaign.save(update_fields=["shifted_days"])
    copy_documents(source, campaign)
    phases: dict[int | None, Phase | None] = {None: None}
    for phase in source.phases.all():
        phases[phase.pk] = copy_phase(phase, campaign, start, due)
    audiences = _audiences(source, campaign)
    _objectives(source, campaign, due)
    _budget(source, campaign, phases)
    messages = {}
    for message in source.key_messages.prefetch_related("frequencies", "audiences"):
        messages[message.pk] = copy_message(message, campaign, phase=phases[message.phase_id])
        messages[message.pk].audiences.set(audiences[one.pk] for one in message.audiences.all())
    _activities(source, campaign, given, phases, messages)
    record(actor, "copy_campaign", campaign, campaign, source=source.key, days=given.days)
    tell_accountable(actor, campaign, campaign.activities.select_related("accountable_post", "campaign"))
    return campaign
