# SPDX-License-Identifier: AGPL-3.0-or-later
"""The fragment that shows how far a job is; it polls itself while the job runs."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from loa.jobs import queries


@require_GET
def progress(request: HttpRequest, key: str) -> HttpResponse:
    """Show the job ``key`` to whoever may see it."""
    job = queries.visible_job(request.user, key)
    if job is None:
        raise Http404
    return render(request, "jobs/progress.html", {"job": job})
