# SPDX-License-Identifier: AGPL-3.0-or-later
"""The small tables of the rules' own functions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa_speech.rules.abbreviations import compound
from loa_speech.rules.codes import read_code
from loa_speech.rules.letters import spell
from loa_speech.rules.numbers import cardinal, decimal, digit_by_digit, month, ordinal, padded, whole
from loa_speech.rules.roman import value_of
from loa_speech.rules.syllables import as_word, is_syllable


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (4, "bốn"),
        (10, "mười"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (35, "ba mươi lăm"),
        (101, "một trăm linh một"),
        (110, "một trăm mười"),
        (1005, "một nghìn không trăm linh năm"),
        (2026, "hai nghìn không trăm hai mươi sáu"),
        (1_000_000, "một triệu"),
        (1_500_000_000, "một tỷ năm trăm triệu"),
        (2_000_000_005, "hai tỷ không trăm linh năm"),
        (10**12, "một nghìn tỷ"),
        (-7, "âm bảy"),
    ],
)
def test_whole_numbers_are_read_in_the_northern_way(number: int, words: str) -> None:
    assert cardinal(number) == words


@given(st.integers(min_value=0, max_value=10**15))
def test_two_numbers_never_sound_alike(number: int) -> None:
    assert cardinal(number) != cardinal(number + 1)
    assert "  " not in cardinal(number)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("37,5", "ba mươi bảy phẩy năm"),
        ("0,04", "không phẩy không bốn"),
        ("3,25", "ba phẩy hai mươi lăm"),
        ("1.234,5", "một nghìn hai trăm ba mươi tư phẩy năm"),
    ],
)
def test_decimals_follow_the_vietnamese_marks(written: str, words: str) -> None:
    assert decimal(written) == words


def test_leading_zeros_are_spoken_only_where_they_mean_something() -> None:
    assert (whole("05"), padded("05"), whole("007")) == ("năm", "không năm", "không không bảy")


def test_small_forms() -> None:
    assert (ordinal(1), ordinal(4), month(4), digit_by_digit("113")) == ("nhất", "tư", "tư", "một một ba")
    assert (spell("BTV"), read_code("H5N1")) == ("bê tê vê", "hát năm nờ một")


@pytest.mark.parametrize(("numeral", "value"), [("IV", 4), ("XXV", 25), ("XIII", 13), ("MCMXC", 1990)])
def test_roman_numerals_have_their_value(numeral: str, value: int) -> None:
    assert value_of(numeral) == value


@pytest.mark.parametrize(
    "word", ["THÔNG", "nghiêng", "ĐIỆN", "quyết", "uống", "gì", "khuya", "rượu", "oằn", "y"]
)
def test_vietnamese_syllables_are_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["UBND", "KHKT", "NATO", "www", "str", "BTV", "ngh"])
def test_abbreviations_are_no_syllables(word: str) -> None:
    assert not is_syllable(word)


def test_an_unknown_abbreviation_may_be_two_known_ones() -> None:
    assert compound("TDTTNCT") == "thể dục thể thao người cao tuổi"
    assert compound("KHXTQ") is None


def test_capitals_that_can_be_said_are_split_into_syllables() -> None:
    assert (as_word("YAGI"), as_word("UBND"), as_word("MIX")) == ("ya gi", None, None)
