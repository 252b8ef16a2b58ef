# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every text, however strange."""

import json
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loa_speech.reading import Reading, normalise

PIECES = [
    *(
        "1",
        "12",
        "0203",
        "24/11",
        "7h30",
        "1.000",
        "2,5",
        "/",
        "-",
        ".",
        ",",
        " ",
        "\n",
        "%",
        "°C",
        "+",
        "(",
        "<b>",
        "**",
    ),
    *(
        "UBND",
        "XXV",
        "I",
        "QĐ",
        "TT-",
        "T2",
        "Đ/c",
        "ngày ",
        "số ",
        "điểm ",
        "km",
        "đ",
        "b/",
        "@",
        "www.",
        "http://",
    ),
    *(
        "😀",
        "日本",
        "ố",
        "o\u0302\u0301",
        "\u0301",
        "\u200d",
        "\x00",
        "½",
        "①",
        "Ⅳ",
        "²",
        "٣",
        "𝐀",
        "ﬁ",
        "İ",
        "ß",
        "µ",
    ),
]
administrative = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
any_text = st.one_of(st.text(max_size=120), administrative)


@settings(max_examples=400, deadline=None)
@given(any_text)
def test_the_sources_of_the_stretches_are_the_text(text: str) -> None:
    reading = normalise(text)
    assert "".join(stretch.source for stretch in reading.stretches) == text
    pos = 0
    for stretch in reading.stretches:
        assert (stretch.start, stretch.source) == (pos, text[stretch.start : stretch.end])
        pos = stretch.end
    assert pos == len(text)


@settings(max_examples=400, deadline=None)
@given(any_text)
def test_no_digit_is_left_for_the_voice(text: str) -> None:
    assert not any(char.isdigit() for char in normalise(text).spoken)


@settings(max_examples=200, deadline=None)
@given(any_text)
def test_a_reading_survives_json(text: str) -> None:
    reading = normalise(text)
    assert Reading.from_dict(json.loads(json.dumps(reading.to_dict()))) == reading


@settings(max_examples=200, deadline=None)
@given(administrative)
def test_composed_and_decomposed_letters_are_read_alike(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert normalise(unicodedata.normalize("NFD", composed)).spoken == normalise(composed).spoken


def test_another_format_of_a_stored_reading_is_refused() -> None:
    with pytest.raises(ValueError, match="format 1 was expected"):
        Reading.from_dict({"format": 2, "stretches": []})


@pytest.mark.parametrize(
    "piece", [*PIECES, "1.", "1/", "1 000 ", "1.111.", "A1", "a.b", "<a", "I,", "QĐ-", "1/2/"]
)
def test_fifty_thousand_characters_of_any_kind_are_read_in_time(piece: str) -> None:
    text = (piece * 50_000)[:50_000]
    began = time.process_time()
    assert normalise(text).source == text
    assert time.process_time() - began < 3  # about 0.8 s at worst on two cores
