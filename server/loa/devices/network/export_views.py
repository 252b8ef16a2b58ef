# SPDX-License-Identifier: AGPL-3.0-or-later
"""The play log of a period as a file."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from loa.config import clock
from loa.config.errors import ConflictError
from loa.devices.forms import PeriodForm
from loa.devices.network import exports
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import require
from loa.people.rules import Permission

TYPES = {
    "csv": ("text/csv; charset=utf-8", exports.to_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", exports.to_xlsx),
}


@require_GET
def export(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Ask for a period and give its play log as .xlsx or CSV."""
    require(request.user, Permission.DEVICE_VIEW)
    today = localdate(clock.now())
    form = PeriodForm(
        request.GET if "format" in request.GET else None,
        initial={"first": today - timedelta(days=6), "last": today},
    )
    if form.is_bound and form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        content_type, write = TYPES[form.cleaned_data["format"]]
        try:
            rows = exports.rows_between(request.user, first, last)
            exports.check_length(rows)
        except ConflictError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            name = f"so-luot-phat-{first:%Y%m%d}-{last:%Y%m%d}.{form.cleaned_data['format']}"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return HttpResponse(write(rows), content_type=content_type, headers=headers)
    return render(request, "devices/network/export.html", {"form": form}, status=400 if form.errors else 200)
