# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may sign, as a table and as what holds for every combination."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.releases.rules import BadPeriod, Candidate, Request, WhyNot, bad_period, lasting, why_not

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
AUTHOR, EDITOR, SUBMITTER, FIRST, SECOND = range(1, 6)
REQUEST = Request(
    is_waiting=True,
    makers_may_sign=False,
    author=AUTHOR,
    editors=frozenset({EDITOR}),
    submitter=SUBMITTER,
    signers=frozenset(),
    created_at=NOW - timedelta(hours=1),
    not_after=NOW + timedelta(days=1),
)
APPROVER = Candidate(
    person=FIRST, is_approver=True, approver_since=NOW - timedelta(days=1), has_key=True, has_heard=True
)
SMALL = {"makers_may_sign": True}


@pytest.mark.parametrize(
    ("request_changes", "candidate_changes", "expected"),
    [
        ({}, {}, None),
        ({"is_waiting": False}, {}, WhyNot.NOT_WAITING),
        ({"not_after": NOW}, {}, WhyNot.EXPIRED),
        ({}, {"is_approver": False}, WhyNot.NOT_APPROVER),
        ({}, {"person": AUTHOR}, WhyNot.AUTHOR),
        ({}, {"person": EDITOR}, WhyNot.EDITOR),
        ({}, {"person": SUBMITTER}, WhyNot.SUBMITTER),
        ({"signers": frozenset({FIRST})}, {}, WhyNot.SIGNED),
        ({"signers": frozenset({SECOND})}, {}, None),
        (SMALL, {"person": AUTHOR}, None),
        ({**SMALL, "signers": frozenset({SECOND})}, {"person": AUTHOR}, None),
        ({**SMALL, "signers": frozenset({EDITOR})}, {"person": AUTHOR}, WhyNot.SECOND_MAKER),
        ({**SMALL, "signers": frozenset({AUTHOR})}, {"person": AUTHOR}, WhyNot.SIGNED),
        ({**SMALL, "signers": frozenset({AUTHOR})}, {}, None),
        ({}, {"approver_since": None}, WhyNot.APPROVER_LATER),
        ({}, {"approver_since": NOW}, WhyNot.APPROVER_LATER),
        ({}, {"has_key": False}, WhyNot.NO_KEY),
        ({}, {"has_heard": False}, WhyNot.NOT_HEARD),
    ],
)
def test_table(request_changes: dict, candidate_changes: dict, expected: WhyNot | None) -> None:  # type: ignore[type-arg]
    assert (
        why_not(replace(REQUEST, **request_changes), replace(APPROVER, **candidate_changes), NOW) is expected
    )


people = st.integers(1, 6)


@given(st.booleans(), people, st.frozensets(people), people, st.lists(people, max_size=12))
def test_whatever_the_order_signers_are_different_people_and_at_most_one_made_it(
    is_small: bool, author: int, editors: frozenset[int], submitter: int, order: list[int]
) -> None:
    request = replace(REQUEST, makers_may_sign=is_small, author=author, editors=editors, submitter=submitter)
    signed: list[int] = []
    for person in order:
        now = replace(request, signers=frozenset(signed))
        if why_not(now, replace(APPROVER, person=person), NOW) is None:
            signed.append(person)
    makers = {author, submitter, *editors}
    assert len(set(signed)) == len(signed)
    assert len(makers & set(signed)) <= (1 if is_small else 0)


def test_only_hearing_and_a_key_can_be_mended_by_the_person() -> None:
    assert {reason for reason in WhyNot if not lasting(reason)} == {
        WhyNot.NO_KEY,
        WhyNot.NO_PASSKEY,
        WhyNot.NOT_HEARD,
    }
    assert not lasting(None)


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (0, 24, None),
        (-48, 1, None),
        (1, 1, BadPeriod.ENDS_BEFORE_IT_BEGINS),
        (2, 1, BadPeriod.ENDS_BEFORE_IT_BEGINS),
        (-48, -24, BadPeriod.OVER),
        (-24, 0, BadPeriod.OVER),
        (0, 24 * 366, None),
        (0, 24 * 367, BadPeriod.TOO_LONG),
    ],
)
def test_periods(begin: int, end: int, expected: BadPeriod | None) -> None:
    assert bad_period(NOW + timedelta(hours=begin), NOW + timedelta(hours=end), NOW) is expected
