# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the server calls the speech package: an operator's voices beside those that come with Loa."""

from pathlib import Path

import pytest
from django.conf import settings

from loa.voice import speech
from loa_speech.child import release
from speech.tests import voice_models


@pytest.fixture
def supplied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", type(settings.HOME)(tmp_path / "home"))
    return voice_models.piper(settings.HOME.voices)


def test_an_operators_voice_stands_beside_the_others_and_speaks(supplied: Path, tmp_path: Path) -> None:
    assert list(speech.voices())[3:] == ["piper-vi_VN-thu-low"]
    assert speech.voice_name("piper-vi_VN-thu-low") == "Giọng vi_VN-thu-low"
    try:
        made = speech.speak("xin mời bà con", "piper-vi_VN-thu-low", tmp_path, lambda _done, _total: None)
    finally:
        release()
    assert made.path.read_bytes()[:4] == b"OggS"


def test_a_new_file_under_the_old_name_is_spoken_anew(supplied: Path) -> None:
    before = speech.synthesis_key("xin mời", "piper-vi_VN-thu-low")
    assert speech.synthesis_key("xin mời", "piper-vi_VN-thu-low") == before
    supplied.write_bytes(supplied.read_bytes() + b"\0")
    assert speech.synthesis_key("xin mời", "piper-vi_VN-thu-low") != before


def test_work_is_given_up_later_where_voices_are_slow(supplied: Path) -> None:
    slow = speech.time_limit_s()
    supplied.with_name(supplied.name + ".json").unlink()
    assert speech.time_limit_s() < slow
