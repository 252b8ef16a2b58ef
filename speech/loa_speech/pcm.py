# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mono sound in memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]  # one channel, full scale is 1.0

RATE = 48_000  # Hz, of everything behind an engine or a decoder


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Mono samples and their rate in Hz."""

    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


def silence(seconds: float, rate: int) -> Samples:
    """Give so much digital silence."""
    return np.zeros(round(seconds * rate), dtype=np.float32)


def decibels(amplitude: float) -> float:
    """Give the level of an amplitude in dB of full scale; silence is -120."""
    return float(20 * np.log10(max(amplitude, 1e-6)))
