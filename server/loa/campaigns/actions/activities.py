# SPDX-License-Identifier: AGPL-3.0-or-later
"""Plan an item of work: exactly one post answers for it, whatever is changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas.models import Area
from loa.campaigns.actions.checks import (
    Actors,
    PlanError,
    changed,
    check_dates,
    own_phase,
    prose,
    record,
    require_plan,
    text,
    values_of,
)
from loa.campaigns.actions.telling import tell_accountable
from loa.campaigns.models import Activity, ActivityState, Campaign, EvidenceKind, KeyMessage, Phase
from loa.campaigns.queries import posts_for
from loa.campaigns.rules import CHANNEL_NAMES
from loa.config.errors import ConflictError
from loa.people.models import Organisation, Post

# What is planned of an activity: a change of one of these raises its version and is shown below it.
PLANNED = (
    "title",
    "accountable_post",
    "organisation",
    "phase",
    "channels",
    "start",
    "due",
    "due_note",
    "quantity",
    "unit",
    "place",
    "note",
    "evidence_required",
)
_DONE_BY = ("quantity", "unit", "evidence_required")
LINKED = ("contributors", "key_messages", "areas", "needs")


@dataclass(frozen=True, kw_only=True)
class ActivityInput:
    """An activity as somebody planned it; the organisation is that of the accountable post."""

    title: str
    accountable_post: Post
    phase: Phase | None = None
    contributors: Iterable[Organisation] = field(default=())
    channels: Sequence[str] = ()
    key_messages: Iterable[KeyMessage] = field(default=())
    areas: Iterable[Area] = field(default=())
    needs: Iterable[Activity] = field(default=())
    start: date | None = None
    due: date | None = None
    due_note: str = ""
    quantity: int | None = None
    unit: str = ""
    place: str = ""
    note: str = ""
    evidence_required: Sequence[EvidenceKind | str] = ()


def _check_choices(given: ActivityInput) -> None:
    unknown = [channel for channel in given.channels if channel not in CHANNEL_NAMES]
    if unknown:
        raise PlanError(_("Không có kênh %(channel)s.") % {"channel": unknown[0]}, field="channels")
    kinds = [kind for kind in given.evidence_required if kind not in EvidenceKind.values]
    if kinds:
        raise PlanError(
            _("Không có loại minh chứng %(kind)s.") % {"kind": kinds[0]}, field="evidence_required"
        )
    if given.quantity is not None and given.quantity < 1:
        raise PlanError(_("Số lượng phải từ 1 trở lên. Không có số thì để trống."), field="quantity")


def check_post(campaign: Campaign, post: Post) -> None:
    """Refuse a post that may not answer for work of this campaign.

    Raises:
        PlanError: its organisation serves no part of the campaign's area.
    """
    if not posts_for(campaign).filter(pk=post.pk).exists():
        raise PlanError(
            _("Chức danh này thuộc cơ quan ngoài địa bàn của chiến dịch. Chọn chức danh khác."),
            field="accountable_post",
        )


def _fill(activity: Activity, given: ActivityInput) -> Activity:
    """Set what was given on an activity of a campaign, after checking all of it."""
    check_post(activity.campaign, given.accountable_post)
    return fill(activity, given)


def fill(activity: Activity, given: ActivityInput) -> Activity:
    """Set what was given on an activity whose post was checked; everything else is checked here.

    Raises:
        PlanError: a value is missing, too long or belongs to another campaign.
    """
    campaign = activity.campaign
    _check_choices(given)
    check_dates(given.start, given.due, "due")
    activity.title = text(given.title, "title", 300, missing=_("Thiếu tên việc. Ghi việc cần làm."))
    activity.accountable_post = given.accountable_post
    activity.organisation = given.accountable_post.organisation
    activity.phase = own_phase(campaign, given.phase)
    activity.channels = list(dict.fromkeys(given.channels))
    activity.start, activity.due = given.start, given.due
    activity.due_note = text(given.due_note, "due_note", 120)
    activity.quantity, activity.unit = given.quantity, text(given.unit, "unit", 40)
    activity.place, activity.note = text(given.place, "place", 200), prose(given.note, "note")
    activity.evidence_required = [str(kind) for kind in dict.fromkeys(given.evidence_required)]
    return activity


def circle(activity: Activity, needs: Iterable[Activity]) -> list[int]:
    """Return the ids of a way from one of ``needs`` back to the activity; empty when there is no circle."""
    edges: dict[int, list[int]] = {}
    waiting = Activity.everything.filter(campaign_id=activity.campaign_id, needs__isnull=False)
    for source, target in waiting.values_list("pk", "needs"):
        edges.setdefault(source, []).append(target)
    ways = [[one.pk] for one in needs]
    seen: set[int] = set()
    while ways:
        way = ways.pop()
        if way[-1] == activity.pk:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, following] for following in edges.get(way[-1], [])]
    return []


def _check_needs(activity: Activity, needs: list[Activity]) -> None:
    if any(one.campaign_id != activity.campaign_id for one in needs):
        raise PlanError(_("Việc phải xong trước thuộc chiến dịch khác. Chọn lại."), field="needs")
    Campaign.everything.select_for_update(no_key=True).filter(
        pk=activity.campaign_id
    ).first()  # one planner at a time
    way = circle(activity, needs)
    if way:
        titles = dict(Activity.everything.filter(pk__in=way).values_list("pk", "title"))
        raise PlanError(
            _("Việc này không thể chờ chính nó: %(way)s. Bỏ một việc khỏi vòng.")
            % {"way": " → ".join([activity.title, *(titles[pk] for pk in way)])},
            field="needs",
        )


def check_links(campaign: Campaign, key_messages: Iterable[KeyMessage], areas: Iterable[Area]) -> None:
    """Refuse messages of another campaign, and areas outside of this one.

    Raises:
        PlanError: naming the area.
    """
    if any(message.campaign_id != campaign.pk for message in key_messages):
        raise PlanError(_("Thông điệp này thuộc chiến dịch khác. Chọn lại."), field="key_messages")
    outside = [area for area in areas if not area.path.startswith(campaign.area.path)]
    if outside:
        raise PlanError(
            _("%(area)s nằm ngoài địa bàn của chiến dịch. Chọn địa bàn bên trong.")
            % {"area": outside[0].name},
            field="areas",
        )


def _link(activity: Activity, given: ActivityInput) -> None:
    key_messages, areas, needs = list(given.key_messages), list(given.areas), list(given.needs)
    check_links(activity.campaign, key_messages, areas)
    if needs:
        _check_needs(activity, needs)
    activity.key_messages.set(key_messages)
    activity.areas.set(areas)
    activity.contributors.set(given.contributors)
    activity.needs.set(needs)


def _planned(activity: Activity) -> dict[str, Any]:
    linked = {name: sorted(str(one) for one in getattr(activity, name).all()) for name in LINKED}
    return values_of(activity, PLANNED) | linked


@transaction.atomic
def add_activity(
    *,
    actor: Actors,
    campaign: Campaign,
    given: ActivityInput,
    upper: Activity | None = None,
    is_told: bool = True,
) -> Activity:
    """Add an activity, answered for by exactly one post, and tell its holder.

    Args:
        upper: the activity of the campaign above that this one carries out (``actions.take_over``).
        is_told: False where the caller tells of many at once (``telling.tell_accountable``).

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: a value is missing or does not belong to this campaign, or it would wait for itself.
    """
    require_plan(actor, campaign.organisation)
    activity = _fill(Activity(campaign=campaign, upper=upper), given)
    activity.save()
    _link(activity, given)
    record(actor, "add_activity", campaign, activity)
    if is_told:
        tell_accountable(actor, campaign, [activity])
    return activity


def _check_submitted(activity: Activity, changes: Mapping[str, Any]) -> None:
    """Refuse to change what counts as done once somebody said that it is."""
    if activity.state in {ActivityState.SUBMITTED, ActivityState.VERIFIED} and {*changes} & {*_DONE_BY}:
        raise ConflictError(
            _("Việc đã nộp thì số lượng, đơn vị và minh chứng cần có giữ nguyên. Lấy lại hoặc trả lại trước.")
        )


@transaction.atomic
def edit_activity(
    *, actor: Actors, activity: Activity, given: ActivityInput, seen_version: int | None = None
) -> Activity:
    """Change an activity; whatever is changed, exactly one post answers for it afterwards.

    Nothing that differs means nothing is written: no entry, no new version.

    Args:
        seen_version: the version that the form showed; None changes whatever is there.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        ConflictError: somebody changed it after ``seen_version``, or it was submitted and what counts as done
            would change; nothing was overwritten.
        PlanError: a value is missing or does not belong to this campaign, or it would wait for itself.
    """
    require_plan(actor, activity.campaign.organisation)
    there: int | None = (
        Activity.objects.select_for_update(no_key=True)
        .filter(pk=activity.pk)
        .values_list("version", flat=True)
        .first()
    )
    if there is None or there != (activity.version if seen_version is None else seen_version):
        raise ConflictError(_("Người khác vừa sửa việc này. Mở lại để xem rồi sửa tiếp."))
    before = _planned(activity)
    _fill(activity, given)
    _link(activity, given)
    changes = changed(before, _planned(activity))
    if changes:
        _check_submitted(activity, changes)
        activity.version += 1
        activity.save(update_fields=[*PLANNED, "version"])
        record(actor, "edit_activity", activity.campaign, activity, changes)
        if "accountable_post" in changes:
            tell_accountable(actor, activity.campaign, [activity])
    return activity
