# SPDX-License-Identifier: AGPL-3.0-or-later
"""Middleware: the content security policy, and errors for people as pages."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from loa.config.errors import LoaError

GetResponse = Callable[[HttpRequest], HttpResponse]


def websocket_origin(request: HttpRequest) -> str:
    """Return the origin of messaging's WebSocket as the browser reaches it."""
    if url := settings.ENVIRONMENT.nats_websocket_url:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}"
    try:
        host = request.get_host().rsplit(":", 1)[0]
    except DisallowedHost:  # the answer that refuses such a request has a policy too
        host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"ws://{host}:{settings.ENVIRONMENT.websocket_port}"


class ContentSecurityPolicyMiddleware:
    """Allow this origin alone: no inline script or style, no other host but messaging's WebSocket."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            f"media-src 'self' blob:; connect-src 'self' {websocket_origin(request)}; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'",
        )
        return response


class LoaErrorMiddleware:
    """Render a ``LoaError`` that no view caught as a page with its sentence and a way back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, LoaError):
            return None
        return render(request, "ui/error.html", {"error": exception}, status=exception.status)
