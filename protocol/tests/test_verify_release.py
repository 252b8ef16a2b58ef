# SPDX-License-Identifier: AGPL-3.0-or-later
"""A release counts people: the right ones, in office, who did not make what they sign."""

from typing import Any

import protocol_cast as cast
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol_cast import (
    ADMIN_1,
    ADMIN_2,
    AUTHOR,
    BINH,
    BINH_PASSKEY,
    BINH_SECOND,
    CHI,
    EDITOR,
    OUTSIDER,
    TESTER_1,
    TESTER_2,
)

from loa_protocol.envelope import Envelope, Signature
from loa_protocol.errors import (
    MalformedError,
    NotCoveredError,
    ProtocolError,
    ThresholdError,
    WrongCommuneError,
    WrongInstallationError,
)
from loa_protocol.verify import verify_release


def code_of(envelope: Envelope, approvers: Any = None) -> str:
    """The reason code, or "" when the release is accepted."""
    try:
        verify_release(envelope, cast.trust(), approvers or cast.approvers())
    except ProtocolError as error:
        return error.code
    return ""


def test_two_people_who_did_not_make_it_release_it() -> None:
    verified = verify_release(cast.sealed(cast.release(), BINH, CHI), cast.trust(), cast.approvers())
    assert verified.statement == cast.release()
    assert verified.people == ("binh", "chi")
    assert verified.policy == cast.STRICT
    assert [one.person_id for one in verified.signers] == ["binh", "chi"]


STRICT_CASES: list[tuple[tuple[Any, ...], str]] = [
    ((BINH, CHI), ""),
    ((BINH_SECOND, CHI), ""),
    ((BINH, CHI, AUTHOR), ""),
    ((), "too_few_people"),
    ((BINH,), "too_few_people"),
    ((BINH, BINH_SECOND), "too_few_people"),
    ((BINH, AUTHOR), "too_few_people"),
    ((BINH, EDITOR), "too_few_people"),
    ((AUTHOR, EDITOR), "too_few_people"),
    ((BINH, OUTSIDER), "too_few_people"),
    ((BINH, TESTER_1), "too_few_people"),
    ((TESTER_1, TESTER_2), "too_few_people"),
    ((ADMIN_1, ADMIN_2), "too_few_people"),
]


@pytest.mark.parametrize(("signers", "code"), STRICT_CASES)
@pytest.mark.parametrize("policy_id", ["strict", "joined"])
def test_a_strict_and_a_joined_policy_count_two_people_who_did_not_make_it(
    signers: tuple[Any, ...], code: str, policy_id: str
) -> None:
    assert code_of(cast.sealed(cast.release(policy_id=policy_id), *signers)) == code


@pytest.mark.parametrize(
    ("signers", "code"),
    [
        ((BINH, CHI), ""),
        ((BINH, AUTHOR), ""),
        ((BINH, EDITOR), ""),
        ((AUTHOR, EDITOR), "too_few_people"),
        ((AUTHOR,), "too_few_people"),
        ((BINH,), "too_few_people"),
        ((BINH, BINH_SECOND), "too_few_people"),
    ],
)
def test_in_a_small_office_one_maker_may_be_one_of_the_two(signers: tuple[Any, ...], code: str) -> None:
    assert code_of(cast.sealed(cast.release(policy_id="small"), *signers)) == code


def test_the_threshold_is_the_policys_own() -> None:
    assert code_of(cast.sealed(cast.release(policy_id="three"), BINH, CHI)) == "too_few_people"


@pytest.mark.parametrize(
    ("signers", "is_test", "code"),
    [
        ((TESTER_1, TESTER_2), True, ""),
        ((TESTER_1, BINH), True, ""),
        ((TESTER_1,), True, "too_few_people"),
        ((TESTER_1, TESTER_2), False, "too_few_people"),
    ],
)
def test_test_approvers_release_tests_only(signers: tuple[Any, ...], is_test: bool, code: str) -> None:
    assert code_of(cast.sealed(cast.release(is_test=is_test), *signers)) == code


