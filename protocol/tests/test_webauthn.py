# SPDX-License-Identifier: AGPL-3.0-or-later
"""A passkey's signature counts only for these bytes, at an accepted site, by a person whom it verified."""

import base64
import json
from hashlib import sha256
from typing import Any

import protocol_cast as cast
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from hypothesis import given
from hypothesis import strategies as st
from protocol_cast import BINH_PASSKEY, CHI_PASSKEY, SITE, passkey

from loa_protocol import webauthn
from loa_protocol.demo_authenticator import DemoAuthenticator
from loa_protocol.errors import MalformedError, SignatureError
from loa_protocol.keys import (
    PublicKey,
    SignatureValue,
    check_signature,
    key_id,
    passkey_public_key,
    passkey_signature,
)
from loa_protocol.webauthn import RelyingParty

DATA = b"what is signed"


def code_of(signed: Any, key: PublicKey | None = None, data: bytes = DATA, parties: Any = (SITE,)) -> str:
    """The reason why a signature is refused, "" when it counts; `signed` is an authenticator or bytes."""
    sig = signed.sign(DATA).sig if isinstance(signed, DemoAuthenticator) else signed
    key = key or BINH_PASSKEY.public_key
    try:
        check_signature(key, SignatureValue(keyid=key.keyid, sig=sig), data, parties)
    except SignatureError as error:
        return error.code
    return ""


@pytest.mark.parametrize("algorithm", [-7, -8, -257])
def test_each_algorithm_signs_what_its_key_verifies(algorithm: int) -> None:
    one = passkey("one", algorithm=algorithm)
    assert code_of(one, one.public_key) == ""
    assert code_of(one, one.public_key, b"other") == "wrong_challenge"
    other = passkey("other", algorithm=algorithm)
    assert code_of(other, one.public_key) == "bad_signature"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, ""),
        ({"counter": 7}, ""),  # an offline device cannot know the last one
        ({"origin": SITE.origins[1]}, ""),
        ({"origin": "https://evil.example"}, "wrong_origin"),
        ({"origin": "http://loa.example.vn"}, "wrong_origin"),
        ({"origin": "https://loa.example.vn.evil.example"}, "wrong_origin"),
        ({"client_extra": {}}, ""),
        ({"client_extra": {"other": "fields"}}, ""),
        ({"client_extra": {"crossOrigin": True}}, "wrong_origin"),
        ({"client_extra": {"topOrigin": "https://evil.example"}}, "wrong_origin"),
        ({"ceremony": "webauthn.create"}, "wrong_ceremony"),
        ({"rp_id": "evil.example"}, "wrong_relying_party"),
        ({"user_present": False}, "user_not_present"),
        ({"user_verified": False}, "user_not_verified"),
    ],
)
def test_a_passkey_signs_only_in_the_right_ceremony(changes: dict[str, Any], code: str) -> None:
    assert code_of(passkey("Bình", **changes)) == code


@pytest.mark.parametrize(
    "parties",
    [
        (),
        (RelyingParty(rp_id="other.example", origins=SITE.origins),),
    ],
)
def test_a_site_that_the_list_does_not_accept_signs_nothing(parties: Any) -> None:
    assert code_of(BINH_PASSKEY, parties=parties) == "wrong_relying_party"


def test_an_origin_of_one_site_is_none_of_another() -> None:
    other = RelyingParty(rp_id="other.example", origins=["https://other.example"])
    assert code_of(passkey("Bình", origin="https://other.example"), parties=(SITE, other)) == "wrong_origin"


def repacked(**changes: str) -> bytes:
    packed = json.loads(BINH_PASSKEY.sign(DATA).sig)
    return json.dumps({**packed, **changes}, sort_keys=True, separators=(",", ":")).encode()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


SHORT = sha256(SITE.rp_id.encode()).digest() + b"\x05\0\0\0"


@pytest.mark.parametrize(
    "sig",
    [
        b"",
        b"{}",
        b"\xff",
        repacked() + b" ",
        repacked().replace(b":", b": ", 1),
        repacked(more=""),
        repacked(signature="*"),
        repacked(signature=b64(b"x")),
        repacked(clientDataJSON=b64(b"[]")),
        repacked(clientDataJSON=b64(b"\xff")),
        repacked(authenticatorData=b64(b"")),
        repacked(authenticatorData=b64(SHORT)),
        repacked(authenticatorData=b64(SHORT + b"\x01")),
        b" " * (webauthn.MAX_ASSERTION + 1),
        b" " * webauthn.MAX_ASSERTION,
        b"x" * 64,
    ],
)
def test_what_is_no_assertion_of_this_key_does_not_count(sig: bytes) -> None:
    assert repacked() == BINH_PASSKEY.sign(DATA).sig
    assert code_of(sig) == "bad_signature"


PARTS = webauthn.unpack(BINH_PASSKEY.sign(DATA).sig)


def test_an_assertion_of_the_greatest_length_is_read() -> None:
    left = webauthn.MAX_ASSERTION - len(webauthn.pack(PARTS))
    with pytest.raises(SignatureError) as caught:
        webauthn.unpack(webauthn.pack(PARTS) + b" " * left)
    assert "canonical" in caught.value.message
    with pytest.raises(SignatureError) as caught:
        webauthn.unpack(webauthn.pack(PARTS) + b" " * (left + 1))
    assert "too long" in caught.value.message


