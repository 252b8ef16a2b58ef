# SPDX-License-Identifier: AGPL-3.0-or-later
"""The gate in front of every settings page."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponse

from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import require
from loa.people.rules import Permission

P = ParamSpec("P")
View = Callable[Concatenate[AuthenticatedHttpRequest, P], HttpResponse]


def manages_settings(view: View[P]) -> View[P]:
    """Let only those in who manage settings somewhere; each page then checks where."""

    @wraps(view)
    def guarded(request: AuthenticatedHttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        require(request.user, Permission.SETTINGS_MANAGE)
        return view(request, *args, **kwargs)

    return guarded
