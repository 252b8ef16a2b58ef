# SPDX-License-Identifier: AGPL-3.0-or-later
"""Begin a campaign from the library: every day counted from the event, every role answered by a post."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from loa.campaigns.actions.activities import ActivityInput, add_activity
from loa.campaigns.actions.campaigns import CampaignInput, create_campaign
from loa.campaigns.actions.checks import Actors, PlanError, record
from loa.campaigns.actions.parts import (
    AudienceInput,
    BudgetLineInput,
    LegalDocumentInput,
    ObjectiveInput,
    add_audience,
    add_budget_line,
    add_legal_document,
    add_objective,
)
from loa.campaigns.actions.phases import add_key_message, add_phase
from loa.campaigns.actions.telling import tell_accountable
from loa.campaigns.library import Template, TemplateActivity
from loa.campaigns.models import Activity, Campaign, KeyMessage, Phase, PlannedChannel
from loa.campaigns.overdue import Overdue
from loa.campaigns.words import CHANNEL_NAMES
from loa.campaigns.workdays import is_tet, workday_after, workday_before
from loa.people.actions import add_post
from loa.people.models import Organisation, Post

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class TemplateInput:
    """How a template is used.

    Args:
        event_on: the day from which the template counts.
        posts: who answers for each role, by ``Head.key``.
        later: keys of roles for which nobody can be named yet: each gets a vacant post of its name.
        overdue: what becomes of due dates that have passed; None leaves them.
    """

    title: str
    organisation: Organisation
    event_on: date
    posts: Mapping[str, Post]
    later: Collection[str] = ()
    overdue: Overdue | None = None
    event_name: str = ""
    steering_body: str = ""
    steering_head: Post | None = None


def _free_of_tet(day: date, step: timedelta) -> date:
    while is_tet(day):
        day += step
    return day


def _days(one: TemplateActivity, event_on: date) -> tuple[date, date | None]:
    """Return start and due date: on days of work, or at least outside Tết where any day will do."""
    start = event_on + DAY * one.start
    due = None if one.due is None else event_on + DAY * one.due
    if one.any_day:
        is_event = event_on in {start, due}  # the event itself is where it is
        if not is_event:
            start = _free_of_tet(start, DAY)
            due = None if due is None else _free_of_tet(due, -DAY)
    else:
        start, due = workday_after(start), None if due is None else workday_before(due)
    return (min(start, due) if due else start), due


def _add_top(actor: Actors, campaign: Campaign, template: Template, event_on: date) -> dict[str, Phase]:
    for basis in template.legal_basis:
        add_legal_document(
            actor=actor,
            campaign=campaign,
            given=LegalDocumentInput(
                citation=basis.citation,
                number=basis.number,
                issuer=basis.issuer,
                in_force_from=basis.in_force_from,
            ),
        )
    phases = {
        one.key: add_phase(
            actor=actor,
            campaign=campaign,
            key=one.key,
            name=one.name,
            start=event_on + DAY * one.start,
            end=None if one.end is None else event_on + DAY * one.end,
            is_open=one.open,
        )
        for one in template.phases
    }
    for audience in template.audiences:
        given = AudienceInput(name=audience.name, note=audience.note)
        add_audience(actor=actor, campaign=campaign, given=given)
    for goal in template.objectives:
        add_objective(
            actor=actor,
            campaign=campaign,
            given=ObjectiveInput(
                text=goal.text,
                measure=goal.measure,
                target=goal.target,
                unit=goal.unit,
                kind=goal.kind,
                is_counted=goal.is_counted,
                due=None if goal.due is None else event_on + DAY * goal.due,
            ),
        )
    for line in template.budget:
        add_budget_line(
            actor=actor,
            campaign=campaign,
            given=BudgetLineInput(
                name=line.name, planned=0, phase=phases[line.phase] if line.phase else None
            ),
        )
    return phases


def _add_messages(
    actor: Actors, campaign: Campaign, template: Template, phases: dict[str, Phase]
) -> dict[str, KeyMessage]:
    return {
        one.key: add_key_message(
            actor=actor,
            campaign=campaign,
            text=one.text,
            phase=phases[one.phase] if one.phase else None,
            priority=one.priority,
            wanted_per_week=one.wanted_per_week,
            frequencies=one.frequencies,
        )
        for one in template.key_messages
    }


def late_from_template(template: Template, event_on: date, today: date) -> int:
    """Return how many activities of a template would be late on the day on which it is used."""
    dues = (_days(one, event_on)[1] for one in template.activities)
    return sum(due is not None and due < today for due in dues)


def _vacant_posts(template: Template, given: TemplateInput) -> dict[str, Post]:
    """Return a post of the planning organisation for each role that is named later.

    The system adds them, for one who plans may give no posts; the titles are the template's alone, and nobody
    holds them. They report to the head of the steering body or to the organisation's first post, who is urged
    while they are vacant.
    """
    own = Post.objects.filter(organisation=given.organisation)
    above = given.steering_head or own.filter(reports_to=None).order_by("pk").first()
    made = {}
    for head in template.heads:
        if head.key in given.later and head.key not in given.posts:
            there = own.filter(title=head.name).first()
            made[head.key] = there or add_post(
                actor=None, organisation=given.organisation, title=head.name, reports_to=above
            )
    return made


@transaction.atomic
def use_template(*, actor: Actors, template: Template, given: TemplateInput) -> Campaign:
    """Begin a campaign from a template; budget lines have no amount yet.

    Raises:
        PermissionDeniedError: the actor does not plan for the organisation.
        PlanError: a value is missing, or no post was named for a role.
    """
    unnamed = [head.name for head in template.heads if head.key not in {*given.posts, *given.later}]
    if unnamed:
        raise PlanError(
            _("Chưa chọn chức danh chịu trách nhiệm cho: %(heads)s.") % {"heads": ", ".join(unnamed)},
            field="posts",
        )
    campaign = create_campaign(
        actor=actor,
        given=CampaignInput(
            title=given.title,
            organisation=given.organisation,
            event_name=given.event_name or template.event_name,
            event_on=given.event_on,
            purpose=template.purpose,
            channels=[PlannedChannel(key, str(CHANNEL_NAMES[key])) for key in template.channels],
            steering_body=given.steering_body,
            steering_head=given.steering_head,
        ),
    )
    posts = {**given.posts, **_vacant_posts(template, given)}
    phases = _add_top(actor, campaign, template, given.event_on)
    messages = _add_messages(actor, campaign, template, phases)
    made: dict[str, Activity] = {}
    added: list[Activity] = []
    for one in template.activities:
        start, due = _days(one, given.event_on)
        due = given.overdue.moved(due) if given.overdue else due
        activity = add_activity(
            actor=actor,
            campaign=campaign,
            is_told=False,
            given=ActivityInput(
                title=one.title,
                accountable_post=posts[one.head],
                contributors={posts[key].organisation for key in one.contributors},
                phase=phases[one.phase],
                channels=one.channels,
                key_messages=[messages[key] for key in one.messages],
                needs=[made[key] for key in one.needs],
                start=start,
                due=due,
                due_note=one.due_note,
                quantity=one.quantity,
                unit=one.unit,
                evidence_required=one.evidence,
            ),
        )
        added.append(activity)
        if one.key:
            made[one.key] = activity
    record(actor, "use_template", campaign, campaign, template=template.key)
    tell_accountable(actor, campaign, added)
    return campaign
