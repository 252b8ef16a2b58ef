# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mono sound in memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]  # one channel, full scale is 1.0

RATE = 48_000  # Hz, of everything behind an engine or a decoder
HOP = RATE // 1000  # samples, 1 ms: the step of levels and gains


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


def factor(level: float) -> float:
    """Give the factor of a level in dB."""
    return float(10 ** (level / 20))


def peaks(samples: Samples, size: int) -> Samples:
    """Give the highest amplitude of each piece of `size` samples; the last piece may be shorter."""
    whole = len(samples) // size * size
    pieces = samples[:whole].reshape(-1, size)
    found = np.maximum(pieces.max(axis=1), -pieces.min(axis=1)) if whole else np.zeros(0, np.float32)
    if whole < len(samples):
        found = np.append(found, np.abs(samples[whole:]).max())
    return found


def powers(samples: Samples, size: int) -> Samples:
    """Give the sum of squares of each piece of `size` samples; the last piece may be shorter."""
    whole = len(samples) // size * size
    pieces = samples[:whole].reshape(-1, size)
    found = np.einsum("ij,ij->i", pieces, pieces)
    if whole < len(samples):
        found = np.append(found, np.dot(samples[whole:], samples[whole:]))
    return np.asarray(found, np.float32)
