# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a notice may knock, how often, how long to wait after a failure, and where a push may be sent."""

import base64
import binascii
from collections.abc import Collection
from datetime import datetime, time, timedelta, tzinfo
from urllib.parse import urlsplit

from loa.notices.models import TITLE_LENGTH, Use

QUIET_FROM, QUIET_UNTIL = time(21), time(6)  # local
DIGEST_FROM, DIGEST_UNTIL = time(6, 30), time(12)  # local; later than noon nobody needs the morning's digest
DAY_LIMIT = 20  # notices that are not urgent, to one person by one way in 24 hours
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))  # after each failure
ATTEMPTS = len(PAUSES) + 1

# The services of the browsers' makers: Chrome and its kin, Firefox, Edge, Safari, Samsung.
PUSH_SERVICES = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "notify.windows.com",
    "push.apple.com",
    "push.samsungosp.com",
)


def knock_at(now: datetime, zone: tzinfo, *, is_urgent: bool = False) -> datetime:
    """Return the first moment from ``now`` on at which e-mail and push may be sent."""
    local = now.astimezone(zone)
    if is_urgent or QUIET_UNTIL <= local.time() < QUIET_FROM:
        return now
    morning = local.date() if local.time() < QUIET_UNTIL else local.date() + timedelta(days=1)
    return datetime.combine(morning, QUIET_UNTIL, zone).astimezone(now.tzinfo)


def pause_after(failures: int) -> timedelta | None:
    """Return how long to wait after so many failures in a row; None when it is enough."""
    return PAUSES[failures - 1] if 1 <= failures <= len(PAUSES) else None


def wants(use: str, *, is_urgent: bool) -> bool:
    """Say whether a way is to be used for a notice."""
    return use == Use.ALL or (is_urgent and use == Use.URGENT)


def is_digest_time(local: datetime) -> bool:
    """Say whether the digests of this day may be made now."""
    return DIGEST_FROM <= local.time() < DIGEST_UNTIL


def is_push_service(endpoint: str, own: Collection[str] = ()) -> bool:
    """Say whether an address is a push service's: the server asks no other for a browser's sake.

    Args:
        endpoint: what the browser gave.
        own: origins that the operator allows besides ("https://push.tinh.vn").
    """
    try:
        url = urlsplit(endpoint)
        port = url.port
    except ValueError:
        return False
    if f"{url.scheme}://{url.netloc}" in own:
        return True
    host = url.hostname or ""
    if url.scheme != "https" or port not in {None, 443} or "@" in url.netloc:
        return False
    return any(host == service or host.endswith(f".{service}") for service in PUSH_SERVICES)


def is_push_key(text: str, size: int) -> bool:
    """Say whether a text is base64url of so many bytes."""
    try:
        return len(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)) == size
    except (binascii.Error, ValueError):
        return False


def one_line(text: str) -> str:
    """Return a title: one line, at most ``TITLE_LENGTH`` characters, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[: TITLE_LENGTH - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def is_own_path(url: str) -> bool:
    """Say whether an address is a path of this server: a notice leads nowhere else."""
    return url.startswith("/") and not url.startswith("//") and "\\" not in url and "\n" not in url
