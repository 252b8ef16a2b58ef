# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each policy asks for its people: rights, terms, leave, retired keys, partners, passkeys, break glass."""

from typing import Any

import msgspec
import protocol_cast as cast
import pytest
from protocol_cast import (
    ADMIN_1,
    ADMIN_2,
    ADMIN_3,
    AUTHOR,
    BINH,
    BINH_PASSKEY,
    BINH_SECOND,
    CHI,
    CHI_PASSKEY,
    DUNG,
    EM,
    TESTER_1,
    TESTER_2,
)

from loa_protocol.errors import MalformedError, NotCoveredError, ProtocolError
from loa_protocol.statements import Policy
from loa_protocol.verify import check_item, trust_of, verify_approvers, verify_release

ALARM = {"priority_class": "emergency"}
ALONE = {**ALARM, "policy_id": "alone", "break_glass": "Lũ về, không gọi được ai"}


def code_of(*signers: Any, approvers: Any = None, **release: Any) -> str:
    envelope = cast.sealed(cast.release(**release), *signers)
    try:
        verify_release(envelope, cast.trust(), approvers or cast.approvers())
    except ProtocolError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    ("signers", "changes", "code"),
    [
        ((BINH, DUNG), {}, ""),
        ((BINH, EM), {}, "too_few_people"),
        ((BINH, DUNG), {"priority_class": "priority"}, ""),
        ((BINH, DUNG), ALARM, "too_few_people"),
        ((BINH, EM), ALARM, ""),
        ((EM, DUNG), {"is_test": True}, ""),
        ((EM, DUNG), {"is_test": True, **ALARM}, ""),
        ((TESTER_1, TESTER_2), {"is_test": True, **ALARM}, ""),
        ((TESTER_1, TESTER_2), ALARM, "too_few_people"),
    ],
)
def test_rights_reach_so_far(signers: tuple[Any, ...], changes: dict[str, Any], code: str) -> None:
    assert code_of(*signers, **changes) == code


@pytest.mark.parametrize(
    ("signers", "changes", "code"),
    [
        ((BINH, CHI), {}, ""),
        ((BINH, DUNG), {}, "no_partner"),
        ((CHI, CHI_PASSKEY), {}, "too_few_people"),
        ((BINH, DUNG), {"is_test": True}, ""),
        ((AUTHOR, CHI), {}, "too_few_people"),
    ],
)
def test_a_joined_policy_asks_for_one_of_each_house(
    signers: tuple[Any, ...], changes: dict[str, Any], code: str
) -> None:
    assert code_of(*signers, policy_id="joined", **changes) == code


def test_one_person_of_both_houses_is_still_one() -> None:
    both = cast.approver("binh", BINH, organisations=["dam-ha", "quang-ha"])
    approvers = cast.without(cast.approvers(), "binh", both)
    assert code_of(BINH, DUNG, policy_id="joined", approvers=approvers) == ""
    outside = cast.approver("dung", DUNG)
    approvers = cast.without(approvers, "dung", outside)
    approvers = msgspec.structs.replace(
        approvers, people=[both, *(one for one in approvers.people if one.person_id != "binh")]
    )
    assert code_of(BINH, DUNG, policy_id="joined", approvers=approvers) == "no_partner"


def test_who_may_only_break_the_glass_signs_no_tests() -> None:
    em = cast.approver("em", EM, may=["break_glass"])
    approvers = cast.without(cast.approvers(), "em", em)
    assert code_of(BINH, EM, is_test=True, approvers=approvers) == "too_few_people"
    assert code_of(EM, approvers=approvers, **ALONE) == ""


def test_a_joined_policy_without_partners_releases_nothing() -> None:
    alone = msgspec.structs.replace(cast.JOINED, partners=[])
    assert code_of(BINH, CHI, policy_id="joined", approvers=cast.approvers(policies=[alone])) == "no_partner"


HOUSES = ["dam-ha", "province"]


def of_houses(policy: Policy) -> Policy:
    return msgspec.structs.replace(policy, organisations=HOUSES)


