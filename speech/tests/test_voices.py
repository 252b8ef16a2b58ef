# SPDX-License-Identifier: AGPL-3.0-or-later
"""Voices that an operator supplies, through the real loaders of Piper and sherpa-onnx."""

import sys
from pathlib import Path

import numpy as np
import pytest
import sherpa_onnx

from loa_speech.child import check_voice, run_job, run_pieces
from loa_speech.commands import voice_rows
from loa_speech.engines import engine_of, voice_named
from loa_speech.errors import EngineMissingError, VoiceFileError, VoiceMissingError
from loa_speech.jobs import SpeakJob
from loa_speech.sherpa import _settings
from loa_speech.voices import SHIPPED, voices
from speech.tests import voice_models

WORDS = "xin mời bà con"


def test_no_folder_means_the_voices_that_ship(tmp_path: Path) -> None:
    assert voices() == voices(tmp_path / "voices") == SHIPPED


def test_voices_are_found_alone_and_in_folders_by_name(tmp_path: Path) -> None:
    voice_models.piper(tmp_path, "vi_VN-a-low")
    voice_models.piper(tmp_path / "b", "vi_VN-b-low", speakers=("lan", "định"))
    voice_models.sherpa(tmp_path / "c")
    (tmp_path / "ghi-chú.txt").write_text("không phải giọng")
    (tmp_path / "d.onnx").write_bytes(b"")
    assert [(voice.name, voice.engine) for voice in voices(tmp_path)[3:]] == [
        ("piper-vi_VN-b-low.lan", "piper"),
        ("piper-vi_VN-b-low.định", "piper"),
        ("sherpa-c", "sherpa-onnx"),
        ("piper-vi_VN-a-low", "piper"),
    ]


def test_a_name_longer_than_a_message_stores_is_left_out(tmp_path: Path) -> None:
    voice_models.piper(tmp_path, "v" * 60)
    assert voices(tmp_path) == SHIPPED


@pytest.mark.parametrize(
    ("name", "content", "licence"),
    [
        (
            "MODEL_CARD",
            "# Model card\n\n## Dataset\n\n* URL: https://example.org\n* License: CC BY 4.0\n",
            "CC BY 4.0",
        ),
        ("README.md", "---\nlanguage: vi\nlicense: mit\n---\nGiọng đọc", "mit"),
        ("README.md", "**Licence**: Apache-2.0 (see below)", "Apache-2.0 (see below)"),
        ("LICENSE", "\n\n  MIT License\n\nCopyright", "MIT License"),
        ("README.md", "This is not licensed to anybody.", ""),
        ("other.txt", "License: MIT", ""),
    ],
)
@pytest.mark.parametrize("kind", ["piper", "sherpa"])
def test_the_licence_is_what_the_files_say(
    kind: str, name: str, content: str, licence: str, tmp_path: Path
) -> None:
    folder = tmp_path / "giọng"
    if kind == "piper":
        voice_models.piper(folder)
    else:
        voice_models.sherpa(folder)
    (folder / name).write_text(content, encoding="utf-8")
    assert voices(tmp_path)[-1].licence == licence


def test_a_card_beside_several_voices_belongs_to_the_one_that_it_names(tmp_path: Path) -> None:
    voice_models.piper(tmp_path, "a")
    voice_models.piper(tmp_path, "b")
    (tmp_path / "a.onnx.MODEL_CARD").write_text("License: CC0")
    (tmp_path / "MODEL_CARD").write_text("License: MIT")
    assert [voice.licence for voice in voices(tmp_path)[3:]] == ["CC0", ""]


KINDS = ["piper", "vits", "vits of piper", "matcha", "kokoro"]


