# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes a plan: one function per verb, each with its audit entry."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from loa.areas.folding import nfc
from loa.areas.models import Area
from loa.audit import actions as audit
from loa.audit.actor import Actor
from loa.campaigns.models import Activity, ActivityState, Campaign, KeyMessage, Phase, PlannedChannel
from loa.campaigns.queries import posts_for
from loa.campaigns.rules import CHANNEL_NAMES, NEXT_STATES, STATE_NAMES, key_for
from loa.config.errors import ConflictError, LoaError
from loa.people.models import Organisation, Person, Post
from loa.people.queries import require
from loa.people.rules import Permission

Actors = Person | Actor | None  # None is the system


class PlanError(LoaError):
    """Something about a plan cannot be as it was typed; ``field`` says where."""

    code = "plan"


def _require_plan(actor: Actors, organisation: Organisation) -> None:
    if isinstance(actor, Person):
        require(actor, Permission.PLAN_EDIT, organisation=organisation)


def _text(value: str, name: str, length: int, *, missing: str = "") -> str:
    value = nfc(value)
    if missing and not value:
        raise PlanError(missing, field=name)
    if len(value) > length:
        raise PlanError(_("Dài quá %(count)s chữ. Ghi gọn lại.") % {"count": length}, field=name)
    return value


def _check_dates(start: date | None, end: date | None, name: str) -> None:
    if start is not None and end is not None and end < start:
        raise PlanError(
            _("Ngày kết thúc trước ngày bắt đầu. Chọn từ %(day)s trở đi.")
            % {"day": f"{start.day:02d}/{start.month:02d}/{start.year}"},
            field=name,
        )


def _record(
    actor: Actors, action: str, campaign: Campaign, obj: Activity | Campaign | KeyMessage | Phase
) -> None:
    audit.record(actor=actor, action=f"campaigns.{action}", obj=obj, area_code=campaign.area.code)


@dataclass(frozen=True, kw_only=True)
class CampaignInput:
    """A campaign as somebody planned it; the area is the organisation's unless given."""

    title: str
    organisation: Organisation
    event_name: str
    area: Area | None = None
    event_note: str = ""
    legal_basis: Sequence[str] = ()
    channels: Sequence[PlannedChannel] = ()
    steering_body: str = ""
    steering_head: Post | None = None


@dataclass(frozen=True, kw_only=True)
class SampleMarks:
    """What marks a campaign as a sample, and where its facts are from."""

    key: str
    source_note: str
    shifted_days: int
    is_sample: bool = True


@transaction.atomic
def create_campaign(*, actor: Actors, given: CampaignInput, sample: SampleMarks | None = None) -> Campaign:
    """Begin a campaign of an organisation, for its area or one inside it.

    Raises:
        PermissionDeniedError: the actor does not plan for the organisation.
        PlanError: a value is missing or too long, or the area lies elsewhere.
    """
    organisation = given.organisation
    _require_plan(actor, organisation)
    area = given.area or organisation.area
    if not area.path.startswith(organisation.area.path):
        raise PlanError(
            _("%(area)s nằm ngoài địa bàn của %(organisation)s. Chọn địa bàn bên trong.")
            % {"area": area.name, "organisation": organisation.name},
            field="area",
        )
    title = _text(given.title, "title", 300, missing=_("Thiếu tên chiến dịch. Ghi như trong kế hoạch."))
    marks = (
        asdict(sample)
        if sample
        else {"key": key_for(title, set(Campaign.objects.values_list("key", flat=True)))}
    )
    campaign = Campaign.objects.create(
        **marks,
        title=title,
        organisation=organisation,
        area=area,
        event_name=_text(
            given.event_name, "event_name", 200, missing=_("Thiếu sự kiện. Ghi sự kiện mà đợt này phục vụ.")
        ),
        event_note=_text(given.event_note, "event_note", 300),
        legal_basis=[nfc(basis) for basis in given.legal_basis if nfc(basis)],
        channels=[asdict(channel) for channel in given.channels],
        steering_body=_text(given.steering_body, "steering_body", 200),
        steering_head=given.steering_head,
    )
    _record(actor, "create_campaign", campaign, campaign)
    return campaign


