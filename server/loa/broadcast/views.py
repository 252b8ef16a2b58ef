# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page that places a release on loudspeakers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from loa.airtime.models import Placement
from loa.airtime.sentences import hour, nearest
from loa.broadcast.actions import DaysConflictError, place_on_days
from loa.broadcast.forms import PlacementForm, label
from loa.broadcast.queries import Offer, offer, release_to_place, upcoming
from loa.config import clock
from loa.config.errors import ConflictError
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import may, require
from loa.people.rules import Permission
from loa.releases.models import Release, ReleaseState
from loa.releases.pages import days
from loa_protocol.times import to_local


@dataclass(frozen=True)
class DayError:
    """Why one day cannot be had, and the nearest time that can."""

    day: date
    words: str
    sentence: str
    proposal: datetime | None  # local


@require_http_methods(["GET", "POST"])
def place(request: AuthenticatedHttpRequest, release_id: UUID) -> HttpResponse:
    """Let a person choose zones, days and a time for a release, and place it."""
    release = release_to_place(request.user, release_id)
    require(request.user, Permission.PLACEMENT_MAKE)
    now = clock.now()
    offered = offer(request.user, release)
    today = to_local(now, settings.TIME_ZONE).date()
    if request.method == "GET":
        initial = _initial(offered, today)
        form = PlacementForm(release=release, zones=offered.zones, today=today, initial=initial)
        return _page(request, release, offered, form)
    form = PlacementForm(_with_proposal(request.POST), release=release, zones=offered.zones, today=today)
    if not form.is_valid():
        return _page(request, release, offered, form)
    try:
        placed = place_on_days(
            actor=request.user,
            release=release,
            zones=form.chosen_zones(),
            days=form.cleaned_data["days"],
            at=form.cleaned_data["time"],
            volume=form.cleaned_data["volume"],
        )
    except ConflictError as error:
        return _page(request, release, offered, form, error)
    messages.success(request, _placed(placed), extra_tags=f"while={ReleaseState.RELEASED}")
    if not _sees_message(request, release):
        return redirect("airtime:calendar")
    return redirect("console:message", release.revision.message.code)


def _sees_message(request: AuthenticatedHttpRequest, release: Release) -> bool:
    """Say whether the message's page is there for the reader; that of a level above is not."""
    return may(request.user, Permission.VIEW, area=release.organisation.area)


def _placed(placed: Sequence[Placement]) -> str:
    """Say what was placed, with the day and time of each round."""
    starts = [to_local(one.starts_at, settings.TIME_ZONE) for one in placed]
    words = ngettext(
        "Đã đặt %(count)d lượt phát lúc %(hour)s: %(days)s.",
        "Đã đặt %(count)d lượt phát lúc %(hour)s: %(days)s.",
        len(starts),
    )
    return words % {
        "count": len(starts),
        "hour": hour(placed[0].starts_at),
        "days": ", ".join(label(start.date()) for start in starts),
    }


def _why_later(release: Release, offered: Offer, today: date) -> str:
    """Say why the day that the form proposes is not today; empty when it is."""
    if offered.nearest is not None and offered.nearest.date() == today:
        return ""
    full = ngettext(
        "Hôm nay đã đủ %(limit)d lần; chọn ngày khác.",
        "Hôm nay đã đủ %(limit)d lần; chọn ngày khác.",
        release.repeat_limit,
    ) % {"limit": release.repeat_limit}
    if offered.nearest is None:
        return f"{full if offered.is_day_full else ''} {nearest(None, release.not_after)}".strip()
    why = full if offered.is_day_full else _("Hôm nay không còn giờ trống.")
    return _("%(why)s Đang chọn sẵn %(day)s.") % {"why": why, "day": label(offered.nearest.date())}


def _with_proposal(typed: QueryDict) -> QueryDict:
    """Return what was typed, with the proposed time where its button was pressed.

    The button's value is the days that failed and the moment proposed for the first of them:
    "2026-11-24,2026-11-25 2026-11-25T05:30:00". Each failed day moves as far as the first.
    """
    names, _separator, text = typed.get("proposal", "").partition(" ")
    try:
        proposal = datetime.fromisoformat(text)
        failed = [date.fromisoformat(name) for name in names.split(",")]
    except ValueError:
        return typed
    moved = {day.isoformat(): (day + (proposal.date() - failed[0])).isoformat() for day in failed}
    changed = typed.copy()
    changed.setlist("days", sorted({moved.get(day, day) for day in typed.getlist("days")}))
    changed["time"] = proposal.time().isoformat()
    return changed


def _initial(offered: Offer, today: date) -> dict[str, object]:
    free = offered.nearest
    with_devices = [choice.zone.code for choice in offered.choices if choice.devices]
    return {
        "zones": with_devices or [zone.code for zone in offered.zones],
        "days": [(free.date() if free else today).isoformat()],
        "time": free.time().replace(microsecond=0) if free else None,
        "volume": 80,
    }


def _page(
    request: AuthenticatedHttpRequest,
    release: Release,
    offered: Offer,
    form: PlacementForm,
    error: ConflictError | None = None,
) -> HttpResponse:
    by_day: dict[date, ConflictError] = error.by_day if isinstance(error, DaysConflictError) else {}
    context = {
        "release": release,
        "message": release.revision.message,
        "sees_message": _sees_message(request, release),
        "offer": offered,
        "form": form,
        "error": error,
        "day_errors": [_day_error(day, one) for day, one in by_day.items()],
        "placements": upcoming(release, clock.now()),
        "days": days(release.not_before, release.not_after),
        "why_later": _why_later(release, offered, to_local(clock.now(), settings.TIME_ZONE).date()),
    }
    status = error.status if error else 400 if form.errors else 200
    return render(request, "broadcast/place.html", context, status=status)


def _day_error(day: date, error: ConflictError) -> DayError:
    proposal = error.data.get("proposal")
    return DayError(
        day, label(day), error.message, to_local(proposal, settings.TIME_ZONE) if proposal else None
    )
