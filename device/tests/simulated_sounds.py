# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sounds for tests: noise shaped like speech, so that a correlation has one sharp peak."""

import io
from functools import cache

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000


@cache
def opus(seconds: float, seed: int = 1) -> bytes:
    """Return an Ogg Opus file of that length; every seed sounds different."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal(round(seconds * RATE) + 2000)
    shaped = np.convolve(noise, np.hanning(24), "valid")[: round(seconds * RATE)]
    pcm = (shaped / np.abs(shaped).max() * 20_000).astype(np.int16)
    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = 48_000
        for begin in range(0, len(pcm), 960):
            frame = av.AudioFrame.from_ndarray(pcm[begin : begin + 960][None, :], format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE, begin
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def decoded(content: bytes) -> NDArray[np.int16]:
    """Return the samples of a sound file, decoded by nothing of the agent's."""
    with av.open(io.BytesIO(content)) as container:
        planes = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.clip(np.rint(np.concatenate(planes) * 32767), -32768, 32767).astype(np.int16)


def where(needle: NDArray[np.int16], hay: NDArray[np.int16]) -> tuple[int, float]:
    """Find a sound in another; returns the place in samples and the correlation there (1 is the same)."""
    size = 1 << (len(needle) + len(hay) - 1).bit_length()
    a, b = needle.astype(np.float64), hay.astype(np.float64)
    products = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)[: len(hay)]
    place = int(np.argmax(products))
    part = b[place : place + len(a)]
    scale = float(np.sqrt(np.dot(a[: len(part)], a[: len(part)]) * np.dot(part, part)))
    return place, (float(np.dot(a[: len(part)], part)) / scale if scale else 0.0)
