# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a device asks to be let in, and the credential that it gets."""

from loa.devices.models import Device
from loa_protocol.enrolment import Credential, EnrolReply, EnrolRequest, EnrolState


def ask(request: EnrolRequest) -> EnrolReply:
    """Note a device that asks to be let in; it proved that it holds its key."""
    raise NotImplementedError


def state(enrolment_id: object) -> EnrolState:
    """Return what became of an enrolment, with the credential when it was approved."""
    raise NotImplementedError


def credential(device: Device) -> Credential:
    """Return what an approved device needs: its place, whom it trusts, where files and messages are."""
    raise NotImplementedError
