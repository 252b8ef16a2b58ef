# SPDX-License-Identifier: AGPL-3.0-or-later
"""The plan of inspections, one visit with its findings, and what was done about them."""

from collections.abc import Collection

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loa.campaigns import actions, parts, queries
from loa.campaigns.entering.campaign_views import either
from loa.campaigns.entering.comment_forms import CommentForm
from loa.campaigns.entering.frame import context_of
from loa.campaigns.entering.inspection_forms import (
    FindingForm,
    InspectionForm,
    ResolutionForm,
    VisitForm,
)
from loa.campaigns.models import Campaign, Inspection, StoredFile
from loa.campaigns.rules import Deed, Part, permits
from loa.campaigns.standing import campaign_parts, finding_parts, held_posts, inspection_parts
from loa.config import clock
from loa.config.errors import LoaError, PermissionDeniedError
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.models import Person
from loa.people.plain_forms import PlainForm


def _require(deed: Deed, held: Collection[Part]) -> None:
    """Refuse a page whose form the reader could not send; the action refuses once more."""
    if not permits(deed, held):
        raise PermissionDeniedError(_("Việc này không phải của bạn. Hỏi người lập kế hoạch của chiến dịch."))


def _stored(person: Person, deed: Deed, held: Collection[Part], form: PlainForm) -> list[StoredFile]:
    """Store the photos of a form, one by one."""
    return [
        actions.store_file(actor=person, deed=deed, parts=held, file=sent, only_photos=True)
        for sent in form.cleaned_data["photos"]
        if sent
    ]


