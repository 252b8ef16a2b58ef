# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fresh verification: before what is dangerous somebody shows again that it is he who sits there.

Signing in counts, and so does ``people:verify`` (a passkey, or password and code). A view that is dangerous wears
``@fresh_verification()``; what answers programs calls ``require``.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from loa.config import clock
from loa.config.errors import LoaError
from loa.people.http import AuthenticatedHttpRequest

MINUTES = 5
_AT = "loa_verified_at"

P = ParamSpec("P")
View = Callable[Concatenate[AuthenticatedHttpRequest, P], HttpResponse]


class FreshVerificationError(LoaError):
    """It is too long ago that the person of this session showed who he is."""

    code = "fresh_verification"
    status = 403


def mark(request: HttpRequest) -> None:
    """Note that the person of this session was verified just now."""
    request.session[_AT] = clock.now().isoformat()


def begin(sender: object, request: HttpRequest, user: Any, **_rest: Any) -> None:
    """Note a sign-in: who has just signed in was verified just now."""
    mark(request)


def verified_at(request: HttpRequest) -> datetime | None:
    """Return when the person of this session was verified last."""
    return parse_datetime(request.session.get(_AT, ""))


def is_fresh(request: HttpRequest, minutes: int = MINUTES) -> bool:
    """Say whether the person of this session was verified within some minutes; never in the future."""
    at = verified_at(request)
    return at is not None and timedelta(0) <= clock.now() - at <= timedelta(minutes=minutes)


def require(request: HttpRequest, minutes: int = MINUTES) -> None:
    """Do nothing if the person of this session was verified within some minutes.

    Raises:
        FreshVerificationError: he was not; ``data["url"]`` is the page that verifies him.
    """
    if not is_fresh(request, minutes):
        text = _("Việc này cần xác nhận lại là bạn. Xác nhận rồi làm lại bước vừa rồi; chưa đổi gì.")
        raise FreshVerificationError(text, url=verify_url(request))


def verify_url(request: HttpRequest) -> str:
    """Return the page that verifies the person and leads back to where he was."""
    return f"{reverse('people:verify')}?{urlencode({'next': _back(request)})}"


def _back(request: HttpRequest) -> str:
    """Return the page to come back to: this one, or for what is only sent the page that it was sent from."""
    if request.method == "GET":
        return request.get_full_path()
    came_from = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(came_from)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return reverse("people:account")


def fresh_verification(minutes: int = MINUTES, *, reading: bool = False) -> Callable[[View[P]], View[P]]:
    """Let a view change something only after a fresh verification; otherwise lead to it first.

    Args:
        minutes: how long a verification counts.
        reading: ask for it before the page is shown as well.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: AuthenticatedHttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if (reading or request.method == "POST") and not is_fresh(request, minutes):
                return redirect(verify_url(request))
            return view(request, *args, **kwargs)

        return guarded

    return guard
