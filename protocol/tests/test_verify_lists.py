# SPDX-License-Identifier: AGPL-3.0-or-later
"""Approvers, airtime rules and agenda: who signed, whose they are, and that time does not run backwards."""

from typing import Any

import protocol_cast as cast
import pytest
from protocol_cast import ADMIN_1, ADMIN_2, ADMIN_3, BINH, CHI, NOON, OUTSIDER

from loa_protocol.envelope import Envelope, encode
from loa_protocol.errors import (
    ExpiredError,
    MalformedError,
    ProtocolError,
    RollbackError,
    ThresholdError,
    WrongCommuneError,
    WrongInstallationError,
)
from loa_protocol.keys import PublicKey
from loa_protocol.statements import encode_statement
from loa_protocol.times import parse_utc
from loa_protocol.verify import Trust, verify_agenda, verify_approvers, verify_rules


def check_approvers(envelope: Envelope, **changes: Any) -> object:
    values: dict[str, Any] = {"now": NOON, "at_least": 3}
    return verify_approvers(envelope, cast.trust(), **{**values, **changes})


def check_rules(envelope: Envelope) -> object:
    return verify_rules(envelope, cast.trust(), at_least=5)


def test_a_list_that_two_administrators_signed_is_accepted() -> None:
    assert check_approvers(cast.sealed(cast.approvers(), ADMIN_1, ADMIN_2)) == cast.approvers()
    assert check_rules(cast.sealed(cast.rules(), ADMIN_2, ADMIN_3)) == cast.rules()


@pytest.mark.parametrize(
    ("signers", "why"),
    [
        ((), "nobody"),
        ((ADMIN_1,), "one"),
        ((ADMIN_1, OUTSIDER), "one and a stranger"),
        ((ADMIN_1, BINH, CHI), "one and two approvers, who are no administrators"),
    ],
)
def test_too_few_administrators_are_refused(signers: tuple[Any, ...], why: str) -> None:
    for envelope in (cast.sealed(cast.approvers(), *signers), cast.sealed(cast.rules(), *signers)):
        check = check_approvers if b"approvers" in encode(envelope) else check_rules
        with pytest.raises(ThresholdError) as caught:
            check(envelope)
        assert caught.value.code == "too_few_admins", why


def test_a_list_with_a_higher_threshold_needs_more() -> None:
    envelope = cast.sealed(cast.rules(), ADMIN_1, ADMIN_2)
    with pytest.raises(ThresholdError):
        verify_rules(envelope, cast.trust(admin_threshold=3), at_least=0)


def test_nothing_unsigned_is_even_read() -> None:
    payload = b"not a statement at all"
    with pytest.raises(ThresholdError):
        check_approvers(Envelope(payload_type="application/vnd.loa.approvers+json", payload=payload))
    with pytest.raises(ThresholdError):
        check_rules(Envelope(payload_type="application/vnd.loa.rules+json", payload=payload))


def test_a_file_of_another_kind_is_refused_even_if_signed() -> None:
    for check, statement in ((check_approvers, cast.approvers()), (check_rules, cast.rules())):
        other = "application/vnd.loa.release+json"
        with pytest.raises(MalformedError) as caught:
            check(cast.sealed(statement, ADMIN_1, ADMIN_2, payload_type=other))
        assert caught.value.code == "wrong_type"


@pytest.mark.parametrize("make", [cast.approvers, cast.rules])
@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"installation": "lang-son"}, WrongInstallationError, "wrong_installation"),
        ({"commune": "06900"}, WrongCommuneError, "wrong_commune"),
        ({"number": 2}, RollbackError, "older_number"),
    ],
)
def test_a_foreign_or_older_list_is_refused(
    make: Any, changes: dict[str, Any], error: type[ProtocolError], code: str
) -> None:
    check = check_approvers if make is cast.approvers else check_rules
    with pytest.raises(error) as caught:
        check(cast.sealed(make(**changes), ADMIN_1, ADMIN_2))
    assert caught.value.code == code


def test_the_same_number_again_is_no_rollback() -> None:
    assert check_approvers(cast.sealed(cast.approvers(number=3), ADMIN_1, ADMIN_2))
    assert check_rules(cast.sealed(cast.rules(number=5), ADMIN_1, ADMIN_2))


def test_approvers_are_refused_from_the_second_they_expire() -> None:
    envelope = cast.sealed(cast.approvers(expires_at="2026-12-01T00:00:00Z"), ADMIN_1, ADMIN_2)
    assert check_approvers(envelope, now=parse_utc("2026-11-30T23:59:59Z"))
    with pytest.raises(ExpiredError) as caught:
        check_approvers(envelope, now=parse_utc("2026-12-01T00:00:00Z"))
    assert caught.value.code == "approvers_expired"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({}, None),
        ({"installation": "lang-son"}, WrongInstallationError),
        ({"commune": "06900"}, WrongCommuneError),
        ({"number": 40}, RollbackError),
    ],
)
def test_an_agenda_is_read_only_for_its_own_place_and_never_an_older_one(
    changes: dict[str, Any], error: type[ProtocolError] | None
) -> None:
    data = encode_statement(cast.agenda(cast.item(), **changes))
    if error is None:
        assert verify_agenda(data, cast.trust(), at_least=41) == cast.agenda(cast.item())
    else:
        with pytest.raises(error):
            verify_agenda(data, cast.trust(), at_least=41)


@pytest.mark.parametrize(
    ("number", "at_least", "code"),
    [
        (1_000_000_041, 41, ""),
        (1_000_000_042, 41, "number_too_far"),
        (2**53, 41, "number_too_far"),
        (2_000_000_000, 0, ""),  # a device that was just admitted has seen none
    ],
)
def test_numbers_are_not_used_up_at_once(number: int, at_least: int, code: str) -> None:
    data, found = encode_statement(cast.agenda(number=number)), ""
    try:
        verify_agenda(data, cast.trust(), at_least=at_least)
    except RollbackError as error:
        found = error.code
    assert found == code


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (None, ""),
        ("2026-11-24T00:00:00Z", ""),
        ("2026-11-23T00:00:00Z", ""),
        ("2026-11-22T23:59:59Z", "issued_ahead"),
    ],
)
def test_an_agenda_from_far_ahead_is_refused_where_the_time_is_known(now: str | None, code: str) -> None:
    data, found = encode_statement(cast.agenda(cast.item())), ""
    try:
        verify_agenda(data, cast.trust(), at_least=0, now=parse_utc(now) if now else None)
    except ExpiredError as error:
        found = error.code
    assert found == code


@pytest.mark.parametrize(
    ("keys", "threshold"),
    [
        ([ADMIN_1.public_key, ADMIN_1.public_key], 2),
        ([ADMIN_1.public_key, ADMIN_2.public_key, ADMIN_2.public_key], 2),
        ([ADMIN_1.public_key, ADMIN_2.public_key], 1),
        ([ADMIN_1.public_key, ADMIN_2.public_key], 3),
        ([ADMIN_1.public_key], 2),
    ],
)
def test_trust_needs_two_administrators_with_keys_of_their_own(keys: list[PublicKey], threshold: int) -> None:
    with pytest.raises(MalformedError) as caught:
        Trust(installation="x", commune="y", admin_keys=keys, admin_threshold=threshold)
    assert caught.value.code == "weak_trust"
