# SPDX-License-Identifier: AGPL-3.0-or-later
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from loa_speech.commands import check_recording, normalise_lines, say_to_file, voice_rows
from loa_speech.errors import EmptyTextError, NotAudioError


def test_one_line_in_is_one_line_out() -> None:
    assert list(normalise_lines(["UBND  xã\n", "\n", "24/11\r\n"])) == [
        "Ủy ban nhân dân xã",
        "",
        "Ngày hai mươi tư tháng mười một",
    ]


def test_explaining_lists_each_change_with_its_place_and_rule() -> None:
    assert list(normalise_lines(["Họp 7h30, KHXT"], explain=True)) == [
        "Họp bảy giờ ba mươi phút, ca hát ích tê",
        "  4-8 time: 7h30 → bảy giờ ba mươi phút",
        "  10-14 spelled: KHXT → ca hát ích tê ?",
    ]


def test_explaining_a_guess_names_the_other_readings() -> None:
    explained = list(normalise_lines(["Hẹn 3/4 tới"], explain=True))
    assert explained[1] == "  4-7 date: 3/4 → ngày mùng ba tháng tư ? ba trên bốn | ba phần tư"


def test_saying_writes_one_file_and_tells_the_figures(tmp_path: Path) -> None:
    output = tmp_path / "tin.opus"
    figures = say_to_file("Xin chào bà con.", output, voice="espeak-south")
    assert output.read_bytes()[:4] == b"OggS"
    assert figures["size"] == output.stat().st_size
    assert figures["spoken"] == "Xin chào bà con."
    assert list(tmp_path.iterdir()) == [output]


def test_a_failed_saying_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(EmptyTextError):
        say_to_file("😀", tmp_path / "tin.opus")
    assert list(tmp_path.iterdir()) == []


def test_a_name_with_flac_gives_flac(tmp_path: Path) -> None:
    output = tmp_path / "tin.flac"
    figures = say_to_file("Xin chào bà con.", output)
    assert output.read_bytes()[:4] == b"fLaC"
    assert figures["size"] == output.stat().st_size
    assert figures["sha256"] == hashlib.sha256(output.read_bytes()).hexdigest()


def test_every_voice_that_ships_speaks_and_names_its_licence() -> None:
    rows = voice_rows()
    assert [row["name"] for row in rows] == ["espeak-north", "espeak-central", "espeak-south"]
    assert {(row["ready"], row["licence"], row["detail"]) for row in rows} == {
        (True, "GPL-3.0-or-later", "22050 Hz")
    }


def test_a_good_recording_is_told_its_figures_and_nothing_else(recording: Callable[..., Path]) -> None:
    found = check_recording(recording("mp3"))
    assert found["seconds"] == pytest.approx(4.0, abs=0.1)
    assert -40 < found["lufs"] < -10
    assert found["notices"] == []


def test_what_is_no_recording_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "bài.mp3"
    path.write_text("Kính gửi bà con")
    with pytest.raises(NotAudioError):
        check_recording(path)
