# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of a commune's programmes and groups of villages."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.airtime import programme_queries as queries
from loa.airtime import programmes as actions
from loa.airtime.models import Programme, ZoneGroup
from loa.airtime.programme_forms import GroupForm, ProgrammeForm, initial_new, initial_of
from loa.areas.models import Area
from loa.areas.queries import villages_of
from loa.channels.registry import channels
from loa.config import clock
from loa.config.errors import ConflictError
from loa.messages.models import Message
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import may
from loa.people.rules import Permission
from loa_protocol.times import to_local

PLACE = Permission.PLACEMENT_MAKE


@require_GET
def programmes(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Show a commune's programmes, and its groups of villages."""
    commune = queries.commune(request.user, code)
    lines = [(one, queries.weekdays_words(one)) for one in queries.programmes_of(commune)]
    context = {
        "commune": commune,
        "lines": lines,
        "groups": queries.groups_of(commune),
        "may_place": may(request.user, PLACE, area=commune),
        "calendar_url": _calendar(commune),
    }
    return render(request, "airtime/programmes.html", context)


@require_GET
def programme(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show a programme with its coming rounds, and let who may change or end it."""
    found = queries.programme(request.user, pk)
    context = {
        "programme": found,
        "days": queries.days_of(found, clock.now()),
        "weekdays": queries.weekdays_words(found),
        "playlist": [list(one.revisions.all())[-1] for one in _playlist(found)],
        "may_change": found.ended_at is None and may(request.user, PLACE, area=found.area),
    }
    return render(request, "airtime/programme.html", context)


@require_http_methods(["GET", "POST"])
def make_programme(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Make a programme in a commune."""
    commune = queries.commune(request.user, code, PLACE)
    return _edit(request, commune, None)


@require_http_methods(["GET", "POST"])
def change_programme(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Change a programme; its coming rounds are made anew."""
    found = queries.programme(request.user, pk, PLACE)
    return _edit(request, found.area, found)


def _edit(request: AuthenticatedHttpRequest, commune: Area, known: Programme | None) -> HttpResponse:
    now = clock.now()
    today = to_local(now, settings.TIME_ZONE).date()
    kept = _playlist(known) if known else []
    form = ProgrammeForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of(known) if known else initial_new(today),
        area=commune,
        groups=queries.groups_of(commune),
        choices=queries.choices_for(commune, now, kept),
    )
    if form.is_valid():
        try:
            saved = _save(request, known, form)
        except ConflictError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("Đã lưu chương trình. Các lượt của 10 ngày tới đã vào lịch."))
            return redirect("airtime:programme", saved.pk)
    context = {"commune": commune, "programme": known, "form": form}
    return render(request, "airtime/programme_form.html", context, status=400 if form.errors else 200)


def _save(request: AuthenticatedHttpRequest, known: Programme | None, form: ProgrammeForm) -> Programme:
    key = known.channel if known else next(one.key for one in channels() if one.agenda is not None)
    wanted = form.wanted(key)
    if known is None:
        return actions.make_programme(actor=request.user, wanted=wanted)
    return actions.change_programme(actor=request.user, programme=known, wanted=wanted)


def _playlist(programme: Programme) -> list[Message]:
    """Return the messages of a programme by their place, with their revisions. Two queries."""
    entries = programme.entries.select_related("message").prefetch_related("message__revisions")
    return [one.message for one in entries]


@require_POST
def end_programme(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """End a programme: its coming rounds are cancelled."""
    found = queries.programme(request.user, pk)
    actions.end_programme(actor=request.user, programme=found)
    messages.success(request, _("Đã dừng chương trình. Các lượt chưa phát đã bỏ khỏi lịch."))
    return redirect("airtime:programmes", found.area.code)


@require_http_methods(["GET", "POST"])
def make_group(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Make a named group of villages."""
    return _edit_group(request, queries.commune(request.user, code, PLACE), None)


@require_http_methods(["GET", "POST"])
def change_group(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Change a group of villages; what sounds in it follows."""
    found = queries.group(request.user, pk, PLACE)
    return _edit_group(request, found.area, found)


def _edit_group(request: AuthenticatedHttpRequest, commune: Area, known: ZoneGroup | None) -> HttpResponse:
    initial = {"name": known.name, "villages": [one.code for one in known.villages.all()]} if known else {}
    form = GroupForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        villages=list(villages_of(commune)),
    )
    if form.is_valid():
        try:
            actions.save_group(
                actor=request.user,
                area=commune,
                name=form.cleaned_data["name"],
                villages=form.chosen(),
                group=known,
            )
        except ConflictError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("Đã lưu nhóm thôn."))
            return redirect("airtime:programmes", commune.code)
    context = {"commune": commune, "group": known, "form": form}
    return render(request, "airtime/group_form.html", context, status=400 if form.errors else 200)


def _calendar(commune: Area) -> str:
    return f"{reverse('airtime:calendar')}?xa={commune.code}"
