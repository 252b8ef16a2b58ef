# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sealed key opens with its password, for its owner, unchanged; and with nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.releases.sealing import Cost, WrongPasswordError, seal, unseal
from loa.releases.tests.factories import CHEAP

OWNER = b"person 7"


@given(st.binary(min_size=1, max_size=64), st.text(max_size=40))
def test_it_opens_with_the_same_password(private: bytes, password: str) -> None:
    sealed = seal(private, password, bound_to=OWNER, cost=CHEAP)
    assert unseal(sealed, password, bound_to=OWNER) == private
    assert private not in sealed.content or len(private) < 4


@given(st.text(max_size=40), st.text(max_size=40))
def test_it_does_not_open_with_another(password: str, other: str) -> None:
    sealed = seal(b"x" * 32, password, bound_to=OWNER, cost=CHEAP)
    if password != other:
        with pytest.raises(WrongPasswordError):
            unseal(sealed, other, bound_to=OWNER)


@given(st.integers(0, 47), st.integers(1, 255))
def test_a_changed_byte_or_another_owner_opens_nothing(position: int, change: int) -> None:
    sealed = seal(b"x" * 32, "mật khẩu", bound_to=OWNER, cost=CHEAP)
    content = bytearray(sealed.content)
    content[position] ^= change
    with pytest.raises(WrongPasswordError):
        unseal(replace(sealed, content=bytes(content)), "mật khẩu", bound_to=OWNER)
    with pytest.raises(WrongPasswordError):
        unseal(sealed, "mật khẩu", bound_to=b"person 8")


def test_a_row_cannot_make_us_derive_for_minutes() -> None:
    sealed = seal(b"x", "a", bound_to=OWNER, cost=CHEAP)
    dear = replace(sealed, parameters={**sealed.parameters, "n": 2**30})
    with pytest.raises(ValueError, match="does not know"):
        unseal(dear, "a", bound_to=OWNER)


def test_the_usual_cost_is_what_the_decision_says() -> None:
    assert Cost() == Cost(n=2**15, r=8, p=1)