@pytest.mark.parametrize(
    ("not_before", "not_after", "code"),
    [
        ("2026-11-19T03:00:00Z", None, ""),
        ("2026-11-19T03:00:01Z", None, "too_few_people"),
        ("2026-01-01T00:00:00Z", "2026-11-19T03:00:01Z", ""),
        ("2026-01-01T00:00:00Z", "2026-11-19T03:00:00Z", "too_few_people"),
    ],
)
def test_a_person_counts_only_while_in_office(not_before: str, not_after: str | None, code: str) -> None:
    chi = cast.approver("chi", CHI, not_before=not_before, not_after=not_after)
    approvers = cast.without(cast.approvers(), "chi", chi)
    assert code_of(cast.sealed(cast.release(), BINH, CHI), approvers) == code


def test_taking_a_person_off_the_list_undoes_what_that_person_signed() -> None:
    envelope = cast.sealed(cast.release(), BINH, CHI)
    assert code_of(envelope, cast.without(cast.approvers(), "chi")) == "too_few_people"


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"installation": "lang-son"}, WrongInstallationError, "wrong_installation"),
        ({"communes": ["06900", "06901"]}, WrongCommuneError, "wrong_commune"),
        ({"policy_id": "loose"}, NotCoveredError, "unknown_policy"),
    ],
)
def test_a_release_for_elsewhere_or_under_an_unknown_policy_is_refused(
    changes: dict[str, Any], error: type[ProtocolError], code: str
) -> None:
    with pytest.raises(error) as caught:
        verify_release(cast.sealed(cast.release(**changes), BINH, CHI), cast.trust(), cast.approvers())
    assert caught.value.code == code


def test_a_release_for_several_communes_holds_in_each() -> None:
    assert code_of(cast.sealed(cast.release(communes=["06900", cast.COMMUNE]), BINH, CHI)) == ""


@pytest.mark.parametrize("changes", [{"installation": "lang-son"}, {"commune": "06900"}])
def test_approvers_of_another_house_release_nothing_here(changes: dict[str, Any]) -> None:
    with pytest.raises((WrongInstallationError, WrongCommuneError)):
        verify_release(cast.sealed(cast.release(), BINH, CHI), cast.trust(), cast.approvers(**changes))


def test_a_file_of_another_kind_is_refused_even_if_signed() -> None:
    envelope = cast.sealed(cast.release(), BINH, CHI, payload_type="application/vnd.loa.rules+json")
    with pytest.raises(MalformedError) as caught:
        verify_release(envelope, cast.trust(), cast.approvers())
    assert caught.value.code == "wrong_type"


def test_nothing_unsigned_is_even_read() -> None:
    envelope = Envelope(payload_type="application/vnd.loa.release+json", payload=b"not a statement")
    assert code_of(envelope) == "too_few_people"


def test_a_signature_under_another_persons_key_id_does_not_count() -> None:
    envelope = cast.sealed(cast.release(), BINH)
    forged = Signature(keyid=CHI.keyid, sig=OUTSIDER.sign(envelope.pae()).sig)
    assert code_of(envelope.with_signature(forged)) == "too_few_people"


@given(
    signers=st.lists(
        st.sampled_from([BINH, BINH_SECOND, BINH_PASSKEY, AUTHOR, EDITOR, TESTER_1, OUTSIDER]), max_size=6
    ),
    policy_id=st.sampled_from(["strict", "joined", "three", "passkeys"]),
)
def test_without_a_second_person_no_set_of_keys_releases(signers: list[Any], policy_id: str) -> None:
    assert code_of(cast.sealed(cast.release(policy_id=policy_id), *signers)) == "too_few_people"


SIGNED = cast.sealed(cast.release(), BINH, CHI)


@given(position=st.integers(0, len(SIGNED.payload) - 1), bit=st.integers(0, 7))
def test_one_flipped_bit_in_the_payload_never_verifies(position: int, bit: int) -> None:
    changed = bytearray(SIGNED.payload)
    changed[position] ^= 1 << bit
    envelope = Envelope(
        payload_type=SIGNED.payload_type, payload=bytes(changed), signatures=SIGNED.signatures
    )
    assert code_of(envelope) == "too_few_people"


@given(which=st.integers(0, 1), position=st.integers(0, 63), bit=st.integers(0, 7))
def test_one_flipped_bit_in_a_signature_never_verifies(which: int, position: int, bit: int) -> None:
    changed = bytearray(SIGNED.signatures[which].sig)
    changed[position] ^= 1 << bit
    broken = Signature(keyid=SIGNED.signatures[which].keyid, sig=bytes(changed))
    with pytest.raises(ThresholdError):
        verify_release(SIGNED.with_signature(broken), cast.trust(), cast.approvers())
