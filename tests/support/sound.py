# SPDX-License-Identifier: AGPL-3.0-or-later
"""Find the released sound in what a loudspeaker wrote, and say when it began."""

import json
import wave
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000  # Hz


@dataclass(frozen=True)
class Found:
    """Where a sound was found: when its first sample left, how alike it is (1 is the same), how long it lasted."""

    began: float  # seconds since the epoch
    likeness: float
    seconds: float


def decode(path: Path) -> NDArray[np.float32]:
    """Return a sound file as mono samples at 48 kHz."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        blocks = [
            block.to_ndarray()[0]
            for frame in container.decode(audio=0)
            for block in resampler.resample(frame)
        ]
        blocks += [block.to_ndarray()[0] for block in resampler.resample(None)]
    return np.concatenate(blocks)


def wav_files(folder: Path) -> list[tuple[float, NDArray[np.float32]]]:
    """Return each wav file of a loudspeaker with the moment of its first sample."""
    found = []
    for path in sorted(folder.glob("*.wav")):
        begin = float(json.loads(path.with_suffix(".json").read_text())["unix"])
        with wave.open(str(path)) as file:
            raw = file.readframes(file.getnframes())
        found.append((begin, np.frombuffer(raw, "<i2").astype(np.float32) / 32768))
    return found


def find(folder: Path, released: NDArray[np.float32], due: float, seconds: float = 2.0) -> Found | None:
    """Look for ``released`` near ``due`` in a loudspeaker's wav files by correlating its first ``seconds``.

    Returns:
        None when no file covers the moment with enough sound.
    """
    head = released[: int(seconds * RATE)]
    for begin, samples in wav_files(folder):
        start = int((due - begin - 1) * RATE)
        if start + 2 * RATE + len(head) < 0 or start >= len(samples):
            continue
        first = max(0, start)
        window = samples[first : first + len(head) + 2 * RATE]
        if len(window) < len(head):
            continue
        size = 1 << (len(window) + len(head)).bit_length()
        spectrum = np.fft.rfft(window, size) * np.conj(np.fft.rfft(head, size))
        lag = int(np.argmax(np.fft.irfft(spectrum, size)[: len(window) - len(head) + 1]))
        piece = window[lag : lag + len(head)]
        likeness = float(piece @ head / (np.linalg.norm(piece) * np.linalg.norm(head) + 1e-12))
        began = begin + (first + lag) / RATE
        return Found(
            began=began, likeness=likeness, seconds=_sounding(samples, int((began - begin) * RATE), released)
        )
    return None


def _sounding(samples: NDArray[np.float32], first: int, released: NDArray[np.float32]) -> float:
    """Return for how long after ``first`` the file still follows ``released``, in seconds, in steps of 0.1 s."""
    step = RATE // 10
    last = 0.0
    for offset in range(0, len(released) - step, step):
        piece, wanted = samples[first + offset : first + offset + step], released[offset : offset + step]
        if len(piece) < step:
            break
        power = float(np.linalg.norm(wanted))
        if power > 0.05 and float(piece @ wanted) / (power * float(np.linalg.norm(piece)) + 1e-12) > 0.9:
            last = (offset + step) / RATE
    return last
