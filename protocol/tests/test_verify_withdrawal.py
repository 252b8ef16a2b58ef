# SPDX-License-Identifier: AGPL-3.0-or-later
"""One approver ends a release; an emergency needs two."""

from typing import Any

import protocol_cast as cast
import pytest
from protocol_cast import (
    ADMIN_1,
    AUTHOR,
    BINH,
    BINH_PASSKEY,
    BINH_SECOND,
    CHI,
    DUNG,
    EM,
    OUTSIDER,
    TESTER_1,
    passkey,
)

from loa_protocol.envelope import Envelope
from loa_protocol.errors import ProtocolError
from loa_protocol.verify import verify_withdrawal


def code_of(envelope: Envelope, release: Any = None, approvers: Any = None) -> str:
    try:
        verify_withdrawal(envelope, cast.trust(), approvers or cast.approvers(), release=release)
    except ProtocolError as error:
        return error.code
    return ""


def test_one_approver_ends_a_release() -> None:
    envelope = cast.sealed(cast.withdrawal(), BINH)
    found = verify_withdrawal(envelope, cast.trust(), cast.approvers(), release=cast.release())
    assert found == cast.withdrawal()


@pytest.mark.parametrize(
    ("signers", "changes", "code"),
    [
        ((BINH,), {}, ""),
        ((AUTHOR,), {}, ""),
        ((), {}, "too_few_people"),
        ((OUTSIDER,), {}, "too_few_people"),
        ((ADMIN_1,), {}, "too_few_people"),
        ((TESTER_1,), {}, "too_few_people"),
        ((BINH,), {"priority_class": "priority"}, ""),
        ((BINH,), {"priority_class": "emergency"}, "too_few_people"),
        ((BINH, BINH_SECOND), {"priority_class": "emergency"}, "too_few_people"),
        ((BINH, CHI), {"priority_class": "emergency"}, ""),
        ((BINH, DUNG), {"priority_class": "emergency"}, "too_few_people"),
        ((EM,), {"priority_class": "emergency"}, "too_few_people"),
        ((EM,), {"priority_class": "emergency", "break_glass": "Phát nhầm"}, ""),
        ((BINH,), {"priority_class": "emergency", "break_glass": "Phát nhầm"}, "too_few_people"),
        ((BINH, CHI), {"priority_class": "emergency", "break_glass": "Phát nhầm"}, "too_few_people"),
        ((EM,), {}, "too_few_people"),
        ((DUNG,), {}, ""),
        ((BINH_PASSKEY,), {}, ""),
        ((passkey("Bình", user_verified=False),), {}, "user_not_verified"),
        ((BINH,), {"activation_id": "a1"}, "wrong_class"),
        ((BINH, CHI), {"activation_id": "a1"}, "wrong_class"),
        ((BINH,), {"activation_id": "a1", "priority_class": "emergency"}, "too_few_people"),
        ((BINH, CHI), {"activation_id": "a1", "priority_class": "emergency"}, ""),
        ((BINH,), {"installation": "lang-son"}, "wrong_installation"),
        ((BINH,), {"communes": ["06900"]}, "wrong_commune"),
        ((BINH,), {"at": "2025-12-31T23:59:59Z"}, "too_few_people"),
    ],
)
def test_who_ends_what(signers: tuple[Any, ...], changes: dict[str, Any], code: str) -> None:
    assert code_of(cast.sealed(cast.withdrawal(**changes), *signers)) == code


def test_a_withdrawal_cannot_call_an_emergency_normal_to_need_one_person_less() -> None:
    emergency = cast.release(priority_class="emergency")
    assert code_of(cast.sealed(cast.withdrawal(), BINH), emergency) == "wrong_class"


def test_an_activation_is_not_ended_by_naming_a_release_that_is_no_emergency() -> None:
    for priority_class in ("normal", "emergency"):
        ending = cast.withdrawal(activation_id="a1", priority_class=priority_class)
        assert code_of(cast.sealed(ending, BINH, CHI), cast.release()) == "wrong_class"


def test_a_withdrawal_ends_only_the_release_that_it_names() -> None:
    assert code_of(cast.sealed(cast.withdrawal(), BINH), cast.release(release_id="r2")) == "wrong_release"


@pytest.mark.parametrize(("is_test", "code"), [(True, ""), (False, "too_few_people")])
def test_a_test_approver_ends_tests_only(is_test: bool, code: str) -> None:
    assert code_of(cast.sealed(cast.withdrawal(), TESTER_1), cast.release(is_test=is_test)) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"installation": "lang-son"}, "wrong_installation"), ({"commune": "06900"}, "wrong_commune")],
)
def test_approvers_of_another_house_end_nothing_here(changes: dict[str, Any], code: str) -> None:
    assert code_of(cast.sealed(cast.withdrawal(), BINH), approvers=cast.approvers(**changes)) == code


def test_a_file_of_another_kind_is_refused_even_if_signed() -> None:
    envelope = cast.sealed(cast.withdrawal(), BINH, payload_type="application/vnd.loa.release+json")
    assert code_of(envelope) == "wrong_type"


def test_nothing_unsigned_is_even_read() -> None:
    envelope = Envelope(payload_type="application/vnd.loa.withdrawal+json", payload=b"not a statement")
    assert code_of(envelope) == "too_few_people"
