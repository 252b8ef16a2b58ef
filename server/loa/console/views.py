# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages that join layers. Each asks its question once and renders."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from loa.campaigns.queries import campaign as campaign_of
from loa.config import clock
from loa.console.queries import home as home_queries
from loa.console.queries import messages as message_queries
from loa.console.queries import overview as overview_queries
from loa.console.queries import way as way_queries
from loa.console.steps import steps
from loa.messages.queries import message as message_of
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import may
from loa.people.rules import Permission
from loa.releases.queries import why_not_sign


@require_GET
def home(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show what waits for the reader, what is on air and what is late."""
    now = clock.now()
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    page = home_queries.home(request.user, now, today)
    context = {"page": page, "now": now, "today": today, "may_write": may(request.user, Permission.MESSAGE_WRITE)}
    return render(request, "console/home.html", context)


@require_GET
def messages(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List the messages of the reader's areas with their state."""
    lines = message_queries.lines(request.user, clock.now(), state=request.GET.get("trang-thai", ""))
    may_write = may(request.user, Permission.MESSAGE_WRITE)
    return render(request, "console/messages.html", {"lines": lines, "may_write": may_write})


@require_GET
def message(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Show one message with its whole way and its proof."""
    now = clock.now()
    found = message_of(request.user, code)
    page = way_queries.way(found, now)
    organisation = found.organisation
    context = {
        "page": page,
        "steps": steps(page),
        "now": now,
        "may_write": may(request.user, Permission.MESSAGE_WRITE, organisation=organisation),
        "may_submit": may(request.user, Permission.MESSAGE_SUBMIT, organisation=organisation),
        "may_place": may(request.user, Permission.PLACEMENT_MAKE, organisation=organisation),
        "may_withdraw": may(request.user, Permission.RELEASE_WITHDRAW, organisation=organisation),
        "may_sign": page.release is not None
        and page.state == "awaiting"
        and not why_not_sign(request.user, page.release),
    }
    return render(request, "console/message.html", context)


@require_GET
def campaign(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show where a campaign stands."""
    now = clock.now()
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    page = overview_queries.overview(campaign_of(request.user, key), now, today)
    context = {"page": page, "now": now, "today": today, "may_edit": may(request.user, Permission.PLAN_EDIT)}
    return render(request, "console/campaign.html", context)
