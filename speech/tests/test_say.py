# SPDX-License-Identifier: AGPL-3.0-or-later
import numpy as np
import pytest

from loa_speech import limits
from loa_speech.engines import engine_of, engine_states, engines, voices
from loa_speech.errors import EmptyTextError, ReadingTooLongError, TextTooLongError, VoiceMissingError
from loa_speech.jobs import check_text
from loa_speech.say import pieces_of, speak


def test_every_engine_speaks() -> None:
    for state in engine_states():
        assert state.ready, state.detail
    assert [voice.name for voice in voices()] == ["espeak-north", "espeak-central", "espeak-south"]


def test_the_three_voices_sound_different() -> None:
    engine = engines()["espeak-ng"]
    north, central, south = (engine.say("thông báo", voice.name, 1.0) for voice in engine.voices())
    assert len({len(north.samples), len(central.samples), len(south.samples)}) == 3
    assert north.samples.dtype == np.float32


def test_speed_changes_the_length() -> None:
    engine = engine_of("espeak-north")
    slow, fast = (
        engine.say("kính mời bà con đến họp", "espeak-north", speed).seconds for speed in (0.7, 1.5)
    )
    assert slow > fast * 1.5


def test_an_unknown_voice_is_named_with_those_that_exist() -> None:
    with pytest.raises(VoiceMissingError, match=r"không có giọng “bà Lan”.*espeak-north"):
        engine_of("bà Lan")


@pytest.mark.parametrize("text", ["", "   \n ", "😀🎉", "...", "日本"])
def test_a_text_with_nothing_to_say_is_refused(text: str) -> None:
    with pytest.raises(EmptyTextError, match="Chưa có lời nào để đọc"):
        speak(text)


def test_fifty_thousand_characters_are_refused_in_words() -> None:
    with pytest.raises(TextTooLongError, match=r"50\.000 ký tự, nhiều nhất là 20\.000"):
        check_text("a" * 50_000)


def test_a_reading_that_would_last_too_long_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SECONDS", 1)
    with pytest.raises(ReadingTooLongError):
        speak("Kính mời bà con đến nhà văn hóa thôn dự họp.")


def test_progress_runs_to_its_end() -> None:
    steps: list[tuple[int, int]] = []
    speak("Một. Hai; ba!\nBốn.", progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


def test_a_paragraph_ends_with_the_longest_pause() -> None:
    pieces = list(pieces_of("Thông báo: họp thôn.\n\nXin mời.\n"))
    assert [piece.words for piece in pieces] == ["Thông báo:", "họp thôn.", "Xin mời."]
    assert [piece.pause for piece in pieces] == [0.3, 0.7, 0.7]


def test_a_sentence_without_end_is_cut_where_one_may_breathe() -> None:
    pieces = [piece.words for piece in pieces_of("và họp, " * 200)]
    assert all(len(piece) <= 400 for piece in pieces)
    assert all(piece.endswith(",") for piece in pieces)
    assert "".join(pieces).count("họp") == 200


def test_other_scripts_and_emoji_between_words_do_not_stop_the_voice() -> None:
    spoken = speak("Chào 😀 bà con, 日本 và Москва, café ½.")
    assert spoken.finished.duration_ms > 500
    assert {change.rule for change in spoken.reading.changes} == {"emoji", "other-script", "fraction"}
