# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings: organisations, posts and who holds them."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from loa.areas.queries import communes_in
from loa.areas.tree import STEP_LENGTH
from loa.config import clock
from loa.config.errors import LoaError
from loa.people import actions
from loa.people.forms import KIND_NAMES, HoldingForm, OrganisationForm, PostForm
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.listings import managed_people, managed_post, managed_posts, post_lines
from loa.people.models import OrganisationKind
from loa.people.queries import areas_for, holder, organisations_for
from loa.people.rules import Permission
from loa.people.views.guard import manages_settings

MANAGE = Permission.SETTINGS_MANAGE


@manages_settings
@require_GET
def organisations(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List the organisations that the reader manages, as a tree."""
    listed = list(organisations_for(request.user, MANAGE).annotate(post_count=Count("posts")))
    names = {organisation.path: organisation.name for organisation in listed}
    lines = [
        {
            "organisation": organisation,
            "parent": names.get(organisation.path[:-STEP_LENGTH], ""),
            "kind": KIND_NAMES[OrganisationKind(organisation.kind)],
        }
        for organisation in listed
    ]
    return render(request, "people/organisations.html", {"lines": lines})


@manages_settings
def add_organisation(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Add an organisation below one that the reader manages."""
    form = OrganisationForm(
        posted(request),
        organisations=organisations_for(request.user, MANAGE),
        areas=communes_in(areas_for(request.user, MANAGE)),
    )
    if form.is_valid():
        try:
            added = actions.add_organisation(actor=request.user, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã thêm %(name)s.") % {"name": added.name})
            return redirect("people_settings:organisations")
    return render(request, "people/add_organisation.html", {"form": form})


@manages_settings
@require_GET
def posts(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List posts with who holds each today; vacant ones are named first."""
    lines = post_lines(request.user, localdate(clock.now()))
    vacant = [line for line in lines if line.holder is None]
    return render(request, "people/posts.html", {"lines": lines, "vacant": vacant})


@manages_settings
def add_post(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Add a post; it is vacant until somebody holds it."""
    form = PostForm(
        posted(request),
        organisations=organisations_for(request.user, MANAGE),
        posts=managed_posts(request.user),
    )
    if form.is_valid():
        try:
            added = actions.add_post(actor=request.user, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(
                request, _("Đã thêm chức danh %(title)s. Chọn người giữ.") % {"title": added.title}
            )
            return redirect("people_settings:post", added.pk)
    return render(request, "people/add_post.html", {"form": form})


@manages_settings
def post(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show a post's holders, and give it to somebody or leave it vacant."""
    today = localdate(clock.now())
    found = managed_post(request.user, pk)
    form = HoldingForm(posted(request), people=managed_people(request.user, today), initial={"since": today})
    if form.is_valid():
        person, since = form.cleaned_data["person"], form.cleaned_data["since"]
        try:
            if person is None:
                actions.vacate_post(actor=request.user, post=found, since=since)
            else:
                actions.hold_post(actor=request.user, post=found, person=person, since=since)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã ghi người giữ %(title)s.") % {"title": found.title})
            return redirect("people_settings:posts")
    context = {
        "post": found,
        "form": form,
        "holder": holder(found, today),
        "holdings": found.holdings.select_related("person").order_by("-since", "-pk"),
    }
    return render(request, "people/post.html", context)