@pytest.mark.parametrize(
    ("policy", "signers", "changes", "code"),
    [
        (cast.STRICT, (BINH, DUNG), {}, ""),
        (cast.STRICT, (BINH, CHI), {}, "too_few_people"),  # chi is a neighbour's
        (cast.STRICT, (BINH, CHI), {"is_test": True}, ""),
        (cast.SMALL, (AUTHOR, CHI), {}, "too_few_people"),
        (cast.ALARM, (BINH, CHI), ALARM, "too_few_people"),
        (cast.ALARM, (BINH, EM), ALARM, ""),
        (cast.ALONE, (EM,), ALONE, ""),
        (cast.JOINED, (BINH, CHI), {}, "too_few_people"),
    ],
)
def test_under_a_policy_that_names_its_organisations_nobody_else_counts(
    policy: Policy, signers: tuple[Any, ...], changes: dict[str, Any], code: str
) -> None:
    changes = {"policy_id": policy.policy_id, **changes}
    assert code_of(*signers, approvers=cast.approvers(policies=[of_houses(policy)]), **changes) == code


def test_who_belongs_to_no_organisation_counts_only_where_the_policy_names_none() -> None:
    dung = cast.approver("dung", DUNG)
    approvers = cast.without(cast.approvers(), "dung", dung)
    assert code_of(BINH, DUNG, approvers=approvers) == ""
    named = msgspec.structs.replace(approvers, policies=[of_houses(cast.STRICT)])
    assert code_of(BINH, DUNG, approvers=named) == "too_few_people"


@pytest.mark.parametrize(
    ("signers", "changes", "code"),
    [
        ((BINH, CHI), {}, ""),
        ((BINH, AUTHOR), {}, ""),
        ((BINH,), {}, "too_few_people"),
        ((BINH, DUNG), {}, "too_few_people"),
        ((BINH, CHI), {"priority_class": "normal"}, "wrong_policy"),
        ((BINH, CHI), {"break_glass": "eilig"}, "wrong_policy"),
    ],
)
def test_the_emergency_policy(signers: tuple[Any, ...], changes: dict[str, Any], code: str) -> None:
    assert code_of(*signers, **{**ALARM, "policy_id": "alarm", **changes}) == code


@pytest.mark.parametrize(
    ("signers", "changes", "code"),
    [
        ((EM,), {}, ""),
        ((EM,), {"excluded": ["em"]}, ""),
        ((BINH,), {}, "too_few_people"),
        ((BINH, CHI), {}, "too_few_people"),
        ((), {}, "too_few_people"),
        ((EM,), {"break_glass": ""}, "wrong_policy"),
        ((EM,), {"policy_id": "strict"}, "wrong_policy"),
        ((BINH, EM), {"policy_id": "strict"}, "wrong_policy"),
        ((EM,), {"priority_class": "priority", "break_glass": ""}, "wrong_policy"),
    ],
)
def test_break_glass_needs_its_right_its_policy_and_a_reason(
    signers: tuple[Any, ...], changes: dict[str, Any], code: str
) -> None:
    assert code_of(*signers, **{**ALONE, **changes}) == code


def test_break_glass_is_for_emergencies_alone() -> None:
    with pytest.raises(MalformedError):
        cast.release(break_glass="x")


@pytest.mark.parametrize(
    ("signers", "code"),
    [
        ((BINH_PASSKEY, CHI_PASSKEY), ""),
        ((BINH, CHI), "too_few_people"),
        ((BINH_PASSKEY, CHI), "too_few_people"),
        ((BINH_PASSKEY, BINH), "too_few_people"),
        ((BINH_PASSKEY, cast.passkey("Chi", user_verified=False)), "user_not_verified"),
        ((BINH_PASSKEY, cast.passkey("Chi", origin="https://evil.example")), "wrong_origin"),
        ((cast.passkey("Chi", user_present=False),), "user_not_present"),
    ],
)
def test_a_policy_that_is_not_weak_counts_passkeys_alone(signers: tuple[Any, ...], code: str) -> None:
    assert code_of(*signers, policy_id="passkeys") == code


def test_passkeys_count_under_a_weak_policy_too() -> None:
    assert code_of(BINH_PASSKEY, CHI) == ""


def test_without_accepted_sites_no_passkey_counts() -> None:
    approvers = cast.approvers(relying_parties=[])
    assert code_of(BINH_PASSKEY, CHI_PASSKEY, approvers=approvers) == "wrong_relying_party"


