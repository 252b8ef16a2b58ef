# SPDX-License-Identifier: AGPL-3.0-or-later
"""Enrolment: the sender holds the key that it names, and a code survives being typed."""

import base64
from typing import Any

import msgspec
import protocol_cast as cast
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from loa_protocol.enrolment import (
    Credential,
    EnrolReply,
    EnrolRequest,
    EnrolState,
    RenewReply,
    RenewRequest,
    check_proof,
    check_witness,
    crc16,
    decode_json,
    encode_json,
    enrol_proof,
    group_code,
    nkey_bytes,
    plain_code,
    proof_text,
    renew_proof,
    witness_proof,
)
from loa_protocol.errors import MalformedError, SignatureError
from loa_protocol.wire import Witness

PRIVATE = Ed25519PrivateKey.from_private_bytes(b"loa example nkey".ljust(32, b"."))
OTHER = Ed25519PrivateKey.from_private_bytes(b"another one".ljust(32, b"."))


def nkey(private: Ed25519PrivateKey, prefix: int = 20 << 3) -> str:
    raw = bytes([prefix]) + private.public_key().public_bytes_raw()
    return base64.b32encode(raw + crc16(raw).to_bytes(2, "little")).decode().rstrip("=")


KEY = nkey(PRIVATE)


def enrol(private: Ed25519PrivateKey = PRIVATE, **changes: Any) -> EnrolRequest:
    signature = proof_text(private.sign(enrol_proof(KEY, "Loa nhà văn hóa", "0.1.0")))
    values = {"public_key": KEY, "name": "Loa nhà văn hóa", "version": "0.1.0", "signature": signature}
    return EnrolRequest(**{**values, **changes})


def renew(**changes: Any) -> RenewRequest:
    at = "2026-11-24T10:00:00Z"
    signature = proof_text(PRIVATE.sign(renew_proof("d1", KEY, at)))
    values = {"device_id": "d1", "public_key": KEY, "at": at, "signature": signature}
    return RenewRequest(**{**values, **changes})


def witness(private: Ed25519PrivateKey = PRIVATE, **changes: Any) -> Witness:
    signature = proof_text(private.sign(witness_proof("d1", 41, "ab")))
    return Witness(**{"agenda_number": 41, "audit_head": "ab", "signature": signature, **changes})


def test_a_device_signs_which_head_of_the_log_it_saw() -> None:
    check_witness(KEY, "d1", witness())


@pytest.mark.parametrize(
    ("device_id", "seen"),
    [
        ("d2", witness()),
        ("d1", witness(OTHER)),
        ("d1", witness(agenda_number=42)),
        ("d1", witness(audit_head="ac")),
    ],
)
def test_nobody_else_says_what_a_device_saw(device_id: str, seen: Witness) -> None:
    with pytest.raises(SignatureError):
        check_witness(KEY, device_id, seen)


def test_a_witness_without_a_signature_is_none() -> None:
    with pytest.raises(MalformedError):
        check_witness(KEY, "d1", witness(signature="*"))


def test_a_device_proves_that_it_holds_its_key() -> None:
    check_proof(enrol())
    check_proof(renew())


@pytest.mark.parametrize(
    "request_",
    [
        enrol(OTHER),
        enrol(name="Loa khác"),
        enrol(version="0.2.0"),
        enrol(public_key=nkey(OTHER)),
        enrol(signature=""),
        enrol(signature=renew().signature),
        renew(device_id="d2"),
        renew(at="2026-11-24T10:00:01Z"),
        renew(public_key=nkey(OTHER)),
        renew(signature=enrol().signature),
    ],
)
def test_a_proof_holds_for_these_values_and_this_key_only(request_: EnrolRequest | RenewRequest) -> None:
    with pytest.raises(SignatureError):
        check_proof(request_)


def test_a_signature_that_is_not_base64_is_malformed() -> None:
    with pytest.raises(MalformedError):
        check_proof(enrol(signature="*"))


def test_the_text_of_an_nkey_gives_its_bytes() -> None:
    assert KEY.startswith("U")
    assert len(KEY) == 56
    assert nkey_bytes(KEY) == PRIVATE.public_key().public_bytes_raw()


def test_nkeys_are_read_as_the_nkeys_library_writes_them() -> None:
    nkeys = pytest.importorskip("nkeys")
    pair = nkeys.from_seed(nkeys.encode_seed(b"loa example nkey".ljust(32, b"."), nkeys.PREFIX_BYTE_USER))
    assert pair.public_key.decode() == KEY
    check_proof(enrol(signature=proof_text(pair.sign(enrol().proof()))))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "U",
        KEY[:-1],
        KEY.lower(),
        KEY[:20] + ("A" if KEY[20] != "A" else "B") + KEY[21:],
        nkey(PRIVATE, prefix=0),
        "!" * 56,
        "Ú" * 56,
    ],
)
def test_what_is_no_users_nkey_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        nkey_bytes(text)


@pytest.mark.parametrize("typed", ["ABCD2345", "abcd-2345", " ab cd 23 45 ", "ABCD-2345"])
def test_a_code_is_understood_however_it_is_typed(typed: str) -> None:
    assert plain_code(typed) == "ABCD2345"
    assert group_code(typed) == "ABCD-2345"


@pytest.mark.parametrize("typed", ["", "ABCD234", "ABCD23456", "ABCD234O", "ABCD234Đ"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(MalformedError):
        plain_code(typed)


CREDENTIAL = Credential(
    device_id="d1",
    name="Loa nhà văn hóa thôn 1",
    installation=cast.INSTALLATION,
    province=cast.PROVINCE,
    commune=cast.COMMUNE,
    village=cast.VILLAGE,
    is_test=False,
    trust=cast.trust(),
    tuf_root="{}",
    repository_url="http://localhost:8420/repo/06895/",
    media_url="http://localhost:8420/media/",
    nats_url="nats://localhost:8421",
    nats_jwt="a.b.c",
    zone_name=cast.ZONE,
)


@pytest.mark.parametrize(
    "value",
    [
        enrol(),
        renew(),
        EnrolReply(enrolment_id="e1", code="ABCD-2345", expires_at="2026-11-24T10:00:00Z"),
        EnrolState(state="waiting"),
        EnrolState(state="approved", credential=CREDENTIAL),
        RenewReply(credential=CREDENTIAL),
        CREDENTIAL,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_sent_is_read_back(value: Any) -> None:
    assert decode_json(encode_json(value), type(value)) == value


def test_a_credential_says_where_the_device_stands() -> None:
    assert CREDENTIAL.place == cast.place()


def test_a_credential_with_one_administrators_key_is_refused() -> None:
    plain = msgspec.to_builtins(CREDENTIAL)
    plain["trust"]["admin_keys"] = plain["trust"]["admin_keys"][:1]
    with pytest.raises(MalformedError):
        decode_json(msgspec.json.encode(plain), Credential)


@pytest.mark.parametrize("data", [b"", b"\xff", b"{}", b'{"state":"perhaps"}'])
def test_what_is_no_state_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_json(data, EnrolState)
