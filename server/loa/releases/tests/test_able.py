# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names are joined by what they mean: one of them, all of them, so many of them."""

import pytest

from loa.people.models import Person
from loa.people.tests.factories import PASSWORD, Cast, make_cast
from loa.releases.able import names_of, withdrawers
from loa.releases.actions import withdraw
from loa.releases.models import PriorityClass
from loa.releases.tests.factories import make_release


@pytest.mark.parametrize(
    ("names", "needed", "words"),
    [
        ("", 2, ""),
        ("A", 1, "A"),
        ("A", 2, "A"),
        ("AB", 1, "A hoặc B"),
        ("AB", 2, "A và B"),
        ("ABC", 1, "A, B hoặc C"),
        ("ABC", 2, "hai trong: A, B, C"),
        ("ABC", 3, "A, B và C"),
    ],
)
def test_names_are_joined_by_how_many_of_them_sign(names: str, needed: int, words: str) -> None:
    assert names_of([Person(full_name=name) for name in names], needed) == words


@pytest.mark.django_db
def test_both_are_named_for_the_end_of_an_emergency_and_then_the_one_who_is_left() -> None:
    cast: Cast = make_cast()
    release = make_release(cast, priority_class=PriorityClass.EMERGENCY)
    names = sorted([cast.approver_one.full_name, cast.approver_two.full_name])
    assert withdrawers(release) == " và ".join(names)
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason="Lũ đã rút.")
    release.refresh_from_db()
    assert withdrawers(release) == cast.approver_two.full_name
