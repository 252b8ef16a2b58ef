# SPDX-License-Identifier: AGPL-3.0-or-later
"""A passkey in software, for the demo and for tests. NEVER FOR REAL PEOPLE: whoever holds the seed signs.

It answers as a browser with a platform authenticator would, so that everything behind it runs as in earnest.
Tests bend one answer at a time: another origin, a person who was not verified, another ceremony.
"""

import base64
import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from loa_protocol.keys import PublicKey, SignatureValue, passkey_public_key
from loa_protocol.webauthn import USER_PRESENT, USER_VERIFIED, Assertion, challenge_of, pack

_ATTESTED = 0x40  # flag: the credential's key follows
_ORDER_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def base64url(data: bytes) -> str:
    """Write bytes as WebAuthn's JSON does."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass(kw_only=True)
class DemoAuthenticator:
    """One passkey; a `loa_protocol.keys.Signer`.

    Args:
        seed: 32 bytes from which the key is made (an RSA key is drawn anew).
        rp_id: the relying party that it belongs to.
        origin: of the page on which it is used.
        algorithm: COSE algorithm: -7 (ES256), -8 (EdDSA) or -257 (RS256).
    """

    seed: bytes
    rp_id: str
    origin: str
    algorithm: int = -7
    ceremony: str = "webauthn.get"
    client_extra: dict[str, Any] = field(default_factory=lambda: {"crossOrigin": False})
    user_present: bool = True
    user_verified: bool = True
    counter: int = 0

    def __post_init__(self) -> None:
        self._private = _private_key(self.seed, self.algorithm)
        public = self._private.public_key()
        self._spki = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.public_key: PublicKey = passkey_public_key(self._spki, self.algorithm, self.rp_id)
        self.credential_id = sha256(b"credential" + self._spki).digest()

    @property
    def keyid(self) -> str:
        """The id of the public key."""
        return self.public_key.keyid

    def sign(self, pae: bytes) -> SignatureValue:
        """Sign the pre-authentication encoding of an envelope."""
        return SignatureValue(keyid=self.keyid, sig=pack(self.assertion(challenge_of(pae))))

    def assertion(self, challenge: bytes) -> Assertion:
        """Answer a challenge."""
        client = self._client(self.ceremony, challenge)
        data = self._authenticator_data(0)
        return Assertion(
            authenticator_data=data,
            client_data=client,
            signature=_sign(self._private, data + sha256(client).digest()),
        )

    def register(self, challenge: bytes) -> dict[str, Any]:
        """Return what `navigator.credentials.create()` brings back, as JSON."""
        length = len(self.credential_id).to_bytes(2, "big")
        attested = bytes(16) + length + self.credential_id + _cose(self._private, self.algorithm)
        data = self._authenticator_data(_ATTESTED) + attested
        attestation = b"\xa3" + b"".join(
            (_text("fmt"), _text("none"), _text("attStmt"), b"\xa0", _text("authData"), _bytes(data))
        )
        return self._answer(
            {
                "clientDataJSON": base64url(self._client("webauthn.create", challenge)),
                "attestationObject": base64url(attestation),
                "transports": ["internal"],
            }
        )

    def authenticate(self, challenge: bytes) -> dict[str, Any]:
        """Return what `navigator.credentials.get()` brings back, as JSON."""
        made = self.assertion(challenge)
        return self._answer(
            {
                "clientDataJSON": base64url(made.client_data),
                "authenticatorData": base64url(made.authenticator_data),
                "signature": base64url(made.signature),
            }
        )

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        name = base64url(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response,
                "authenticatorAttachment": "platform", "clientExtensionResults": {}}  # fmt: skip

    def _client(self, ceremony: str, challenge: bytes) -> bytes:
        plain = {"type": ceremony, "challenge": base64url(challenge), "origin": self.origin}
        return json.dumps({**plain, **self.client_extra}, separators=(",", ":")).encode()

    def _authenticator_data(self, flags: int) -> bytes:
        flags |= USER_PRESENT * self.user_present | USER_VERIFIED * self.user_verified
        return sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")


def _private_key(seed: bytes, algorithm: int) -> _Private:
    if algorithm == -7:
        return ec.derive_private_key(int.from_bytes(seed, "big") % (_ORDER_P256 - 1) + 1, ec.SECP256R1())
    if algorithm == -8:
        return ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _sign(private: _Private, data: bytes) -> bytes:
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return private.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True))
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(data)
    return private.sign(data, padding.PKCS1v15(), SHA256())


def _cose(private: _Private, algorithm: int) -> bytes:
    """Write the public key as COSE (RFC 9053), by hand: three fixed shapes need no library."""
    if isinstance(private, ec.EllipticCurvePrivateKey):
        numbers = private.public_key().public_numbers()
        parts = [(1, _int(2)), (3, _int(algorithm)), (-1, _int(1))]
        parts += [(-2, _bytes(numbers.x.to_bytes(32, "big"))), (-3, _bytes(numbers.y.to_bytes(32, "big")))]
    elif isinstance(private, ed25519.Ed25519PrivateKey):
        raw = private.public_key().public_bytes_raw()
        parts = [(1, _int(1)), (3, _int(algorithm)), (-1, _int(6)), (-2, _bytes(raw))]
    else:
        public = private.public_key().public_numbers()
        modulus, exponent = public.n.to_bytes(256, "big"), public.e.to_bytes(3, "big")
        parts = [(1, _int(3)), (3, _int(algorithm)), (-1, _bytes(modulus)), (-2, _bytes(exponent))]
    return _head(5, len(parts)) + b"".join(_int(name) + value for name, value in parts)


def _head(major: int, value: int) -> bytes:
    """Write the head of a CBOR item (RFC 8949)."""
    if value < 24:
        return bytes([major << 5 | value])
    if value < 256:
        return bytes([major << 5 | 24, value])
    return bytes([major << 5 | 25]) + value.to_bytes(2, "big")


def _int(value: int) -> bytes:
    return _head(0, value) if value >= 0 else _head(1, -1 - value)


def _bytes(value: bytes) -> bytes:
    return _head(2, len(value)) + value


def _text(value: str) -> bytes:
    return _head(3, len(value)) + value.encode()
