# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from loa.config.numbers import LONGEST, whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9" * LONGEST, 10**LONGEST - 1)])
def test_digits_are_a_number(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1.0", "²", "٣", "1" * (LONGEST + 1), "9" * 5000])
def test_everything_else_is_none(text: str) -> None:
    assert whole(text) is None
