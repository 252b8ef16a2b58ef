# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person should know about a recording, found in the recording as it came, before the chain hides it."""

import numpy as np
from numpy.typing import NDArray

from loa_speech.notices import Notice
from loa_speech.pcm import RATE, Samples, powers
from loa_speech.sound import Decoded

_FRAME = RATE // 50  # samples, 20 ms
_FRAMES = 50  # a second
_QUIET = -70.0  # dB of full scale; below nothing was recorded

_LONG_SILENCE = 4.0  # seconds; a reader's pause between paragraphs is 1 to 2
_SILENT_BELOW = 35.0  # dB under the voice

_LEAST_CLIPPED = 4  # places; one or two loud syllables are nobody's mistake
_CLIPPED_EVERY = 15.0  # seconds between places, at most

_HUM_RATE = 2000  # Hz, after thinning out
_HUM_LINES = np.array([50, 100, 150, 200, 250, 300])  # Hz; Vietnam's mains and what rectifiers make of them
_HUM_STANDS = 15.0  # dB of a line over what lies beside it
_HUM_BELOW = 45.0  # dB under the voice; softer hum is not heard on a horn
_HUM_LOW = 0.3  # of its power at 50 and 100 Hz at least; else it is a tone of something else
_HUM_SECONDS = 3.0  # shortest recording in which it can be told from a voice

_VOICE_BAND = (300, 3400)  # Hz
_STEADY = 5.0  # dB between loud and soft moments there; noise has 2 to 3, speech 20 and more
_NOISE_LIKE = (0.6, 1.35)  # spread of a band's power over its mean: 0 for a tone, 1 for noise
_NOISE_FRAMES = 500  # of a recording; so many tell as much as all

_FASTEST = 6.0  # syllables in a second of voice; an announcer speaks 4 to 5
_PEAK_STANDS = 2.5  # dB of a syllable's level over the dips beside it
_VOICE_BELOW = 25.0  # dB under the loud moments; what is softer is a pause
_VOICE_SECONDS = 3.0  # shortest voice whose pace can be told


def examined(decoded: Decoded) -> list[Notice]:
    """Look for what a person can mend by recording again, the gravest first."""
    samples = decoded.sound.samples
    level = _levels(samples)
    if len(level) < _FRAMES or np.percentile(level, 95) < _QUIET:
        return _channels(decoded)
    found = [*_noise(samples), *_clipping(decoded), *_channels(decoded)]
    if any(notice.code == "only_noise" for notice in found):
        return found
    return [*found, *_hum(samples, level), *_silences(level), *_pace(level)]


def too_fast(syllables: int, seconds: float) -> list[Notice]:
    """Tell of a pace that echoes swallow.

    Args:
        syllables: how many were spoken; a word of written Vietnamese is one.
        seconds: of voice, without pauses.
    """
    if seconds < _VOICE_SECONDS or syllables / seconds <= _FASTEST:
        return []
    rate = f"{syllables / seconds:.1f}".replace(".", ",")
    return [Notice.of("too_fast", rate=rate, limit=round(_FASTEST))]