@transaction.atomic
def add_phase(
    *,
    actor: Actors,
    campaign: Campaign,
    name: str,
    start: date | None = None,
    end: date | None = None,
    key: str = "",
) -> Phase:
    """Add a phase after the last one; its dates may be set later.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: the name is missing or it ends before it begins.
        ConflictError: the campaign has a phase of this name.
    """
    _require_plan(actor, campaign.organisation)
    name = _text(name, "name", 120, missing=_("Thiếu tên giai đoạn, ví dụ Trước đại hội."))
    _check_dates(start, end, "end")
    phases = list(campaign.phases.all())
    if name in {phase.name for phase in phases}:
        raise ConflictError(
            _("Chiến dịch đã có giai đoạn %(name)s. Đặt tên khác.") % {"name": name}, field="name"
        )
    phase = Phase.objects.create(
        campaign=campaign,
        key=key or key_for(name, {phase.key for phase in phases}, length=16),
        name=name,
        order=max((phase.order for phase in phases), default=0) + 1,
        start=start,
        end=end,
    )
    _record(actor, "add_phase", campaign, phase)
    return phase


@transaction.atomic
def edit_phase(*, actor: Actors, phase: Phase, name: str, start: date | None, end: date | None) -> Phase:
    """Rename a phase or set its dates.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: the name is missing or it ends before it begins.
    """
    _require_plan(actor, phase.campaign.organisation)
    name = _text(name, "name", 120, missing=_("Thiếu tên giai đoạn, ví dụ Trước đại hội."))
    _check_dates(start, end, "end")
    phase.name, phase.start, phase.end = name, start, end
    phase.save(update_fields=["name", "start", "end"])
    _record(actor, "edit_phase", phase.campaign, phase)
    return phase


def _own_phase(campaign: Campaign, phase: Phase | None) -> Phase | None:
    if phase is not None and phase.campaign_id != campaign.pk:
        raise PlanError(_("Giai đoạn này thuộc chiến dịch khác. Chọn lại."), field="phase")
    return phase


@transaction.atomic
def add_key_message(
    *,
    actor: Actors,
    campaign: Campaign,
    text: str,
    phase: Phase | None = None,
    wanted_per_week: int | None = None,
) -> KeyMessage:
    """Add a key message after the last one.

    Args:
        phase: None means for the whole campaign.
        wanted_per_week: how many times a week each village should meet it; None when the plan is silent.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: the text is missing or too long.
    """
    _require_plan(actor, campaign.organisation)
    last: int | None = campaign.key_messages.aggregate(last=Max("order"))["last"]
    message = KeyMessage.objects.create(
        campaign=campaign,
        phase=_own_phase(campaign, phase),
        text=_text(text, "text", 300, missing=_("Thiếu thông điệp. Ghi một điều mà người dân cần biết.")),
        order=(last or 0) + 1,
        wanted_per_week=wanted_per_week,
    )
    _record(actor, "add_key_message", campaign, message)
    return message


@transaction.atomic
def edit_key_message(
    *, actor: Actors, key_message: KeyMessage, text: str, phase: Phase | None, wanted_per_week: int | None
) -> KeyMessage:
    """Change a key message's words, phase or wanted frequency.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: the text is missing or too long.
    """
    campaign = key_message.campaign
    _require_plan(actor, campaign.organisation)
    key_message.text = _text(
        text, "text", 300, missing=_("Thiếu thông điệp. Ghi một điều mà người dân cần biết.")
    )
    key_message.phase = _own_phase(campaign, phase)
    key_message.wanted_per_week = wanted_per_week
    key_message.save(update_fields=["text", "phase", "wanted_per_week"])
    _record(actor, "edit_key_message", campaign, key_message)
    return key_message


