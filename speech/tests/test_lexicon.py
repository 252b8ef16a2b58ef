# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from loa_speech.lexicon import NAME, NUMBER, Level, Lexicon, LexiconEntry
from loa_speech.reading import normalise


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
