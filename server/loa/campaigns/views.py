# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages of the plan: the list of campaigns, activities, key messages, phases, and their forms."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loa.campaigns import actions, queries
from loa.campaigns.forms import ActivityForm, CampaignForm, KeyMessageForm, PhaseForm
from loa.campaigns.listings import ActivityFilter, activity_lines, campaign_lines, lines_of
from loa.campaigns.models import ActivityState, Campaign
from loa.campaigns.standing import steps_for
from loa.config import clock
from loa.config.errors import LoaError
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.models import Post
from loa.people.queries import may, organisations_for, require
from loa.people.rules import Permission

EDIT = Permission.PLAN_EDIT


@require_GET
def campaigns(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List the campaigns that the reader sees, with what is late in each."""
    lines = campaign_lines(queries.campaigns_for(request.user), localdate(clock.now()))
    context = {"lines": lines, "may_edit": may(request.user, EDIT)}
    return render(request, "campaigns/campaigns.html", context)


def create_campaign(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Begin a campaign."""
    require(request.user, EDIT)
    organisations = organisations_for(request.user, EDIT)
    posts = Post.objects.filter(organisation__in=organisations.order_by()).select_related("organisation")
    form = CampaignForm(posted(request), organisations=organisations, posts=posts)
    if form.is_valid():
        try:
            campaign = actions.create_campaign(
                actor=request.user, given=actions.CampaignInput(**form.cleaned_data)
            )
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã lập chiến dịch. Thêm giai đoạn, thông điệp và đầu mối."))
            return redirect("campaigns:phases", campaign.key)
    return render(request, "campaigns/create_campaign.html", {"form": form})


def _context(request: AuthenticatedHttpRequest, campaign: Campaign, **more: object) -> dict[str, object]:
    """Return what every page of one campaign shows."""
    return {
        "campaign": campaign,
        "may_edit": may(request.user, EDIT, organisation=campaign.organisation),
        **more,
    }


@require_GET
def activities(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show the activities with who answers for each, filtered as the address says."""
    campaign = queries.campaign(request.user, key)
    lines = activity_lines(campaign, localdate(clock.now()))
    chosen = ActivityFilter.from_query(request.GET.dict())
    context = _context(
        request,
        campaign,
        lines=[line for line in lines if chosen.keeps(line)],
        total=len(lines),
        late=sum(line.is_late for line in lines),
        undated=sum(line.activity.due is None for line in lines),
        dated=sum(line.activity.due is not None for line in lines),
        organisations=queries.organisations_of(campaign),
        chosen=chosen,
    )
    fragment = "campaigns/fragments/activities.html"
    return render(request, fragment if request.htmx else "campaigns/activities.html", context)


@require_GET
def activity(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Show one activity: what, who answers, until when, and what may follow its state."""
    found = queries.activity(request.user, key, pk)
    [line] = lines_of([found], localdate(clock.now()))
    steps = steps_for(request.user, found)
    context = _context(
        request,
        found.campaign,
        line=line,
        activity=found,
        key_messages=found.key_messages.all(),
        areas=found.areas.order_by("path"),
        following=[(step.after, step.verb) for step in steps],
        asks_reason=any(step.needs_reason for step in steps),
    )
    return render(request, "campaigns/activity.html", context)


def add_activity(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Add an activity."""
    campaign = queries.campaign(request.user, key, EDIT)
    form = ActivityForm(posted(request), campaign=campaign)
    if form.is_valid():
        try:
            actions.add_activity(actor=request.user, campaign=campaign, given=form.given())
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã thêm 1 đầu mối."))
            return redirect("campaigns:activities", key)
    return render(request, "campaigns/activity_form.html", _context(request, campaign, form=form))


def edit_activity(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Change an activity."""
    found = queries.activity(request.user, key, pk, EDIT)
    form = ActivityForm(posted(request), campaign=found.campaign, initial=ActivityForm.values_of(found))
    if form.is_valid():
        try:
            actions.edit_activity(actor=request.user, activity=found, given=form.given())
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã lưu đầu mối."))
            return redirect("campaigns:activity", key, pk)
    context = _context(request, found.campaign, form=form, activity=found)
    return render(request, "campaigns/activity_form.html", context)


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


@require_GET
def key_messages(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show the key messages in their order."""
    campaign = queries.campaign(request.user, key)
    listed = list(queries.key_messages_of(campaign))
    silent = sum(message.wanted_per_week is None for message in listed)
    context = _context(request, campaign, key_messages=listed, silent=silent)
    return render(request, "campaigns/key_messages.html", context)


def add_key_message(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Add a key message."""
    campaign = queries.campaign(request.user, key, EDIT)
    form = KeyMessageForm(posted(request), campaign=campaign)
    if form.is_valid():
        try:
            actions.add_key_message(actor=request.user, campaign=campaign, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã thêm 1 thông điệp."))
            return redirect("campaigns:key_messages", key)
    return render(request, "campaigns/key_message_form.html", _context(request, campaign, form=form))


def edit_key_message(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Change a key message."""
    found = queries.key_message(request.user, key, pk, EDIT)
    campaign = found.campaign
    initial = {"text": found.text, "phase": found.phase, "wanted_per_week": found.wanted_per_week}
    form = KeyMessageForm(posted(request), campaign=campaign, initial=initial)
    if form.is_valid():
        try:
            actions.edit_key_message(actor=request.user, key_message=found, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã lưu thông điệp."))
            return redirect("campaigns:key_messages", key)
    context = _context(request, campaign, form=form, key_message=found)
    return render(request, "campaigns/key_message_form.html", context)


@require_GET
def phases(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show the phases and what the campaign rests on."""
    campaign = queries.campaign(request.user, key)
    today = localdate(clock.now())
    context = _context(request, campaign, phases=queries.phases_of(campaign), today=today)
    context["legal_documents"] = list(campaign.legal_documents.all())
    return render(request, "campaigns/phases.html", context)


def add_phase(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Add a phase."""
    campaign = queries.campaign(request.user, key, EDIT)
    form = PhaseForm(posted(request))
    if form.is_valid():
        try:
            actions.add_phase(actor=request.user, campaign=campaign, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã thêm 1 giai đoạn."))
            return redirect("campaigns:phases", key)
    return render(request, "campaigns/phase_form.html", _context(request, campaign, form=form))


def edit_phase(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Rename a phase or set its dates."""
    found = queries.phase(request.user, key, pk, EDIT)
    campaign = found.campaign
    form = PhaseForm(posted(request), initial={"name": found.name, "start": found.start, "end": found.end})
    if form.is_valid():
        try:
            actions.edit_phase(actor=request.user, phase=found, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã lưu giai đoạn."))
            return redirect("campaigns:phases", key)
    context = _context(request, campaign, form=form, phase=found)
    return render(request, "campaigns/phase_form.html", context)
