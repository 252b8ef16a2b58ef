# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the installation demands a second factor, whoever signed in with a password alone sets one up first."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from loa.people.second_factor import was_shown

GetResponse = Callable[[HttpRequest], HttpResponse]
_OPEN = "loa_before_second_factor"


def before_second_factor(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that is open to somebody who has no second factor yet: where he sets one up, or leaves."""
    setattr(view, _OPEN, True)
    return view


class SecondFactorMiddleware:
    """Lead to the set-up from every other page. It asks the session alone, so it costs no query."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not settings.SECOND_FACTOR or not getattr(view, "login_required", True):
            return None
        if getattr(view, _OPEN, False) or not request.user.is_authenticated or was_shown(request):
            return None
        return redirect("people:security")
