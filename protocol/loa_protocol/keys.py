# SPDX-License-Identifier: AGPL-3.0-or-later
"""Key types, public keys and signers.

A key type is one row in a registry: "ed25519", and "webauthn" (passkeys) in three schemes. What a signature's
bytes mean is the key type's own matter.
"""

import re
from collections.abc import Callable, Collection
from functools import partial
from hashlib import sha256
from typing import Annotated, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Meta, Struct
from securesystemslib.exceptions import FormatError, UnverifiedSignatureError
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # not in __all__
from securesystemslib.signer import Signature as SSlibSignature  # type: ignore[attr-defined]

from loa_protocol import webauthn
from loa_protocol.canonical import canonical
from loa_protocol.errors import MalformedError, SignatureError
from loa_protocol.webauthn import RelyingParty

_HEX32 = re.compile(r"[0-9a-f]{64}\Z")


class PublicKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public key; its id is the SHA-256 of its own content, so one key cannot pose as two.

    Raises:
        MalformedError: `keyid` is not that hash, or the values do not suit the key type.
    """

    keyid: str
    keytype: Annotated[str, Meta(max_length=32)]
    scheme: Annotated[str, Meta(max_length=64)]
    keyval: dict[str, str]

    def __post_init__(self) -> None:
        known = KEY_TYPES.get((self.keytype, self.scheme))
        if known is not None and not known.is_well_formed(self.keyval):
            raise MalformedError("bad_key", "values do not suit the key type", found=self.keytype)
        expected = key_id(self.keytype, self.scheme, self.keyval)
        if self.keyid != expected:
            raise MalformedError("bad_key", "key id is not its hash", expected=expected, found=self.keyid)


class SignatureValue(Struct, frozen=True, kw_only=True):
    """One signature: whose key, and the bytes that the key type understands."""

    keyid: str
    sig: bytes


class Signer(Protocol):
    """Whoever can sign: a server-kept key today, a passkey later."""

    @property
    def keyid(self) -> str:
        """The id of the public key that verifies what this signer signs."""

    def sign(self, pae: bytes) -> SignatureValue:
        """Sign the pre-authentication encoding of an envelope."""


class KeyType(Struct, frozen=True, kw_only=True):
    """How keys of one type are checked: their form, and one signature over some bytes.

    `check` raises a SignatureError; the accepted sites matter to passkeys alone.
    """

    is_well_formed: Callable[[dict[str, str]], bool]
    check: Callable[[PublicKey, SignatureValue, bytes, Collection[RelyingParty]], None]


KEY_TYPES: dict[tuple[str, str], KeyType] = {}


def register_key_type(keytype: str, scheme: str, checks: KeyType) -> None:
    """Make a key type known; a type that is not known verifies nothing."""
    KEY_TYPES[(keytype, scheme)] = checks


def key_id(keytype: str, scheme: str, keyval: dict[str, str]) -> str:
    """Compute the id of a key: SHA-256 (hex) of the canonical JSON of its content."""
    try:
        content = canonical({"keytype": keytype, "scheme": scheme, "keyval": keyval})
        return sha256(content).hexdigest()
    except (FormatError, UnicodeEncodeError) as error:
        raise MalformedError("bad_key", str(error)) from error


def check_signature(
    key: PublicKey, signature: SignatureValue, data: bytes, parties: Collection[RelyingParty] = ()
) -> None:
    """Check one signature; a key type that is not known verifies nothing.

    Args:
        parties: the sites at which passkeys may sign.

    Raises:
        SignatureError: it is not this key's over `data`; the code says more for a passkey.
    """
    checks = KEY_TYPES.get((key.keytype, key.scheme))
    if checks is None or signature.keyid != key.keyid:
        raise SignatureError("bad_signature", "not this key's signature", expected=key.keyid)
    checks.check(key, signature, data, parties)


def _ed25519_well_formed(keyval: dict[str, str]) -> bool:
    # Lower-case hex only: otherwise one key would have several spellings, and so several ids.
    return set(keyval) == {"public"} and _HEX32.match(keyval["public"]) is not None


def _check_ed25519(
    key: PublicKey, signature: SignatureValue, data: bytes, _parties: Collection[RelyingParty]
) -> None:
    try:
        lib_key = SSlibKey(key.keyid, key.keytype, key.scheme, dict(key.keyval))
        lib_key.verify_signature(SSlibSignature(signature.keyid, signature.sig.hex()), data)
    except UnverifiedSignatureError as error:
        raise SignatureError("bad_signature", "the signature does not verify", expected=key.keyid) from error


def _check_passkey(
    key: PublicKey, signature: SignatureValue, data: bytes, parties: Collection[RelyingParty]
) -> None:
    webauthn.check(key.scheme, key.keyval, signature.sig, data, parties)


register_key_type("ed25519", "ed25519", KeyType(is_well_formed=_ed25519_well_formed, check=_check_ed25519))
for _scheme in webauthn.SCHEMES:
    register_key_type(
        webauthn.KEYTYPE,
        _scheme,
        KeyType(is_well_formed=partial(webauthn.is_well_formed, _scheme), check=_check_passkey),
    )


def passkey_public_key(spki: bytes, algorithm: int, rp_id: str) -> PublicKey:
    """Make a public key of an enrolled passkey.

    Args:
        spki: SubjectPublicKeyInfo (DER), converted from the credential's COSE key.
        algorithm: COSE algorithm: -7 (ES256), -8 (EdDSA) or -257 (RS256).
        rp_id: the relying party that it is bound to.

    Raises:
        MalformedError: another algorithm, or a key that does not suit it.
    """
    scheme = webauthn.SCHEME_OF_COSE.get(algorithm)
    if scheme is None:
        raise MalformedError("bad_key", "an algorithm that is not accepted", found=algorithm)
    keyval = webauthn.keyval_of(spki, rp_id)
    keyid = key_id(webauthn.KEYTYPE, scheme, keyval)
    return PublicKey(keyid=keyid, keytype=webauthn.KEYTYPE, scheme=scheme, keyval=keyval)


def passkey_signature(
    keyid: str, *, authenticator_data: bytes, client_data: bytes, signature: bytes
) -> SignatureValue:
    """Make an envelope's signature of what a browser brought back."""
    assertion = webauthn.Assertion(
        authenticator_data=authenticator_data, client_data=client_data, signature=signature
    )
    return SignatureValue(keyid=keyid, sig=webauthn.pack(assertion))


