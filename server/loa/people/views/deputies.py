# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings: who stands in for the holder of a post."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loa.config import clock
from loa.config.errors import LoaError
from loa.people import actions
from loa.people.absence import deputyships_of
from loa.people.fresh import fresh_verification
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.listings import managed_deputyship, managed_people, managed_post
from loa.people.queries import holder
from loa.people.security_forms import DeputyForm
from loa.people.views.guard import manages_settings


@manages_settings
@fresh_verification()
@require_http_methods(["GET", "POST"])
def deputies(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show who stood and stands in, and let somebody stand in for some days."""
    today = localdate(clock.now())
    post = managed_post(request.user, pk)
    people = managed_people(request.user, today).filter(is_active=True).exclude(pk=request.user.pk)
    form = DeputyForm(posted(request), people=people, initial={"first_day": today})
    if form.is_valid():
        try:
            made = actions.appoint_deputy(actor=request.user, post=post, **form.cleaned_data)
        except LoaError as error:
            show_error(form, error)
        else:
            waits = made.proposals.exists()
            words = (
                _("Đã ghi %(name)s thay; vai trò cần hai người còn chờ một người quản trị khác đồng ý.")
                if waits
                else _("Đã ghi %(name)s thay.")
            )
            messages.success(request, words % {"name": made.deputy.full_name})
            return redirect("people_settings:deputies", pk)
    context = {
        "post": post,
        "form": form,
        "holder": holder(post, today),
        "deputyships": deputyships_of(post),
        "today": today,
    }
    return render(request, "people/deputies.html", context)


@manages_settings
@require_POST
def end_deputyship(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """End it now: it only takes away."""
    deputyship = managed_deputyship(request.user, pk)
    actions.end_deputyship(actor=request.user, deputyship=deputyship)
    messages.success(request, _("%(name)s không còn thay nữa.") % {"name": deputyship.deputy.full_name})
    return redirect("people_settings:deputies", deputyship.post_id)
