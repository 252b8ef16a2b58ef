# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages in which a campaign is made: its top, its channels, its parts, and what was measured."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from loa.campaigns import actions, parts, queries
from loa.campaigns.entering.campaign_forms import CampaignForm, ChannelsForm, ReadingForm
from loa.campaigns.entering.frame import context_of
from loa.campaigns.entering.plan import plan_of
from loa.campaigns.entering.plan_parts import KINDS, with_file
from loa.config.errors import LoaError
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.models import Person, Post
from loa.people.queries import covered, organisations_for, require
from loa.people.rules import Permission

EDIT = Permission.PLAN_EDIT
either = require_http_methods(["GET", "POST"])


def posts_around(person: Person) -> QuerySet[Post]:
    """Return the posts of all organisations that serve an area where a person plans, in their trees' order."""
    wanted = covered(person, EDIT, field="organisation__area__path")
    return Post.objects.filter(wanted).select_related("organisation").order_by("organisation__path", "pk")


@either
def create_campaign(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Begin a campaign."""
    require(request.user, EDIT)
    organisations = organisations_for(request.user, EDIT)
    form = CampaignForm(posted(request), organisations=organisations, posts=posts_around(request.user))
    if form.is_valid():
        try:
            campaign = actions.create_campaign(actor=request.user, given=form.given())
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã lập chiến dịch. Thêm giai đoạn, thông điệp và đầu mối."))
            return redirect("campaigns:phases", campaign.key)
    return render(request, "campaigns/entering/create_campaign.html", {"form": form})


@either
def edit_campaign(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Change what stands at a campaign's top."""
    campaign = queries.campaign(request.user, key, EDIT)
    form = CampaignForm(posted(request), campaign=campaign, posts=queries.posts_for(campaign))
    if form.is_valid():
        try:
            actions.edit_campaign(actor=request.user, campaign=campaign, given=form.given())
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã lưu kế hoạch."))
            return redirect("campaigns:phases", key)
    words = {"words": _("Sửa phần đầu kế hoạch"), "save": _("Lưu kế hoạch")}
    return render(
        request, "campaigns/entering/part_form.html", context_of(request, campaign, form=form, **words)
    )


@either
def planned_channels(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Say over which channels the plan speaks, in its own words."""
    campaign = queries.campaign(request.user, key, EDIT)
    form = ChannelsForm(posted(request), campaign=campaign)
    if form.is_valid():
        actions.set_channels(actor=request.user, campaign=campaign, channels=form.channels())
        messages.success(request, _("Đã lưu kênh của kế hoạch."))
        return redirect("campaigns:phases", key)
    words = {"words": _("Kênh của kế hoạch"), "save": _("Lưu kênh")}
    hint = _("Ghi như kế hoạch viết. Kênh nào kế hoạch không dùng thì để trống.")
    context = context_of(request, campaign, form=form, hint=hint, **words)
    return render(request, "campaigns/entering/part_form.html", context)


@require_GET
def plan(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show everything that stands at a campaign's top, each with the way to change it."""
    campaign = queries.campaign(request.user, key)
    return render(
        request, "campaigns/entering/plan.html", context_of(request, campaign, plan=plan_of(campaign))
    )


@either
def add_part(request: AuthenticatedHttpRequest, key: str, kind: str) -> HttpResponse:
    """Add a part of a plan; the form comes again for the next one when that was asked for."""
    campaign, part = queries.campaign(request.user, key, EDIT), KINDS[kind]
    form = part.form(posted(request), request.FILES or None, campaign=campaign)
    if form.is_valid():
        try:
            part.add(request.user, campaign, with_file(request.user, campaign, form))
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, str(part.saved_words))
            return redirect(request.path) if "more" in request.POST else redirect(part.back, key)
    context = context_of(request, campaign, form=form, kind=part, words=part.new_words, save=_("Lưu"))
    return render(request, "campaigns/entering/part_form.html", context)


@either
def edit_part(request: AuthenticatedHttpRequest, key: str, pk: int, kind: str) -> HttpResponse:
    """Change a part of a plan."""
    part = KINDS[kind]
    row = part.find(request.user, key, pk)
    campaign = queries.campaign(request.user, key)
    form = part.form(posted(request), request.FILES or None, campaign=campaign, initial=part.initial(row))
    if form.is_valid():
        try:
            part.edit(request.user, row, with_file(request.user, campaign, form, row))
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, str(part.saved_words))
            return redirect(part.back, key)
    context = context_of(
        request, campaign, form=form, kind=part, row=row, words=part.edit_words, save=_("Lưu")
    )
    return render(request, "campaigns/entering/part_form.html", context)


@either
def add_reading(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Write down what was measured of an objective."""
    objective = parts.objective(request.user, key, pk, EDIT)
    form = ReadingForm(posted(request))
    if form.is_valid():
        try:
            actions.add_reading(actor=request.user, objective=objective, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã ghi số đo."))
            return redirect("campaigns:phases", key)
    campaign = queries.campaign(request.user, key)
    words = {
        "words": _("Ghi số đo"),
        "save": _("Ghi số đo"),
        "hint": f"{objective.text} ({objective.measure})",
    }
    return render(
        request, "campaigns/entering/part_form.html", context_of(request, campaign, form=form, **words)
    )