def ed25519_public_key(raw: bytes) -> PublicKey:
    """Make a public key from its 32 raw bytes.

    Raises:
        MalformedError: not 32 bytes.
    """
    keyval = {"public": raw.hex()}
    keyid = key_id("ed25519", "ed25519", keyval)
    return PublicKey(keyid=keyid, keytype="ed25519", scheme="ed25519", keyval=keyval)


def new_ed25519() -> tuple[bytes, PublicKey]:
    """Make a new key: 32 private bytes (keep them encrypted) and the public key."""
    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw(), ed25519_public_key(private.public_key().public_bytes_raw())


class Ed25519Signer:
    """Sign with an Ed25519 private key held in memory.

    Args:
        private_bytes: the 32 raw private bytes from `new_ed25519`.

    Raises:
        MalformedError: not 32 bytes.
    """

    def __init__(self, private_bytes: bytes) -> None:
        try:
            private = Ed25519PrivateKey.from_private_bytes(private_bytes)
        except ValueError as error:
            raise MalformedError("bad_key", "not an Ed25519 private key") from error
        self.public_key = ed25519_public_key(private.public_key().public_bytes_raw())
        lib_key = SSlibKey(self.public_key.keyid, "ed25519", "ed25519", dict(self.public_key.keyval))
        self._signer = CryptoSigner(private, lib_key)

    @property
    def keyid(self) -> str:
        """The id of the public key."""
        return self.public_key.keyid

    def sign(self, pae: bytes) -> SignatureValue:
        """Sign the pre-authentication encoding of an envelope."""
        return SignatureValue(keyid=self.keyid, sig=bytes.fromhex(self._signer.sign(pae).signature))
