# SPDX-License-Identifier: AGPL-3.0-or-later
"""``GET /healthz``: the state of each part, for whoever watches the installation."""

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from loa.config import messaging
from loa.jobs import processes

CONNECT_SECONDS = 1.0


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "down"
    return "up"


def _messaging() -> str:
    address = urlsplit(messaging.nats_url().split(",")[0])
    try:
        with socket.create_connection(
            (address.hostname or "", address.port or 4222), CONNECT_SECONDS
        ) as line:
            line.settimeout(CONNECT_SECONDS)
            return "up" if line.recv(4) == b"INFO" else "down"
    except OSError:
        return "down"


def _process(name: str) -> str:
    try:
        living = processes.living(name)
    except DatabaseError:
        return "unknown"
    return "up" if any(beat.state.get("connected", True) for beat in living) else "down"


PARTS: dict[str, Callable[[], str]] = {
    "database": _database,
    "messaging": _messaging,
    "worker": lambda: _process("worker"),
    "gateway": lambda: _process("gateway"),
}


def parts() -> dict[str, str]:
    """Return "up", "down" or "unknown" for each part."""
    return {name: look() for name, look in PARTS.items()}


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every part is up, else 503; the body says which is not."""
    state = parts()
    healthy = set(state.values()) == {"up"}
    body = {"healthy": healthy, "parts": {"web": "up", **state}}
    response = JsonResponse(body, status=200 if healthy else 503)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's mark: whoever asks knows it now
    return response
