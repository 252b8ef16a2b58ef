# SPDX-License-Identifier: AGPL-3.0-or-later
"""How loud a sound is (EBU R 128, ITU-R BS.1770-5) and how high its true peaks are."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from loa_speech.pcm import HOP, RATE, Samples, decibels, peaks, powers
from loa_speech.spectral import biquad, filtered

SILENT_LUFS = -70.0  # the absolute gate, and what the measure gives for silence
BLOCK = 16 * HOP  # samples of a piece that is oversampled
K_WEIGHTING = (  # BS.1770-5, annex 1, tables 1 and 2: the coefficients at 48 kHz
    biquad((1.53512485958697, -2.69169618940638, 1.19839281085285), (1, -1.69065929318241, 0.73248077421585)),
    biquad((1.0, -2.0, 1.0), (1, -1.99004745483398, 0.99007225036621)),
)

_STEP = 100  # hops, 100 ms: a gating block of 400 ms begins every so often
_OFFSET = -0.691  # dB, of the same annex
_HALO = 128  # samples on either side of an oversampled piece
_OVERSAMPLED = 4  # times, as BS.1770 asks
_BATCH = 64  # pieces in one transform
_NEAR = 0.7  # a true peak stands at most 3 dB above its samples in anything but test tones


def weighted_powers(samples: Samples) -> Samples:
    """Give the K-weighted sum of squares of each hop of 48 kHz mono."""
    return np.concatenate(
        [powers(piece, HOP) for _, (piece,) in filtered(samples, RATE, K_WEIGHTING)]
        or [np.zeros(0, np.float32)]
    )


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


def _taper() -> Samples:
    ramp = np.sin(np.linspace(0, np.pi / 2, _HALO - 32, dtype=np.float32)) ** 2
    return np.concatenate((ramp, np.ones(BLOCK + 64, np.float32), ramp[::-1])).astype(np.float32)


_TAPER = _taper()  # without it the ends of a piece would ring into its middle


def peak_envelope(samples: Samples, level: float) -> Samples:
    """Give the highest amplitude of each hop of 48 kHz mono, between the samples too where it may pass `level`.

    Where a hop's samples stay 3 dB below the level, it is that of the samples alone.
    """
    envelope = peaks(samples, HOP)
    loud = np.flatnonzero(peaks(samples, BLOCK) > level * _NEAR)
    for numbers, fine in _oversampled(samples, loud):
        for number, hops in zip(numbers, fine, strict=True):
            place = envelope[number * BLOCK // HOP : (number + 1) * BLOCK // HOP]
            np.maximum(place, hops[: len(place)], out=place)
    return envelope


def _oversampled(samples: Samples, numbers: NDArray[np.intp]) -> Iterator[tuple[NDArray[np.intp], Samples]]:
    """Give batches of block numbers and for each of their hops the highest amplitude at four times the rate."""
    for first in range(0, len(numbers), _BATCH):
        batch = numbers[first : first + _BATCH]
        pieces = np.zeros((len(batch), BLOCK + 2 * _HALO), np.float32)
        for row, number in zip(pieces, batch, strict=True):
            start = int(number) * BLOCK - _HALO
            piece = samples[max(0, start) : start + len(row)]
            row[max(0, -start) : max(0, -start) + len(piece)] = piece
        spectrum = np.fft.rfft(pieces * _TAPER, axis=1)
        spectrum[:, -1] *= 0.5  # half of this bin lies in the mirror that the longer transform adds
        fine = np.fft.irfft(spectrum * np.float32(_OVERSAMPLED), _OVERSAMPLED * pieces.shape[1], axis=1)
        kept = fine[:, _OVERSAMPLED * _HALO : -_OVERSAMPLED * _HALO].reshape(
            len(batch), -1, _OVERSAMPLED * HOP
        )
        yield batch, np.maximum(kept.max(axis=2), -kept.min(axis=2))


def true_peak_dbtp(samples: Samples) -> float:
    """Measure the true peak in dB of full scale; only pieces near the highest sample are oversampled."""
    if len(samples) == 0:
        return decibels(0.0)
    highest = float(np.maximum(samples.max(), -samples.min()))
    return decibels(float(peak_envelope(samples, highest).max()))
