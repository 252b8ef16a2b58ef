# SPDX-License-Identifier: AGPL-3.0-or-later
"""After something wrong was broadcast: the apology by one tap, and the record of what happened."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loa.config.errors import NotFoundError
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import may
from loa.people.rules import Permission
from loa.releases import actions, queries
from loa.releases.errors import BadRequestError
from loa.releases.models import Mishap


@require_POST
def apologise(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Write the apology for where it sounded, and open the record."""
    actions.apologise(actor=request.user, release=queries.release(request.user, pk))
    return redirect("releases:mishap", pk=pk)


@require_http_methods(["GET", "POST"])
def mishap(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Show what happened, where it sounded and how far the apology is; take an account of it."""
    release = queries.release(request.user, pk)
    found = (
        Mishap.objects.filter(release=release)
        .select_related("apology", "opened_by", "account_by", "release__organisation")
        .first()
    )
    if found is None:
        raise NotFoundError(_("Chưa có sự việc nào về tin này."))
    error: BadRequestError | None = None
    if request.method == "POST":
        try:
            actions.account_for(actor=request.user, mishap=found, account=request.POST.get("account", ""))
        except BadRequestError as refused:
            error = refused
        else:
            return redirect("releases:mishap", pk=pk)
    context = {
        "mishap": found,
        "release": release,
        "withdrawal": queries.withdrawal_of(release),
        "villages": found.villages.order_by("path"),
        "may_write": may(request.user, Permission.MESSAGE_WRITE, organisation=release.organisation),
        "error": error,
    }
    return render(request, "releases/mishap.html", context, status=error.status if error else 200)