@require_GET
def inspections(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show the plan of inspections by day."""
    campaign = queries.campaign(request.user, key)
    rows = list(parts.inspections_of(campaign))
    context = context_of(
        request,
        campaign,
        inspections=rows,
        today=localdate(clock.now()),
        open_findings=sum(getattr(row, "open_findings", 0) for row in rows),
        may_plan=permits(Deed.PLAN_INSPECTION, campaign_parts(request.user, campaign)),
    )
    return render(request, "campaigns/entering/inspections.html", context)


def _plan_form(request: AuthenticatedHttpRequest, campaign: Campaign, row: Inspection | None) -> HttpResponse:
    _require(Deed.PLAN_INSPECTION, campaign_parts(request.user, campaign))
    form = InspectionForm(posted(request), campaign=campaign, inspection=row)
    if form.is_valid():
        try:
            if row is None:
                row = actions.plan_inspection(actor=request.user, campaign=campaign, given=form.given())
            else:
                actions.edit_inspection(actor=request.user, inspection=row, given=form.given())
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã lưu lịch kiểm tra."))
            return redirect("campaigns:inspection", campaign.key, row.pk)
    words = _("Lên lịch kiểm tra") if row is None else _("Sửa lịch kiểm tra")
    context = context_of(request, campaign, form=form, words=words, save=_("Lưu lịch kiểm tra"), row=row)
    return render(request, "campaigns/entering/inspection_form.html", context)


@either
def plan_inspection(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Put a visit into the plan of inspections."""
    return _plan_form(request, queries.campaign(request.user, key), None)


@either
def edit_inspection(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Change a planned visit."""
    row = parts.inspection(request.user, key, pk)
    return _plan_form(request, row.campaign, row)


@require_GET
def inspection(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Show a visit: who, when, what it came to, what it found."""
    row = parts.inspection(request.user, key, pk)
    held = inspection_parts(request.user, row)
    campaign = queries.campaign(request.user, key)
    is_open = row.signed_off_at is None
    findings = list(
        row.findings.select_related("owner_post__organisation", "activity").prefetch_related("photos")
    )
    context = context_of(
        request,
        campaign,
        inspection=row,
        findings=findings,
        photos=list(row.photos.all()),
        activities=list(row.activities.filter(removal=None)),
        today=localdate(clock.now()),
        may_inspect=is_open and permits(Deed.INSPECT, held),
        may_plan=is_open and permits(Deed.PLAN_INSPECTION, held),
        may_resolve=_resolvable(request.user, [one.owner_post_id for one in findings], held),
    )
    return render(request, "campaigns/entering/inspection.html", context)


def _resolvable(person: Person, posts: list[int], held: Collection[Part]) -> set[int]:
    """Return the posts whose findings the reader may report as put right."""
    if permits(Deed.RESOLVE_FINDING, held):
        return set(posts)
    return set(posts) & held_posts(person)


@either
def record_visit(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Say when a visit was made and what it came to."""
    row = parts.inspection(request.user, key, pk)
    held = inspection_parts(request.user, row)
    _require(Deed.INSPECT, held)
    shown = {
        "made_on": row.made_on or min(row.planned_on, localdate(clock.now())),
        "conclusion": row.conclusion,
    }
    form = VisitForm(posted(request), request.FILES or None, initial=shown)
    if form.is_valid():
        try:
            photos = _stored(request.user, Deed.INSPECT, held, form)
            said = {name: form.cleaned_data[name] for name in ("made_on", "conclusion")}
            actions.record_visit(actor=request.user, inspection=row, photos=photos, **said)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã ghi kết quả kiểm tra, %(count)s ảnh.") % {"count": len(photos)})
            return redirect("campaigns:inspection", key, pk)
    words = {"words": _("Ghi kết quả kiểm tra"), "save": _("Ghi kết quả")}
    context = context_of(request, row.campaign, form=form, row=row, **words)
    return render(request, "campaigns/entering/inspection_form.html", context)


@either
def add_finding(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Write down what a visit found."""
    row = parts.inspection(request.user, key, pk)
    held = inspection_parts(request.user, row)
    _require(Deed.INSPECT, held)
    form = FindingForm(posted(request), request.FILES or None, campaign=row.campaign)
    if form.is_valid():
        try:
            photos = _stored(request.user, Deed.INSPECT, held, form)
            given = actions.FindingInput(**{**form.cleaned_data, "photos": photos})
            actions.add_finding(actor=request.user, inspection=row, given=given)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã ghi 1 phát hiện."))
            return redirect("campaigns:inspection", key, pk)
    words = {"words": _("Ghi phát hiện"), "save": _("Ghi phát hiện")}
    context = context_of(request, row.campaign, form=form, row=row, **words)
    return render(request, "campaigns/entering/inspection_form.html", context)


@require_POST
def sign_off(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Conclude an inspection."""
    row = parts.inspection(request.user, key, pk)
    actions.sign_off(actor=request.user, inspection=row)
    messages.success(request, _("Đã kết luận đợt kiểm tra; phát hiện giữ nguyên từ đây."))
    return redirect("campaigns:inspection", key, pk)


@either
def resolve_finding(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Say how a finding was put right."""
    found = parts.finding(request.user, key, pk)
    held = finding_parts(request.user, found)
    _require(Deed.RESOLVE_FINDING, held)
    form = ResolutionForm(posted(request), request.FILES or None)
    if form.is_valid():
        try:
            photos = _stored(request.user, Deed.RESOLVE_FINDING, held, form)
            actions.resolve_finding(
                actor=request.user, finding=found, resolution=form.cleaned_data["resolution"], photos=photos
            )
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã báo khắc phục."))
            return redirect("campaigns:inspection", key, found.inspection_id)
    words = {"words": _("Báo đã khắc phục"), "save": _("Báo đã khắc phục"), "hint": found.text}
    context = context_of(request, found.inspection.campaign, form=form, row=found.inspection, **words)
    return render(request, "campaigns/entering/inspection_form.html", context)


@either
def discussion(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show what was said about a campaign as a whole, and say more."""
    campaign = queries.campaign(request.user, key)
    form = CommentForm(posted(request), campaign=campaign)
    if form.is_valid():
        try:
            actions.add_comment(actor=request.user, campaign=campaign, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            return redirect("campaigns:discussion", key)
    context = context_of(request, campaign, comments=parts.comments_of(campaign), comment_form=form)
    return render(request, "campaigns/entering/discussion.html", context)
