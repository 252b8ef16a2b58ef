# SPDX-License-Identifier: AGPL-3.0-or-later
"""Passkeys: what a signature by one looks like in bytes, and how it is checked without a network.

A passkey never signs our bytes themselves. It signs `authenticatorData` and the hash of `clientDataJSON`, in
which the browser wrote the challenge, and the challenge is the SHA-256 of our bytes (WebAuthn Level 3, 7.2).
The conversion from CBOR happens once, when a passkey is enrolled; nothing here needs it.
"""

import base64
import binascii
import re
from collections.abc import Collection
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, cast, get_args

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import Meta, Struct

from loa_protocol.canonical import canonical
from loa_protocol.errors import MalformedError, SignatureError

KEYTYPE = "webauthn"
SCHEME_OF_COSE = {-7: "webauthn-es256", -8: "webauthn-eddsa", -257: "webauthn-rs256"}  # by COSE algorithm
SCHEMES = tuple(SCHEME_OF_COSE.values())
MAX_ASSERTION = 16 * 1024  # bytes of a packed signature; real ones are below 1 KB
RSA_BITS = range(2048, 4097)
USER_PRESENT, USER_VERIFIED = 0x01, 0x04  # flags of authenticatorData
_FLAGS_AT = 32  # offset of the flags: they follow the hash of the relying party's id
_SHORTEST = 37  # bytes of authenticatorData: hash, flags, counter
_HEX = re.compile(r"([0-9a-f]{2})+\Z")

RpId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,252}\Z")]
Origin = Annotated[str, Meta(pattern=r"^https?://[a-z0-9][a-z0-9.-]{0,252}(:[0-9]{1,5})?\Z")]
_Spki = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey


class RelyingParty(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A site at which people may sign: the id that its passkeys are bound to, and its pages' origins."""

    rp_id: RpId
    origins: Annotated[list[Origin], Meta(min_length=1)]


class Assertion(Struct, frozen=True, kw_only=True):
    """What an authenticator answers when it is asked to sign."""

    authenticator_data: bytes
    client_data: bytes  # clientDataJSON, as the browser wrote it
    signature: bytes


class _Packed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    authenticatorData: str  # noqa: N815 (WebAuthn's own spelling)
    clientDataJSON: str  # noqa: N815
    signature: str


class _ClientData(Struct, frozen=True, kw_only=True):
    """The fields that are checked; browsers may add others."""

    type: str
    challenge: str
    origin: str
    crossOrigin: bool = False  # noqa: N815
    topOrigin: str | None = None  # noqa: N815


def challenge_of(data: bytes) -> bytes:
    """Return the challenge with which a passkey signs `data`."""
    return sha256(data).digest()


def pack(assertion: Assertion) -> bytes:
    """Write an assertion as the signature bytes of an envelope: canonical JSON of three base64 texts."""
    return canonical(
        {
            "authenticatorData": base64.b64encode(assertion.authenticator_data).decode(),
            "clientDataJSON": base64.b64encode(assertion.client_data).decode(),
            "signature": base64.b64encode(assertion.signature).decode(),
        }
    )


def unpack(data: bytes) -> Assertion:
    """Read the signature bytes of an envelope.

    Raises:
        SignatureError: `bad_signature`: too long, not an assertion, or not in its one spelling.
    """
    try:
        if len(data) > MAX_ASSERTION:
            raise SignatureError("bad_signature", "assertion too long", found=len(data))
        packed = msgspec.json.decode(data, type=_Packed)
        assertion = Assertion(
            authenticator_data=base64.b64decode(packed.authenticatorData, validate=True),
            client_data=base64.b64decode(packed.clientDataJSON, validate=True),
            signature=base64.b64decode(packed.signature, validate=True),
        )
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error, ValueError) as error:
        raise SignatureError("bad_signature", f"not an assertion: {error}") from error
    if pack(assertion) != data:
        raise SignatureError("bad_signature", "assertion is not in its one canonical spelling")
    return assertion


def keyval_of(spki: bytes, rp_id: str) -> dict[str, str]:
    """Return what a `PublicKey` holds of a passkey: SubjectPublicKeyInfo (DER, hex) and relying party."""
    return {"public": spki.hex(), "rp_id": rp_id}


