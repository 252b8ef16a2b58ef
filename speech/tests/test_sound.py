# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recordings that people upload, good and bad."""

import contextlib
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from loa_speech.errors import NotAudioError, SpeechError, TimeLimitError, TooLargeError, TooLongError
from loa_speech.pcm import RATE
from loa_speech.recording import finish_recording
from loa_speech.sound import decode

Recording = Callable[..., Path]


def long_wav(path: Path, hours: int) -> Path:
    """Write a WAV of 8 kHz and 8 bit whose samples are a hole in the file."""
    size = hours * 3600 * 8000
    form = struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    with path.open("wb") as file:
        file.write(
            b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + form + b"data" + struct.pack("<I", size)
        )
        file.truncate(44 + size)
    return path


@pytest.mark.parametrize("kind", ["wav", "mp3", "m4a", "ogg"])
def test_the_usual_formats_are_decoded_to_48_khz_mono(kind: str, recording: Recording) -> None:
    decoded = decode(recording(kind, channels=2))
    assert decoded.sound.rate == RATE
    assert decoded.sound.samples.ndim == 1
    assert decoded.sound.seconds == pytest.approx(4.0, abs=0.1)
    assert decoded.bad_packets == 0


def test_what_the_name_says_is_not_believed(recording: Recording, tmp_path: Path) -> None:
    path = recording("ogg").rename(tmp_path / "recording.wav")
    assert decode(path).sound.seconds == pytest.approx(4.0, abs=0.1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 50_000,
        "Kính gửi bà con, đây là một bài viết.".encode() * 50,
        np.random.default_rng(0).bytes(100_000),
        b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile recording.wav\n",
    ],
    ids=["empty", "zeros", "text", "random", "playlist", "concat"],
)
def test_what_is_no_sound_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bài.mp3"
    path.write_bytes(content)
    with pytest.raises(NotAudioError, match=r"Tệp này không phải âm thanh\. Dùng MP3, WAV, M4A hoặc OGG\."):
        decode(path)


def test_a_recording_of_three_hours_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(TooLongError, match="dài hơn 20 phút"):
        decode(long_wav(tmp_path / "họp.wav", hours=3))


def test_a_file_that_is_too_large_is_not_even_opened(recording: Recording) -> None:
    with pytest.raises(TooLargeError, match="nhiều nhất là 0 MB"):
        decode(recording(), max_bytes=1000)


def test_work_on_one_file_has_an_end(recording: Recording) -> None:
    times: Iterator[float] = iter(range(0, 10**6, 1000))
    with pytest.raises(TimeLimitError):
        decode(recording(), monotonic=lambda: next(times))


@pytest.mark.parametrize("kind", ["mp3", "ogg", "wav"])
def test_a_cut_off_upload_gives_what_there_is_or_a_clear_word(kind: str, recording: Recording) -> None:
    path = recording(kind)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert finish_recording(path).duration_ms > 1000


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", ["mp3", "ogg", "m4a"])
def test_damaged_files_never_do_worse_than_a_named_error(kind: str, seed: int, recording: Recording) -> None:
    path = recording(kind)
    data = bytearray(path.read_bytes())
    generator = np.random.default_rng(seed)
    for place in generator.integers(0, len(data), 40):
        data[place] = generator.integers(0, 256)
    path.write_bytes(bytes(data))
    with contextlib.suppress(SpeechError):
        assert decode(path).sound.seconds > 0


def test_a_file_that_ends_before_its_length_is_marked(recording: Recording) -> None:
    decoded = decode(recording("wav"))
    assert not decoded.is_cut_short
    assert type(decoded)(decoded.sound, claimed_seconds=60.0, bad_packets=0).is_cut_short
