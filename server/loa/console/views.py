# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages that join layers. Each asks its question once and renders."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from loa.areas.queries import communes_in
from loa.config import clock
from loa.config.errors import NotFoundError
from loa.config.messaging import browser_credentials
from loa.config.middleware import websocket_origin
from loa.console.placing import placing_links
from loa.console.queries import home as home_queries
from loa.console.queries import messages as message_queries
from loa.console.queries import way as way_queries
from loa.console.queries.listening import listenable
from loa.console.queries.strip import strip_items
from loa.console.recordings import recording
from loa.console.steps import steps
from loa.messages.queries import message as message_of
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import areas_for, may
from loa.people.rules import Permission
from loa.releases.able import withdrawers
from loa.releases.authority import installation
from loa.releases.models import ReleaseState
from loa.releases.queries import is_asked
from loa.ui.context import Frame
from loa_protocol.wire import events_subject


@require_GET
def home(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show what waits for the reader, what is on air and what is late."""
    now = clock.now()
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    page = home_queries.home(request.user, now, today)
    context = {
        "page": page,
        "strip": strip_items(page.rounds),
        "loudspeakers": listenable(request.user),
        "now": now,
        "today": today,
        "may_write": may(request.user, Permission.MESSAGE_WRITE),
    }
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
    page = way_queries.way(found, now, request.user)
    organisation = found.organisation
    may_withdraw = may(request.user, Permission.RELEASE_WITHDRAW, organisation=organisation)
    is_released = page.release is not None and page.release.state == ReleaseState.RELEASED
    context = {
        "page": page,
        "has_heard": page.has_heard,
        "recording": recording(page),
        "steps": steps(page),
        "now": now,
        "may_write": may(request.user, Permission.MESSAGE_WRITE, organisation=organisation),
        "may_submit": may(request.user, Permission.MESSAGE_SUBMIT, organisation=organisation),
        "may_place": may(request.user, Permission.PLACEMENT_MAKE, organisation=organisation),
        "placing": placing_links(page.release) if page.release else [],
        "may_withdraw": may_withdraw,
        "able": withdrawers(page.release) if page.release and is_released and not may_withdraw else "",
        "may_sign": page.release is not None
        and page.state == "awaiting"
        and is_asked(request.user, page.release),
    }
    return render(request, "console/message.html", context)


@never_cache
@require_GET
def frame_news(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Give a page that stands the counts of its rail and what is on air."""
    return render(request, "ui/frame_news.html", {"frame": Frame(request, with_news=True)})


@never_cache
@require_GET
def events(request: AuthenticatedHttpRequest) -> JsonResponse:
    """Give the browser a short-lived entry to the nudges of the reader's first commune."""
    commune = communes_in(areas_for(request.user, Permission.VIEW)).order_by("code").first()
    if commune is None:
        raise NotFoundError(_("Bạn chưa được giao xã nào nên chưa có tin báo tự động."))
    entry = browser_credentials(request.user, [commune.code], url=websocket_origin(request))
    subject = events_subject(installation(), commune.code)
    return JsonResponse({"url": entry.url, "jwt": entry.jwt, "seed": entry.seed, "subject": subject})
