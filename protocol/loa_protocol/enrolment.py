# SPDX-License-Identifier: AGPL-3.0-or-later
"""Enrolment over HTTP: a device makes its own key, shows a code, and gets its credential after approval."""

import base64
import binascii
from typing import Annotated, Literal, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta, Struct

from loa_protocol.errors import MalformedError, SignatureError
from loa_protocol.places import Place
from loa_protocol.statements import Code, CodeOrNone, Id, Name
from loa_protocol.verify import Trust
from loa_protocol.wire import Witness

ENROLMENTS_PATH = "/device/v1/enrolments"
CREDENTIAL_PATH = "/device/v1/credential"
CODE_LENGTH = 8
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I: a code is read aloud over the telephone
_NKEY_USER = 20 << 3  # first byte of a user's nkey: it makes the text begin with "U"

Nkey = Annotated[str, Meta(pattern=r"^U[A-Z2-7]{55}\Z")]


class EnrolRequest(Struct, frozen=True, kw_only=True):
    """A device asks to be admitted; `signature` proves that it holds the key (base64 over `proof`)."""

    public_key: Nkey
    name: Name
    version: Name
    signature: str

    def proof(self) -> bytes:
        """Return the bytes that the device signs with its nkey."""
        return enrol_proof(self.public_key, self.name, self.version)


class EnrolReply(Struct, frozen=True, kw_only=True):
    """The code that the device shows and an officer compares."""

    enrolment_id: str
    code: str  # grouped: "ABCD-EFGH"
    expires_at: str  # UTC


class Credential(Struct, frozen=True, kw_only=True):
    """Everything that an admitted device needs, and nothing secret of the server's."""

    device_id: Id
    name: Name
    installation: Id
    province: Code
    commune: Id
    village: CodeOrNone
    is_test: bool
    trust: Trust
    tuf_root: str  # text of root.json
    repository_url: str
    media_url: str
    nats_url: str
    nats_jwt: str
    zone_name: Name

    @property
    def place(self) -> Place:
        """Where the device stands."""
        return Place(
            device_id=self.device_id,
            province=self.province,
            commune=self.commune,
            village=self.village,
            is_test=self.is_test,
        )


class EnrolState(Struct, frozen=True, kw_only=True):
    """How an enrolment stands; the credential comes with "approved"."""

    state: Literal["waiting", "approved", "refused", "expired"]
    credential: Credential | None = None


class RenewRequest(Struct, frozen=True, kw_only=True):
    """An admitted device asks for a fresh NATS JWT (base64 signature over `proof`)."""

    device_id: Id
    public_key: Nkey
    at: str  # UTC; the server refuses one that is far from its own time
    signature: str

    def proof(self) -> bytes:
        """Return the bytes that the device signs with its nkey."""
        return renew_proof(self.device_id, self.public_key, self.at)


class RenewReply(Struct, frozen=True, kw_only=True):
    """A fresh credential."""

    credential: Credential


def enrol_proof(public_key: str, name: str, version: str) -> bytes:
    """Return the bytes that a device signs when it asks to be admitted."""
    return msgspec.json.encode(["loa-enrol-1", public_key, name, version])


def renew_proof(device_id: str, public_key: str, at: str) -> bytes:
    """Return the bytes that a device signs when it renews its credential."""
    return msgspec.json.encode(["loa-renew-1", device_id, public_key, at])


def witness_proof(device_id: str, agenda_number: int, audit_head: str) -> bytes:
    """Return the bytes that a device signs when it says which head of the audit log it saw."""
    return msgspec.json.encode(["loa-witness-1", device_id, agenda_number, audit_head])


def check_witness(public_key: str, device_id: str, witness: Witness) -> None:
    """Check that a device itself says which head it saw.

    Args:
        public_key: the device's nkey.

    Raises:
        MalformedError: not a user's nkey, or the signature is not base64.
        SignatureError: signed by another key, or over other values.
    """
    proof = witness_proof(device_id, witness.agenda_number, witness.audit_head)
    _check_nkey(public_key, witness.signature, proof)


def proof_text(signature: bytes) -> str:
    """Write a signature as the text that `EnrolRequest` and `RenewRequest` hold."""
    return base64.b64encode(signature).decode()


def check_proof(request: EnrolRequest | RenewRequest) -> None:
    """Check that the sender holds the key that it names.

    Raises:
        MalformedError: not a user's nkey, or the signature is not base64.
        SignatureError: signed by another key, or over other values.
    """
    _check_nkey(request.public_key, request.signature, request.proof())


def _check_nkey(public_key: str, signature: str, proof: bytes) -> None:
    key = Ed25519PublicKey.from_public_bytes(nkey_bytes(public_key))
    try:
        key.verify(base64.b64decode(signature, validate=True), proof)
    except (binascii.Error, ValueError) as error:
        raise MalformedError("malformed", "the signature is not base64") from error
    except InvalidSignature as error:
        raise SignatureError("bad_signature", "the sender does not hold this key") from error


def nkey_bytes(text: str) -> bytes:
    """Return the 32 raw bytes of a user's public nkey (base32 of prefix, key and CRC-16).

    Raises:
        MalformedError: it is none.
    """
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError) as error:
        raise MalformedError("bad_key", "not an nkey", found=text) from error
    if len(raw) != 35 or raw[0] != _NKEY_USER or int.from_bytes(raw[33:], "little") != crc16(raw[:33]):
        raise MalformedError("bad_key", "not a user's public nkey", found=text)
    return raw[1:33]


def crc16(data: bytes) -> int:
    """Compute the CRC-16 (XMODEM) that nkeys use."""
    return binascii.crc_hqx(data, 0)


def group_code(code: str) -> str:
    """Write an enrolment code in groups of four, as devices show it.

    Raises:
        MalformedError: it is none.
    """
    plain = plain_code(code)
    return f"{plain[:4]}-{plain[4:]}"


def plain_code(typed: str) -> str:
    """Return the bare code from what someone typed (any case, blanks and hyphens anywhere).

    Raises:
        MalformedError: it is none.
    """
    plain = typed.upper().replace("-", "").replace(" ", "")
    if len(plain) != CODE_LENGTH or any(sign not in CODE_ALPHABET for sign in plain):
        raise MalformedError("bad_code", "not an enrolment code", expected=f"{CODE_LENGTH} characters")
    return plain


T = TypeVar("T", EnrolRequest, EnrolReply, EnrolState, RenewRequest, RenewReply, Credential)


def encode_json(value: Struct) -> bytes:
    """Write a request or reply as JSON."""
    return msgspec.json.encode(value)


def decode_json(data: bytes, kind: type[T]) -> T:
    """Read a request or reply.

    Raises:
        MalformedError: it is not one of that kind.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedError("malformed", f"not a {kind.__name__}: {error}") from error
