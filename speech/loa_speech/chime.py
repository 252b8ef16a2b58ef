# SPDX-License-Identifier: AGPL-3.0-or-later
"""The chime before and after a programme: four bells, computed, so that no recording of anybody is needed."""

import numpy as np

from loa_speech.pcm import RATE, Samples

_NOTES = (523.25, 659.26, 783.99, 1046.5)  # Hz, C5 E5 G5 C6: a horn gives little below 400
_BETWEEN = 0.42  # seconds from note to note
_RING = 1.6  # seconds that a note rings
_HALF = 0.22  # seconds in which it loses half its amplitude
_PARTIALS = ((1.0, 1.0), (2.0, 0.45), (3.0, 0.2), (4.2, 0.08))  # of the note's frequency, and how strong
_ATTACK = RATE // 200  # samples, 5 ms


def chime(*, is_closing: bool = False) -> Samples:
    """Give a rising chime for the beginning, or a falling one for the end, at 48 kHz and full scale."""
    notes = _NOTES[::-1] if is_closing else _NOTES
    step, ring = round(_BETWEEN * RATE), round(_RING * RATE)
    line = np.zeros(step * (len(notes) - 1) + ring, np.float64)
    time = np.arange(ring) / RATE
    fall = 0.5 ** (time / _HALF)
    fall[:_ATTACK] *= np.linspace(0.0, 1.0, _ATTACK)
    fall[-_ATTACK:] *= np.linspace(1.0, 0.0, _ATTACK)
    for number, note in enumerate(notes):
        bell = sum(strong * np.sin(2 * np.pi * note * partial * time) for partial, strong in _PARTIALS)
        line[number * step : number * step + ring] += bell * fall
    return np.asarray(line / np.abs(line).max(), np.float32)
