# SPDX-License-Identifier: AGPL-3.0-or-later
"""Envelopes: one spelling in bytes, and signatures that hold for exactly these bytes and this type."""

import base64
import json
from typing import Any

import protocol_cast as cast
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol_cast import BINH, CHI, OUTSIDER
from securesystemslib import dsse

from loa_protocol.envelope import (
    MAX_ENVELOPE,
    PAYLOAD_TYPES,
    RELEASE_TYPE,
    Envelope,
    Signature,
    decode,
    encode,
    sign,
    signing_keyids,
)
from loa_protocol.errors import MalformedError
from loa_protocol.verify import verify_release

SIGNED = cast.sealed(cast.release(), BINH, CHI)
DATA = encode(SIGNED)

SIGNATURES = st.lists(
    st.builds(Signature, keyid=st.text("0123456789abcdef", max_size=64), sig=st.binary(max_size=80)),
    max_size=5,
    unique_by=lambda one: one.keyid,
).map(tuple)


@given(
    payload=st.binary(max_size=300),
    payload_type=st.sampled_from(sorted(PAYLOAD_TYPES)),
    signatures=SIGNATURES,
)
def test_what_is_written_is_read_back(
    payload: bytes, payload_type: str, signatures: tuple[Signature, ...]
) -> None:
    envelope = Envelope(payload_type=payload_type, payload=payload, signatures=signatures)
    data = encode(envelope)
    assert decode(data) == envelope
    assert encode(decode(data)) == data


def test_the_bytes_are_those_of_the_dsse_specification() -> None:
    other = dsse.Envelope.from_dict(json.loads(DATA))
    assert other.pae() == SIGNED.pae()
    assert SIGNED.pae() == b"DSSEv1 %d %s %d %s" % (
        len(RELEASE_TYPE), RELEASE_TYPE.encode(), len(SIGNED.payload), SIGNED.payload,
    )  # fmt: skip


@given(position=st.integers(0, len(DATA) - 1), bit=st.integers(0, 7))
def test_no_envelope_outlives_one_flipped_bit(position: int, bit: int) -> None:
    changed = bytearray(DATA)
    changed[position] ^= 1 << bit
    with pytest.raises(Exception) as caught:
        verify_release(decode(bytes(changed)), cast.trust(), cast.approvers())
    assert hasattr(caught.value, "code")


def wire(**changes: Any) -> bytes:
    plain = {**json.loads(DATA), **changes}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def first_signature() -> dict[str, str]:
    found: dict[str, str] = json.loads(DATA)["signatures"][0]
    return found


def many(number: int) -> list[dict[str, str]]:
    return [{"keyid": f"{index:02}", "sig": "AAAA"} for index in range(number)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "malformed"),
        (b"\xff\xfe", "malformed"),
        (b"[]", "malformed"),
        (b"{}", "malformed"),
        (DATA + b"\n", "not_canonical"),
        (DATA.replace(b'"payload":', b'"payload": '), "not_canonical"),
        (b'{"payload":"AAAA",' + DATA[1:], "not_canonical"),
        (wire(extra=1), "malformed"),
        (wire(signatures=[{**first_signature(), "extra": ""}]), "malformed"),
        (wire(signatures=[first_signature(), first_signature()]), "malformed"),
        (wire(signatures=many(17)), "malformed"),
        (wire(payloadType="text/plain"), "wrong_type"),
        (wire(payload="A"), "malformed"),
        (wire(payload="*AAA"), "malformed"),
        (wire(payload="AB=="), "not_canonical"),  # bits that no byte uses
        (wire(payload="-_-_"), "malformed"),
        (b" " * (MAX_ENVELOPE + 1), "too_large"),
        (b" " * MAX_ENVELOPE, "malformed"),
    ],
)
def test_every_other_spelling_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        decode(data)
    assert caught.value.code == code


def test_sixteen_signatures_are_read() -> None:
    assert len(decode(wire(signatures=many(16))).signatures) == 16


def test_only_keys_whose_signature_verifies_are_named() -> None:
    keys = [BINH.public_key, OUTSIDER.public_key]
    assert signing_keyids(SIGNED, keys) == {BINH.keyid}
    swapped = SIGNED.with_signature(Signature(keyid=OUTSIDER.keyid, sig=SIGNED.signatures[0].sig))
    assert signing_keyids(swapped, keys) == {BINH.keyid}
    assert signing_keyids(Envelope(payload_type=RELEASE_TYPE, payload=SIGNED.payload), keys) == set()


@pytest.mark.parametrize("sig", [b"", b"\x00" * 64, b"\x00" * 63, b"\xff" * 200])
def test_bytes_that_are_no_signature_count_for_nothing(sig: bytes) -> None:
    envelope = SIGNED.with_signature(Signature(keyid=CHI.keyid, sig=sig))
    assert signing_keyids(envelope, [CHI.public_key]) == set()


def test_a_signature_holds_for_one_payload_type_only() -> None:
    other = Envelope(
        payload_type="application/vnd.loa.withdrawal+json",
        payload=SIGNED.payload,
        signatures=SIGNED.signatures,
    )
    assert signing_keyids(other, [BINH.public_key, CHI.public_key]) == set()


def test_signing_twice_with_one_key_leaves_one_signature() -> None:
    assert [one.keyid for one in sign(SIGNED, BINH).signatures] == [CHI.keyid, BINH.keyid]


def test_base64_is_the_standard_alphabet() -> None:
    assert json.loads(DATA)["payload"] == base64.b64encode(SIGNED.payload).decode()
