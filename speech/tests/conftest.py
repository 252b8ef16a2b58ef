# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recordings made on the spot, and a meter that shares no code with the package."""

import io
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from loa_speech.pcm import RATE, Samples

FORMATS = {"wav": "pcm_s16le", "mp3": "libmp3lame", "m4a": "aac", "ogg": "libopus"}


def talk(seconds: float = 4.0, seed: int = 0) -> Samples:
    """Give noise with the rhythm of speech: bursts of 200 ms, pauses, a few loud ones."""
    rng = np.random.default_rng(seed)
    count = round(seconds * RATE)
    bursts = np.repeat(rng.uniform(0.0, 1.0, count // 9600 + 1) ** 2, 9600)[:count]
    tone = np.sin(np.arange(count) * 2 * np.pi * 440 / RATE) + 0.3 * rng.standard_normal(count)
    return (0.2 * bursts * tone).astype(np.float32)


def write_recording(path: Path, samples: Samples, codec: str, channels: int = 1) -> Path:
    """Write a recording in the format that the name ends with."""
    layout = "mono" if channels == 1 else "stereo"
    with av.open(str(path), "w", format={"m4a": "ipod"}.get(path.suffix[1:])) as container:
        stream = container.add_stream(codec, rate=RATE, layout=layout)
        planes = np.repeat(samples[np.newaxis, :], channels, axis=0)
        resampler = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=RATE)
        for start in range(0, len(samples), RATE):
            block = np.ascontiguousarray(planes[:, start : start + RATE])
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
            frame.sample_rate, frame.pts = RATE, start
            for ready in resampler.resample(frame):
                container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return path


def decode_all(opus: bytes) -> Samples:
    """Decode with PyAV alone."""
    with av.open(io.BytesIO(opus)) as container:
        return np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)])


def bs1770_lufs(samples: Samples) -> float:
    """Measure integrated loudness from the text of BS.1770, in the frequency domain."""
    size = 1 << (len(samples) + RATE).bit_length()
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    weighted = np.fft.irfft(np.fft.rfft(samples, size) * shelf * high_pass, size)[: len(samples)]
    steps = (weighted[: len(weighted) // 4800 * 4800].reshape(-1, 4800) ** 2).mean(axis=1)
    blocks = np.convolve(steps, np.full(4, 0.25), mode="valid")
    loud = blocks[blocks > 10 ** ((-70 + 0.691) / 10)]
    gate = loud.mean() / 10
    return float(-0.691 + 10 * np.log10(loud[loud > gate].mean()))


def filter_true_peak(samples: Samples) -> float:
    """Measure the true peak in dBTP with libavfilter's meter."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(format="flt", sample_rate=RATE, layout="mono")
    meter = graph.add("ebur128", "metadata=1:framelog=quiet:peak=true")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="flt", layout="mono")
    frame.sample_rate = RATE
    source.push(frame)
    source.push(None)
    peak = 0.0
    while True:
        try:
            peak = float(sink.pull().metadata.get("lavfi.r128.true_peak", peak))
        except (av.error.BlockingIOError, av.error.EOFError):
            return float(20 * np.log10(peak))


@pytest.fixture
def meter() -> Callable[[bytes], tuple[float, float]]:
    """Give a function from an Opus file to its LUFS and dBTP, by a path of its own."""

    def measure(opus: bytes) -> tuple[float, float]:
        heard = decode_all(opus)
        return bs1770_lufs(heard), filter_true_peak(heard)

    return measure


@pytest.fixture
def recording(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that writes a recording and returns its path."""

    def make(kind: str = "wav", samples: Samples | None = None, channels: int = 1) -> Path:
        sound = talk() if samples is None else samples
        return write_recording(tmp_path / f"recording.{kind}", sound, FORMATS[kind], channels)

    return make
