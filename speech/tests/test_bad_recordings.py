# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recordings that are broken, huge or made to do harm: a clear word or a good result, within time and memory.

Each goes through the child, under limits tighter than those of the product.
"""

import contextlib
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loa_speech.child import Limits, run_job
from loa_speech.errors import (
    DamagedAudioError,
    JobDiedError,
    NotAudioError,
    SilentError,
    SpeechError,
    TimeLimitError,
    TooLongError,
    TooShortError,
)
from loa_speech.jobs import JobResult, RecordingJob
from loa_speech.pcm import RATE
from loa_speech.recording import finish_recording

Recording = Callable[..., Path]

LIMITS = Limits(seconds=20.0, memory_mb=1024, file_mb=16)  # a sound of some seconds needs no more


def finished(path: Path) -> JobResult:
    out = path.parent / "out"
    out.mkdir(exist_ok=True)
    return run_job(RecordingJob(path), out, limits=LIMITS)


def outcome(path: Path) -> JobResult | SpeechError:
    """Give the finished sound, or the error that a person reads."""
    try:
        return finished(path)
    except SpeechError as error:
        return error


def wav(path: Path, channels: int, rate: int, seconds: float, *, bits: int = 16) -> Path:
    """Write a WAV of a tone on every channel."""
    time = np.arange(round(seconds * rate)) / rate
    samples = (0.3 * np.sin(2 * np.pi * 500 * time) * np.sin(2 * np.pi * 2 * time) * 32767).astype("<i2")
    data = np.repeat(samples, channels).tobytes()
    align = channels * bits // 8
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * align, align, bits)
    path.write_bytes(
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt \x10\0\0\0"
        + form
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )
    return path


def hollow(path: Path, hours: float) -> Path:
    """Write a WAV of 8 kHz and 8 bits whose samples are a hole in the file."""
    wav(path, 1, 8000, 0, bits=8)
    with path.open("r+b") as file:
        size = round(hours * 3600 * 8000)
        file.seek(28)
        file.write(struct.pack("<IHH", 8000, 1, 8))
        file.seek(40)
        file.write(struct.pack("<I", size))
        file.truncate(44 + size)
    return path


@pytest.mark.parametrize(
    ("channels", "rate"), [(8, 48_000), (6, 44_100), (1, 8000), (2, 11_025), (1, 192_000)]
)
def test_many_channels_and_odd_rates_become_a_good_sound(channels: int, rate: int, tmp_path: Path) -> None:
    result = finished(wav(tmp_path / "a.wav", channels, rate, 3.0))
    assert result.lufs == pytest.approx(-16, abs=0.5)
    assert result.true_peak_dbtp <= -1
    assert result.duration_ms == pytest.approx(3000, abs=200)


@pytest.mark.parametrize("name", ["a.mp3", "a.txt", "a", "bài nói.docx"])
def test_what_the_name_says_is_not_believed(name: str, recording: Recording) -> None:
    path = recording("ogg")
    assert finished(path.rename(path.with_name(name))).duration_ms > 3000


def test_three_hours_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(TooLongError, match="dài hơn 20 phút"):
        finished(hollow(tmp_path / "a.wav", hours=3))


def test_three_hours_of_a_codec_are_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("flac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000 * 60), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        for minute in range(180):
            frame.pts = minute * 8000 * 60
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(TooLongError):
        finished(path)


@pytest.mark.parametrize("size", [0, 1, 4, 44, 100])
def test_next_to_nothing_is_refused_in_words(size: int, tmp_path: Path, recording: Recording) -> None:
    path = recording("wav")
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises((NotAudioError, TooShortError, SilentError)) as caught:
        finished(path)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("kind", ["wav", "mp3", "m4a", "ogg"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_upload_gives_what_there_is_or_a_clear_word(
    kind: str, part: float, recording: Recording
) -> None:
    path = recording(kind)
    path.write_bytes(path.read_bytes()[: round(path.stat().st_size * part)])
    result = outcome(path)
    if isinstance(result, JobResult):
        assert 200 < result.duration_ms < 4200
        assert result.lufs == pytest.approx(-16, abs=0.5)
    else:
        assert isinstance(result, NotAudioError | DamagedAudioError | TooShortError)


def video(path: Path, *, sound: bool) -> Path:
    """Write a film of two seconds."""
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        voice = container.add_stream("aac", rate=RATE, layout="mono") if sound else None
        for number in range(20):
            image = np.full((48, 64, 3), number * 10, np.uint8)
            container.mux(picture.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(picture.encode(None))
        if voice is not None:
            time = np.arange(2 * RATE) / RATE
            samples = (0.3 * np.sin(2 * np.pi * 500 * time)).astype(np.float32)[np.newaxis]
            frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = RATE, 0
            container.mux(voice.encode(frame))
            container.mux(voice.encode(None))
    return path


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov"])
def test_of_a_video_the_sound_is_taken(name: str, tmp_path: Path) -> None:
    assert finished(video(tmp_path / name, sound=True)).duration_ms == pytest.approx(2000, abs=150)


def test_a_video_without_sound_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(NotAudioError):
        finished(video(tmp_path / "a.mp4", sound=False))


def id3(frames: bytes) -> bytes:
    size = len(frames)
    return b"ID3\x03\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + frames


def id3_frame(name: bytes, content: bytes, flags: bytes = b"\0\0") -> bytes:
    return name + struct.pack(">I", len(content)) + flags + content


def bomb_of_compressed_tags() -> bytes:
    """Give ID3 frames of some kilobytes that say they unpack to 1 GB each."""
    packed = zlib.compress(b"\0" * 2**20, 9)
    return id3(id3_frame(b"TXXX", struct.pack(">I", 2**30) + packed, b"\0\x80") * 200)


def bomb_of_many_tags() -> bytes:
    return id3(b"".join(id3_frame(b"TXXX", b"\0" + f"k{n}".encode() + b"\0v") for n in range(5000)))


def bomb_of_one_tag() -> bytes:
    return id3(id3_frame(b"TXXX", b"\0k\0" + b"v" * (200 * 2**20)))


def bomb_of_a_picture() -> bytes:
    """Give a cover picture that says it has 900 million points."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 2**22, 9)), (b"IEND", b"")]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
    return id3(id3_frame(b"APIC", b"\0image/png\0\x03\0" + png))


