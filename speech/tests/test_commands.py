# SPDX-License-Identifier: AGPL-3.0-or-later
from pathlib import Path

import pytest

from loa_speech.commands import engine_rows, normalise_lines, say_to_file
from loa_speech.errors import EmptyTextError


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


def test_engines_are_listed_with_their_state() -> None:
    (row,) = engine_rows()
    assert (row["name"], row["ready"], row["licence"]) == ("espeak-ng", True, "GPL-3.0-or-later")
