# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages about the network: incidents, and how much of it works by commune and day."""

from collections.abc import Callable
from datetime import date, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loa.config import clock
from loa.config.errors import ConflictError
from loa.devices import queries
from loa.devices.forms import NoteForm
from loa.devices.models import Incident
from loa.devices.network import actions, incident_queries
from loa.devices.network.choices import choices
from loa.devices.network.incident_queries import CLOSED, NEW, OPEN, TAKEN, Chosen, Line
from loa.devices.network.rates import rates_of
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import may, require
from loa.people.rules import Permission
from loa.ui.dates import relative_day

ON_A_PAGE = 50
DAYS = 7  # in the row of days above the rates


@require_GET
def incidents(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List incidents; the address says which: ``?tinh-trang=``, ``?loai=``, ``?xa=``."""
    require(request.user, Permission.DEVICE_VIEW)
    chosen = Chosen.of(request.GET)
    found = incident_queries.incidents_for(request.user, chosen)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("trang"))
    counts = incident_queries.count_by_state(request.user, chosen)
    states = [
        (OPEN, _("Đang mở"), counts[OPEN]),
        (NEW, _("Chưa ai nhận"), counts[NEW]),
        (TAKEN, _("Đã có người nhận"), counts[TAKEN]),
        (CLOSED, _("Đã đóng"), counts[CLOSED]),
    ]
    kinds = [("", _("Mọi loại"), None), *incident_queries.kinds_of(request.user)]
    context = {
        "page": page,
        "lines": [Line(one) for one in page],
        "chosen": chosen,
        "counts": counts,
        "states": choices(request, "tinh-trang", chosen.state, states),
        "kinds": choices(request, "loai", chosen.kind, kinds),
        "communes": incident_queries.communes_of(request.user),
    }
    return render(request, "devices/network/incidents.html", context)


@require_GET
def incident(request: AuthenticatedHttpRequest, incident_id: int) -> HttpResponse:
    """Show one incident with all that was done about it."""
    return _incident(request, queries.incident(request.user, incident_id))


def _incident(
    request: AuthenticatedHttpRequest, found: Incident, error: ConflictError | None = None
) -> HttpResponse:
    form = NoteForm(request.POST or None)
    if error is not None:
        form.add_error("note" if error.field == "note" else None, error.message)
    context = {
        "line": Line(found),
        "incident": found,
        "device": found.device,
        "steps": incident_queries.history_of(found),
        "may_manage": may(request.user, Permission.DEVICE_MANAGE, area=found.device.village),
        "is_mine": found.taken_by == request.user.full_name,
        "form": form,
    }
    status = error.status if error else 200
    return render(request, "devices/network/incident.html", context, status=status)


def _acted(
    request: AuthenticatedHttpRequest, incident_id: int, act: Callable[[Incident], Incident], words: str
) -> HttpResponse:
    found = queries.incident(request.user, incident_id)
    try:
        act(found)
    except ConflictError as error:
        return _incident(request, found, error)
    messages.success(request, words)
    return redirect("devices:incident", found.pk)


@require_POST
def take_incident(request: AuthenticatedHttpRequest, incident_id: int) -> HttpResponse:
    """Take an incident."""
    return _acted(
        request,
        incident_id,
        lambda found: actions.take_incident(actor=request.user, incident=found),
        _("Bạn đã nhận việc này."),
    )


@require_POST
def note_incident(request: AuthenticatedHttpRequest, incident_id: int) -> HttpResponse:
    """Write down what was done."""
    note = request.POST.get("note", "")
    return _acted(
        request,
        incident_id,
        lambda found: actions.note_incident(actor=request.user, incident=found, note=note),
        _("Đã ghi vào lịch sử việc này."),
    )


@require_POST
def close_incident(request: AuthenticatedHttpRequest, incident_id: int) -> HttpResponse:
    """Close an incident, with a word on what was done where there is one."""
    note = request.POST.get("note", "")
    return _acted(
        request,
        incident_id,
        lambda found: actions.close_incident(actor=request.user, incident=found, note=note),
        _("Đã đóng việc này."),
    )


@require_GET
def rates(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show online, played and heard rate by commune on one day, ``?ngay=2026-11-24``."""
    require(request.user, Permission.DEVICE_VIEW)
    now = clock.now()
    today = localdate(now)
    day = min(_day(request.GET.get("ngay", "")) or today, today)
    last = [today - timedelta(days=back) for back in range(DAYS)]
    days = [(one.isoformat(), str(relative_day(one)), None) for one in last]
    context = {
        "rates": rates_of(request.user, day, now),
        "day": day,
        "is_today": day == today,
        "days": choices(request, "ngay", day.isoformat(), days),
    }
    return render(request, "devices/network/rates.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
