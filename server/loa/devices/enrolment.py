# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a device asks to be let in, what it gets, and how it renews that."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from loa.areas.queries import province_of
from loa.config import clock, messaging
from loa.devices.models import Device, DeviceState, Enrolment
from loa.devices.publishing import root_text
from loa.releases import authority
from loa_protocol.enrolment import (
    CODE_ALPHABET,
    CODE_LENGTH,
    Credential,
    EnrolReply,
    EnrolRequest,
    EnrolState,
    RenewRequest,
    check_proof,
    group_code,
)
from loa_protocol.times import format_utc, parse_utc

LIFE = timedelta(minutes=15)
CLOCK_TOLERANCE = timedelta(minutes=10)
PER_ADDRESS = 10  # new requests in a minute from one address
ALTOGETHER = 120  # in a minute
NAME_LENGTH = 120


class EnrolmentRefusedError(Exception):
    """The request is not taken; ``code`` goes to the device, ``status`` is that of HTTP."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


def ask(request: EnrolRequest, *, address: str | None = None, now: datetime | None = None) -> EnrolReply:
    """Note a device that asks to be let in. Asking again with the same key answers with the same code.

    Raises:
        SignatureError, MalformedError: it does not hold the key that it names.
        EnrolmentRefusedError: too many ask at once, or the device was taken out of service.
    """
    check_proof(request)
    now = now or clock.now()
    with transaction.atomic():
        known = (
            Enrolment.objects.select_for_update(of=("self",))
            .select_related("device")
            .filter(public_key=request.public_key, refused_at=None)
            .order_by("-asked_at")
            .first()
        )
        if known is not None and (known.device is not None or known.expires_at > now):
            if known.device is not None and known.device.state == DeviceState.RETIRED:
                raise EnrolmentRefusedError("retired", 403)
            return _reply(known)
        _check_rate(address, now)
        made = Enrolment.objects.create(
            code=_free_code(),
            public_key=request.public_key,
            name=request.name[:NAME_LENGTH],
            version=request.version[:40],
            address=address,
            asked_at=now,
            expires_at=now + LIFE,
        )
    return _reply(made)


def _reply(enrolment: Enrolment) -> EnrolReply:
    return EnrolReply(
        enrolment_id=str(enrolment.pk), code=enrolment.code, expires_at=format_utc(enrolment.expires_at)
    )


def _check_rate(address: str | None, now: datetime) -> None:
    lately = Enrolment.objects.filter(asked_at__gt=now - timedelta(minutes=1))
    if lately.filter(address=address).count() >= PER_ADDRESS or lately.count() >= ALTOGETHER:
        raise EnrolmentRefusedError("too_many", 429)


def _free_code() -> str:
    while True:
        code = group_code("".join(secrets.choice(CODE_ALPHABET) for _position in range(CODE_LENGTH)))
        if not Enrolment.objects.filter(code=code).exists():
            return code


def state(enrolment_id: UUID | str, *, now: datetime | None = None) -> EnrolState:
    """Return what became of an enrolment, with the credential when it was approved.

    The credential is of use to nobody but the holder of the device's key.

    Raises:
        EnrolmentRefusedError: there is no such enrolment.
    """
    now = now or clock.now()
    try:
        found = Enrolment.objects.select_related("device__commune", "device__village").get(pk=enrolment_id)
    except (Enrolment.DoesNotExist, ValidationError) as error:
        raise EnrolmentRefusedError("unknown", 404) from error
    if found.refused_at is not None:
        return EnrolState(state="refused")
    if found.device is not None:
        if found.device.state == DeviceState.RETIRED:
            return EnrolState(state="refused")
        return EnrolState(state="approved", credential=credential(found.device))
    return EnrolState(state="expired" if found.expires_at <= now else "waiting")


def renew(request: RenewRequest, *, now: datetime | None = None) -> Credential:
    """Return a fresh credential for a device in service that proves to hold its key.

    Raises:
        SignatureError, MalformedError: it does not hold the key that it names.
        EnrolmentRefusedError: unknown, out of service, or its clock is far off.
    """
    check_proof(request)
    now = now or clock.now()
    if abs(parse_utc(request.at) - now) > CLOCK_TOLERANCE:
        raise EnrolmentRefusedError("clock", 400)
    try:
        found = Device.objects.select_related("commune", "village").get(
            pk=request.device_id, public_key=request.public_key
        )
    except (Device.DoesNotExist, ValidationError) as error:
        raise EnrolmentRefusedError("unknown", 404) from error
    if found.state == DeviceState.RETIRED:
        raise EnrolmentRefusedError("retired", 403)
    return credential(found)


def credential(device: Device) -> Credential:
    """Return what an approved device needs: its place, whom it trusts, where files and messages are.

    Raises:
        RootKeysAwayError: the commune is new, and fewer than two root keys are at hand.
    """
    commune, base = device.commune, settings.BASE_URL
    installation = authority.installation()
    return Credential(
        device_id=str(device.pk),
        name=device.name,
        installation=installation,
        province=province_of(commune).code,
        commune=commune.code,
        village=device.village.code if device.village_id != device.commune_id else "",
        is_test=device.is_test,
        trust=authority.trust(commune.code),
        tuf_root=root_text(commune.code),
        repository_url=f"{base}/repo/{commune.code}/",
        media_url=f"{base}/media/",
        nats_url=messaging.device_nats_url(),
        nats_jwt=messaging.device_jwt(
            device.public_key,
            name=device.name,
            installation=installation,
            commune=commune.code,
            device_id=str(device.pk),
        ),
        zone_name=settings.TIME_ZONE,
    )
