# SPDX-License-Identifier: AGPL-3.0-or-later
"""Delete a part of a plan, take it back for 30 days, and see what happened."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from loa.campaigns import actions, history, parts, queries
from loa.campaigns.actions.removal import Removed
from loa.campaigns.entering.frame import context_of
from loa.campaigns.models import (
    Activity,
    Campaign,
    Comment,
    Evidence,
    Finding,
    Inspection,
    KeyMessage,
    Removal,
)
from loa.campaigns.rules import UNDO_FOR
from loa.config.errors import ConflictError
from loa.people.http import AuthenticatedHttpRequest
from loa.people.models import Person
from loa.people.queries import require
from loa.people.rules import Permission

# How each kind of thing is found; who may delete it, the action says.
FINDERS: dict[str, Callable[[Person, str, int], Removed]] = {
    "campaign": lambda person, key, _pk: queries.campaign(person, key),
    "phase": queries.phase,
    "key_message": queries.key_message,
    "legal_document": parts.legal_document,
    "objective": parts.objective,
    "audience": parts.audience,
    "budget_line": parts.budget_line,
    "activity": queries.activity,
    "evidence": parts.evidence,
    "comment": parts.comment,
    "inspection": parts.inspection,
    "finding": parts.finding,
}


def _after(row: Removed, key: str) -> str:
    """Return the page on which something stood that was deleted."""
    if isinstance(row, Campaign):
        return reverse("campaigns:campaigns")
    if isinstance(row, Activity):
        return reverse("campaigns:activities", args=[key])
    if isinstance(row, KeyMessage):
        return reverse("campaigns:key_messages", args=[key])
    if isinstance(row, Inspection):
        return reverse("campaigns:inspections", args=[key])
    if isinstance(row, Finding):
        return reverse("campaigns:inspection", args=[key, row.inspection_id])
    if isinstance(row, Evidence):
        return reverse("campaigns:activity", args=[key, row.activity_id])
    if isinstance(row, Comment):
        if row.activity_id is None:
            return reverse("campaigns:discussion", args=[key])
        return reverse("campaigns:activity", args=[key, row.activity_id])
    return reverse("campaigns:phases", args=[key])


KIND_NAMES: dict[str, str | Promise] = {
    "campaigns.campaign": gettext_lazy("Chiến dịch"),
    "campaigns.legaldocument": gettext_lazy("Căn cứ"),
    "campaigns.objective": gettext_lazy("Mục tiêu"),
    "campaigns.reading": gettext_lazy("Số đo"),
    "campaigns.audience": gettext_lazy("Đối tượng"),
    "campaigns.phase": gettext_lazy("Giai đoạn"),
    "campaigns.keymessage": gettext_lazy("Thông điệp"),
    "campaigns.budgetline": gettext_lazy("Kinh phí"),
    "campaigns.activity": gettext_lazy("Đầu mối"),
    "campaigns.inspection": gettext_lazy("Đợt kiểm tra"),
    "campaigns.finding": gettext_lazy("Phát hiện"),
    "campaigns.comment": gettext_lazy("Trao đổi"),
    "campaigns.evidence": gettext_lazy("Minh chứng"),
}


@dataclass(frozen=True)
class BinLine:
    """One thing that was deleted, and until when it can be taken back."""

    removal: Removal
    kind: str | Promise
    until: datetime


def _lines(removals: Iterable[Removal]) -> list[BinLine]:
    return [BinLine(one, KIND_NAMES[one.object_type], one.at + UNDO_FOR) for one in removals]


@require_POST
def remove(request: AuthenticatedHttpRequest, key: str, what: str, pk: int) -> HttpResponse:
    """Delete something, with a way back at once and for 30 days."""
    if what not in FINDERS:
        raise Http404
    row = FINDERS[what](request.user, key, pk)
    back = _after(row, key)
    try:
        removal = actions.remove(actor=request.user, row=row)
    except ConflictError as error:
        messages.error(request, error.message)
        return redirect(back)
    undo = reverse("campaigns:undo_removal", args=[removal.pk])
    said = _("Đã xóa %(name)s. Lấy lại được trong 30 ngày.") % {"name": removal.object_name}
    messages.success(request, said, extra_tags=f"toast undo={undo}")
    return redirect(back)


@require_POST
def undo_removal(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Bring back what was deleted."""
    removal = parts.removal(request.user, pk)
    name = removal.object_name
    try:
        campaign = actions.undo_removal(actor=request.user, removal=removal)
    except ConflictError as error:
        messages.error(request, error.message)
        return redirect("campaigns:bin", removal.campaign.key)
    messages.success(request, _("Đã lấy lại %(name)s.") % {"name": name})
    return redirect("campaigns:phases", campaign.key)


@require_GET
def bin(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show what was deleted of a campaign and can be taken back."""
    campaign = queries.campaign(request.user, key, Permission.PLAN_EDIT)
    context = context_of(request, campaign, removals=_lines(parts.removals_of(campaign)))
    return render(request, "campaigns/entering/bin.html", context)


@require_GET
def campaigns_bin(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the campaigns that were deleted and can be taken back."""
    require(request.user, Permission.PLAN_EDIT)
    context = {"removals": _lines(parts.removed_campaigns(request.user))}
    return render(request, "campaigns/entering/campaigns_bin.html", context)


@require_GET
def campaign_history(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show who did what to a campaign and everything in it, and when."""
    campaign = queries.campaign(request.user, key)
    lines = history.history_of_campaign(campaign)
    context = context_of(request, campaign, lines=lines, words=campaign.title)
    return render(request, "campaigns/entering/history.html", context)
