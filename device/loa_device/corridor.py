# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far UTC is ahead of the boot clock, from questions to the server: the middle of the widest corridor.

An answer that was asked for at `sent`, says `server` and came at `received` proves that UTC was ahead by at most
`server − sent` and at least `server − received`, whatever the network did. A crystal's drift is a straight line, so
UTC − boot clock is a line below all the former and above all the latter. The line in the middle of the widest
corridor between them errs by half the difference of the two shortest ways, however much the other answers were
delayed. (The hull of one-way delays: Moon, Skelly, Towsley, "Estimation and removal of clock skew from network
delay measurements", INFOCOM 1999.)
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SPAN = 1200.0  # s of answers that a line is laid through: longer than that a crystal's drift is no line
MOST = 2400  # answers kept
FEW = 8  # answers before a drift can be told at all
SHORT = 20.0  # s, the same
LONG = 300.0  # s before a drift is told better than the one that was known from before
STEEPEST = 500e-6  # s per s: no crystal that is not broken drifts more
_GOLD = (5**0.5 - 1) / 2
_Band = Callable[[float], tuple[float, float]]  # drift -> lower and upper edge at the last answer, s


class _Answer(NamedTuple):
    sent: float
    server: float
    received: float


@dataclass(frozen=True)
class Line:
    """UTC is ahead of the boot clock by `ahead + drift * (boot − at)`, give or take `half`."""

    at: float  # boot clock, s
    ahead: float  # s
    drift: float  # s per s
    half: float  # s: half of the corridor's width

    def utc(self, boot: float) -> float:
        """Return UTC (epoch s) at an instant of the boot clock."""
        return boot + self.ahead + self.drift * (boot - self.at)


class Corridor:
    """The answers of the last 20 minutes and the line that fits them.

    Args:
        drift: the crystal's, as it was measured before a restart; None when nothing is known of it.
    """

    def __init__(self, drift: float | None = None) -> None:
        self._known = drift
        self._answers: deque[_Answer] = deque(maxlen=MOST)
        self.line: Line | None = None

    @property
    def drift(self) -> float | None:
        """The crystal's drift (s per s), once it is told well; else the one that was known; or None."""
        if self.line is not None and self._answers[-1].received - self._answers[0].sent >= LONG:
            return self.line.drift
        return self._known

    def __len__(self) -> int:
        return len(self._answers)

    def note(self, sent: float, server: float, received: float) -> None:
        """Take in one answer.

        Args:
            sent: boot clock when the question went out.
            server: UTC epoch seconds that the server answered.
            received: boot clock when the answer came.
        """
        self._answers.append(_Answer(sent, server, received))
        while self._answers[0].received < received - SPAN:
            self._answers.popleft()
        self.line = self._fitted()
        if self.line is None:  # the server's clock was set, or this one is not a line: begin anew
            self._answers = deque([_Answer(sent, server, received)], maxlen=MOST)
            self.line = self._fitted()

    def _fitted(self) -> Line | None:
        """Return the middle of the widest corridor; None when nothing fits between the bounds."""
        found = np.array(self._answers)
        origin = float(found[-1, 2])
        sent, received = found[:, 0] - origin, found[:, 2] - origin
        ceiling, floor = found[:, 1] - found[:, 0], found[:, 1] - found[:, 2]
        span = float(found[-1, 2] - found[0, 0])
        is_short = len(found) < FEW or span < (SHORT if self._known is None else LONG)

        def band(drift: float) -> tuple[float, float]:
            high: NDArray[np.float64] = ceiling - drift * sent
            low: NDArray[np.float64] = floor - drift * received
            return float(low.max()), float(high.min())

        drift = (self._known or 0.0) if is_short else _widest(band)
        low, high = band(drift)
        # What a drift of 500 ppm can have done meanwhile is no contradiction while the drift is not told yet.
        slack = STEEPEST * span if is_short else 1e-6
        if low > high + slack:
            return None
        return Line(at=origin, ahead=(low + high) / 2, drift=drift, half=abs(high - low) / 2)


def _widest(band: _Band) -> float:
    """Return the drift at which the corridor is widest; its width is a concave function of the drift."""
    low, high = -STEEPEST, STEEPEST
    left, right = high - _GOLD * (high - low), low + _GOLD * (high - low)
    at_left, at_right = _width(band, left), _width(band, right)
    while high - low > 1e-9:
        if at_left >= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLD * (high - low)
            at_left = _width(band, left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLD * (high - low)
            at_right = _width(band, right)
    return (low + high) / 2


def _width(band: _Band, drift: float) -> float:
    low, high = band(drift)
    return high - low
