# SPDX-License-Identifier: AGPL-3.0-or-later
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.areas.folding import fold, nfc, printable, spelling

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ "


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Đầm Hà", "dam ha"),
        ("ĐẶC KHU VÂN ĐỒN", "dac khu van don"),
        ("  Thôn \t Đồng  Sen ", "thon dong sen"),
        ("Hoà", "hoa"),
        ("Hòa", "hoa"),
        ("Khu 7", "khu 7"),
        ("", ""),
    ],
)
def test_it_folds_case_tone_marks_and_d(text: str, key: str) -> None:
    assert fold(text) == key


@given(st.text(alphabet=LETTERS + LETTERS.upper(), max_size=40))
def test_composed_and_decomposed_text_fold_alike_and_folding_twice_changes_nothing(text: str) -> None:
    key = fold(unicodedata.normalize("NFD", text))
    assert key == fold(unicodedata.normalize("NFC", text)) == fold(key)
    assert key.isascii()


@given(st.text(max_size=60))
def test_any_text_folds_without_an_error(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_spelling_joins_two_ways_to_place_a_tone_mark_but_not_two_names() -> None:
    assert spelling("Thôn Hòa Bình") == spelling("thôn Hoà bình")
    assert spelling("Thôn Sen") != spelling("Thôn Sến")
    assert spelling("Bản Đuông") != spelling("Bản Duông")


def test_text_is_stored_composed_and_without_stray_spaces() -> None:
    assert nfc(unicodedata.normalize("NFD", " Thôn  Đồng Sen\n")) == "Thôn Đồng Sen"


def test_control_signs_are_left_out_but_for_tabs_and_breaks() -> None:
    assert printable("a\x07b\x00\tc\r\nd\x1b\x7f\x85\x9fđ") == "ab\tc\r\ndđ"
