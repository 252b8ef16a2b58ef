# SPDX-License-Identifier: AGPL-3.0-or-later
import unicodedata

import pytest

from loa_speech.lexicon import NAME, NUMBER, Level, Lexicon, LexiconEntry
from loa_speech.reading import correction, normalise


def spoken(text: str, *entries: LexiconEntry) -> str:
    return normalise(text, Lexicon.of(entries)).spoken


def test_an_own_word_wins_over_the_rules() -> None:
    entry = LexiconEntry("UBND", "Ủy ban")
    assert spoken("UBND xã", entry) == "Ủy ban xã"


def test_the_nearest_level_wins() -> None:
    far = LexiconEntry("Hà Cối", "hà cối tỉnh", Level.PROVINCE)
    near = LexiconEntry("Hà Cối", "hà cối xã", Level.COMMUNE)
    assert spoken("chợ Hà Cối", near, far) == spoken("chợ Hà Cối", far, near) == "chợ hà cối xã"


def test_the_longest_form_of_a_level_wins() -> None:
    assert (
        spoken("đi QL 18", LexiconEntry("QL", "đường"), LexiconEntry("QL 18", "đường mười tám"))
        == "đi đường mười tám"
    )


def test_a_form_inside_another_word_is_left_alone() -> None:
    assert spoken("ban bạn", LexiconEntry("ba", "X")) == "ban bạn"


@pytest.mark.parametrize(
    ("text", "expected"), [("CN Hà", "cử nhân Hà"), ("CN 5", "chủ nhật năm"), ("lớp CN", "lớp công nghệ")]
)
def test_a_word_is_read_by_its_neighbours(text: str, expected: str) -> None:
    entries = (
        LexiconEntry("CN", "cử nhân", right=(NAME,)),
        LexiconEntry("CN", "chủ nhật", right=(NUMBER,)),
        LexiconEntry("CN", "công nghệ", left=("lớp",)),
    )
    assert spoken(text, *entries).lower() == expected.lower()


def test_the_rule_names_whose_word_it_was() -> None:
    reading = normalise("thôn Pạc", Lexicon.of([LexiconEntry("Pạc", "pác", Level.COMMUNE)]))
    assert [change.rule for change in reading.changes] == ["lexicon-commune"]


def test_a_word_given_in_decomposed_letters_is_found() -> None:
    assert spoken("bản Lục", LexiconEntry("Lu\u0323c", "lục nà")) == "bản lục nà"


def test_a_guess_in_the_lexicon_stays_a_guess() -> None:
    reading = normalise("đội KSK", Lexicon.of([LexiconEntry("KSK", "khám sức khỏe", sure=False)]))
    assert [stretch.source for stretch in reading.doubts] == ["KSK"]


def test_one_place_of_a_message_is_read_otherwise() -> None:
    text = "Họp lúc 8/10, xong lúc 8/10, kết quả 8/10."
    reading = normalise(text)
    second = [stretch for stretch in reading.changes if stretch.source == "8/10"][1]
    entry = correction(reading, second, "tám phần mười")
    changed = normalise(text, Lexicon.of([entry]))
    assert [stretch.rule == "lexicon-message" for stretch in changed.changes] == [False, True, False]
    assert changed.changes[1].spoken == "tám phần mười"
    assert changed.changes[1].sure


def test_every_place_of_a_message_is_read_otherwise() -> None:
    text = "7h30 và 7h30"
    reading = normalise(text)
    entry = correction(reading, reading.changes[1], "bảy rưỡi", everywhere=True)
    assert normalise(text, Lexicon.of([entry])).spoken == "Bảy rưỡi và bảy rưỡi"


def test_a_correction_holds_where_the_letters_are_decomposed() -> None:
    text = unicodedata.normalize("NFD", "Tổ 5, khu Đồng Bèo, ĐTHT.")
    reading = normalise(text)
    entry = correction(reading, reading.doubts[0], "định tài hòa tiến")
    assert "định tài hòa tiến" in normalise(text, Lexicon.of([entry])).spoken


def test_other_readings_of_a_word_are_offered() -> None:
    entry = LexiconEntry("CN", "công nhân", sure=False, alternatives=("chủ nhật", "cử nhân"))
    (doubt,) = normalise("CN Hà", Lexicon.of([entry])).doubts
    assert (doubt.spoken, doubt.alternatives) == ("Công nhân", ("Chủ nhật", "Cử nhân"))
