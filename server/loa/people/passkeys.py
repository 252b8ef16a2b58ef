# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registering a passkey and asking for one (WebAuthn Level 3): what is asked, and how the answer is checked.

Nothing here reads or writes a row; ``actions.passkeys`` does. The library is loaded when it is first needed.
"""

import hmac
import ipaddress
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from loa.config.errors import LoaError
from loa.people.models import Passkey, Person
from loa_protocol.errors import MalformedError
from loa_protocol.keys import PublicKey, passkey_public_key

CHALLENGE_LENGTH = 32  # bytes
MAX_ANSWER = 32 * 1024  # bytes of what a browser may send back
TIMEOUT = 120_000  # milliseconds for the person to find the key
ALGORITHMS = (-7, -8, -257)  # ES256, EdDSA, RS256: those that a loudspeaker can check
TRANSPORTS = {"usb", "nfc", "ble", "internal", "hybrid", "smart-card"}


class PasskeyError(LoaError):
    """A passkey's answer cannot be taken; nothing was changed."""

    code = "passkey"


@dataclass(frozen=True)
class Site:
    """The relying party: the id that passkeys are bound to, and the origin of the pages that may ask."""

    rp_id: str
    origin: str


@dataclass(frozen=True)
class Registered:
    """What a new passkey brought, checked."""

    credential_id: str  # base64url
    cose: bytes
    spki: bytes
    public_key: PublicKey
    algorithm: int
    transports: tuple[str, ...]
    is_synced: bool
    sign_count: int


def site_of(request: HttpRequest) -> Site:
    """Return the site of this installation; a demo is wherever its visitor found it.

    Raises:
        PasskeyError: the address is a number, to which no passkey can be bound.
    """
    base = urlsplit(f"{request.scheme}://{request.get_host()}" if settings.DEMO else settings.BASE_URL)
    host = (base.hostname or "").lower()
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return Site(rp_id=host, origin=f"{base.scheme}://{base.netloc.lower()}")
    raise PasskeyError(
        _("Khóa truy cập cần một tên miền, không dùng được với địa chỉ số %(host)s. Mở bằng %(url)s.")
        % {"host": host, "url": settings.BASE_URL}
    )


def new_challenge() -> bytes:
    """Return fresh random bytes for one answer."""
    return os.urandom(CHALLENGE_LENGTH)


def user_handle(person: Person) -> bytes:
    """Return the id that a passkey keeps of its person; it says nothing about him to whoever reads the key."""
    return hmac.new(
        settings.SECRET_KEY.encode(), f"loa.people.passkeys:{person.pk}".encode(), sha256
    ).digest()


def registration_options(
    person: Person, site: Site, challenge: bytes, known: Iterable[Passkey]
) -> dict[str, Any]:
    """Return what the browser needs to make a passkey that can be found without a name and asks its person."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name="Loa",
        user_name=person.username,
        user_id=user_handle(person),
        user_display_name=person.full_name,
        challenge=challenge,
        timeout=TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(known),
        supported_pub_key_algs=[COSEAlgorithmIdentifier(number) for number in ALGORITHMS],
    )
    made: dict[str, Any] = json.loads(options_to_json(options))
    return made


def assertion_options(site: Site, challenge: bytes, known: Iterable[Passkey] = ()) -> dict[str, Any]:
    """Return what the browser needs to ask for a passkey: one of ``known``, or any that it finds."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=site.rp_id,
        challenge=challenge,
        timeout=TIMEOUT,
        allow_credentials=_descriptors(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    made: dict[str, Any] = json.loads(options_to_json(options))
    return made


def _descriptors(known: Iterable[Passkey]) -> list[Any]:
    from webauthn import base64url_to_bytes
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(one.credential_id),
            transports=[AuthenticatorTransport(name) for name in one.transports.split(",") if name] or None,
        )
        for one in known
    ]


def check_registration(answer: bytes, site: Site, challenge: bytes) -> Registered:
    """Check what a browser brought of a new passkey.

    Raises:
        PasskeyError: another challenge, site or algorithm, the person was not verified, or it cannot be read.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url, decode_credential_public_key
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.exceptions import WebAuthnException

    given = read_answer(answer)
    try:
        _refuse_inside_another_site(given)
        found = verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(number) for number in ALGORITHMS],
        )
        algorithm = int(decode_credential_public_key(found.credential_public_key).alg)
        spki = _spki(found.credential_public_key)
        public_key = passkey_public_key(spki, algorithm, site.rp_id)
    except (WebAuthnException, MalformedError, ValueError) as error:
        raise PasskeyError(_("Chưa thêm được khóa truy cập này. Thử lại, hoặc dùng khóa khác.")) from error
    transports = given.get("response", {}).get("transports")
    return Registered(
        credential_id=bytes_to_base64url(found.credential_id),
        cose=found.credential_public_key,
        spki=spki,
        public_key=public_key,
        algorithm=algorithm,
        transports=tuple(sorted(TRANSPORTS & {str(name) for name in transports or ()})),
        is_synced=found.credential_backed_up,
        sign_count=found.sign_count,
    )


def _spki(cose: bytes) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography

    key = decoded_public_key_to_cryptography(decode_credential_public_key(cose))
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def read_answer(answer: bytes) -> dict[str, Any]:
    """Read what a browser sent.

    Raises:
        PasskeyError: it is too long or no such answer.
    """
    try:
        given = json.loads(answer) if len(answer) <= MAX_ANSWER else None
    except ValueError:
        given = None
    if not isinstance(given, dict) or not isinstance(given.get("response"), dict):
        raise PasskeyError(_("Trình duyệt gửi về không đọc được. Tải lại trang rồi thử lại."))
    return given


def _refuse_inside_another_site(given: dict[str, Any]) -> None:
    """Refuse what was asked from a page inside another site's; the library does not look at it.

    Raises:
        ValueError: it was, or the client's data cannot be read.
    """
    from webauthn import base64url_to_bytes

    client = json.loads(base64url_to_bytes(str(given["response"].get("clientDataJSON", ""))))
    if client.get("crossOrigin") or client.get("topOrigin"):
        raise ValueError("asked from inside another site's page")


def check_assertion(given: dict[str, Any], passkey: Passkey, site: Site, challenge: bytes) -> int:
    """Check a passkey's answer and return its counter, which the caller compares: it refuses nothing.

    Raises:
        PasskeyError: another challenge, site or key, the person was not verified, or it is about another person.
    """
    from webauthn import base64url_to_bytes, verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        _refuse_inside_another_site(given)
        found = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=bytes(passkey.cose),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        handle = given["response"].get("userHandle")
        is_theirs = handle is None or hmac.compare_digest(
            base64url_to_bytes(str(handle)), user_handle(passkey.person)
        )
    except (WebAuthnException, ValueError) as error:
        raise refused() from error
    if not is_theirs or passkey.rp_id != site.rp_id:
        raise refused()
    return found.new_sign_count


def refused() -> PasskeyError:
    """Return the one sentence for every answer that cannot be taken: it tells a guesser nothing."""
    return PasskeyError(
        _("Khóa truy cập này không mở được. Thử lại, hoặc dùng mật khẩu và mã trên điện thoại.")
    )
