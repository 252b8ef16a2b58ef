# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of one activity, its form, its steps, and what people say about it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loa.campaigns import actions, history, queries
from loa.campaigns.entering.activity_forms import ActivityForm, FilesForm
from loa.campaigns.entering.activity_page import findings_on, page_of, photo_places
from loa.campaigns.entering.campaign_views import either
from loa.campaigns.entering.comment_forms import CommentForm
from loa.campaigns.entering.frame import context_of
from loa.campaigns.models import Activity, ActivityState
from loa.campaigns.parts import comments_of
from loa.campaigns.urging.queries import may_urge, urges_on
from loa.campaigns.words import EVIDENCE_NAMES
from loa.config import clock
from loa.config.errors import LoaError
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.rules import Permission

EDIT = Permission.PLAN_EDIT


@either
def add_activity(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Add an activity."""
    campaign = queries.campaign(request.user, key, EDIT)
    form = ActivityForm(posted(request), campaign=campaign)
    if form.is_valid():
        try:
            activity = actions.add_activity(actor=request.user, campaign=campaign, given=form.given())
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã thêm 1 đầu mối: %(title)s.") % {"title": activity.title})
            return redirect(
                "campaigns:add_activity" if "more" in request.POST else "campaigns:activities", key
            )
    return render(request, "campaigns/entering/activity_form.html", context_of(request, campaign, form=form))


@either
def edit_activity(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Change an activity, unless somebody else did meanwhile."""
    found = queries.activity(request.user, key, pk, EDIT)
    form = ActivityForm(posted(request), campaign=found.campaign, activity=found)
    if form.is_valid():
        try:
            actions.edit_activity(
                actor=request.user,
                activity=found,
                given=form.given(),
                seen_version=form.cleaned_data["version"],
            )
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã lưu đầu mối."))
            return redirect("campaigns:activity", key, pk)
    context = context_of(request, found.campaign, form=form, activity=found)
    return render(request, "campaigns/entering/activity_form.html", context)


@require_GET
def activity(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Show one activity: what, who answers, until when, what shows it, and what the reader may do now."""
    found = queries.activity(request.user, key, pk)
    campaign = found.campaign
    page = page_of(found, request.user, localdate(clock.now()))
    areas = list(found.areas.order_by("path"))
    context = context_of(
        request,
        campaign,
        activity=found,
        page=page,
        line=page.line,
        areas=areas,
        key_messages=list(found.key_messages.all()),
        contributors=list(found.contributors.all()),
        evidence_names=[
            str(EVIDENCE_NAMES[kind]) for kind in EVIDENCE_NAMES if kind in found.evidence_required
        ],
        files_form=FilesForm(activity=found) if page.may_add else None,
    )
    return render(request, "campaigns/entering/activity.html", context)


@require_GET
def activity_live(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Give the part of the page that changes while photos come in: steps and evidence."""
    found = queries.activity(request.user, key, pk)
    page = page_of(found, request.user, localdate(clock.now()))
    context = context_of(request, found.campaign, activity=found, page=page, line=page.line)
    return render(request, "campaigns/entering/fragments/live.html", context)


@require_POST
def set_activity_state(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Move an activity to its next state."""
    found = queries.activity(request.user, key, pk)
    state = request.POST.get("state", "")
    if state in ActivityState.values:
        reason = request.POST.get("reason", "")
        try:
            actions.set_activity_state(actor=request.user, activity=found, state=state, reason=reason)
        except (actions.PlanError, actions.EvidenceMissingError) as error:
            messages.error(request, error.message)
    return redirect("campaigns:activity", key, pk)


@either
def activity_around(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Show what stands around an activity (what people say, what waits for what, what was found), and say more.

    Its page fetches this after it is drawn; it is a page of its own too.
    """
    found = queries.activity(request.user, key, pk)
    form = CommentForm(posted(request), campaign=found.campaign)
    if form.is_valid():
        try:
            actions.add_comment(
                actor=request.user, campaign=found.campaign, activity=found, **form.cleaned_data
            )
        except LoaError as error:
            show_error(form, error)
        else:
            return redirect(f"{reverse('campaigns:activity', args=[key, pk])}#trao-doi")
    context = context_of(
        request,
        found.campaign,
        activity=found,
        needs=list(found.needs.filter(removal=None)),
        needed_by=list(Activity.objects.filter(needs=found)),
        findings=findings_on(found),
        places=photo_places(found),
        urges=urges_on(found),
        may_urge=may_urge(request.user, found),
        comments=comments_of(found.campaign, found),
        comment_form=form,
    )
    fragment = "campaigns/entering/fragments/around.html"
    return render(request, fragment if request.htmx else "campaigns/entering/around.html", context)


@require_GET
def activity_history(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Show who did what to an activity, and when."""
    found = queries.activity(request.user, key, pk)
    context = context_of(
        request, found.campaign, activity=found, lines=history.history_of(found), words=found.title
    )
    return render(request, "campaigns/entering/history.html", context)
