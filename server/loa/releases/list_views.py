# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists that wait for two administrators: what each one changes, in words, and its signature by a passkey."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from loa.config.errors import NotFoundError
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import access_area, covered, require
from loa.people.rules import Permission
from loa.releases import authority, proposals
from loa.releases.errors import BadRequestError
from loa.releases.list_pages import list_line, list_page
from loa.releases.models import ListOutcome, ListProposal
from loa.releases.passkey_views import answer_of, answers, options_for


@never_cache
@require_GET
def lists(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List what waits for two administrators, and say who they are."""
    is_administrator = proposals.is_administrator(request.user)
    found = proposals.all_waiting()
    if not is_administrator:
        require(request.user, Permission.SETTINGS_MANAGE)
        found = found.filter(covered(request.user, Permission.SETTINGS_MANAGE, field="commune__path"))
    context = {
        "lines": [list_line(one, request.user) for one in found],
        "is_held": authority.is_held_by_people(),
        "administrators": proposals.administrators() if authority.is_held_by_people() else [],
        "is_administrator": is_administrator,
    }
    return render(request, "releases/lists.html", context)


@never_cache
@require_GET
def proposed_list(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show what one list changes and everything that it says, and let an administrator sign it."""
    found = _proposal(request, pk)
    return render(request, "releases/list.html", {"page": list_page(found, request.user)})


@never_cache
@require_POST
@answers
def sign_list_options(request: AuthenticatedHttpRequest, pk: int) -> dict[str, Any]:
    """Say what to ask a passkey: its signature over exactly this list."""
    found = _to_sign(request, pk)
    return options_for(request, proposals.unsigned(found).pae())


@never_cache
@require_POST
@answers
def sign_list(request: AuthenticatedHttpRequest, pk: int) -> dict[str, Any]:
    """Take an administrator's signature over a list."""
    found = _to_sign(request, pk)
    signer = answer_of(request, proposals.unsigned(found).pae())
    proposals.sign_list(actor=request.user, proposal=found, signer=signer)
    return {"next": reverse("releases:proposed_list", args=[pk])}


def _proposal(request: AuthenticatedHttpRequest, pk: int) -> ListProposal:
    """Return a list of a commune whose settings the reader manages; an administrator sees all.

    Raises:
        NotFoundError: it is not there, or elsewhere.
        PermissionDeniedError: the reader sees the commune but does not manage it.
    """
    found = (
        ListProposal.objects.select_related("commune").prefetch_related("signatures").filter(pk=pk).first()
    )
    if found is None:
        raise NotFoundError(_("Không có danh sách này."))
    if not proposals.is_administrator(request.user):
        access_area(request.user, found.commune.code, Permission.SETTINGS_MANAGE)
    return found


def _to_sign(request: AuthenticatedHttpRequest, pk: int) -> ListProposal:
    """Return a list that the reader may sign now.

    Raises:
        BadRequestError: he holds no administrator's key, signed already, or the list waits no more.
    """
    found = _proposal(request, pk)
    if not proposals.is_administrator(request.user):
        raise BadRequestError(_("Bạn không giữ khóa quản trị nên không ký danh sách được."))
    if found.outcome != ListOutcome.WAITING or proposals.has_signed(request.user, found):
        raise BadRequestError(_("Danh sách này không chờ chữ ký của bạn nữa. Mở lại trang để xem."))
    return found