@pytest.mark.parametrize(
    ("begin", "end", "code"),
    [
        ("2026-11-19T03:00:01Z", "2026-11-25T00:00:00Z", ""),
        ("2026-11-19T03:00:00Z", "2026-11-25T00:00:00Z", "too_few_people"),
        ("2026-11-18T00:00:00Z", "2026-11-19T03:00:01Z", "too_few_people"),
        ("2026-11-18T00:00:00Z", "2026-11-19T03:00:00Z", ""),
    ],
)
def test_on_leave_nobody_signs_and_what_was_signed_before_and_after_holds(
    begin: str, end: str, code: str
) -> None:
    chi = cast.approver("chi", CHI, away=[cast.away(not_before=begin, not_after=end)])
    assert code_of(BINH, CHI, approvers=cast.without(cast.approvers(), "chi", chi)) == code


@pytest.mark.parametrize(
    ("since", "code"), [("2026-11-19T03:00:01Z", ""), ("2026-11-19T03:00:00Z", "too_few_people")]
)
def test_a_retired_key_signs_no_more_and_what_it_signed_holds(since: str, code: str) -> None:
    binh = cast.approver("binh", BINH, BINH_SECOND, retired={BINH.keyid: since})
    approvers = cast.without(cast.approvers(), "binh", binh)
    assert code_of(BINH, CHI, approvers=approvers) == code
    assert code_of(BINH_SECOND, CHI, approvers=approvers) == ""


@pytest.mark.parametrize(("devices", "code"), [(["d1"], ""), (["d2"], "test_key_device")])
def test_break_glass_by_a_key_for_certain_devices(devices: list[str], code: str) -> None:
    em = cast.approver("em", EM, may=["break_glass"], devices=devices)
    approvers = cast.without(cast.approvers(), "em", em)
    release = verify_release(cast.sealed(cast.release(**ALONE), EM), cast.trust(), approvers)
    found = ""
    try:
        check_item(
            cast.item(**ALARM),
            release,
            cast.place(),
            cast.rules(),
            starts_utc=cast.at("17:00"),
            now=cast.at("17:00"),
            plays_today=0,
        )
    except NotCoveredError as error:
        found = error.code
    assert found == code


def admins(*signers: Any, **changes: Any) -> str:
    trust = cast.trust(**changes)
    try:
        verify_approvers(cast.sealed(cast.approvers(), *signers), trust, now=cast.NOON, at_least=0)
    except ProtocolError as error:
        return error.code
    return ""


def test_one_administrator_with_two_keys_is_one() -> None:
    people = {ADMIN_1.keyid: "an", ADMIN_2.keyid: "an"}
    assert admins(ADMIN_1, ADMIN_2) == ""
    assert admins(ADMIN_1, ADMIN_2, admin_people=people) == "too_few_admins"
    assert admins(ADMIN_1, ADMIN_3, admin_people=people) == ""


def test_trust_counts_administrators_not_their_keys() -> None:
    people = dict.fromkeys((ADMIN_1.keyid, ADMIN_2.keyid, ADMIN_3.keyid), "an")
    with pytest.raises(MalformedError) as caught:
        cast.trust(admin_people=people)
    assert caught.value.code == "weak_trust"


def test_administrators_sign_with_passkeys_on_their_sites() -> None:
    keys = {"admin_keys": [BINH_PASSKEY.public_key, CHI_PASSKEY.public_key]}
    assert admins(BINH_PASSKEY, CHI_PASSKEY, **keys) == "wrong_relying_party"
    assert admins(BINH_PASSKEY, CHI_PASSKEY, relying_parties=[cast.SITE], **keys) == ""
    unverified = cast.passkey("Chi", user_verified=False)
    assert admins(BINH_PASSKEY, unverified, relying_parties=[cast.SITE], **keys) == "user_not_verified"


def test_the_root_names_whom_to_believe() -> None:
    named = cast.administrators(relying_parties=[cast.SITE], admin_people={ADMIN_1.keyid: "an"})
    assert trust_of(named, "06895") == cast.trust(
        relying_parties=[cast.SITE], admin_people={ADMIN_1.keyid: "an"}
    )
