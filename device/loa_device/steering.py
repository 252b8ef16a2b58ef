# SPDX-License-Identifier: AGPL-3.0-or-later
"""Samples by number, at the pace of an output that runs by a crystal of its own: no gap, no jump that is heard.

The output asks for frames and says when the first of them leaves. Which sample belongs there follows from trusted
time; how far the reading has come follows from what was handed over. The difference is steered away by reading a
little faster or slower (band-limited interpolation), at most 0.2 %, which nobody hears; where nothing sounds the
reading simply stands where it should.
"""

import math
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from loa_device.monitor import Tap
from loa_device.track import RATE, Samples

SETTLE = 2.0  # s in which an error shrinks to a third
STAMPS = 100  # time stamps that are averaged: cards tell them with a millisecond of noise
MARK = 10 * RATE  # frames between two marks by which the output's own pace is measured
SLOPE = 10.0  # s over which trusted time is compared with the boot clock
MARKS = 30  # marks kept: five minutes
STEEPEST = 0.002  # samples per sample that the reading may run faster or slower
TOO_FAR = RATE // 2  # samples of error that are jumped even while something sounds: the clock was wrong
TAPS, PHASES = 16, 512  # of the interpolation: its images lie some 60 dB below speech
_HALF = TAPS // 2


def _interpolator() -> NDArray[np.float32]:
    """Return one windowed-sinc filter per phase, each with a gain of 1 at 0 Hz."""
    phases = np.arange(PHASES + 1)[:, None] / PHASES
    distance = np.arange(TAPS)[None, :] - (_HALF - 1) - phases
    window = np.cos(np.pi * distance / (TAPS + 1)) ** 2
    filters = np.sinc(distance) * window
    return np.asarray(filters / filters.sum(axis=1, keepdims=True), np.float32)


_FILTERS = _interpolator()


class Steered:
    """What was written by sample number, read at an output's own pace; two threads may use it.

    Args:
        utc_at: trusted UTC (epoch s) at an instant of the boot clock (s).
        delay: s by which this loudspeaker sounds later than the agenda says.
    """

    def __init__(self, utc_at: Callable[[float], float], delay: float = 0.0) -> None:
        self._utc_at = utc_at
        self.delay = delay
        self._tap = Tap()
        self._lock = threading.Lock()
        self._whole: int | None = None  # number of the next sample to read
        self._part = 0.0  # and how much of the way to the one after it
        self._handed = 0  # frames handed over
        self._marks: deque[tuple[float, int]] = deque(maxlen=MARKS)  # boot clock after so many frames
        self._drift = 0.0  # samples per sample that the output runs slow
        self._due = (
            0.0  # number of the sample that belongs to the next frame, the time stamps' noise averaged
        )
        self._stamps = 0  # that were averaged
        self.error = 0.0  # s between what left last and what should have

    def write(self, start: int, samples: Samples) -> None:
        """Take samples that leave from sample number `start` on."""
        with self._lock:
            self._tap.write(start, samples)

    def drop(self, after: int) -> None:
        """Forget what has not left by sample number `after`."""
        with self._lock:
            self._tap.drop(after)

    @property
    def drift_ppm(self) -> float:
        """How much slower than trusted time the output's crystal runs, in millionths."""
        return self._drift * 1e6

    def frames(self, count: int, leaves: float) -> Samples:
        """Return the next frames.

        Args:
            count: how many.
            leaves: boot clock when the first of them leaves, s.
        """
        self._learn(leaves)
        wanted = self._averaged((self._utc_at(leaves) - self.delay) * RATE)
        error = self._error(wanted)
        self.error = error / RATE
        step = 1.0 + _within(self._drift + error / RATE / SETTLE, STEEPEST)
        with self._lock:
            source = self._source(count)
        if abs(error) > TOO_FAR or not source.any():
            self._stand(wanted)
            with self._lock:
                source = self._source(count)
            step = 1.0 + self._drift
        frames = _interpolated(source, self._part + step * np.arange(count))
        self._move(step * count)
        self._handed += count
        self._due = wanted + count * (1.0 + self._drift)
        return frames

    def _averaged(self, wanted: float) -> float:
        """Return which sample is due, from this time stamp and those before it."""
        if self._stamps and abs(wanted - self._due) > TOO_FAR:  # the clock was set, or the output lost frames
            self._stamps = 0
        self._stamps += 1
        if self._stamps == 1:
            return wanted
        return self._due + (wanted - self._due) / min(self._stamps, STAMPS)

    def _learn(self, leaves: float) -> None:
        """Measure the output's pace from the oldest mark on: the longer, the less its time stamps' noise counts.

        It is measured by the boot clock, which nobody sets; what trusted time makes of that is added.
        """
        if (
            self._marks
            and abs((leaves - self._marks[-1][0]) * RATE - (self._handed - self._marks[-1][1])) > TOO_FAR
        ):
            self._marks.clear()  # the output lost frames
        if not self._marks or self._handed - self._marks[-1][1] >= MARK:
            self._marks.append((leaves, self._handed))
        first, handed = self._marks[0]
        if self._handed - handed >= MARK:
            pace = (leaves - first) * RATE / (self._handed - handed)
            gain = (self._utc_at(leaves + SLOPE) - self._utc_at(leaves)) / SLOPE
            self._drift = _within(pace * gain - 1.0, STEEPEST / 2)

    def _error(self, wanted: float) -> float:
        """Return how many samples the reading is behind; it begins where it should."""
        if self._whole is None:
            self._stand(wanted)
            return 0.0
        return wanted - self._whole - self._part

    def _stand(self, position: float) -> None:
        self._whole = math.floor(position)
        self._part = position - self._whole

    def _move(self, samples: float) -> None:
        assert self._whole is not None
        ahead = math.floor(self._part + samples)
        self._whole, self._part = self._whole + ahead, self._part + samples - ahead

    def _source(self, count: int) -> NDArray[np.float32]:
        """Return every sample that the next frames are made of, with the filter's edges."""
        assert self._whole is not None
        spare = math.ceil(count * STEEPEST) + 2
        return self._tap.read(self._whole - _HALF + 1, count + TAPS + spare).astype(np.float32)


def _interpolated(source: NDArray[np.float32], places: NDArray[np.floating[Any]]) -> Samples:
    """Return the signal at fractional places; `source` begins 7 samples before place 0."""
    if not source.any():
        return np.zeros(len(places), np.int16)
    whole = np.floor(places).astype(np.intp)
    phase = np.rint((places - whole) * PHASES).astype(np.intp)
    out = np.einsum("ij,ij->i", sliding_window_view(source, TAPS)[whole], _FILTERS[phase])
    frames: Samples = np.clip(np.rint(out), -32768, 32767).astype(np.int16)
    return frames


def _within(value: float, most: float) -> float:
    return max(-most, min(most, value))