@pytest.mark.parametrize(
    "bomb", [bomb_of_compressed_tags, bomb_of_many_tags, bomb_of_one_tag, bomb_of_a_picture]
)
def test_a_bomb_of_tags_is_passed_by_or_refused_in_words(
    bomb: Callable[[], bytes], recording: Recording
) -> None:
    path = recording("mp3")
    path.write_bytes(bomb() + path.read_bytes())
    result = outcome(path)
    if isinstance(result, JobResult):
        assert result.duration_ms > 3000
    else:
        assert isinstance(result, NotAudioError | JobDiedError | TimeLimitError)


def vorbis_comments(count: int, size: int) -> bytes:
    entry = b"K=" + b"v" * size
    return (
        struct.pack("<I", 3)
        + b"loa"
        + struct.pack("<I", count)
        + (struct.pack("<I", len(entry)) + entry) * count
    )


@pytest.mark.parametrize(("count", "size"), [(1, 15_000_000), (20_000, 10)])
def test_comments_without_end_are_passed_by_or_refused_in_words(
    count: int, size: int, tmp_path: Path
) -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono")
        samples = (np.sin(np.arange(2 * RATE) / 15) * 9000).astype(np.int16)[np.newaxis]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    flac = buffer.getvalue()
    comments = vorbis_comments(count, size)
    head = b"fLaC" + bytes([flac[4] & 0x7F]) + flac[5:42]  # stream information, no longer the last block
    path = tmp_path / "a.flac"
    path.write_bytes(head + bytes([0x84]) + len(comments).to_bytes(3, "big") + comments + audio_of(flac))
    result = outcome(path)
    if isinstance(result, JobResult):
        assert result.duration_ms == pytest.approx(2000, abs=200)
    else:
        assert isinstance(result, NotAudioError | JobDiedError | TimeLimitError)


def audio_of(flac: bytes) -> bytes:
    """Give what stands behind the blocks of a FLAC file."""
    place, is_last = 4, False
    while not is_last:
        is_last = bool(flac[place] & 0x80)
        place += 4 + int.from_bytes(flac[place + 1 : place + 4], "big")
    return flac[place:]


def test_a_length_that_is_a_lie_takes_no_memory(recording: Recording) -> None:
    path = recording("wav")
    data = bytearray(path.read_bytes())
    place = data.index(b"data") + 4
    data[place : place + 4] = b"\xf0\xff\xff\xff"
    path.write_bytes(bytes(data))
    assert finished(path).duration_ms > 3000


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=4000),
    head=st.sampled_from(
        [
            b"",
            b"RIFF\0\0\0\0WAVEfmt ",
            b"OggS\0\x02",
            b"fLaC\0\0\0\x22",
            b"ID3\x03\0\0\0\0\0\0\xff\xfb\x90\0",
            b"\0\0\0\x18ftypM4A ",
        ]
    ),
)
def test_random_bytes_are_refused_by_name(data: bytes, head: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(head + data)
    with contextlib.suppress(SpeechError):
        assert finish_recording(path).duration_ms >= 200


@pytest.mark.parametrize("seed", range(6))
def test_fuzzed_files_end_within_time_and_memory(seed: int, recording: Recording) -> None:
    generator = np.random.default_rng(seed)
    path = recording(["mp3", "ogg", "m4a", "wav"][seed % 4])
    data = bytearray(path.read_bytes())
    for place in generator.integers(0, len(data), 400):
        data[place] = generator.integers(0, 256)
    del data[int(generator.integers(len(data) // 2, len(data))) :]
    path.write_bytes(bytes(data))
    result = outcome(path)
    if isinstance(result, JobResult):
        told = [notice.code for notice in result.warnings]
        assert abs(result.lufs + 16) <= 0.5 or "off_target" in told
    else:
        assert not isinstance(result, TimeLimitError)
