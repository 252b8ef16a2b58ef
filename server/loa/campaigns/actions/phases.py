# SPDX-License-Identifier: AGPL-3.0-or-later
"""Phases of a campaign, and its key messages."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from loa.campaigns.actions.checks import (
    Actors,
    PlanError,
    changed,
    check_dates,
    own_phase,
    record,
    require_plan,
    text,
    values_of,
)
from loa.campaigns.models import (
    Audience,
    Campaign,
    KeyMessage,
    MessagePriority,
    Phase,
    WantedFrequency,
)
from loa.campaigns.rules import CHANNEL_NAMES, TOP_MESSAGES, key_for
from loa.config.errors import ConflictError

_PHASE = ("name", "start", "end", "is_open")
_MESSAGE = ("text", "phase", "priority", "wanted_per_week")


def _check_phase(
    campaign: Campaign, name: str, start: date | None, end: date | None, is_open: bool, but: int = 0
) -> str:
    name = text(name, "name", 120, missing=_("Thiếu tên giai đoạn, ví dụ Trước đại hội."))
    check_dates(start, end, "end")
    if is_open and (start is None or end is not None):
        raise PlanError(
            _("Giai đoạn để mở có ngày bắt đầu và không có ngày kết thúc. Sửa ngày, hoặc bỏ để mở."),
            field="end",
        )
    others = campaign.phases.exclude(pk=but)
    if is_open and others.filter(is_open=True).exists():
        raise ConflictError(_("Chiến dịch đã có một giai đoạn để mở. Ghi ngày kết thúc."), field="end")
    if others.filter(name=name).exists():
        raise ConflictError(
            _("Chiến dịch đã có giai đoạn %(name)s. Đặt tên khác.") % {"name": name}, field="name"
        )
    return name


@transaction.atomic
def add_phase(
    *,
    actor: Actors,
    campaign: Campaign,
    name: str,
    start: date | None = None,
    end: date | None = None,
    key: str = "",
    is_open: bool = False,
) -> Phase:
    """Add a phase after the last one; its dates may be set later, and one may be open-ended.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: the name is missing or it ends before it begins.
        ConflictError: the campaign has a phase of this name, or an open one already.
    """
    require_plan(actor, campaign.organisation)
    name = _check_phase(campaign, name, start, end, is_open)
    taken = list(Phase.everything.filter(campaign=campaign))
    phase = Phase.objects.create(
        campaign=campaign,
        key=key or key_for(name, {phase.key for phase in taken}, length=16),
        name=name,
        order=max((phase.order for phase in taken), default=0) + 1,
        start=start,
        end=end,
        is_open=is_open,
    )
    record(actor, "add_phase", campaign, phase)
    return phase


@transaction.atomic
def edit_phase(
    *,
    actor: Actors,
    phase: Phase,
    name: str,
    start: date | None,
    end: date | None,
    is_open: bool = False,
) -> Phase:
    """Rename a phase, set its dates, or leave it open.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: the name is missing or it ends before it begins.
        ConflictError: the campaign has another phase of this name, or another open one.
    """
    campaign = phase.campaign
    require_plan(actor, campaign.organisation)
    name = _check_phase(campaign, name, start, end, is_open, phase.pk)
    before = values_of(phase, _PHASE)
    phase.name, phase.start, phase.end, phase.is_open = name, start, end, is_open
    phase.save(update_fields=[*_PHASE])
    record(actor, "edit_phase", campaign, phase, changed(before, values_of(phase, _PHASE)))
    return phase


def _message_text(value: str) -> str:
    return text(value, "text", 300, missing=_("Thiếu thông điệp. Ghi một điều mà người dân cần biết."))


def _check_priority(campaign: Campaign, priority: str, but: int = 0) -> str:
    top = campaign.key_messages.filter(priority=MessagePriority.TOP).exclude(pk=but)
    if MessagePriority(priority) == MessagePriority.TOP and top.count() >= TOP_MESSAGES:
        raise PlanError(
            _("Đã có %(count)s thông điệp hàng đầu. Chuyển bớt một thông điệp xuống trước.")
            % {"count": TOP_MESSAGES},
            field="priority",
        )
    return MessagePriority(priority).value


def _set_details(
    message: KeyMessage, frequencies: Mapping[str, int] | None, audiences: Iterable[Audience] | None
) -> None:
    if frequencies is not None:
        for channel, count in frequencies.items():
            if channel not in CHANNEL_NAMES or count < 1:
                raise PlanError(
                    _("Không có kênh %(channel)s.") % {"channel": channel}
                    if count >= 1
                    else _("Số lần mỗi tuần phải từ 1 trở lên."),
                    field="frequencies",
                )
        message.frequencies.all().delete()
        WantedFrequency.objects.bulk_create(
            WantedFrequency(key_message=message, channel=channel, per_week=count)
            for channel, count in frequencies.items()
        )
    if audiences is not None:
        audiences = list(audiences)
        if any(audience.campaign_id != message.campaign_id for audience in audiences):
            raise PlanError(_("Đối tượng này thuộc chiến dịch khác. Chọn lại."), field="audiences")
        message.audiences.set(audiences)


@transaction.atomic
def add_key_message(
    *,
    actor: Actors,
    campaign: Campaign,
    text: str,
    phase: Phase | None = None,
    wanted_per_week: int | None = None,
    priority: MessagePriority | str = MessagePriority.NORMAL,
    frequencies: Mapping[str, int] | None = None,
    audiences: Iterable[Audience] | None = None,
) -> KeyMessage:
    """Add a key message after the last one.

    Args:
        phase: None means for the whole campaign.
        wanted_per_week: how many times a week each village should meet it; None when the plan is silent.
        frequencies: the same for single channels, by channel key.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: the text is missing or too long, five are on top already, or a channel is unknown.
    """
    require_plan(actor, campaign.organisation)
    last: int | None = campaign.key_messages.aggregate(last=Max("order"))["last"]
    message = KeyMessage.objects.create(
        campaign=campaign,
        phase=own_phase(campaign, phase),
        text=_message_text(text),
        order=(last or 0) + 1,
        priority=_check_priority(campaign, priority),
        wanted_per_week=wanted_per_week,
    )
    _set_details(message, frequencies, audiences)
    record(actor, "add_key_message", campaign, message)
    return message


@transaction.atomic
def edit_key_message(
    *,
    actor: Actors,
    key_message: KeyMessage,
    text: str,
    phase: Phase | None,
    wanted_per_week: int | None,
    priority: MessagePriority | str | None = None,
    frequencies: Mapping[str, int] | None = None,
    audiences: Iterable[Audience] | None = None,
) -> KeyMessage:
    """Change a key message's words, phase, priority or wanted frequency; what is None of the last three stays.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: the text is missing or too long, five are on top already, or a channel is unknown.
    """
    campaign = key_message.campaign
    require_plan(actor, campaign.organisation)
    before = values_of(key_message, _MESSAGE)
    key_message.text = _message_text(text)
    key_message.phase = own_phase(campaign, phase)
    key_message.wanted_per_week = wanted_per_week
    if priority is not None:
        key_message.priority = _check_priority(campaign, priority, key_message.pk)
    key_message.save(update_fields=[*_MESSAGE])
    _set_details(key_message, frequencies, audiences)
    record(
        actor, "edit_key_message", campaign, key_message, changed(before, values_of(key_message, _MESSAGE))
    )
    return key_message