def clock_time(seconds: float) -> str:
    """Write a place in a recording as its player shows it: 1:05."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _levels(samples: Samples) -> NDArray[np.float64]:
    """Give the level of each whole frame in dB of full scale."""
    power = powers(samples[: len(samples) // _FRAME * _FRAME], _FRAME).astype(np.float64) / _FRAME
    return np.asarray(10 * np.log10(power + 1e-12))


def _clipping(decoded: Decoded) -> list[Notice]:
    places = decoded.clipped
    if len(places) < max(_LEAST_CLIPPED, decoded.sound.seconds / _CLIPPED_EVERY):
        return []
    return [Notice.of("clipped", count=len(places), at=clock_time(places[0]))]


def _channels(decoded: Decoded) -> list[Notice]:
    return [Notice.of(decoded.channel_fault)] if decoded.channel_fault else []


def _silences(level: NDArray[np.float64]) -> list[Notice]:
    """Look for stretches without sound between sounds."""
    heard = np.flatnonzero(level > max(float(np.percentile(level, 95)) - _SILENT_BELOW, _QUIET))
    gaps = np.diff(heard) - 1
    long = np.flatnonzero(gaps >= _LONG_SILENCE * _FRAMES)
    if len(long) == 0:
        return []
    longest = int(gaps.argmax())
    at = clock_time((int(heard[longest]) + 1) / _FRAMES)
    return [Notice.of("silence_inside", count=len(long), seconds=round(int(gaps[longest]) / _FRAMES), at=at)]


def _hum(samples: Samples, level: NDArray[np.float64]) -> list[Notice]:
    """Look for lines at multiples of 50 Hz that stand still while a voice comes and goes."""
    if len(samples) < _HUM_SECONDS * RATE:
        return []
    thin = RATE // _HUM_RATE
    slow = samples[: len(samples) // thin * thin].reshape(-1, thin).mean(axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(slow, _HUM_RATE)[:: _HUM_RATE // 2]
    taper = np.hanning(_HUM_RATE).astype(np.float32)
    spectra = np.abs(np.fft.rfft(windows * taper, axis=1)) ** 2  # one bin is 1 Hz
    still = np.percentile(spectra, 10, axis=0)  # what is there in the pauses too
    lines = np.array([still[line - 2 : line + 3].max() for line in _HUM_LINES])
    beside = np.array(
        [np.median(np.r_[still[line - 12 : line - 4], still[line + 5 : line + 13]]) for line in _HUM_LINES]
    )
    power = lines * 2 / float(taper.sum()) ** 2
    voice = 10 ** (float(np.percentile(level, 95)) / 10)
    stands = (lines > beside * 10 ** (_HUM_STANDS / 10)) & (power > voice * 10 ** (-_HUM_BELOW / 10))
    low = float(power[stands[:2].nonzero()].sum())
    if low == 0 or low < _HUM_LOW * float(power[stands].sum()):
        return []
    below = 10 * np.log10(voice / float(power[stands].sum()))
    return [Notice.of("hum", decibels=max(0, round(below)))]


def _noise(samples: Samples) -> list[Notice]:
    """Tell steady noise, where voices are, from anything that comes and goes and from a steady tone."""
    count = len(samples) // _FRAME
    step = max(1, count // _NOISE_FRAMES)
    pieces = samples[: count * _FRAME].reshape(count, _FRAME)[::step]
    power = np.abs(np.fft.rfft(pieces * np.hanning(_FRAME).astype(np.float32), axis=1)) ** 2
    power = power[:, _VOICE_BAND[0] // _FRAMES : _VOICE_BAND[1] // _FRAMES].astype(np.float64)
    level = 10 * np.log10(power.sum(axis=1) + 1e-20)
    if float(np.percentile(level, 95) - np.percentile(level, 10)) > _STEADY:
        return []
    mean = power.mean(axis=0) + 1e-20
    spread = float(np.average(power.std(axis=0) / mean, weights=mean))
    return [Notice.of("only_noise")] if _NOISE_LIKE[0] < spread < _NOISE_LIKE[1] else []


def _pace(level: NDArray[np.float64]) -> list[Notice]:
    """Count the rises and falls of the level, nearly one for each syllable."""
    power = np.convolve(10 ** (level / 10), [0.25, 0.5, 0.25], mode="same")
    smooth: NDArray[np.float64] = 10 * np.log10(power + 1e-12)
    is_voice = smooth > np.percentile(smooth, 95) - _VOICE_BELOW
    return too_fast(_peaks(smooth, is_voice), float(is_voice.sum()) / _FRAMES)


def _peaks(level: NDArray[np.float64], is_voice: NDArray[np.bool_]) -> int:
    """Count the peaks that stand out of the dips on both sides."""
    turns: list[int] = (np.flatnonzero(np.diff(np.sign(np.diff(level))) != 0) + 1).tolist()
    if not turns:
        return 0
    count, is_rising, edge = 0, True, turns[0]  # edge: the highest since a dip, or the lowest since a peak
    for place in turns:
        beyond = level[place] - level[edge] if is_rising else level[edge] - level[place]
        if beyond >= 0:
            edge = place
        elif beyond < -_PEAK_STANDS:
            count += is_rising and bool(is_voice[edge])
            is_rising, edge = not is_rising, place
    return count
