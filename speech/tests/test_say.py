# SPDX-License-Identifier: AGPL-3.0-or-later
import threading
from collections.abc import Iterator

import pytest

from loa_speech import limits
from loa_speech.engines import engine_of, voice_named
from loa_speech.errors import (
    EmptyTextError,
    EngineError,
    ReadingTooLongError,
    TextTooLongError,
    VoiceMissingError,
)
from loa_speech.jobs import check_text
from loa_speech.pieces import Piece, pieces_of
from loa_speech.say import finished_pieces, speak
from loa_speech.utterance import Utterance
from loa_speech.voiced import Voiced, begin
from loa_speech.voices import DEFAULT_VOICE, SHIPPED, Voice

NORTH = voice_named(DEFAULT_VOICE)


def test_the_three_voices_sound_different() -> None:
    said = [engine_of(voice).say("thông báo", voice, 1.0) for voice in SHIPPED]
    assert len({len(one.pcm) for one in said}) == 3
    assert all(0.3 < one.seconds < 2 for one in said)


def test_speed_changes_the_length() -> None:
    slow, fast = (
        engine_of(NORTH).say("kính mời bà con đến họp", NORTH, speed).seconds for speed in (0.7, 1.5)
    )
    assert slow > fast * 1.5


def test_an_unknown_voice_is_named_with_those_that_exist() -> None:
    with pytest.raises(VoiceMissingError, match=r"không có giọng “bà Lan”.*espeak-north"):
        voice_named("bà Lan")


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
    assert {"emoji", "other-script"} <= {change.rule for change in spoken.reading.changes}


@pytest.mark.parametrize(("speed", "codes"), [(1.0, []), (1.4, []), (2.0, ["too_fast"])])
def test_a_pace_that_nobody_follows_is_told(speed: float, codes: list[str]) -> None:
    text = "Kính mời bà con đến nhà văn hóa thôn dự họp, đem theo giấy mời và đi đúng giờ. " * 2
    warnings = speak(text, speed=speed).finished.warnings
    assert [notice.code for notice in warnings] == codes
    assert all("Đọc chậm lại hoặc giảm tốc độ giọng" in str(notice) for notice in warnings)


def test_pauses_follow_the_speed() -> None:
    text = "Một. Hai. Ba. Bốn. Năm. Sáu."
    slow, fast = (speak(text, speed=speed).finished.duration_ms for speed in (0.5, 2.0))
    assert slow > 3 * fast


def test_finished_sentences_come_one_by_one_in_their_order() -> None:
    pieces = list(
        finished_pieces(begin("Nước đang lên nhanh. Bà con rời nhà ngay.\nXin nhắc lại.", DEFAULT_VOICE))
    )
    assert [pause for _, pause in pieces] == [0.45, 0.7, 0.7]
    assert all(finished.lufs == pytest.approx(-16, abs=0.5) for finished, _ in pieces)
    assert all(finished.opus[:4] == b"OggS" for finished, _ in pieces)


class _Slow:
    """An engine that speaks when it is told to, and remembers what was begun."""

    name, at_once = "slow", 4

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go_on = threading.Event()
        self.all_begun = threading.Event()

    def load(self) -> None:
        return

    def say(self, text: str, voice: Voice, speed: float) -> Utterance:
        self.begun.append(text)
        if text == "hỏng":
            raise EngineError(engine="slow", reason="thử")
        if len(self.begun) == self.at_once:
            self.all_begun.set()
        assert self.go_on.wait(10)
        return Utterance(text.encode("utf-16-le"), 8000)


def _words(*words: str) -> list[Piece]:
    return [Piece(one, 0.1) for one in words]


def test_an_engine_that_can_speaks_several_pieces_at_once() -> None:
    engine = _Slow()
    voiced = Voiced(engine, _words("một", "hai", "ba", "bốn", "năm"), NORTH, 1.0)
    assert engine.all_begun.wait(10)
    assert len(engine.begun) == 4
    engine.go_on.set()
    assert [piece.words for piece, _ in voiced] == ["một", "hai", "ba", "bốn", "năm"]


def test_the_first_piece_of_something_urgent_is_alone() -> None:
    engine = _Slow()
    voiced: Iterator[tuple[Piece, Utterance]] = iter(
        Voiced(engine, _words("một", "hai", "ba", "bốn"), NORTH, 1.0, first_alone=True)
    )
    assert not engine.all_begun.wait(0.05)
    assert engine.begun == ["một"]
    engine.go_on.set()
    assert [piece.words for piece, _ in voiced] == ["một", "hai", "ba", "bốn"]


def test_what_an_engine_refuses_is_told_at_its_piece() -> None:
    engine = _Slow()
    engine.go_on.set()
    voiced = iter(Voiced(engine, _words("một", "hỏng", "ba"), NORTH, 1.0))
    assert next(voiced)[0].words == "một"
    with pytest.raises(EngineError):
        next(voiced)
