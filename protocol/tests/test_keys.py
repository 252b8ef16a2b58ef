# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keys: an id that is their own hash, one spelling, and room for another key type."""

from collections.abc import Iterator

import pytest
from protocol_cast import BINH, CHI

from loa_protocol import keys
from loa_protocol.envelope import RELEASE_TYPE, Envelope, signing_keyids
from loa_protocol.errors import MalformedError, SignatureError
from loa_protocol.keys import (
    Ed25519Signer,
    KeyType,
    PublicKey,
    SignatureValue,
    check_signature,
    ed25519_public_key,
    key_id,
    new_ed25519,
    register_key_type,
)


def test_a_new_key_signs_what_its_public_half_verifies() -> None:
    private, public = new_ed25519()
    signer = Ed25519Signer(private)
    assert signer.public_key == public
    assert signer.keyid == public.keyid
    check_signature(public, signer.sign(b"data"), b"data")
    for key, data in ((public, b"other"), (CHI.public_key, b"data")):
        with pytest.raises(SignatureError):
            check_signature(key, signer.sign(b"data"), data)


def verifies(key: PublicKey, signature: SignatureValue, data: bytes) -> bool:
    try:
        check_signature(key, signature, data)
    except SignatureError:
        return False
    return True


def test_a_signature_named_after_another_key_does_not_verify() -> None:
    signature = BINH.sign(b"data")
    assert verifies(BINH.public_key, signature, b"data")
    assert not verifies(BINH.public_key, SignatureValue(keyid=CHI.keyid, sig=signature.sig), b"data")


def test_two_new_keys_differ() -> None:
    assert new_ed25519()[0] != new_ed25519()[0]


def ed25519(keyval: dict[str, str], keyid: str = "") -> PublicKey:
    keyid = keyid or key_id("ed25519", "ed25519", keyval)
    return PublicKey(keyid=keyid, keytype="ed25519", scheme="ed25519", keyval=keyval)


GOOD = BINH.public_key.keyval["public"]


@pytest.mark.parametrize(
    "keyval",
    [
        {"public": GOOD.upper()},
        {"public": GOOD[:-1]},
        {"public": GOOD + "00"},
        {"public": GOOD + "\n"},
        {"public": "zz" * 32},
        {"public": GOOD, "more": ""},
        {"private": GOOD},
        {},
    ],
)
def test_a_key_has_one_spelling(keyval: dict[str, str]) -> None:
    with pytest.raises(MalformedError) as caught:
        ed25519(keyval)
    assert caught.value.code == "bad_key"


def test_a_key_cannot_take_another_id() -> None:
    with pytest.raises(MalformedError) as caught:
        ed25519({"public": GOOD}, keyid=CHI.keyid)
    assert caught.value.code == "bad_key"


@pytest.mark.parametrize("raw", [b"", b"x" * 31, b"x" * 33])
def test_keys_have_32_bytes(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        ed25519_public_key(raw)
    with pytest.raises(MalformedError):
        Ed25519Signer(raw)


def test_text_that_is_no_unicode_makes_no_key() -> None:
    with pytest.raises(MalformedError):
        key_id("webauthn", "x", {"public": "\ud800"})


@pytest.fixture
def echo_type() -> Iterator[None]:
    """A key type whose signature is the data itself, with the key's secret word in front."""

    def check(key: PublicKey, signature: SignatureValue, data: bytes, _parties: object) -> None:
        if signature.sig != key.keyval["word"].encode() + data:
            raise SignatureError("bad_signature")

    register_key_type(
        "echo", "echo", KeyType(is_well_formed=lambda keyval: set(keyval) == {"word"}, check=check)
    )
    yield
    del keys.KEY_TYPES[("echo", "echo")]


def echo_key() -> PublicKey:
    return PublicKey(
        keyid=key_id("echo", "echo", {"word": "w"}), keytype="echo", scheme="echo", keyval={"word": "w"}
    )


def test_another_key_type_is_one_registration(echo_type: None) -> None:
    key = echo_key()
    envelope = Envelope(payload_type=RELEASE_TYPE, payload=b"{}")
    signed = envelope.with_signature(SignatureValue(keyid=key.keyid, sig=b"w" + envelope.pae()))
    assert signing_keyids(signed, [key, BINH.public_key]) == {key.keyid}
    # Also for a type whose own check does not look at it, a signature must be named after its key.
    assert verifies(key, SignatureValue(keyid=key.keyid, sig=b"wdata"), b"data")
    assert not verifies(key, SignatureValue(keyid=BINH.keyid, sig=b"wdata"), b"data")


def test_a_key_of_an_unknown_type_can_be_listed_but_verifies_nothing() -> None:
    key = echo_key()
    assert not verifies(key, SignatureValue(keyid=key.keyid, sig=b"wdata"), b"data")
