# SPDX-License-Identifier: AGPL-3.0-or-later
"""DSSE envelopes: a payload, its type, and signatures over both.

An envelope has exactly one spelling in bytes; any other is refused, so nothing can be changed in a signed
file, not even a blank, without it being noticed.
"""

import base64
import binascii
from collections.abc import Collection, Iterable

import msgspec
from securesystemslib import dsse
from securesystemslib.signer import Signature as SSlibSignature  # type: ignore[attr-defined]

from loa_protocol.canonical import canonical
from loa_protocol.errors import MalformedError, SignatureError
from loa_protocol.keys import PublicKey, Signer, check_signature
from loa_protocol.keys import SignatureValue as Signature
from loa_protocol.webauthn import RelyingParty

RELEASE_TYPE = "application/vnd.loa.release+json"
APPROVERS_TYPE = "application/vnd.loa.approvers+json"
RULES_TYPE = "application/vnd.loa.rules+json"
WITHDRAWAL_TYPE = "application/vnd.loa.withdrawal+json"
ACTIVATION_TYPE = "application/vnd.loa.activation+json"
PAYLOAD_TYPES = frozenset({RELEASE_TYPE, APPROVERS_TYPE, RULES_TYPE, WITHDRAWAL_TYPE, ACTIVATION_TYPE})

MAX_ENVELOPE = 1024 * 1024  # bytes; the largest real file (approvers of a city's commune) is below 100 KB
MAX_SIGNATURES = 16

__all__ = ["Envelope", "Signature", "decode", "encode", "judge", "sign", "signing_keyids"]


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A payload with its type and the signatures over both."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...] = ()

    def pae(self) -> bytes:
        """Return the pre-authentication encoding: the bytes that are signed."""
        return dsse.Envelope(self.payload, self.payload_type, {}).pae()

    def with_signature(self, signature: Signature) -> "Envelope":
        """Return a copy with one more signature; a former one by the same key is replaced."""
        others = tuple(one for one in self.signatures if one.keyid != signature.keyid)
        return msgspec.structs.replace(self, signatures=(*others, signature))


class _WireSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keyid: str
    sig: str


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    payload: str
    payloadType: str  # noqa: N815 (the DSSE specification's own spelling)
    signatures: list[_WireSignature]


def sign(envelope: Envelope, signer: Signer) -> Envelope:
    """Return a copy of the envelope with this signer's signature added."""
    return envelope.with_signature(signer.sign(envelope.pae()))


def encode(envelope: Envelope) -> bytes:
    """Write an envelope as canonical JSON, in the form of the DSSE specification."""
    signatures = {one.keyid: SSlibSignature(one.keyid, one.sig.hex()) for one in envelope.signatures}
    wire = dsse.Envelope(envelope.payload, envelope.payload_type, signatures).to_dict()
    return canonical(wire)


def decode(data: bytes) -> Envelope:
    """Read an envelope; nothing about its signatures is checked yet.

    Raises:
        MalformedError: too large, not an envelope, an unknown payload type, a key that signs twice, or not
            the one canonical spelling.
    """
    if len(data) > MAX_ENVELOPE:
        raise MalformedError("too_large", "envelope too large", expected=MAX_ENVELOPE, found=len(data))
    try:
        wire = msgspec.json.decode(data, type=_Wire)
        signatures = tuple(Signature(keyid=s.keyid, sig=_unbase64(s.sig)) for s in wire.signatures)
        payload = _unbase64(wire.payload)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise MalformedError("malformed", f"not an envelope: {error}") from error
    if wire.payloadType not in PAYLOAD_TYPES:
        raise MalformedError("wrong_type", "unknown payload type", found=wire.payloadType)
    if len(signatures) > MAX_SIGNATURES or len({one.keyid for one in signatures}) != len(signatures):
        raise MalformedError("malformed", "a key signs twice, or too many sign", found=len(signatures))
    envelope = Envelope(payload_type=wire.payloadType, payload=payload, signatures=signatures)
    if encode(envelope) != data:
        raise MalformedError("not_canonical", "envelope is not in its one canonical spelling")
    return envelope


def judge(
    envelope: Envelope, keys: Iterable[PublicKey], parties: Collection[RelyingParty] = ()
) -> tuple[set[str], list[SignatureError]]:
    """Check the signatures of these keys over this envelope; those of other keys are overlooked.

    Args:
        parties: the sites at which passkeys may sign.

    Returns:
        The ids of the keys whose signature verifies, and why others did not.
    """
    by_id = {key.keyid: key for key in keys}
    pae = envelope.pae()
    good, refused = set(), []
    for one in envelope.signatures:
        if one.keyid not in by_id:
            continue
        try:
            check_signature(by_id[one.keyid], one, pae, parties)
        except SignatureError as error:
            refused.append(error)
        else:
            good.add(one.keyid)
    return good, refused


def signing_keyids(
    envelope: Envelope, keys: Iterable[PublicKey], parties: Collection[RelyingParty] = ()
) -> set[str]:
    """Return the ids of those keys whose signature over this envelope verifies."""
    return judge(envelope, keys, parties)[0]


def _unbase64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
