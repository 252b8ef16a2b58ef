# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fixed filters and changes of rate in the frequency domain, by overlap-save: several times a filter graph's pace."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from math import gcd

import numpy as np
from numpy.typing import NDArray

from loa_speech.pcm import HOP, RATE, Samples
from loa_speech.together import both

Spectrum = NDArray[np.complex64]
Response = Callable[[NDArray[np.float64]], NDArray[np.complex128]]  # of frequencies in Hz

_BEFORE = 4096  # samples at 48 kHz: the slowest filter, K-weighting's high-pass, is 100 dB down after 65 ms
_BEHIND = 512  # samples: how far the sharp edge of a change of rate rings ahead
_STEP = 24_000  # samples that a transform gives, about
_EDGE = 0.93  # of the lower half rate: from here a change of rate falls to nothing


@dataclass(frozen=True, slots=True)
class _Plan:
    """The sizes of one kind of transform, in samples at 48 kHz and at the rate that comes in."""

    size_in: int
    size_out: int
    before_in: int
    before_out: int
    step_in: int
    step_out: int


@lru_cache(maxsize=8)
def _plan(rate: int) -> _Plan:
    common = gcd(rate, RATE)
    unit_in, unit_out = rate // common, RATE // common  # so many samples last exactly as long
    hops = HOP // gcd(HOP, unit_out)
    before = -(-_BEFORE // unit_out)
    step = hops * max(1, round(_STEP / (unit_out * hops)))
    units = _even_and_smooth(before + step + -(-_BEHIND // unit_out))
    return _Plan(
        units * unit_in,
        units * unit_out,
        before * unit_in,
        before * unit_out,
        step * unit_in,
        step * unit_out,
    )


def _even_and_smooth(number: int) -> int:
    """Give the next even number without a prime factor above 5: its transform is quick."""
    while True:
        rest = number
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1 and number % 2 == 0:
            return number
        number += 1


def biquad(numerator: Sequence[float], denominator: Sequence[float]) -> Response:
    """Give the response of a second-order filter at 48 kHz from its coefficients."""

    def response(frequencies: NDArray[np.float64]) -> NDArray[np.complex128]:
        back = np.exp(-2j * np.pi * frequencies / RATE)
        above = numerator[0] + numerator[1] * back + numerator[2] * back**2
        below = denominator[0] + denominator[1] * back + denominator[2] * back**2
        return np.asarray(above / below)

    return response


@lru_cache(maxsize=16)
def _weights(rate: int, responses: tuple[Response, ...]) -> Spectrum:
    """Give the product of responses at the frequencies of the plan's transform."""
    plan = _plan(rate)
    frequencies = np.arange(plan.size_in // 2 + 1) * (rate / plan.size_in)
    product = np.full(len(frequencies), plan.size_out / plan.size_in, np.complex128)
    for response in responses:
        product *= response(np.minimum(frequencies, RATE / 2))
    if rate != RATE:
        edge = min(rate, RATE) / 2
        place = np.clip((frequencies / edge - _EDGE) / (1 - _EDGE), 0.0, 1.0)
        product *= np.cos(place * np.pi / 2) ** 2
    return product.astype(np.complex64)


def length_at_48k(length: int, rate: int) -> int:
    """Give how many samples at 48 kHz last as long."""
    return -(-length * RATE // rate)


def filtered(
    samples: Samples,
    rate: int,
    ways: Sequence[tuple[Response, ...]],
    take: Callable[[int, tuple[Samples, ...]], None],
) -> None:
    """Filter samples in one or several ways, bring them to 48 kHz, and hand them over piece by piece.

    Args:
        samples: mono samples.
        rate: their rate in Hz.
        ways: for each output the responses that shape it; each output costs one transform more.
        take: called with where a piece begins at 48 kHz, a multiple of `HOP`, and the piece of each output, which
            are new arrays. Two threads call it, each piece once, in no certain order.
    """
    plan = _plan(rate)
    weights = [_weights(rate, way) for way in ways]
    total = length_at_48k(len(samples), rate)

    def work(first: int) -> None:
        block = np.zeros(plan.size_in, np.float32)
        for number in range(first, -(-total // plan.step_out), 2):
            begin = number * plan.step_in - plan.before_in
            piece = samples[max(0, begin) : begin + plan.size_in]
            block[:] = 0.0
            block[max(0, -begin) : max(0, -begin) + len(piece)] = piece
            spectrum = np.fft.rfft(block)
            start = number * plan.step_out
            kept = slice(plan.before_out, plan.before_out + min(plan.step_out, total - start))
            outputs = (np.fft.irfft(spectrum * weight, plan.size_out)[kept] for weight in weights)
            take(start, tuple(np.asarray(output, np.float32) for output in outputs))

    both(partial(work, 0), partial(work, 1))
