# SPDX-License-Identifier: AGPL-3.0-or-later
"""One person who may sign emergencies lets a prepared message sound, and nothing else."""

from typing import Any

import msgspec
import protocol_cast as cast
import pytest
from protocol_cast import ADMIN_1, BINH, BINH_PASSKEY, DUNG, EM, OUTSIDER, TESTER_1

from loa_protocol.envelope import Envelope
from loa_protocol.errors import ProtocolError
from loa_protocol.verify import verify_activation

PREPARED = {"prepared": True, "priority_class": "emergency"}


def code_of(envelope: Envelope, approvers: Any = None, **release: Any) -> str:
    try:
        verify_activation(
            envelope,
            cast.trust(),
            approvers or cast.approvers(),
            release=cast.release(**{**PREPARED, **release}),
        )
    except ProtocolError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    ("signers", "changes", "code"),
    [
        ((BINH,), {}, ""),
        ((EM,), {}, ""),
        ((BINH_PASSKEY,), {}, ""),
        ((), {}, "too_few_people"),
        ((OUTSIDER,), {}, "too_few_people"),
        ((ADMIN_1,), {}, "too_few_people"),
        ((DUNG,), {}, "too_few_people"),
        ((TESTER_1,), {}, "too_few_people"),
        ((cast.passkey("Bình", user_verified=False),), {}, "user_not_verified"),
        ((BINH,), {"at": "2025-12-31T23:59:59Z"}, "too_few_people"),
        ((BINH,), {"installation": "lang-son"}, "wrong_installation"),
        ((BINH,), {"communes": ["06900"]}, "wrong_commune"),
        ((BINH,), {"release_id": "r2"}, "wrong_release"),
    ],
)
def test_who_activates(signers: tuple[Any, ...], changes: dict[str, Any], code: str) -> None:
    assert code_of(cast.sealed(cast.activation(**changes), *signers)) == code


def test_what_was_activated_comes_back() -> None:
    envelope = cast.sealed(cast.activation(), EM)
    found = verify_activation(envelope, cast.trust(), cast.approvers(), release=cast.release(**PREPARED))
    assert found == cast.activation()


@pytest.mark.parametrize(("who", "code"), [(BINH, "too_few_people"), (BINH_PASSKEY, "")])
def test_where_the_release_asks_for_passkeys_so_does_its_activation(who: Any, code: str) -> None:
    assert code_of(cast.sealed(cast.activation(), who), policy_id="passkeys") == code


def test_a_policy_that_was_taken_off_the_list_activates_nothing() -> None:
    assert code_of(cast.sealed(cast.activation(), BINH), policy_id="loose") == "unknown_policy"


def test_only_a_prepared_message_is_activated() -> None:
    assert code_of(cast.sealed(cast.activation(), BINH), prepared=False) == "not_prepared"


@pytest.mark.parametrize(("is_test", "code"), [(True, ""), (False, "too_few_people")])
def test_a_test_approver_activates_tests_only(is_test: bool, code: str) -> None:
    assert code_of(cast.sealed(cast.activation(), TESTER_1), is_test=is_test) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"installation": "lang-son"}, "wrong_installation"), ({"commune": "06900"}, "wrong_commune")],
)
def test_approvers_of_another_house_activate_nothing_here(changes: dict[str, Any], code: str) -> None:
    assert code_of(cast.sealed(cast.activation(), BINH), cast.approvers(**changes)) == code


def test_a_file_of_another_kind_is_refused_even_if_signed() -> None:
    for payload_type in ("release", "withdrawal"):
        other = f"application/vnd.loa.{payload_type}+json"
        assert code_of(cast.sealed(cast.activation(), BINH, payload_type=other)) == "wrong_type"


def test_nothing_unsigned_is_even_read() -> None:
    envelope = Envelope(payload_type="application/vnd.loa.activation+json", payload=b"not a statement")
    assert code_of(envelope) == "too_few_people"


@pytest.mark.parametrize(("organisations", "code"), [(["dam-ha"], ""), (["quang-ha"], "too_few_people")])
def test_a_neighbours_approver_activates_nothing(organisations: list[str], code: str) -> None:
    strict = msgspec.structs.replace(cast.STRICT, organisations=organisations)
    envelope = cast.sealed(cast.activation(), BINH)
    assert code_of(envelope, cast.approvers(policies=[strict])) == code
