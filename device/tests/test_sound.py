# SPDX-License-Identifier: AGPL-3.0-or-later
"""Decoding ahead, the WAV line, and the tap for listeners."""

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest
from simulated_sounds import RATE, decoded, opus

from loa_device.clock import Clock
from loa_device.monitor import KEPT, Tap
from loa_device.sinks import LONGEST, NullSink, SinkError, WavSink, open_sink, recorded
from loa_device.track import Track, TrackError

NOON = 1_795_500_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sound.opus"
    path.write_bytes(opus(8.0))
    return path


async def _all(path: Path, offset: int, skip: int = 0) -> np.ndarray:
    track = Track(path, offset)
    await track.prepare()
    track.skip(skip)
    parts = []
    while (block := track.read(960)) is not None:
        if not len(block):
            await asyncio.sleep(0.005)
        parts.append(block)
    await track.close()
    return np.concatenate(parts)


@pytest.mark.parametrize("offset", [0, 1, 960, 9600, 48_000, 123_457, 8 * RATE - 100])
def test_a_track_begins_at_any_sample(file: Path, offset: int) -> None:
    whole = decoded(file.read_bytes())
    heard = asyncio.run(_all(file, offset))
    assert len(heard) == len(whole) - offset
    assert np.abs(heard.astype(int) - whole[offset:]).max() <= 400, "the decoder has settled"


def test_a_track_passes_over_what_is_too_late(file: Path) -> None:
    whole = decoded(file.read_bytes())
    assert np.array_equal(asyncio.run(_all(file, 0, skip=5000)), whole[5000:])


def test_a_text_file_is_no_track(tmp_path: Path) -> None:
    path = tmp_path / "sound.opus"
    path.write_text("đây không phải âm thanh\n" * 100)
    with pytest.raises(TrackError):
        asyncio.run(_all(path, 0))


def tone(count: int, value: int = 1000) -> np.ndarray:
    return np.full(count, value, np.int16)


def test_a_sample_lies_at_its_time_with_silence_between(tmp_path: Path) -> None:
    sink = WavSink(tmp_path)
    start = NOON * RATE + 100
    sink.write(start, tone(960))
    sink.write(start + 10 * RATE, tone(960, 2000))
    sink.close()
    heard = recorded(tmp_path, NOON, 11.0)
    assert not heard[:100].any()
    assert (heard[100:1060] == 1000).all()
    assert not heard[1060 : 10 * RATE].any()
    assert (heard[10 * RATE + 100 : 10 * RATE + 1060] == 2000).all()


def test_the_header_is_right_without_closing(tmp_path: Path) -> None:
    sink = WavSink(tmp_path)
    sink.write(NOON * RATE, tone(960))
    (path,) = tmp_path.glob("*.wav")
    with wave.open(str(path)) as reader:
        assert (reader.getframerate(), reader.getnchannels(), reader.getnframes()) == (RATE, 1, 960)
    sink.write(NOON * RATE + 2 * 3600 * RATE, tone(960))
    with wave.open(str(path)) as reader:
        assert reader.getnframes() == 2 * 3600 * RATE + 960
    assert path.stat().st_blocks * 512 < 100_000, "two hours of silence take no disk"
    sink.close()


def test_what_has_not_left_is_taken_back(tmp_path: Path) -> None:
    sink = WavSink(tmp_path)
    sink.write(NOON * RATE, tone(9600))
    sink.drop(NOON * RATE + 4800)
    sink.close()
    heard = recorded(tmp_path, NOON, 1.0)
    assert (heard[:4800] == 1000).all()
    assert not heard[4800:].any()


@pytest.mark.parametrize("later", [LONGEST, 86_400 * RATE])
def test_a_new_file_begins_after_six_hours_and_on_a_new_day(tmp_path: Path, later: int) -> None:
    sink = WavSink(tmp_path)
    sink.write(NOON * RATE, tone(960))
    sink.write(NOON * RATE + later, tone(960))
    sink.close()
    assert len(list(tmp_path.glob("*.wav"))) == 2
    assert (recorded(tmp_path, NOON + later / RATE, 0.02) == 1000).all()


def test_sinks_are_named_on_the_command_line(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock.json")
    assert isinstance(open_sink("null", clock), NullSink)
    assert isinstance(open_sink(f"wav:{tmp_path / 'out'}", clock), WavSink)
    for name in ("wav:", "mp3:/tmp", "alsa:", "hls:", "icecast:host/mount", "icecast:user:word@host"):
        with pytest.raises(SinkError):
            open_sink(name, clock)


def test_the_tap_remembers_two_seconds_and_gaps_are_silence() -> None:
    tap = Tap()
    start = NOON * RATE
    tap.write(start, tone(960))
    tap.write(start + 1920, tone(960, 2000))
    heard = tap.read(start, 2880)
    assert (heard[:960] == 1000).all()
    assert not heard[960:1920].any()
    assert (heard[1920:] == 2000).all()
    tap.drop(start + 2400)
    assert not tap.read(start + 2400, 480).any()
    assert not tap.read(start + 2 * KEPT, 960).any(), "old sound does not come round again"
