# SPDX-License-Identifier: AGPL-3.0-or-later
"""The calendar, and the page of one placement."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from loa.airtime import actions, copying, queries
from loa.airtime.forms import CopyForm, MomentForm
from loa.airtime.models import Placement
from loa.airtime.seams import outcomes_of, readiness_of, results_of
from loa.airtime.sentences import when
from loa.airtime.week import monday_of, week
from loa.areas.models import Area
from loa.areas.queries import communes_in
from loa.channels.registry import channel, channels
from loa.config import clock
from loa.config.errors import ConflictError, NotFoundError
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import access_area, areas_for, may
from loa.people.rules import Permission
from loa_protocol.times import to_local

SHOWN_LEFT_OUT = 5


@require_GET
def calendar(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show a week of one commune: what happens when, what clashes, which hours are allowed."""
    communes = list(communes_in(areas_for(request.user, Permission.VIEW)))
    commune = _chosen(communes, request.GET.get("xa", ""))
    if commune is None:
        return render(request, "airtime/nothing.html")
    now = clock.now()
    today = to_local(now, settings.TIME_ZONE).date()
    monday = monday_of(_day(request.GET.get("tuan", ""), today))
    known = {one.key for one in channels()}
    chosen = [key for key in request.GET.getlist("kenh") if key in known]
    may_place = may(request.user, Permission.PLACEMENT_MAKE, area=commune)
    found = week(commune, monday, now, chosen, may_move=may_place)
    context = {
        "week": found,
        "communes": communes,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before_url": _address(request, monday - timedelta(days=7)),
        "after_url": _address(request, monday + timedelta(days=7)),
        "this_url": _address(request, monday_of(today)),
        "is_this_week": monday == monday_of(today),
        "channels": channels(),
        "chosen": chosen,
        "may_set_rules": may(request.user, Permission.SETTINGS_MANAGE, area=commune),
        "may_place": may_place,
        "copy_form": CopyForm(initial={"source": max(today, monday)}) if may_place else None,
    }
    return render(request, "airtime/calendar.html", context)


def _chosen(communes: list[Area], code: str) -> Area | None:
    """Return the commune that the address names, or the first that the person may see."""
    wanted = next((commune for commune in communes if commune.code == code), None)
    if code and wanted is None:
        raise NotFoundError(_("Không tìm thấy xã này. Chọn lại trong lịch."))
    return wanted or next(iter(communes), None)


def _address(request: AuthenticatedHttpRequest, monday: date) -> str:
    query = request.GET.copy()
    query["tuan"] = monday.isoformat()
    return f"?{query.urlencode()}"


def _day(text: str, today: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today


@require_GET
def placement(request: AuthenticatedHttpRequest, placement_id: UUID) -> HttpResponse:
    """Show one placement, and let who may move or cancel it."""
    return _page(request, queries.placement(request.user, placement_id))


def _page(
    request: AuthenticatedHttpRequest,
    found: Placement,
    form: MomentForm | None = None,
    error: ConflictError | None = None,
) -> HttpResponse:
    local = to_local(found.starts_at, settings.TIME_ZONE)
    zones = list(found.zones.all())
    may_place = all(may(request.user, Permission.PLACEMENT_MAKE, area=zone) for zone in zones)
    will_sound = queries.will_sound(found, clock.now())
    ended_at = _ended_at(found)
    context = {
        "placement": found,
        "starts": local,
        "ends": to_local(queries.ends_at(found), settings.TIME_ZONE),
        "zones": zones,
        "channel": channel(found.channel),
        "may_change": may_place and will_sound,
        "will_sound": will_sound,
        "ready": readiness_of([found]).get(found.pk) if will_sound else None,
        "results": results_of(found.pk),
        "outcome": outcomes_of([found.pk]).get(found.pk, ""),
        "ended_at": ended_at,
        "is_called_off": ended_at is not None and ended_at < found.starts_at,
        "is_over": queries.ends_at(found) <= clock.now(),
        "form": form or MomentForm(initial={"date": local.date(), "time": local.time()}),
        "error": error,
        "cut_off_minutes": found.cut_off_s // 60,
        "proposal": _local_proposal(error),
    }
    return render(request, "airtime/placement.html", context, status=error.status if error else 200)


def _ended_at(found: Placement) -> datetime | None:
    """Return when the placement's release was withdrawn or replaced, or None."""
    withdrawal = getattr(found.release, "withdrawal", None)
    return found.release.superseded_at or (withdrawal.effective_at if withdrawal is not None else None)


def _local_proposal(error: ConflictError | None) -> object:
    proposal = error.data.get("proposal") if error else None
    return to_local(proposal, settings.TIME_ZONE) if proposal else None


@require_POST
def move(request: AuthenticatedHttpRequest, placement_id: UUID) -> HttpResponse:
    """Move a placement to another time."""
    found = queries.placement(request.user, placement_id)
    form = MomentForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        moved = actions.move(actor=request.user, placement=found, starts_at=form.moment())
    except ConflictError as error:
        return _page(request, queries.placement(request.user, placement_id), form, error)
    messages.success(request, _("Đã dời sang %(when)s.") % {"when": when(moved.starts_at)})
    if back := request.POST.get("back", ""):  # the commune in whose calendar it was dragged
        return redirect(_calendar_at(back, form.cleaned_data["date"]))
    return redirect("airtime:placement", moved.pk)


def _calendar_at(code: str, day: date) -> str:
    query = urlencode({"xa": code, "tuan": monday_of(day).isoformat()})
    return f"{reverse('airtime:calendar')}?{query}"


@require_POST
def copy_day(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Copy the rounds of one day to another day, and say which of them could not be placed."""
    commune = access_area(request.user, code, Permission.PLACEMENT_MAKE)
    form = CopyForm(request.POST)
    if not form.is_valid():
        for error in form.errors.values():
            messages.error(request, str(error[0]))
        return redirect(_calendar_at(code, to_local(clock.now(), settings.TIME_ZONE).date()))
    source, target = form.cleaned_data["source"], form.cleaned_data["target"]
    copied = copying.copy_day(actor=request.user, commune=commune, source=source, target=target)
    words = ngettext("Đã chép %(count)d lượt.", "Đã chép %(count)d lượt.", len(copied.placed))
    messages.success(request, words % {"count": len(copied.placed)})
    for title, reason in copied.left_out[:SHOWN_LEFT_OUT]:
        messages.warning(request, _("Chưa chép “%(title)s”: %(reason)s") % {"title": title, "reason": reason})
    return redirect(_calendar_at(code, target))


@require_POST
def cancel(request: AuthenticatedHttpRequest, placement_id: UUID) -> HttpResponse:
    """Cancel a placement that has not begun."""
    found = queries.placement(request.user, placement_id)
    try:
        actions.cancel(actor=request.user, placement=found)
    except ConflictError as error:
        return _page(request, queries.placement(request.user, placement_id), error=error)
    messages.success(request, _("Đã bỏ lượt đặt lúc %(when)s.") % {"when": when(found.starts_at)})
    return redirect("airtime:calendar")
