# SPDX-License-Identifier: AGPL-3.0-or-later
"""A true-peak limiter with look-ahead: smooth gain that is always low enough where a peak stands."""

from collections.abc import Iterator

import numpy as np

from loa_speech.loudness import BLOCK, loud_blocks, peak_envelopes
from loa_speech.pcm import RATE, Samples

REACH = RATE // 100  # samples, 10 ms: how early the gain begins to fall and how late it is back
_NEAR = 0.7  # a true peak stands at most 3 dB above its samples in anything but test tones


def limit(samples: Samples, ceiling: float) -> float:
    """Hold the true peaks of 48 kHz mono under a ceiling, in place.

    Args:
        samples: the sound; it is changed.
        ceiling: highest amplitude, full scale is 1.0.

    Returns:
        The deepest reduction as a factor; 1.0 if nothing was above.
    """
    wanted = list(_wanted(samples, ceiling))
    for start, end, gains in _joined(wanted, len(samples)):
        samples[start:end] *= _smooth(gains)
    return min((float(gains.min()) for _, gains in wanted), default=1.0)


def _wanted(samples: Samples, ceiling: float) -> Iterator[tuple[int, Samples]]:
    """Give the places and gains of the pieces that stand above the ceiling."""
    for number, envelope in peak_envelopes(samples, loud_blocks(samples, ceiling * _NEAR)):
        if float(envelope.max()) > ceiling:
            yield number * BLOCK, np.minimum(1.0, ceiling / np.maximum(envelope, 1e-9)).astype(np.float32)


def _joined(wanted: list[tuple[int, Samples]], length: int) -> Iterator[tuple[int, int, Samples]]:
    """Lay the pieces into stretches with room for the smoothing; those that meet become one."""
    margin = 2 * REACH
    group: list[tuple[int, Samples]] = []
    for start, gains in wanted:
        if group and start - margin > group[-1][0] + len(group[-1][1]) + margin:
            yield _laid(group, margin, length)
            group = []
        group.append((start, gains))
    if group:
        yield _laid(group, margin, length)


def _laid(group: list[tuple[int, Samples]], margin: int, length: int) -> tuple[int, int, Samples]:
    start = max(0, group[0][0] - margin)
    end = min(length, max(first + len(gains) for first, gains in group) + margin)
    line = np.ones(end - start, dtype=np.float32)
    for first, gains in group:
        place = line[first - start : first - start + len(gains)]
        place[:] = gains[: len(place)]
    return start, end, line


def _smooth(wanted: Samples) -> Samples:
    """Smooth a gain curve without rising above it: the lowest value within reach, then the mean over it."""
    held = _sliding_minimum(wanted, REACH)
    padded = np.concatenate((np.full(REACH + 1, held[0]), held, np.full(REACH, held[-1]))).astype(np.float64)
    sums = np.cumsum(padded)
    width = 2 * REACH + 1
    return ((sums[width:] - sums[:-width]) / width).astype(np.float32)


def _sliding_minimum(values: Samples, reach: int) -> Samples:
    """Give the lowest value within `reach` on either side, by doubling windows."""
    width = 2 * reach + 1
    line = np.concatenate((np.ones(reach, np.float32), values, np.ones(reach, np.float32)))
    step = 1
    while step * 2 <= width:
        line = np.minimum(line[:-step], line[step:])
        step *= 2
    rest = width - step
    return np.minimum(line[: len(line) - rest], line[rest:]) if rest else line
