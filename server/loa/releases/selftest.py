# SPDX-License-Identifier: AGPL-3.0-or-later
"""Release a marked test message to one device, with keys that release nothing else (``loa selftest``).

The approvers list says of these keys: test items alone, on that device alone. Server and devices check both.
"""

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas.models import Area
from loa.config import clock
from loa.config.errors import ConflictError
from loa.people.models import Person
from loa.releases.actions.sign import complete, locked
from loa.releases.approvers import SELFTEST_PERSON, publish_approvers
from loa.releases.authority import SelftestKeys, read_selftest_keys, selftest_keys
from loa.releases.models import ApproversList, Release, ReleaseState, Signature, SigningKey
from loa.releases.signing import signature_to_json
from loa.releases.statements import unsigned_envelope
from loa_protocol.keys import Ed25519Signer, PublicKey


def admit_selftest(commune: Area, device_id: str) -> ApproversList:
    """Put two test-only signers for ``device_id`` on the commune's list; they are made once and kept."""
    keys = selftest_keys(commune.code, device_id)
    with transaction.atomic():
        for number, public in enumerate(keys.public_keys, start=1):
            _keep_key(_signer(commune, number), public)
        return publish_approvers(commune)


def release_selftest(*, release: Release, commune: Area) -> Release:
    """Sign a waiting test release with the commune's two self-test keys.

    Raises:
        ConflictError: it is no test, it does not wait, or a device would refuse it.
    """
    keys = read_selftest_keys(commune.code)
    if keys is None:
        raise ConflictError(_("Xã này chưa có khóa tự kiểm. Chạy lại `loa selftest`."))
    with transaction.atomic():
        release = locked(release)
        if not release.is_test or release.state != ReleaseState.AWAITING:
            raise ConflictError(_("Khóa tự kiểm chỉ ký tin kiểm tra đang chờ."))
        _sign(release, commune, keys)
        complete(release)
    return release


def _sign(release: Release, commune: Area, keys: SelftestKeys) -> None:
    pae = unsigned_envelope(release).pae()
    for number, private in enumerate(keys.private_keys, start=1):
        signer = Ed25519Signer(private)
        person = _signer(commune, number)
        Signature.objects.create(
            release=release,
            person=person,
            key=_keep_key(person, signer.public_key),
            value=signature_to_json(signer.sign(pae)),
            at=clock.now(),
        )


def _signer(commune: Area, number: int) -> Person:
    """Return the account in whose name a self-test key signs: inactive, without password and without role."""
    username = SELFTEST_PERSON.format(commune=commune.code, number=number)
    person = Person.objects.filter(username=username).first()
    if person is None:
        person = Person(username=username, full_name=f"Tự kiểm {number}", is_active=False)
        person.set_unusable_password()
        person.save()
    return person


def _keep_key(person: Person, public: PublicKey) -> SigningKey:
    known = SigningKey.objects.filter(person=person, keyid=public.keyid).first()
    if known is not None:
        return known
    now = clock.now()
    SigningKey.objects.filter(person=person, revoked_at=None).update(revoked_at=now)
    return SigningKey.objects.create(
        person=person,
        keyid=public.keyid,
        keytype=public.keytype,
        public=msgspec.to_builtins(public),
        seal={"kept": "selftest"},
        created_at=now,
    )
