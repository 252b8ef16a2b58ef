# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the script for passkeys is told: where to go next, or the sentence of an error."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme

from loa.config.errors import LoaError

P = ParamSpec("P")
Ask = Callable[Concatenate[Any, P], dict[str, Any]]


def next_page(request: HttpRequest) -> str:
    """Return where to go afterwards: the page that was asked for, if it is one of ours.

    A word alone is no page: Django would look for a view of that name.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return settings.LOGIN_REDIRECT_URL


def answers_script(view: Ask[P]) -> Callable[Concatenate[Any, P], HttpResponse]:
    """Send what a view returns as JSON; an error as its sentence, with the page that helps where there is one."""

    @wraps(view)
    def answered(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return JsonResponse(view(request, *args, **kwargs))
        except LoaError as error:
            body = {"error": error.message}
            if "url" in error.data:
                body["next"] = error.data["url"]
            return JsonResponse(body, status=400)

    return answered
