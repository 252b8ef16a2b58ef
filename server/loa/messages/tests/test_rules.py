# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may be written: one clear sentence for each thing that may not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.messages.rules import BadTextError, SourceInput, check_words, text_sha256, tidy

GOOD = "Bà con đọc dự thảo Văn kiện từ 19h30 ngày 27/11."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Chưa có lời nào"),
        (" \n\t ", "Chưa có lời nào"),
        ("\u200b\ufeff", "Chưa có lời nào"),
        ("...!?", "chỉ có dấu"),
        ("a" * 50_000, "dài 50.000 ký tự, nhiều nhất 20.000"),
        ("Mời bà con 🎉 dự họp", "Loa không đọc được hình 🎉"),
        ("Gọi ☎ và 📢", "các hình ☎ 📢|hình ☎ 📢"),
        ("Xin chào Привет", "“Привет” có chữ “П” không thuộc chữ Việt .chữ Kirin."),
        ("Đi chợ 你好", "chữ Hán"),
        ("Hạn nộp α", "chữ Hy Lạp"),
        ("Bа con", "“Bа” có chữ “а”"),  # the second letter is Cyrillic
    ],
)
def test_it_refuses_what_cannot_be_read_aloud(text: str, sentence: str) -> None:
    with pytest.raises(BadTextError, match=sentence) as caught:
        check_words("Tên", text, [])
    assert caught.value.field == "text"


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "Giá 25 000 đ/kg, 30 µg/m³, 40 m², 100 %, 38 °C.",
        "Km12+500 – “QL18A” (…)",
        "100% đạt (kể cả 2/9)",
    ],
)
def test_it_takes_what_administrations_write(text: str) -> None:
    assert check_words("Tên", text, []).text


@pytest.mark.parametrize(
    ("title", "sentence"),
    [("  ", "chưa có tên"), ("a" * 201, "dài 201 ký tự"), ("Họp 😀", "Tên tin không nhận hình 😀")],
)
def test_it_refuses_titles(title: str, sentence: str) -> None:
    with pytest.raises(BadTextError, match=sentence) as caught:
        check_words(title, GOOD, [])
    assert caught.value.field == "title"


@pytest.mark.parametrize(
    ("sources", "sentence"),
    [
        ([SourceInput("", "https://example.org")], "chưa có tên"),
        ([SourceInput("a" * 301)], "dài 301 ký tự"),
        ([SourceInput("Báo", "javascript:alert(1)")], "không phải địa chỉ trang"),
        ([SourceInput("Báo", "https://example.org/" + "a" * 200)], "không phải địa chỉ trang"),
        ([SourceInput(f"Nguồn {n}") for n in range(21)], "Có 21 nguồn"),
    ],
)
def test_it_refuses_sources(sources: list[SourceInput], sentence: str) -> None:
    with pytest.raises(BadTextError, match=sentence) as caught:
        check_words("Tên", GOOD, sources)
    assert caught.value.field == "sources"


def test_words_are_stored_in_nfc_and_lines_are_kept() -> None:
    words = check_words(
        "  Tên \n tin ", unicodedata.normalize("NFD", "Dòng một\r\n\r\n\r\n\r\nDòng  hai"), []
    )
    assert words.title == "Tên tin"
    assert words.text == "Dòng một\n\nDòng hai"


@given(st.text(max_size=200))
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_is_taken_or_refused_with_a_sentence(text: str, title: str) -> None:
    try:
        words = check_words(title, text, [SourceInput(title, text)])
    except BadTextError as error:
        refused = error
    else:
        assert words.text == tidy(words.text)
        return
    assert refused.message.endswith(".")
    assert refused.field in {"title", "text", "sources"}


@given(st.sampled_from(["title", "text", "source", "link"]))
def test_the_hash_covers_title_text_and_sources(part: str) -> None:
    first = {"title": "Tên", "text": GOOD, "source": "Báo", "link": "https://example.org/a"}
    other = {**first, part: first[part] + "b"}

    def digest(values: dict[str, str]) -> str:
        source = SourceInput(values["source"], values["link"])
        return check_words(values["title"], values["text"], [source]).sha256

    assert digest(first) != digest(other)
    assert text_sha256(first["text"]) == text_sha256(GOOD)
