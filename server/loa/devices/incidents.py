# SPDX-License-Identifier: AGPL-3.0-or-later
"""Incidents: one open row per device, kind and reason, with what it is about; not one per heartbeat."""

from datetime import datetime
from typing import Any

from loa.devices.models import Device, Incident

KEPT_ITEMS = 20  # what an incident remembers


def open_incident(
    device: Device, kind: str, reason: str, details: dict[str, Any], now: datetime
) -> Incident | None:
    """Open an incident, or add to the open one; return it, or None when nothing was new.

    What a closed incident was about does not open it again.
    """
    reason = reason[:60]
    known = list(Incident.objects.filter(device=device, kind=kind, reason=reason).order_by("-opened_at")[:50])
    if any(details in incident.details.get("items", []) for incident in known):
        return None
    current = next((incident for incident in known if incident.closed_at is None), None)
    if current is None:
        return Incident.objects.create(
            device=device, kind=kind, reason=reason, details={"items": [details]}, opened_at=now
        )
    current.details = {"items": [*current.details.get("items", []), details][-KEPT_ITEMS:]}
    current.save(update_fields=["details"])
    return current
