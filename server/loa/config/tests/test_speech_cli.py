# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa speech`` as an operator types it."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
from click.testing import CliRunner, Result

from loa.config.speech_cli import speech
from speech.tests import voice_models

RATE = 48_000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(speech, [str(one) for one in arguments])


def recording(path: Path, samples: np.ndarray) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        whole = (samples * 32767).astype(np.int16)[np.newaxis]
        frame = av.AudioFrame.from_ndarray(whole, format="s16", layout="mono")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def rhythm(seconds: float) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return 0.3 * np.sin(2 * np.pi * 500 * time) * np.maximum(0.0, np.sin(2 * np.pi * 2 * time))


def test_a_text_is_read_into_a_file_with_its_figures(tmp_path: Path) -> None:
    done = run("say", "Xin chào bà con.", "-o", tmp_path / "a.opus", "--json")
    assert done.exit_code == 0, done.output
    made = json.loads(done.output)
    assert made["size"] == (tmp_path / "a.opus").stat().st_size
    assert made["lufs"] == pytest.approx(-16, abs=0.5)


def test_a_voice_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    done = run("say", "loa", "-o", tmp_path / "a.opus", "--voice", "bà-lan")
    assert done.exit_code == 1
    assert "Máy chủ không có giọng “bà-lan”. Chọn một trong: espeak-north" in done.output
    assert not (tmp_path / "a.opus").exists()


def test_voices_of_the_operator_are_tried_and_show_their_licence(home: Path, tmp_path: Path) -> None:
    folder = home / "voices" / "thu"
    voice_models.piper(folder)
    (folder / "MODEL_CARD").write_text("* License: CC BY 4.0\n")
    (home / "voices" / "hỏng").mkdir()
    (home / "voices" / "hỏng" / "tokens.txt").write_text("a 0\n")
    (home / "voices" / "hỏng" / "model.onnx").write_bytes(b"")
    done = run("voices")
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[0] == "✓ espeak-north: Giọng máy miền Bắc (espeak-ng, GPL-3.0-or-later) 22050 Hz"
    assert lines[3].startswith("✗ sherpa-hỏng: Giọng hỏng (sherpa-onnx, không ghi giấy phép) Tệp của giọng")
    assert lines[4] == "✓ piper-vi_VN-thu-low: Giọng vi_VN-thu-low (piper, CC BY 4.0) 16000 Hz"
    said = run("say", "xin mời", "-o", tmp_path / "a.opus", "--voice", "piper-vi_VN-thu-low")
    assert said.exit_code == 0, said.output


def test_a_good_recording_is_told_so(tmp_path: Path) -> None:
    done = run("check", recording(tmp_path / "a.wav", rhythm(5)))
    assert done.exit_code == 0
    assert done.output.splitlines()[1:] == ["Không thấy gì cần ghi lại."]


def test_what_to_mend_is_told_in_words_and_as_data(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.wav", np.clip(rhythm(5) * 8, -1, 1))
    assert "Giảm mức ghi hoặc lùi micro ra rồi ghi lại." in run("check", path).output
    found = json.loads(run("check", path, "--json").output)
    assert [notice["code"] for notice in found["notices"]] == ["clipped"]
    assert found["seconds"] == pytest.approx(5.0)


def test_what_is_no_recording_ends_with_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "bài.mp3"
    path.write_text("Kính gửi")
    done = run("check", path)
    assert done.exit_code == 1
    assert "Tệp này không phải âm thanh. Dùng MP3, WAV, M4A hoặc OGG." in done.output
    as_data = run("check", path, "--json")
    assert as_data.exit_code == 1
    assert json.loads(as_data.output)["error"]["code"] == "not_audio"
