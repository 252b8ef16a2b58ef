# SPDX-License-Identifier: AGPL-3.0-or-later
"""Plan a visit, write down what it found, sign it off, put findings right."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.areas.models import Area
from loa.campaigns.actions.activities import check_post
from loa.campaigns.actions.checks import (
    Actors,
    PlanError,
    changed,
    check_dates,
    prose,
    record,
    require_deed,
    shown,
    text,
    values_of,
)
from loa.campaigns.models import Activity, Campaign, Finding, Inspection, StoredFile
from loa.campaigns.rules import Deed, Part
from loa.campaigns.standing import campaign_parts, finding_parts, inspection_parts
from loa.config import clock
from loa.config.errors import ConflictError
from loa.people.models import Person, Post

_WATCHED = ("title", "planned_on", "place")


@dataclass(frozen=True, kw_only=True)
class InspectionInput:
    """A visit as it is planned."""

    title: str
    planned_on: date
    inspectors: Iterable[Person]
    place: str = ""
    areas: Iterable[Area] = field(default=())
    activities: Iterable[Activity] = field(default=())


@dataclass(frozen=True, kw_only=True)
class FindingInput:
    """What a visit found, who puts it right, and by when."""

    text: str
    owner_post: Post
    due: date
    activity: Activity | None = None
    photos: Iterable[StoredFile] = field(default=())


def _require(actor: Actors, deed: Deed, parts: frozenset[Part]) -> None:
    if isinstance(actor, Person):
        require_deed(deed, parts)


def _campaign_parts(actor: Actors, campaign: Campaign) -> frozenset[Part]:
    return campaign_parts(actor, campaign) if isinstance(actor, Person) else frozenset()


def _parts(actor: Actors, inspection: Inspection) -> frozenset[Part]:
    return inspection_parts(actor, inspection) if isinstance(actor, Person) else frozenset()


def _refuse_signed_off(inspection: Inspection) -> None:
    if inspection.signed_off_at is not None:
        raise ConflictError(_("Đợt kiểm tra này đã kết luận nên không sửa được nữa."))


def _fill(inspection: Inspection, given: InspectionInput) -> None:
    inspection.title = text(
        given.title, "title", 300, missing=_("Thiếu tên đợt kiểm tra, ví dụ Kiểm tra treo cờ.")
    )
    inspection.planned_on, inspection.place = given.planned_on, text(given.place, "place", 200)


def _link(inspection: Inspection, given: InspectionInput) -> None:
    inspectors, activities = list(given.inspectors), list(given.activities)
    if not inspectors:
        raise PlanError(_("Chưa ghi ai đi kiểm tra. Chọn ít nhất một người."), field="inspectors")
    if any(one.campaign_id != inspection.campaign_id for one in activities):
        raise PlanError(_("Đầu mối này thuộc chiến dịch khác. Chọn lại."), field="activities")
    inspection.inspectors.set(inspectors)
    inspection.activities.set(activities)
    inspection.areas.set(given.areas)


@transaction.atomic
def plan_inspection(*, actor: Actors, campaign: Campaign, given: InspectionInput) -> Inspection:
    """Put a visit into the plan of inspections.

    Raises:
        PermissionDeniedError: the actor neither plans the campaign nor heads its steering body.
        PlanError: a value is missing or belongs to another campaign.
    """
    _require(actor, Deed.PLAN_INSPECTION, _campaign_parts(actor, campaign))
    inspection = Inspection(campaign=campaign)
    _fill(inspection, given)
    inspection.save()
    _link(inspection, given)
    record(actor, "plan_inspection", campaign, inspection)
    return inspection


@transaction.atomic
def edit_inspection(*, actor: Actors, inspection: Inspection, given: InspectionInput) -> Inspection:
    """Change a planned visit; raises as ``plan_inspection``, and ConflictError once it is signed off."""
    _require(actor, Deed.PLAN_INSPECTION, _campaign_parts(actor, inspection.campaign))
    _refuse_signed_off(inspection)
    before = values_of(inspection, _WATCHED)
    _fill(inspection, given)
    inspection.save(update_fields=[*_WATCHED])
    _link(inspection, given)
    changes = changed(before, values_of(inspection, _WATCHED))
    record(actor, "edit_inspection", inspection.campaign, inspection, changes)
    return inspection


@transaction.atomic
def record_visit(
    *,
    actor: Actors,
    inspection: Inspection,
    made_on: date,
    conclusion: str = "",
    photos: Iterable[StoredFile] = (),
) -> Inspection:
    """Say when a visit was made and what it came to.

    Raises:
        PermissionDeniedError: the actor is neither named for the visit nor the campaign's planner.
        PlanError: the day lies in the future.
        ConflictError: it is signed off.
    """
    _require(actor, Deed.INSPECT, _parts(actor, inspection))
    _refuse_signed_off(inspection)
    if made_on > localdate(clock.now()):
        raise PlanError(_("Ngày kiểm tra chưa tới. Ghi ngày đã đi."), field="made_on")
    inspection.made_on, inspection.conclusion = made_on, prose(conclusion, "conclusion")
    inspection.save(update_fields=["made_on", "conclusion"])
    inspection.photos.add(*photos)
    record(actor, "record_visit", inspection.campaign, inspection, made_on=str(made_on))
    return inspection


@transaction.atomic
def add_finding(*, actor: Actors, inspection: Inspection, given: FindingInput) -> Finding:
    """Write down what a visit found; one post answers for putting it right by a day.

    Raises:
        PermissionDeniedError: the actor is neither named for the visit nor the campaign's planner.
        PlanError: a value is missing, or post or activity belong elsewhere.
        ConflictError: the inspection is signed off.
    """
    _require(actor, Deed.INSPECT, _parts(actor, inspection))
    _refuse_signed_off(inspection)
    campaign = inspection.campaign
    check_post(campaign, given.owner_post)
    if given.activity is not None and given.activity.campaign_id != campaign.pk:
        raise PlanError(_("Đầu mối này thuộc chiến dịch khác. Chọn lại."), field="activity")
    check_dates(inspection.made_on or inspection.planned_on, given.due, "due")
    finding = Finding.objects.create(
        inspection=inspection,
        activity=given.activity,
        text=text(given.text, "text", 1000, missing=_("Thiếu nội dung. Ghi điều đã thấy.")),
        owner_post=given.owner_post,
        due=given.due,
    )
    finding.photos.set(given.photos)
    record(actor, "add_finding", campaign, finding, inspection=inspection.pk)
    return finding


@transaction.atomic
def sign_off(*, actor: Person, inspection: Inspection) -> Inspection:
    """Conclude an inspection: its findings stand from then on; signing off again changes nothing.

    Raises:
        PermissionDeniedError: the actor is neither named for the visit nor the campaign's planner.
        ConflictError: nobody said when the visit was made.
    """
    _require(actor, Deed.INSPECT, _parts(actor, inspection))
    if inspection.signed_off_at is not None:
        return inspection
    if inspection.made_on is None:
        raise ConflictError(_("Chưa ghi ngày đi kiểm tra. Ghi ngày rồi kết luận."))
    inspection.signed_off_by, inspection.signed_off_at = actor, clock.now()
    inspection.save(update_fields=["signed_off_by", "signed_off_at"])
    record(actor, "sign_off", inspection.campaign, inspection, made_on=shown(inspection.made_on))
    return inspection


@transaction.atomic
def resolve_finding(
    *, actor: Person, finding: Finding, resolution: str, photos: Iterable[StoredFile] = ()
) -> Finding:
    """Say how a finding was put right; saying it again changes nothing.

    Raises:
        PermissionDeniedError: the actor neither holds the post that answers for it nor plans the campaign.
        PlanError: nothing says what was done.
    """
    parts = finding_parts(actor, finding)
    _require(actor, Deed.RESOLVE_FINDING, parts)
    if finding.resolved_at is not None:
        return finding
    finding.resolution = text(
        resolution, "resolution", 1000, missing=_("Ghi đã khắc phục thế nào để người kiểm tra biết.")
    )
    finding.resolved_by, finding.resolved_at = actor, clock.now()
    finding.save(update_fields=["resolution", "resolved_by", "resolved_at"])
    finding.photos.add(*photos)
    record(actor, "resolve_finding", finding.inspection.campaign, finding)
    return finding
