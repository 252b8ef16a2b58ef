# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings: what there is to set, and what is still missing."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from loa.areas.queries import villages_in
from loa.config import clock
from loa.people.http import AuthenticatedHttpRequest
from loa.people.listings import managed_people, post_lines, waiting_count
from loa.people.queries import areas_for, organisations_for
from loa.people.rules import Permission
from loa.people.views.guard import manages_settings


@manages_settings
@require_GET
def index(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show each part of the settings with its count and what is missing in it."""
    today = localdate(clock.now())
    areas = areas_for(request.user, Permission.SETTINGS_MANAGE)
    lines = post_lines(request.user, today)
    villages = villages_in(areas)
    context = {
        "areas": areas,
        "village_count": villages.count(),
        "villages_without_households": villages.filter(households__isnull=True).count(),
        "organisation_count": organisations_for(request.user, Permission.SETTINGS_MANAGE).count(),
        "post_count": len(lines),
        "vacant_count": sum(line.holder is None for line in lines),
        "waiting_count": waiting_count(request.user),
        "person_count": managed_people(request.user, today).count(),
    }
    return render(request, "people/settings.html", context)
