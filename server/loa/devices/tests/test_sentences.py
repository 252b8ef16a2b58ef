# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every reason code has a Vietnamese sentence: nobody reads a code on a page."""

import unicodedata

import pytest
from django.utils import translation

from loa.devices.sentences import REFUSALS, STATE_REASONS, reason
from loa_protocol.reasons import REASONS


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_code_is_said_in_vietnamese(code: str) -> None:
    with translation.override("vi"):
        words = reason(code)
    assert words != code
    assert any(ord(letter) > 127 for letter in words), words
    assert unicodedata.is_normalized("NFC", words)
    assert "_" not in words


def test_no_sentence_is_for_a_code_that_nobody_sends() -> None:
    ours = {"row_changed", "bad_item", "not_aimed_here", "number_far_ahead"}
    assert set(REFUSALS) == {*REASONS, *ours}
    assert not set(STATE_REASONS) & set(REFUSALS)


def test_a_code_of_a_newer_device_stands_for_itself() -> None:
    assert reason("some_day") == "some_day"
