# SPDX-License-Identifier: AGPL-3.0-or-later
"""Loudspeakers that a visitor of the demo can hear in the browser."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from loa.devices.models import Device, DeviceState
from loa.people.models import Person
from loa.people.queries import covered
from loa.releases.authority import installation
from loa_protocol.wire import device_subject


@dataclass(frozen=True)
class Listenable:
    """A test loudspeaker, with the subjects of its live sound."""

    pk: UUID
    name: str
    is_sample: bool
    sound: str
    lease: str


def listenable(person: Person) -> list[Listenable]:
    """Return the demo's loudspeakers that the person may see; none outside a demo."""
    if not settings.DEMO:
        return []
    devices = (
        Device.objects.filter(
            covered(person, field="village__path"), state=DeviceState.ACTIVE, is_test=True, is_sample=True
        )
        .select_related("village", "commune")
        .order_by("village__name")
    )
    return [
        Listenable(
            pk=device.pk,
            name=device.village.name,
            is_sample=device.village.is_sample,
            sound=device_subject(installation(), device.commune.code, str(device.pk), "sound"),
            lease=device_subject(installation(), device.commune.code, str(device.pk), "listen"),
        )
        for device in devices
    ]
