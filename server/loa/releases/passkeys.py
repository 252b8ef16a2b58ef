# SPDX-License-Identifier: AGPL-3.0-or-later
"""Passkeys that sign releases: people add them with the account, here each is one more signing key.

A passkey signs an envelope as an assertion whose challenge is the SHA-256 of the envelope's encoding, so that
the server can neither choose nor change what was signed. Every answer is checked before anything is stored.
"""

import ipaddress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.config.errors import ConflictError
from loa.people.actions import use_passkey
from loa.people.models import Passkey, PasskeyEnd, Person
from loa.people.passkeys import Site, assertion_options
from loa.people.queries import passkeys_of
from loa.releases.lists import publish_where_signing
from loa.releases.models import SigningKey
from loa_protocol.errors import SignatureError
from loa_protocol.keys import PublicKey, SignatureValue, check_signature, passkey_signature
from loa_protocol.webauthn import RelyingParty, challenge_of

WANTED = 2  # passkeys of an approver: one may be lost


@dataclass(frozen=True)
class Answer:
    """One answer of a passkey; a `loa_protocol.keys.Signer` for the envelope that it was asked about."""

    keyid: str
    authenticator_data: bytes
    client_data: bytes
    signature: bytes

    def sign(self, pae: bytes) -> SignatureValue:
        """Return the signature that the passkey gave; whether it is over ``pae`` is checked by who stores it."""
        return passkey_signature(
            self.keyid,
            authenticator_data=self.authenticator_data,
            client_data=self.client_data,
            signature=self.signature,
        )


def relying_parties() -> list[RelyingParty]:
    """Return the sites on which people may sign: this installation's, when it has a name and not only a number."""
    base = urlsplit(settings.BASE_URL)
    host = (base.hostname or "").lower()
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return [RelyingParty(rp_id=host, origins=[f"{base.scheme}://{base.netloc.lower()}"])]
    return []


def signing_options(person: Person, site: Site, pae: bytes) -> dict[str, Any]:
    """Return what the browser needs to ask for a signature over an envelope by one of the person's passkeys."""
    known = passkeys_of(person).filter(rp_id=site.rp_id)
    return assertion_options(site, challenge_of(pae), known)


def take_answer(person: Person, site: Site, pae: bytes, given: dict[str, Any]) -> Answer:
    """Check a browser's answer about an envelope, note the use of the passkey, and return it as a signer.

    Raises:
        PasskeyError: not a passkey of this person that is in use, or its answer cannot be taken.
    """
    from webauthn import base64url_to_bytes

    passkey = use_passkey(given=given, site=site, challenge=challenge_of(pae), person=person)
    response = given["response"]
    return Answer(
        keyid=passkey.keyid,
        authenticator_data=base64url_to_bytes(str(response["authenticatorData"])),
        client_data=base64url_to_bytes(str(response["clientDataJSON"])),
        signature=base64url_to_bytes(str(response["signature"])),
    )


def check(key: SigningKey, value: SignatureValue, pae: bytes) -> None:
    """Check a signature as a device will, before it is stored.

    Raises:
        ConflictError: it does not verify; ``data["protocol_code"]`` says why.
    """
    public = msgspec.convert(key.public, PublicKey)
    try:
        check_signature(public, value, pae, relying_parties())
    except SignatureError as error:
        raise ConflictError(
            _("Chữ ký không đạt khi kiểm tra như thiết bị kiểm tra (%(code)s). Chưa ký gì. Mở bằng %(url)s.")
            % {"code": error.code, "url": settings.BASE_URL},
            protocol_code=error.code,
        ) from error


def signing_passkeys(person: Person) -> QuerySet[SigningKey]:
    """Return the person's passkeys that sign now."""
    return SigningKey.objects.filter(
        person=person, passkey__isnull=False, retired_at=None, revoked_at=None
    ).order_by("created_at", "pk")


def take_up(passkey: Passkey) -> None:
    """Let a new passkey sign once lists name it; listens to ``people.actions.on_credential_added``."""
    key = SigningKey.objects.create(
        person=passkey.person,
        keyid=passkey.keyid,
        keytype=passkey.public_key.keytype,
        public=msgspec.to_builtins(passkey.public_key),
        passkey=passkey,
        created_at=passkey.created_at,
    )
    audit.record(
        actor=passkey.person, action="releases.take_up_passkey", obj=key, details={"keyid": key.keyid}
    )
    publish_where_signing(passkey.person)


def let_go(passkey: Passkey) -> None:
    """Let a passkey sign no more; listens to ``people.actions.on_credential_ended``.

    One that somebody else used is revoked with all that it signed; what any other one signed stays valid.
    """
    is_void = passkey.end_reason == PasskeyEnd.SHARED
    column = "revoked_at" if is_void else "retired_at"
    ended = SigningKey.objects.filter(passkey=passkey, retired_at=None, revoked_at=None)
    if not ended.update(**{column: passkey.ended_at}):
        return
    audit.record(
        actor=None,
        action="releases.revoke_key" if is_void else "releases.retire_key",
        obj=passkey.person,
        details={"keyid": passkey.keyid, "reason": passkey.end_reason},
    )
    publish_where_signing(passkey.person)
