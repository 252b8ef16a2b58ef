# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every sound gets before its level is set: the shape that horns want, no silence at its ends, soft edges."""

from dataclasses import dataclass

import numpy as np

from loa_speech.loudness import K_WEIGHTING
from loa_speech.pcm import HOP, RATE, Samples, powers
from loa_speech.spectral import Response, biquad, filtered, length_at_48k

LOWEST_HZ = 120.0  # horns give nothing below and waste power on it
PRESENCE_HZ, PRESENCE_DB, PRESENCE_Q = 2800.0, 4.0, 0.8  # consonants carry in the open

_TRIM_FRAME = RATE // 100  # samples, 10 ms
_TRIM_BELOW = 45.0  # dB under the loudest frame
TRIM_FLOOR = -60.0  # dB of full scale; below is silence in any sound
_KEEP_BEFORE, _KEEP_AFTER = 5, 12  # frames: 50 ms so that no consonant is cut, 120 ms of dying away
_FADE = RATE // 200  # samples, 5 ms


def _high_pass(frequency: float, quality: float = 0.5**0.5) -> Response:
    """Give a second-order high-pass, by R. Bristow-Johnson's cookbook; 12 dB per octave, 3 dB down there."""
    turn = 2 * np.pi * frequency / RATE
    wide, even = np.sin(turn) / (2 * quality), np.cos(turn)
    return biquad(
        ((1 + even) / 2, -(1 + even), (1 + even) / 2),
        (1 + wide, -2 * even, 1 - wide),
    )


def _lift(frequency: float, gain: float, quality: float) -> Response:
    """Give a bell, by the same cookbook.

    Args:
        frequency: of its middle in Hz.
        gain: of its middle in dB.
        quality: frequency by width.
    """
    turn = 2 * np.pi * frequency / RATE
    wide, even, root = np.sin(turn) / (2 * quality), np.cos(turn), 10 ** (gain / 40)
    return biquad(
        (1 + wide * root, -2 * even, 1 - wide * root), (1 + wide / root, -2 * even, 1 - wide / root)
    )


HORN = (_high_pass(LOWEST_HZ), _lift(PRESENCE_HZ, PRESENCE_DB, PRESENCE_Q))


@dataclass(frozen=True, slots=True, eq=False)
class Shaped:
    """A sound at 48 kHz, with the K-weighted sum of squares of each of its hops."""

    samples: Samples
    powers: Samples


def shaped(samples: Samples, rate: int) -> Shaped:
    """Bring mono samples at any rate to 48 kHz, shape them for horns and cut silence at both ends."""
    whole = np.empty(length_at_48k(len(samples), rate), np.float32)
    found = np.empty(-(-len(whole) // HOP), np.float32)

    def take(start: int, pieces: tuple[Samples, ...]) -> None:
        piece, weighted = pieces
        whole[start : start + len(piece)] = piece
        place = powers(weighted, HOP)
        found[start // HOP : start // HOP + len(place)] = place

    filtered(samples, rate, [HORN, (*HORN, *K_WEIGHTING)], take)
    start, end = sounding(whole)
    kept = whole[start:end]
    _fade(kept)
    return Shaped(kept, found[start // HOP : -(-end // HOP)])


def sounding(samples: Samples) -> tuple[int, int]:
    """Find where sound begins and ends in 48 kHz mono, with a little room for soft edges.

    Returns:
        The first sample, a multiple of 10 ms, and the one behind the last; both 0 if nothing sounds.
    """
    count = len(samples) // _TRIM_FRAME
    if count == 0:
        return 0, len(samples)
    power = powers(samples[: count * _TRIM_FRAME], _TRIM_FRAME) / _TRIM_FRAME
    level = 10 * np.log10(np.maximum(power, 1e-12))
    heard = np.flatnonzero(level > max(float(level.max()) - _TRIM_BELOW, TRIM_FLOOR))
    if len(heard) == 0:
        return 0, 0
    start = max(0, int(heard[0]) - _KEEP_BEFORE) * _TRIM_FRAME
    return start, min(len(samples), (int(heard[-1]) + 1 + _KEEP_AFTER) * _TRIM_FRAME)


def trimmed(samples: Samples) -> Samples:
    """Cut silence at both ends of 48 kHz mono."""
    start, end = sounding(samples)
    return samples[start:end]


def _fade(samples: Samples) -> None:
    """Fade both ends in place, so that no click remains of the cut."""
    if len(samples) < 2 * _FADE:
        return
    ramp = np.linspace(0.0, 1.0, _FADE, dtype=np.float32)
    samples[:_FADE] *= ramp
    samples[-_FADE:] *= ramp[::-1]
