# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings: what waits for a second administrator."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from loa.people import actions
from loa.people.fresh import fresh_verification
from loa.people.http import AuthenticatedHttpRequest
from loa.people.listings import managed_proposal, managed_proposals
from loa.people.views.guard import manages_settings


@manages_settings
@require_GET
def proposals(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List what waits for a second administrator, and what was decided lately."""
    lines = managed_proposals(request.user)
    context = {
        "waiting": [one for one in lines if one.is_waiting],
        "decided": [one for one in lines if not one.is_waiting],
    }
    return render(request, "people/proposals.html", context)


@manages_settings
@fresh_verification()
@never_cache
@require_POST
def confirm_proposal(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Confirm it as the second administrator; a first password is shown once."""
    proposal = managed_proposal(request.user, pk)
    confirmed = actions.confirm_proposal(actor=request.user, proposal=proposal)
    if confirmed.password:
        context = {"person": proposal.person, "password": confirmed.password}
        return render(request, "people/first_password.html", context)
    messages.success(
        request, _("Đã đồng ý. %(name)s có vai trò từ bây giờ.") % {"name": proposal.person.full_name}
    )
    return redirect("people_settings:proposals")


@manages_settings
@require_POST
def refuse_proposal(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Refuse it, or take one's own back."""
    proposal = managed_proposal(request.user, pk)
    actions.refuse_proposal(actor=request.user, proposal=proposal)
    messages.success(request, _("Đã bỏ đề nghị về %(name)s.") % {"name": proposal.person.full_name})
    return redirect("people_settings:proposals")
