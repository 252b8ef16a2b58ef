# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which long-running processes live, on whatever machine: rows that they renew."""

import os
import socket
from datetime import datetime, timedelta
from typing import Any

from django.utils.crypto import get_random_string

from loa.config import clock
from loa.jobs.models import ProcessBeat

BEAT_SECONDS = 3  # s between renewals
SILENT_AFTER = timedelta(seconds=12)


def new_identity() -> str:
    """Return a name for this process that no other has, also after a restart."""
    return f"{socket.gethostname()[:36]}-{os.getpid()}-{get_random_string(8)}"


def beat(name: str, identity: str, state: dict[str, Any] | None = None) -> None:
    """Say that this process lives."""
    values = {"seen_at": clock.now(), "state": state or {}}
    ProcessBeat.objects.update_or_create(identity=identity, defaults={**values, "name": name})


def leave(identity: str) -> None:
    """Take the row of a process away at its orderly end."""
    ProcessBeat.objects.filter(identity=identity).delete()


def living(name: str, now: datetime | None = None) -> list[ProcessBeat]:
    """Return the processes of this name that were seen lately."""
    since = (now or clock.now()) - SILENT_AFTER
    return list(ProcessBeat.objects.filter(name=name, seen_at__gte=since).order_by("-seen_at"))


def forget_dead(now: datetime | None = None) -> int:
    """Delete rows of processes that have been silent for an hour."""
    return ProcessBeat.objects.filter(seen_at__lt=(now or clock.now()) - timedelta(hours=1)).delete()[0]