def write(kind: str, folder: Path) -> None:
    """Write a voice of one of the kinds."""
    if kind == "piper":
        voice_models.piper(folder)
    else:
        voice_models.sherpa(folder / "c", kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_voice_from_a_file_speaks_at_the_speed_that_is_asked_for(kind: str, tmp_path: Path) -> None:
    write(kind, tmp_path)
    voice = voices(tmp_path)[-1]
    engine = engine_of(voice)
    said = {speed: engine.say("loa xa loa xa", voice, speed) for speed in (0.5, 1.0, 2.0)}
    rate = said[1.0].rate
    assert rate == (voice_models.MATCHA_RATE if kind == "matcha" else voice_models.RATE)
    assert said[0.5].seconds == pytest.approx(2 * said[1.0].seconds, rel=0.1)
    assert said[2.0].seconds == pytest.approx(said[1.0].seconds / 2, rel=0.1)
    samples = np.frombuffer(said[1.0].pcm, np.int16)
    pitch = np.abs(np.fft.rfft(samples)).argmax() * voice_models.RATE / len(samples)
    assert pitch == pytest.approx(voice_models.HUM, abs=5)


def test_each_speaker_of_a_voice_is_a_voice(tmp_path: Path) -> None:
    voice_models.piper(tmp_path, speakers=("thấp", "cao"))
    low, high = voices(tmp_path)[3:]
    pitches = []
    for voice in (low, high):
        samples = np.frombuffer(engine_of(voice).say("xin chào", voice, 1.0).pcm, np.int16)
        pitches.append(np.abs(np.fft.rfft(samples)).argmax() * voice_models.RATE / len(samples))
    assert pitches[1] == pytest.approx(2 * pitches[0], rel=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_becomes_a_finished_sound(kind: str, tmp_path: Path) -> None:
    write(kind, tmp_path)
    name = voices(tmp_path)[-1].name
    result = run_job(SpeakJob(f"{WORDS}. {WORDS}.\n{WORDS}.", name, folder=tmp_path), tmp_path)
    assert result.lufs == pytest.approx(-16, abs=0.5)
    assert result.true_peak_dbtp <= -1
    assert result.duration_ms > 1500


def test_the_first_sentence_of_something_urgent_comes_first(tmp_path: Path) -> None:
    voice_models.piper(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    job = SpeakJob(f"{WORDS}. {WORDS}. {WORDS}.", voices(tmp_path)[-1].name, folder=tmp_path)
    assert [piece.path.name for piece in run_pieces(job, out)] == [f"piece-00{n}.opus" for n in range(3)]


def broken(folder: Path, case: str) -> None:
    """Write a voice that cannot be used."""
    if case == "piper model":
        voice_models.piper(folder).write_bytes(b"kh\xc3\xb4ng ph\xe1\xba\xa3i")
    elif case == "piper settings":
        path = voice_models.piper(folder)
        path.with_name(path.name + ".json").write_text('{"num_speakers": "hai"}')
    elif case == "piper cut off":
        path = voice_models.piper(folder)
        path.write_bytes(path.read_bytes()[:200])
    elif case == "piper, another kind of model":
        (voice_models.piper(folder)).write_bytes(voice_models.vits(speakers=2))
    elif case == "sherpa model":
        (voice_models.sherpa(folder / "c") / "model.onnx").write_bytes(b"khong phai")
    elif case == "sherpa without figures":  # the library ends its process
        (voice_models.sherpa(folder / "c") / "model.onnx").write_bytes(voice_models.vits())
    elif case == "sherpa tokens":
        (voice_models.sherpa(folder / "c") / "tokens.txt").write_text("aa bb cc\n" * 3)


@pytest.mark.parametrize(
    "case",
    [
        "piper model",
        "piper settings",
        "piper cut off",
        "piper, another kind of model",
        "sherpa model",
        "sherpa without figures",
        "sherpa tokens",
    ],
)
def test_a_broken_voice_is_told_in_one_sentence_and_harms_nobody(case: str, tmp_path: Path) -> None:
    broken(tmp_path, case)
    voice = voices(tmp_path)[-1]
    with pytest.raises(VoiceFileError, match=f"Tệp của giọng “{voice.name}” không dùng được"):
        check_voice(voice, tmp_path)
    rows = voice_rows(tmp_path)
    assert [row["ready"] for row in rows] == [True, True, True, False]
    assert rows[-1]["detail"].count("\n") == 0


@pytest.mark.parametrize(
    ("kind", "module", "package"),
    [
        ("piper", "piper", "piper-tts"),
        ("vits", "sherpa_onnx", "sherpa-onnx"),
        ("kokoro", "piper.phonemize_espeak", "piper-tts"),
    ],
)
def test_a_missing_library_is_one_clear_sentence(
    kind: str, module: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(kind, tmp_path)
    monkeypatch.setitem(sys.modules, module, None)
    voice = voices(tmp_path)[-1]
    engine = type(engine_of(voice))()  # one that has loaded nothing yet
    with pytest.raises(EngineMissingError) as caught:
        engine.say("loa", voice, 1.0)
    assert str(caught.value) == (
        f"Giọng “{voice.name}” cần gói {package}. Báo quản trị cài loa-speech[neural]; bài vẫn được giữ."
    )


def test_a_voice_that_was_taken_away_is_told_with_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(VoiceMissingError, match=r"“piper-đi-rồi”.*espeak-north"):
        run_job(SpeakJob("loa", "piper-đi-rồi", folder=tmp_path), tmp_path)


def test_the_model_with_full_weights_is_taken(tmp_path: Path) -> None:
    folder = voice_models.sherpa(tmp_path / "c")
    (folder / "model.int8.onnx").write_bytes(b"x")
    file = voice_named("sherpa-c", tmp_path).file
    assert file is not None
    assert file.model == folder / "model.onnx"
    (folder / "model.onnx").unlink()
    file = voice_named("sherpa-c", tmp_path).file
    assert file is not None
    assert file.model == folder / "model.int8.onnx"


def test_a_lexicon_in_the_folder_is_used(tmp_path: Path) -> None:
    folder = voice_models.sherpa(tmp_path / "c")
    (folder / "lexicon.txt").write_text("xin x i n\n")
    file = voice_named("sherpa-c", tmp_path).file
    assert file is not None
    assert _settings(sherpa_onnx, file).vits.lexicon == str(folder / "lexicon.txt")


def test_a_new_file_under_the_old_name_is_another_version(tmp_path: Path) -> None:
    path = voice_models.piper(tmp_path)
    before = voices(tmp_path)[-1].version
    path.write_bytes(voice_models.vits(metadata={"a": "b"}))
    assert voices(tmp_path)[-1].version != before
    assert SHIPPED[0].version == ""
