# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages read of devices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from loa.areas.models import Area
from loa.devices.models import Device, Enrolment
from loa.people.models import Person


class Now(StrEnum):
    """What a device does now, as far as it is known."""

    SOUNDING = "sounding"  # plays, or is rightly quiet, as planned
    SILENT = "silent"  # it told us, or its last words imply, that it does not sound as planned
    UNKNOWN = "unknown"  # no news for longer than 1.4 heartbeats


@dataclass(frozen=True)
class DeviceNow:
    """A device and its state at a moment."""

    device: Device
    now: Now
    playing: bool  # sounds at this moment
    reason: str  # sentence for people
    last_seen: datetime | None
    open_incidents: int


def devices_for(person: Person, *, now: datetime | None = None) -> list[DeviceNow]:
    """Return the devices that ``person`` may see with their state: those that need a look first."""
    raise NotImplementedError


def device(person: Person, device_id: object) -> Device:
    """Return a device that ``person`` may see, or raise NotFoundError."""
    raise NotImplementedError


def waiting_enrolment(code: str, *, now: datetime | None = None) -> Enrolment:
    """Return the enrolment whose code the device shows, or raise NotFoundError."""
    raise NotImplementedError


def devices_in(areas: Iterable[Area], channel: str = "loudspeaker") -> list[Device]:
    """Return the active devices of a channel in areas' subtrees."""
    raise NotImplementedError
