# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a device's sound and clock stand, read out of its last heartbeat."""

import msgspec

from loa.devices.models import DeviceStatus
from loa_protocol.wire import Health, Heartbeat


def health_of(status: DeviceStatus | None) -> Health | None:
    """Return what a device said of its health; None when it never did, as an agent of 2026-11 does not."""
    said = status.report.get("health") if status is not None else None
    try:
        return msgspec.convert(said, Health) if said else None
    except msgspec.ValidationError:  # of a newer agent that means something else by a name
        return None


def health_in(beat: Heartbeat) -> Health | None:
    """Return the health that a heartbeat tells of."""
    return None if isinstance(beat.health, msgspec.UnsetType) else beat.health
