# SPDX-License-Identifier: AGPL-3.0-or-later
"""A true-peak limiter with look-ahead: smooth gain that is always low enough where a peak stands.

Gain is worked out for each millisecond, so that many drives are tried at little cost before one is applied.
"""

import numpy as np

from loa_speech.pcm import HOP, Samples

REACH = 10  # hops, 10 ms: how early the gain begins to fall and how late it is back
_BATCH = 2048  # hops at a time: what is passing stays in the processor's cache
_RAMP = (np.arange(HOP, dtype=np.float32) + 0.5) / HOP


def gain_curve(envelope: Samples, caps: Samples | float, drive: float) -> Samples:
    """Give the gain at each border between hops, drive included.

    Args:
        envelope: the highest amplitude of each hop.
        caps: the highest amplitude that may remain, for all hops or for each.
        drive: a factor on everything.

    Returns:
        One more value than hops. Joined by straight lines it never lifts a hop above its cap.
    """
    wanted = np.minimum(1.0, caps / np.maximum(envelope * np.float32(drive), 1e-9)).astype(np.float32)
    return _smooth(wanted) * np.float32(drive)


def _smooth(wanted: Samples) -> Samples:
    """Give the lowest value within reach of each border, then the mean over as much."""
    held = _sliding_minimum(wanted, REACH)
    padded = np.concatenate((np.full(REACH + 1, held[0]), held, np.full(REACH, held[-1]))).astype(np.float64)
    sums = np.cumsum(padded)
    width = 2 * REACH + 1
    return ((sums[width:] - sums[:-width]) / width).astype(np.float32)


def _sliding_minimum(values: Samples, reach: int) -> Samples:
    """Give for each border the lowest of `reach + 1` hops on either side, by doubling windows."""
    width = 2 * reach + 2
    line = np.concatenate((np.ones(reach + 1, np.float32), values, np.ones(reach + 1, np.float32)))
    step = 1
    while step * 2 <= width:
        line = np.minimum(line[:-step], line[step:])
        step *= 2
    rest = width - step
    return np.minimum(line[: len(line) - rest], line[rest:]) if rest else line


def hop_gains(curve: Samples) -> Samples:
    """Give the gain in the middle of each hop."""
    return np.asarray((curve[:-1] + curve[1:]) / 2, np.float32)


def applied(samples: Samples, curve: Samples) -> Samples:
    """Give the samples with the gain of a curve, joined by straight lines."""
    result = np.empty_like(samples)
    for first in range(0, len(samples) // HOP, _BATCH):
        borders = curve[first : first + _BATCH + 1, np.newaxis]
        place = slice(first * HOP, min((first + _BATCH) * HOP, len(samples) // HOP * HOP))
        count = (place.stop - place.start) // HOP
        gains = (borders[1 : count + 1] - borders[:count]) * _RAMP + borders[:count]
        np.multiply(samples[place], gains.reshape(-1), out=result[place])
    whole = len(samples) // HOP
    rest = samples[whole * HOP :]
    if len(rest):
        result[whole * HOP :] = rest * (curve[whole] + (curve[whole + 1] - curve[whole]) * _RAMP[: len(rest)])
    return result
