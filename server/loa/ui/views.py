# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of components (development only) and the page shown without a connection."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from loa.ui import gallery


@login_not_required
@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Show every component in all its states."""
    return render(request, "ui/components.html", gallery.examples())


@login_not_required
@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """Show what the browser keeps for when the server cannot be reached."""
    return render(request, "ui/offline.html")
