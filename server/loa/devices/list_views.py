# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which loudspeakers still follow older lists: a change counts there when they have confirmed it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from loa.areas.models import Area, AreaKind
from loa.devices.lists import lists_on_devices
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import covered, require
from loa.people.rules import Permission


@never_cache
@require_GET
def lists(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show per commune what is in force, and the devices that have not confirmed it."""
    require(request.user, Permission.DEVICE_VIEW)
    mine = Area.objects.filter(covered(request.user, Permission.DEVICE_VIEW, field="path"))
    found = lists_on_devices(mine.filter(kind=AreaKind.COMMUNE))
    context = {
        "communes": found,
        "behind": sum(len(one.behind) for one in found),
        "unsigned": any(not one.is_signed for one in found),
    }
    return render(request, "devices/lists.html", context)