@dataclass(frozen=True, kw_only=True)
class ActivityInput:
    """An activity as somebody planned it; the organisation is that of the accountable post."""

    title: str
    accountable_post: Post
    phase: Phase | None = None
    channels: Sequence[str] = ()
    key_messages: Iterable[KeyMessage] = field(default=())
    areas: Iterable[Area] = field(default=())
    start: date | None = None
    due: date | None = None
    quantity: int | None = None
    unit: str = ""


def _fill(activity: Activity, given: ActivityInput) -> Activity:
    """Set what was given on an activity of a campaign, after checking all of it."""
    campaign = activity.campaign
    if not posts_for(campaign).filter(pk=given.accountable_post.pk).exists():
        raise PlanError(
            _("Chức danh này thuộc cơ quan ngoài địa bàn của chiến dịch. Chọn chức danh khác."),
            field="accountable_post",
        )
    unknown = [channel for channel in given.channels if channel not in CHANNEL_NAMES]
    if unknown:
        raise PlanError(_("Không có kênh %(channel)s.") % {"channel": unknown[0]}, field="channels")
    _check_dates(given.start, given.due, "due")
    activity.title = _text(given.title, "title", 300, missing=_("Thiếu tên việc. Ghi việc cần làm."))
    activity.accountable_post = given.accountable_post
    activity.organisation = given.accountable_post.organisation
    activity.phase = _own_phase(campaign, given.phase)
    activity.channels = list(given.channels)
    activity.start, activity.due = given.start, given.due
    activity.quantity, activity.unit = given.quantity, _text(given.unit, "unit", 40)
    return activity


def _link(activity: Activity, given: ActivityInput) -> None:
    key_messages = list(given.key_messages)
    if any(message.campaign_id != activity.campaign_id for message in key_messages):
        raise PlanError(_("Thông điệp này thuộc chiến dịch khác. Chọn lại."), field="key_messages")
    activity.key_messages.set(key_messages)
    activity.areas.set(given.areas)


@transaction.atomic
def add_activity(*, actor: Actors, campaign: Campaign, given: ActivityInput) -> Activity:
    """Add an activity, answered for by exactly one post.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: a value is missing or does not belong to this campaign.
    """
    _require_plan(actor, campaign.organisation)
    activity = _fill(Activity(campaign=campaign), given)
    activity.save()
    _link(activity, given)
    _record(actor, "add_activity", campaign, activity)
    return activity


@transaction.atomic
def edit_activity(*, actor: Actors, activity: Activity, given: ActivityInput) -> Activity:
    """Change an activity; whatever is changed, exactly one post answers for it afterwards.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: a value is missing or does not belong to this campaign.
    """
    _require_plan(actor, activity.campaign.organisation)
    before = activity.accountable_post_id
    _fill(activity, given).save()
    _link(activity, given)
    audit.record(
        actor=actor,
        action="campaigns.edit_activity",
        obj=activity,
        details={"accountable_post": [before, activity.accountable_post_id]},
        area_code=activity.campaign.area.code,
    )
    return activity


@transaction.atomic
def set_activity_state(*, actor: Actors, activity: Activity, state: ActivityState | str) -> Activity:
    """Move an activity to its next state; one that is there already stays without a second entry.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        ConflictError: this state cannot follow the present one.
    """
    _require_plan(actor, activity.campaign.organisation)
    new, old = ActivityState(state), ActivityState(activity.state)
    if new == old:
        return activity
    if new not in NEXT_STATES[old]:
        raise ConflictError(
            _("Việc này đang ở trạng thái %(old)s, không chuyển sang %(new)s được.")
            % {"old": STATE_NAMES[old], "new": STATE_NAMES[new]}
        )
    activity.state = new
    activity.save(update_fields=["state"])
    audit.record(
        actor=actor,
        action="campaigns.set_activity_state",
        obj=activity,
        details={"state": [old.value, new.value]},
        area_code=activity.campaign.area.code,
    )
    return activity
