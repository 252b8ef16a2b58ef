# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people do with devices."""

from loa.areas.models import Area
from loa.devices.models import Device, Enrolment, Incident
from loa.people.models import Person


def approve(
    *, actor: Person, enrolment: Enrolment, village: Area, name: str, is_test: bool = False
) -> Device:
    """Let a device in: it belongs to the village's commune from now on."""
    raise NotImplementedError


def refuse(*, actor: Person, enrolment: Enrolment) -> Enrolment:
    """Refuse a device that asks to be let in."""
    raise NotImplementedError


def retire(*, actor: Person, device: Device) -> Device:
    """Take a device out of service; its credential is no longer renewed."""
    raise NotImplementedError


def close_incident(*, actor: Person, incident: Incident) -> Incident:
    """Close an incident."""
    raise NotImplementedError