def is_well_formed(scheme: str, keyval: dict[str, str]) -> bool:
    """Say whether these values are a passkey of that scheme, in the only spelling that one key has."""
    if set(keyval) != {"public", "rp_id"} or not _HEX.match(keyval["public"]):
        return False
    try:
        msgspec.convert(keyval["rp_id"], RpId)
        key = _load(keyval["public"])
    except (msgspec.ValidationError, MalformedError):
        return False
    return _suits(scheme, key)


def check(
    scheme: str, keyval: dict[str, str], sig: bytes, data: bytes, parties: Collection[RelyingParty]
) -> None:
    """Check that the passkey signed `data` at an accepted site, by a person whom it verified.

    The signature counter is not looked at: a device that was offline cannot know the last one.

    Args:
        scheme: of the key.
        keyval: of the key.
        sig: signature bytes from the envelope.
        data: what had to be signed.
        parties: accepted sites.

    Raises:
        SignatureError: `bad_signature`, `wrong_relying_party`, `wrong_ceremony`, `wrong_challenge`,
            `wrong_origin`, `user_not_present` or `user_not_verified`.
    """
    assertion = unpack(sig)
    origins = {origin for party in parties if party.rp_id == keyval["rp_id"] for origin in party.origins}
    if not origins:
        raise SignatureError("wrong_relying_party", "site not accepted", found=keyval["rp_id"])
    _check_client(assertion.client_data, data, origins)
    _check_authenticator(assertion.authenticator_data, keyval["rp_id"])
    signed = assertion.authenticator_data + sha256(assertion.client_data).digest()
    try:
        _verify(scheme, _load(keyval["public"]), assertion.signature, signed)
    except InvalidSignature as error:
        raise SignatureError("bad_signature", "the passkey's signature does not verify") from error


def _check_client(client_data: bytes, data: bytes, origins: Collection[str]) -> None:
    try:
        client = msgspec.json.decode(client_data, type=_ClientData)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SignatureError("bad_signature", f"not a clientDataJSON: {error}") from error
    if client.type != "webauthn.get":
        raise SignatureError("wrong_ceremony", "made for something else", found=client.type)
    challenge = base64.urlsafe_b64encode(challenge_of(data)).decode().rstrip("=")
    if client.challenge != challenge:
        raise SignatureError("wrong_challenge", "made for other bytes", expected=challenge)
    if client.origin not in origins:
        raise SignatureError("wrong_origin", "signed on another page", found=client.origin)
    if client.crossOrigin or client.topOrigin is not None:
        raise SignatureError("wrong_origin", "signed inside another site's page", found=client.topOrigin)


def _check_authenticator(authenticator_data: bytes, rp_id: str) -> None:
    if len(authenticator_data) < _SHORTEST:
        raise SignatureError("bad_signature", "authenticatorData too short", found=len(authenticator_data))
    if authenticator_data[:_FLAGS_AT] != sha256(rp_id.encode()).digest():
        raise SignatureError("wrong_relying_party", "made for another site", expected=rp_id)
    flags = authenticator_data[_FLAGS_AT]
    if not flags & USER_PRESENT:
        raise SignatureError("user_not_present", "nobody touched the authenticator")
    if not flags & USER_VERIFIED:
        raise SignatureError("user_not_verified", "the authenticator did not verify its person")


@lru_cache(maxsize=1024)
def _load(public: str) -> _Spki:
    der = bytes.fromhex(public)
    try:
        key = serialization.load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MalformedError("bad_key", "not a public key") from error
    if not isinstance(key, get_args(_Spki)) or _spki(key) != der:
        raise MalformedError("bad_key", "a kind or spelling of key that is not accepted")
    return cast(_Spki, key)


def _spki(key: _Spki) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _suits(scheme: str, key: _Spki) -> bool:
    if isinstance(key, ec.EllipticCurvePublicKey):
        return scheme == "webauthn-es256" and isinstance(key.curve, ec.SECP256R1)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return scheme == "webauthn-eddsa"
    return scheme == "webauthn-rs256" and key.key_size in RSA_BITS


def _verify(scheme: str, key: _Spki, signature: bytes, signed: bytes) -> None:
    """Raise InvalidSignature unless it verifies; a key always suits its scheme here."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    elif isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, signed)
    else:
        key.verify(signature, signed, padding.PKCS1v15(), SHA256())
