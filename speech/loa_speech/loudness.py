# SPDX-License-Identifier: AGPL-3.0-or-later
"""How loud a sound is (EBU R 128, ITU-R BS.1770) and how high its true peaks are."""

from collections.abc import Iterator

import numpy as np

from loa_speech.graphs import run_filters
from loa_speech.pcm import RATE, Samples, decibels

SILENT_LUFS = -70.0  # what the measure gives for silence
_SHORTEST = RATE // 2  # samples; the measure needs at least one gating block of 400 ms
BLOCK = 512  # samples of a piece that is oversampled
_HALO = 256  # samples on either side of it
_OVERSAMPLED = 4  # times, as BS.1770 asks
_BATCH = 64  # blocks in one transform


def integrated_lufs(samples: Samples) -> float:
    """Measure the integrated loudness of 48 kHz mono in LUFS; a very short sound is measured as repeated."""
    if len(samples) == 0:
        return SILENT_LUFS
    if len(samples) < _SHORTEST:
        samples = np.tile(samples, -(-RATE // len(samples)))
    value = SILENT_LUFS
    for frame in run_filters(samples, RATE, [("ebur128", "metadata=1:framelog=quiet")]):
        value = float(frame.metadata.get("lavfi.r128.I", value))
    return max(value, SILENT_LUFS) if np.isfinite(value) else SILENT_LUFS


def _taper() -> Samples:
    ramp = np.sin(np.linspace(0, np.pi / 2, _HALO - 64, dtype=np.float32)) ** 2
    return np.concatenate((ramp, np.ones(BLOCK + 128, np.float32), ramp[::-1])).astype(np.float32)


_TAPER = _taper()  # without it the ends of a piece would ring into its middle


def loud_blocks(samples: Samples, level: float) -> list[int]:
    """Give the numbers of the blocks of `BLOCK` samples whose sample peak is above `level`."""
    whole = len(samples) // BLOCK * BLOCK
    blocks = samples[:whole].reshape(-1, BLOCK)
    peaks = np.maximum(blocks.max(axis=1), -blocks.min(axis=1)) if whole else np.zeros(0, np.float32)
    if whole < len(samples):
        peaks = np.append(peaks, np.abs(samples[whole:]).max())
    return [int(number) for number in np.flatnonzero(peaks > level)]


def peak_envelopes(samples: Samples, numbers: list[int]) -> Iterator[tuple[int, Samples]]:
    """Give for each sample of some blocks the highest amplitude at and beside it, oversampled four times.

    Args:
        samples: the sound.
        numbers: which blocks.

    Yields:
        The number of a block and the envelope of its `BLOCK` samples, as if zeros followed the sound.
    """
    for first in range(0, len(numbers), _BATCH):
        batch = numbers[first : first + _BATCH]
        pieces = np.zeros((len(batch), BLOCK + 2 * _HALO), np.float32)
        for row, number in zip(pieces, batch, strict=True):
            start = number * BLOCK - _HALO
            piece = samples[max(0, start) : start + len(row)]
            row[max(0, -start) : max(0, -start) + len(piece)] = piece
        spectrum = np.fft.rfft(pieces * _TAPER, axis=1)
        spectrum[:, -1] *= 0.5  # half of this bin lies in the mirror that the longer transform adds
        fine = np.abs(np.fft.irfft(spectrum, _OVERSAMPLED * pieces.shape[1], axis=1)) * _OVERSAMPLED
        behind = fine[:, ::_OVERSAMPLED]  # from each sample to the next
        for phase in range(1, _OVERSAMPLED):
            behind = np.maximum(behind, fine[:, phase::_OVERSAMPLED])
        beside = np.maximum(behind[:, _HALO : _HALO + BLOCK], behind[:, _HALO - 1 : _HALO + BLOCK - 1])
        yield from zip(batch, beside.astype(np.float32), strict=True)


def true_peak_dbtp(samples: Samples) -> float:
    """Measure the true peak in dB of full scale; only pieces near the highest sample are oversampled."""
    if len(samples) == 0:
        return decibels(0.0)
    highest = float(np.abs(samples).max())
    for _, envelope in peak_envelopes(samples, loud_blocks(samples, highest * 0.7)):
        highest = max(highest, float(envelope.max()))
    return decibels(highest)
