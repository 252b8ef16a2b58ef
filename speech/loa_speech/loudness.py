# SPDX-License-Identifier: AGPL-3.0-or-later
"""How loud a sound is (EBU R 128, ITU-R BS.1770-5) and how high its true peaks are."""

import numpy as np
from numpy.typing import NDArray

from loa_speech.pcm import HOP, RATE, Samples, decibels, peaks, powers
from loa_speech.spectral import biquad, filtered

SILENT_LUFS = -70.0  # the absolute gate, and what the measure gives for silence
K_WEIGHTING = (  # BS.1770-5, annex 1, tables 1 and 2: the coefficients at 48 kHz
    biquad((1.53512485958697, -2.69169618940638, 1.19839281085285), (1, -1.69065929318241, 0.73248077421585)),
    biquad((1.0, -2.0, 1.0), (1, -1.99004745483398, 0.99007225036621)),
)

_STEP = 100  # hops, 100 ms: a gating block of 400 ms begins every so often
_OFFSET = -0.691  # dB, of the same annex
_OVERSAMPLED = 4  # times, as BS.1770 asks
_HALO = 24  # samples on either side that a value between two samples is made of
_KAISER = 6.0  # shape of their window: 0.01 dB up to 20 kHz
_BATCH = 4096  # hops at a time
_NEAR = 0.7  # a true peak stands at most 3 dB above its samples in anything but test tones


def weighted_powers(samples: Samples) -> Samples:
    """Give the K-weighted sum of squares of each hop of 48 kHz mono."""
    found = np.empty(-(-len(samples) // HOP), np.float32)

    def take(start: int, pieces: tuple[Samples, ...]) -> None:
        place = powers(pieces[0], HOP)
        found[start // HOP : start // HOP + len(place)] = place

    filtered(samples, RATE, [K_WEIGHTING], take)
    return found


def integrated(hop_powers: NDArray[np.floating]) -> float:
    """Give the integrated loudness in LUFS of K-weighted powers; a very short sound is measured as repeated."""
    if len(hop_powers) == 0:
        return SILENT_LUFS
    if len(hop_powers) < 5 * _STEP:
        hop_powers = np.tile(hop_powers, -(-10 * _STEP // len(hop_powers)))
    steps = hop_powers[: len(hop_powers) // _STEP * _STEP].reshape(-1, _STEP).sum(axis=1, dtype=np.float64)
    blocks = (steps[:-3] + steps[1:-2] + steps[2:-1] + steps[3:]) / (4 * _STEP * HOP)
    loud = blocks[blocks > 10 ** ((SILENT_LUFS - _OFFSET) / 10)]
    if len(loud) == 0:
        return SILENT_LUFS
    return float(_OFFSET + 10 * np.log10(loud[loud > loud.mean() / 10].mean()))


def integrated_lufs(samples: Samples) -> float:
    """Measure the integrated loudness of 48 kHz mono in LUFS."""
    return integrated(weighted_powers(samples))


def _between() -> Samples:
    """Give the matrix from a hop with `_HALO` samples on either side to the values between its samples."""
    taps = np.arange(1 - _HALO, _HALO + 1)  # where the samples around a place stand
    matrix = np.zeros((HOP + 2 * _HALO, HOP, _OVERSAMPLED - 1), np.float64)
    for phase in range(1, _OVERSAMPLED):
        place = taps - phase / _OVERSAMPLED
        weights = np.sinc(place) * np.i0(_KAISER * np.sqrt(np.maximum(0.0, 1 - (place / _HALO) ** 2)))
        weights /= weights.sum()
        for sample in range(HOP):
            matrix[sample + taps + _HALO, sample, phase - 1] = weights
    return matrix.reshape(len(matrix), -1).astype(np.float32)


_BETWEEN = _between()


def peak_envelope(samples: Samples, level: float) -> Samples:
    """Give the highest amplitude of each hop of 48 kHz mono, between the samples too where it may pass `level`.

    Where the samples of a hop stay 3 dB below the level, it is that of the samples alone.
    """
    envelope = peaks(samples, HOP)
    is_loud = envelope > level * _NEAR
    for first in range(0, len(envelope), _BATCH):
        loud = np.flatnonzero(is_loud[first : first + _BATCH])
        if len(loud) == 0:
            continue
        start = first * HOP - _HALO
        piece = samples[max(0, start) : (first + _BATCH) * HOP + _HALO]
        line = np.zeros(_BATCH * HOP + 2 * _HALO, np.float32)
        line[max(0, -start) : max(0, -start) + len(piece)] = piece
        windows = np.lib.stride_tricks.sliding_window_view(line, HOP + 2 * _HALO)[::HOP]
        fine = windows[loud] @ _BETWEEN
        highest = np.maximum(fine.max(axis=1), -fine.min(axis=1))
        envelope[first + loud] = np.maximum(envelope[first + loud], highest)
    return envelope


def true_peak_dbtp(samples: Samples) -> float:
    """Measure the true peak in dB of full scale; only what is near the highest sample is oversampled."""
    if len(samples) == 0:
        return decibels(0.0)
    highest = float(np.maximum(samples.max(), -samples.min()))
    return decibels(float(peak_envelope(samples, highest).max()))