@given(st.sampled_from(["authenticator_data", "client_data", "signature"]), st.data())
def test_one_flipped_bit_never_counts(name: str, data: Any) -> None:
    values = {one: getattr(PARTS, one) for one in ("authenticator_data", "client_data", "signature")}
    changed = bytearray(values[name])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    signature = passkey_signature(BINH_PASSKEY.keyid, **{**values, name: bytes(changed)})
    assert code_of(signature.sig) != ""


def spki(key: Any) -> bytes:
    encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(encoding, form)  # type: ignore[no-any-return]


P256 = spki(ec.generate_private_key(ec.SECP256R1()))
P384 = spki(ec.generate_private_key(ec.SECP384R1()))
# The same kind of key, its point written shorter: one key must have one spelling.
_POINT = (
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
)
COMPRESSED = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + _POINT
X25519 = spki(x25519.X25519PrivateKey.generate())
ED = spki(ed25519.Ed25519PrivateKey.generate())
RSA_2048 = spki(rsa.generate_private_key(public_exponent=65537, key_size=2048))
RSA_1024 = spki(rsa.generate_private_key(public_exponent=65537, key_size=1024))


KEYS = {
    "P256": P256,
    "P384": P384,
    "ED": ED,
    "RSA_2048": RSA_2048,
    "RSA_1024": RSA_1024,
    "COMPRESSED": COMPRESSED,
    "X25519": X25519,
    "with a byte more": P256 + b"\0",
    "nothing": b"",
    "no key": b"x" * 91,
}


@pytest.mark.parametrize(
    ("name", "algorithm", "is_good"),
    [
        ("P256", -7, True),
        ("ED", -8, True),
        ("RSA_2048", -257, True),
        ("P256", -8, False),
        ("P256", -257, False),
        ("ED", -7, False),
        ("RSA_2048", -7, False),
        ("RSA_2048", -8, False),
        ("RSA_1024", -257, False),
        ("P384", -7, False),
        ("P256", -35, False),
        ("with a byte more", -7, False),
        ("COMPRESSED", -7, False),
        ("X25519", -7, False),
        ("X25519", -8, False),
        ("X25519", -257, False),
        ("nothing", -7, False),
        ("no key", -7, False),
    ],
)
def test_a_key_suits_its_algorithm_or_is_none(name: str, algorithm: int, is_good: bool) -> None:
    key = KEYS[name]
    if is_good:
        made = passkey_public_key(key, algorithm, SITE.rp_id)
        assert made.keyval == {"public": key.hex(), "rp_id": SITE.rp_id}
    else:
        with pytest.raises(MalformedError) as caught:
            passkey_public_key(key, algorithm, SITE.rp_id)
        assert caught.value.code == "bad_key"


@pytest.mark.parametrize(
    "changes",
    [
        {"public": P256.hex().upper()},
        {"public": P256.hex() + "\n"},
        {"public": "zz"},
        {"rp_id": "Loa.Example.VN"},
        {"rp_id": ""},
        {"rp_id": "https://loa.example.vn"},
        {"more": ""},
    ],
)
def test_a_passkey_has_one_spelling(changes: dict[str, str]) -> None:
    keyval = {"public": P256.hex(), "rp_id": SITE.rp_id, **changes}
    keyid = key_id("webauthn", "webauthn-es256", keyval)
    with pytest.raises(MalformedError):
        PublicKey(keyid=keyid, keytype="webauthn", scheme="webauthn-es256", keyval=keyval)


def test_a_passkey_needs_both_values() -> None:
    assert not webauthn.is_well_formed("webauthn-es256", {"public": P256.hex()})


def test_the_shorter_spelling_is_a_key_to_others() -> None:
    assert isinstance(serialization.load_der_public_key(COMPRESSED), ec.EllipticCurvePublicKey)


def test_an_rsa_key_beyond_all_reason_is_none() -> None:
    assert 4096 in webauthn.RSA_BITS
    assert 4104 not in webauthn.RSA_BITS


def test_the_demo_authenticator_answers_as_a_browser_does() -> None:
    webauthn_server = pytest.importorskip("webauthn")
    for algorithm in (-7, -8, -257):
        one = passkey("one", algorithm=algorithm)
        expected: dict[str, Any] = {
            "expected_rp_id": SITE.rp_id,
            "expected_origin": SITE.origins[0],
            "require_user_verification": True,
        }
        made = webauthn_server.verify_registration_response(
            credential=one.register(b"first"), expected_challenge=b"first", **expected
        )
        webauthn_server.verify_authentication_response(
            credential=one.authenticate(b"second"),
            expected_challenge=b"second",
            credential_public_key=made.credential_public_key,
            credential_current_sign_count=0,
            **expected,
        )


def test_two_passkeys_of_two_people_are_two_keys() -> None:
    assert BINH_PASSKEY.keyid != CHI_PASSKEY.keyid
    assert cast.passkey("Bình").keyid == BINH_PASSKEY.keyid
