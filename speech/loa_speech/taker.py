# SPDX-License-Identifier: AGPL-3.0-or-later
"""Decoded frames to 48 kHz mono within limits, and what only the frames themselves tell: clipping, dead channels."""

from collections.abc import Callable
from typing import Any

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from loa_speech import limits
from loa_speech.errors import TimeLimitError, TooLongError
from loa_speech.pcm import RATE, Samples

DEAD_LEFT, DEAD_RIGHT, OPPOSED = "dead_left", "dead_right", "opposed"  # codes of notices

_DEAD_BELOW = 10 ** (-35 / 10)  # of the other channel's power
_OPPOSED_BELOW = 10 ** (-15 / 10)  # of the louder channel's power, once mixed
_FULL = 0.98  # of full scale
_FLAT = 4  # samples in a row that make a flat top
_LEVEL = 0.004  # how much a flat top may rise and fall
_CORNER = 0.02  # how much the sound rises within two samples before a flat top; a round top rises less
_MOST_PLACES = 10_000


class Taker:
    """Collects decoded frames.

    Args:
        max_seconds: longest sound.
        deadline: when to give up, by `monotonic`.
        monotonic: a clock in seconds.
        only: the channel of a stereo sound that is kept; None for the mean of both.
    """

    def __init__(
        self, max_seconds: float, deadline: float, monotonic: Callable[[], float], *, only: int | None = None
    ) -> None:
        self._resampler: AudioResampler | None = None
        self._form: tuple[str, str, int] | None = None
        self._max_samples = round(max_seconds * RATE)
        self._max_seconds = max_seconds
        self._deadline = deadline
        self._monotonic = monotonic
        self._only = only
        self._pieces: list[Samples] = []
        self._sides = np.zeros(3)  # sums of squares of left, right and their mean
        self._mono = 0
        self.count = 0
        self.clipped: list[float] = []

    def take(self, frame: AudioFrame | None) -> None:
        """Keep one frame; None flushes.

        Raises:
            TooLongError, TimeLimitError: a limit is reached.
        """
        if frame is not None and len(self.clipped) < _MOST_PLACES:
            self._look_for_clipping(frame)
        for piece in self._resampled(frame):
            planes = [np.frombuffer(memoryview(plane), np.float32, piece.samples) for plane in piece.planes]
            samples = self._mixed(np.stack(planes))
            self._pieces.append(samples)
            self.count += len(samples)
        if self.count > self._max_samples:
            raise TooLongError(limit_minutes=round(self._max_seconds / 60))
        if self._monotonic() > self._deadline:
            raise TimeLimitError(seconds=round(limits.MAX_DECODE_SECONDS))

    def _resampled(self, frame: AudioFrame | None) -> list[AudioFrame]:
        """Resample; a damaged file may change its rate or channels on the way."""
        if frame is None:
            return self._resampler.resample(None) if self._resampler else []
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        rest: list[AudioFrame] = []
        if self._form != form or self._resampler is None:
            rest = self._resampler.resample(None) if self._resampler else []
            layout = "stereo" if frame.layout.nb_channels == 2 else "mono"
            self._resampler = AudioResampler(format="fltp", layout=layout, rate=RATE)
            self._form = form
        frame.pts = None  # places in time that a file claims must not make us fill gaps
        return rest + self._resampler.resample(frame)

    def _mixed(self, planes: NDArray[np.float32]) -> Samples:
        planes = np.nan_to_num(planes, posinf=1.0, neginf=-1.0)
        if len(planes) == 1:
            self._mono += planes.shape[1]
            return np.asarray(planes[0])
        if self._only is not None:
            return np.asarray(planes[self._only].copy())
        mean = planes.mean(axis=0)
        self._sides += (*np.einsum("ij,ij->i", planes, planes), np.dot(mean, mean))
        return np.asarray(mean, np.float32)

    def channel_fault(self) -> str:
        """Tell whether a channel of a stereo sound is dead, or both cancel each other; else nothing."""
        left, right, mean = self._sides
        if self._mono or self._only is not None or max(left, right) == 0:
            return ""
        if left < right * _DEAD_BELOW:
            return DEAD_LEFT
        if right < left * _DEAD_BELOW:
            return DEAD_RIGHT
        return OPPOSED if mean < max(left, right) * _OPPOSED_BELOW else ""

    def _look_for_clipping(self, frame: AudioFrame) -> None:
        planes: NDArray[Any] = frame.to_ndarray()
        zero, scale = _scale(planes.dtype)
        if planes.size == 0 or max(float(planes.max()) - zero, zero - float(planes.min())) < _FULL * scale:
            return
        if not frame.format.is_planar:
            planes = planes.reshape(-1, frame.layout.nb_channels).T
        for plane in planes:
            for place in _flat_tops(np.nan_to_num((plane.astype(np.float64) - zero) / scale)):
                self.clipped.append(self.count / RATE + place / frame.sample_rate)

    def samples(self) -> Samples:
        """Give everything that was kept, once."""
        joined = np.empty(self.count, np.float32)
        pos = 0
        for number, piece in enumerate(self._pieces):
            joined[pos : pos + len(piece)] = piece
            pos += len(piece)
            self._pieces[number] = piece[:0]  # let go at once: both together would be twice as much
        self._pieces.clear()
        return joined


def _scale(kind: np.dtype[Any]) -> tuple[int, float]:
    """Give the number that means silence and the distance from it that means full scale."""
    if kind.kind == "f":
        return 0, 1.0
    return (128, 128.0) if kind.kind == "u" else (0, float(2 ** (8 * kind.itemsize - 1)))


def _flat_tops(samples: NDArray[np.float64]) -> list[int]:
    """Find where samples stand flat at full scale, with the corner before it that no natural sound has."""
    places: list[int] = []
    for side in (samples, -samples):
        high = side > _FULL
        edges = np.flatnonzero(np.diff(np.concatenate(([False], high, [False])).astype(np.int8)))
        for start, end in edges.reshape(-1, 2):
            top = side[start:end]
            if end - start < _FLAT or start < 2:
                continue
            is_flat = float(np.ptp(top[: max(_FLAT, len(top) // 2)])) <= _LEVEL or float(top.max()) > 1.0
            if is_flat and side[start] - side[start - 2] > _CORNER:
                places.append(int(start))
    return sorted(places)
