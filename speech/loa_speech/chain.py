# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one chain for all that sounds: shaped for horns, trimmed, one loudness, safe peaks, Opus."""

import hashlib
from dataclasses import dataclass, field

import numpy as np

from loa_speech import limits
from loa_speech.coding import encode_flac
from loa_speech.errors import SilentError, TooShortError
from loa_speech.level import MAX_TRUE_PEAK, TARGET_LUFS, Levelled, levelled
from loa_speech.loudness import integrated
from loa_speech.notices import Notice
from loa_speech.pcm import RATE, Samples, factor
from loa_speech.shape import TRIM_FLOOR, Shaped, shaped

WAVEFORM_BARS = 200

_SILENT_LUFS = -60.0  # a recording below is a dead microphone
_QUIET_GAIN = 20.0  # dB
_DEEP_LIMITING = -8.0  # dB


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished sound.

    Attributes:
        opus: Ogg Opus, 48 kHz mono.
        sha256: of `opus`, in hexadecimal.
        duration_ms: length of the sound.
        lufs: integrated loudness of the decoded Opus.
        true_peak_dbtp: true peak of the decoded Opus.
        waveform: about 200 bars from 0 to 100 for the player.
        warnings: what a person should know about it.
        flac: the same samples as went into `opus`, 16 bits; empty unless asked for.
    """

    opus: bytes
    sha256: str
    duration_ms: int
    lufs: float
    true_peak_dbtp: float
    waveform: tuple[int, ...]
    warnings: tuple[Notice, ...] = field(default=())
    flac: bytes = field(default=b"", repr=False)


def finish(samples: Samples, rate: int, *, flac: bool = False) -> Finished:
    """Make a finished sound of mono samples at any rate.

    Args:
        samples: the sound.
        rate: in Hz.
        flac: give the same sound as FLAC too.

    Raises:
        SilentError: if there is nothing above the floor.
        TooShortError: if less than 200 ms remain after trimming.
    """
    return finished_of(prepared(samples, rate), flac=flac)


def prepared(samples: Samples, rate: int) -> Shaped:
    """Shape mono samples for `finished_of`; who lets go of them meanwhile saves 230 MB of twenty minutes.

    Raises:
        SilentError: if there is nothing above the floor.
    """
    if len(samples) == 0 or max(float(samples.max()), -float(samples.min())) < factor(TRIM_FLOOR):
        raise SilentError
    return shaped(samples, rate)


def finished_of(shape: Shaped, *, flac: bool = False) -> Finished:
    """Level and encode what is shaped already.

    Raises:
        SilentError, TooShortError: as `finish` says.
    """
    length = len(shape.samples)
    if length * 1000 < limits.MIN_SOUND_MS * RATE:
        raise TooShortError(milliseconds=length * 1000 // RATE, limit_milliseconds=limits.MIN_SOUND_MS)
    lufs = integrated(shape.powers)
    if lufs < _SILENT_LUFS:
        raise SilentError
    level = levelled(shape, keep_samples=flac)
    return Finished(
        opus=level.opus,
        sha256=hashlib.sha256(level.opus).hexdigest(),
        duration_ms=round(length * 1000 / RATE),
        lufs=round(level.lufs, 2),
        true_peak_dbtp=round(level.peak, 2),
        waveform=waveform(shape.samples),
        warnings=tuple(_warnings(TARGET_LUFS - lufs, level)),
        flac=encode_flac(level.samples) if level.samples is not None else b"",
    )


def waveform(samples: Samples, bars: int = WAVEFORM_BARS) -> tuple[int, ...]:
    """Give the highest amplitude of each of `bars` equal pieces, the loudest being 100."""
    bars = min(bars, len(samples))
    if bars == 0:
        return ()
    starts = np.linspace(0, len(samples), bars, endpoint=False).astype(np.int64)
    peaks = np.maximum.reduceat(np.abs(samples), starts)
    highest = float(peaks.max())
    return tuple(int(bar) for bar in np.round(peaks / highest * 100)) if highest else (0,) * bars


def _warnings(gain: float, level: Levelled) -> list[Notice]:
    found = []
    if gain > _QUIET_GAIN:
        found.append(Notice.of("quiet", decibels=round(gain)))
    if level.deepest < _DEEP_LIMITING:
        found.append(Notice.of("uneven", decibels=round(-level.deepest)))
    if abs(level.lufs - TARGET_LUFS) > 0.5 or level.peak > MAX_TRUE_PEAK:
        found.append(Notice.of("off_target", lufs=round(level.lufs, 1)))
    return found
