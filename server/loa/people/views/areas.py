# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings: areas and villages."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from loa.areas.imports import parse_villages
from loa.areas.models import Area
from loa.areas.queries import province_of, villages_of
from loa.config.errors import LoaError
from loa.people import actions
from loa.people.forms import ImportForm, VillageForm
from loa.people.http import AuthenticatedHttpRequest, posted, show_error
from loa.people.listings import managed_communes
from loa.people.queries import access_area
from loa.people.rules import Permission
from loa.people.views.guard import manages_settings


@manages_settings
@require_GET
def areas(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List the communes that the reader manages; the only one is shown at once."""
    communes = list(managed_communes(request.user))
    if len(communes) == 1:
        return redirect("people_settings:area", communes[0].code)
    return render(request, "people/areas.html", {"communes": communes})


def _commune(request: AuthenticatedHttpRequest, code: str) -> Area:
    return access_area(request.user, code, Permission.SETTINGS_MANAGE)


@manages_settings
@require_GET
def area(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Show a commune with its villages."""
    commune = _commune(request, code)
    villages = list(villages_of(commune))
    context = {
        "commune": commune,
        "province": province_of(commune),
        "villages": villages,
        "households": sum(village.households or 0 for village in villages),
        "without_households": sum(village.households is None for village in villages),
    }
    return render(request, "people/area.html", context)


@manages_settings
def add_village(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Add one village."""
    commune = _commune(request, code)
    form = VillageForm(posted(request))
    if form.is_valid():
        try:
            actions.add_villages(actor=request.user, commune=commune, villages=[form.given()])
        except LoaError as error:
            show_error(form, error)
        else:
            return _stored(request, commune, 1)
    return render(request, "people/add_village.html", {"form": form, "commune": commune})


@manages_settings
def import_villages(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Add many villages, all or none."""
    commune = _commune(request, code)
    form = ImportForm(posted(request))
    if form.is_valid():
        try:
            villages = parse_villages(form.cleaned_data["text"])
            actions.add_villages(actor=request.user, commune=commune, villages=villages)
        except LoaError as error:
            form.add_error("text", error.message)
        else:
            return _stored(request, commune, len(villages))
    return render(request, "people/import_villages.html", {"form": form, "commune": commune})


def _stored(request: AuthenticatedHttpRequest, commune: Area, count: int) -> HttpResponse:
    text = ngettext(
        "Đã thêm %(count)s thôn vào %(commune)s.", "Đã thêm %(count)s thôn vào %(commune)s.", count
    )
    messages.success(request, text % {"count": count, "commune": commune.name})
    return redirect("people_settings:area", commune.code)
