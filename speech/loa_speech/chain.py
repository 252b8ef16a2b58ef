# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one chain for all that sounds: shaped for horns, trimmed, one loudness, safe peaks, Opus."""

import hashlib
from dataclasses import dataclass, field

import numpy as np

from loa_speech import limits
from loa_speech.errors import SilentError, TooShortError
from loa_speech.graphs import decode_opus, encode_opus, filtered
from loa_speech.limiter import limit
from loa_speech.loudness import BLOCK, integrated_lufs, true_peak_dbtp
from loa_speech.notices import Notice
from loa_speech.pcm import RATE, Samples, decibels

TARGET_LUFS = -16.0
MAX_TRUE_PEAK = -1.0  # dBTP, of the Opus file as it decodes
WAVEFORM_BARS = 200

_SHAPE = (
    ("highpass", f"f={120}:poles=2"),  # horns give nothing below and waste power on it
    ("equalizer", "f=2800:t=q:w=0.8:g=4"),  # dB; consonants carry in the open
)
_SILENT_LUFS = -60.0  # a recording below is a dead microphone
_TRIM_FRAME = RATE // 100  # samples, 10 ms
_TRIM_BELOW = 45.0  # dB under the loudest frame
_TRIM_FLOOR = -60.0  # dB of full scale; below is silence in any sound
_KEEP_BEFORE, _KEEP_AFTER = 5, 12  # frames: 50 ms so that no consonant is cut, 120 ms of dying away
_FADE = RATE // 200  # samples, 5 ms
_CODEC_ROOM = 0.9  # dB that Opus may add to a peak before a second round is needed
_CLOSE_ENOUGH = 0.2  # LU
_PEAK_SAFETY = 0.05  # dB between our meter and another
_GUESSES = 8
_MOST_DRIVE = 12.0  # dB above the aim; more would only flatten
_DRIVE_TRIES = 3
_DRIVE_FACTOR = 1.8  # of each further dB of drive into speech the limiter takes nearly half
_ROUNDS = 6
_QUIET_GAIN = 20.0  # dB
_DEEP_LIMITING = 0.4  # factor, 8 dB


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
    """

    opus: bytes
    sha256: str
    duration_ms: int
    lufs: float
    true_peak_dbtp: float
    waveform: tuple[int, ...]
    warnings: tuple[Notice, ...] = field(default=())


def finish(samples: Samples, rate: int) -> Finished:
    """Make a finished sound of mono samples at any rate.

    Raises:
        SilentError: if there is nothing above the floor.
        TooShortError: if less than 200 ms remain after trimming.
    """
    if len(samples) == 0 or max(float(samples.max()), -float(samples.min())) < 10 ** (_TRIM_FLOOR / 20):
        raise SilentError
    shaped = filtered(samples, rate, [("aresample", f"{RATE}"), *_SHAPE])
    shaped = trimmed(shaped)
    _fade(shaped)
    if len(shaped) * 1000 < limits.MIN_SOUND_MS * RATE:
        raise TooShortError(milliseconds=len(shaped) * 1000 // RATE, limit_milliseconds=limits.MIN_SOUND_MS)
    lufs = integrated_lufs(shaped)
    if lufs < _SILENT_LUFS:
        raise SilentError
    result = _levelled(shaped, lufs)
    warnings = tuple(_warnings(TARGET_LUFS - lufs, result))
    return Finished(
        opus=result.opus,
        sha256=hashlib.sha256(result.opus).hexdigest(),
        duration_ms=round(len(shaped) * 1000 / RATE),
        lufs=round(result.lufs, 2),
        true_peak_dbtp=round(result.peak, 2),
        waveform=waveform(shaped),
        warnings=warnings,
    )


@dataclass(frozen=True, slots=True)
class _Levelled:
    opus: bytes
    lufs: float
    peak: float
    deepest: float


def _levelled(shaped: Samples, lufs: float) -> _Levelled:
    """Set gain and limiter, encode, decode and measure until both targets are met by the file itself."""
    aim = TARGET_LUFS - lufs  # dB
    ceiling = MAX_TRUE_PEAK - _CODEC_ROOM
    drive = _predicted_drive(shaped, aim, _factor(ceiling))  # makes good what the limiter will take
    best: _Levelled | None = None
    for _ in range(_ROUNDS):
        level, deepest, drive = _driven(shaped, lufs + aim, drive, _factor(ceiling))
        opus = encode_opus(level)
        del level  # twenty minutes are 230 MB
        heard = decode_opus(opus, len(shaped))
        found = _Levelled(opus, integrated_lufs(heard), true_peak_dbtp(heard), deepest)
        best = _better(best, found)
        over = found.peak - (MAX_TRUE_PEAK - _PEAK_SAFETY)
        off = TARGET_LUFS - found.lufs
        if over <= 0 and abs(off) <= _CLOSE_ENOUGH:
            break
        if over > 0:
            ceiling -= over * 1.3 + 2 * _PEAK_SAFETY
        aim += off
        drive += off
    assert best is not None
    return best


def _driven(shaped: Samples, wanted: float, drive: float, ceiling: float) -> tuple[Samples, float, float]:
    """Drive the sound into the limiter until it is as loud as wanted.

    Returns:
        The sound, the deepest reduction and the drive in dB that it took.
    """
    level = _amplified(shaped, drive)
    deepest = limit(level, ceiling)
    for _ in range(_DRIVE_TRIES):
        short = wanted - integrated_lufs(level) if deepest < 1.0 else 0.0
        if short < _CLOSE_ENOUGH / 2:
            break
        drive += short * _DRIVE_FACTOR
        level = _amplified(shaped, drive)
        deepest = limit(level, ceiling)
    return level, deepest, drive


def _predicted_drive(shaped: Samples, aim: float, ceiling: float) -> float:
    """Guess from block peaks and powers which drive nets `aim` dB; it saves rounds and decides nothing."""
    blocks = shaped[: len(shaped) // BLOCK * BLOCK].reshape(-1, BLOCK)
    if len(blocks) == 0:
        return aim
    power = np.einsum("ij,ij->i", blocks, blocks).astype(np.float64) + 1e-12
    peaks = np.maximum(blocks.max(axis=1), -blocks.min(axis=1)) + 1e-9
    peaks = np.maximum(peaks, np.maximum(np.roll(peaks, 1), np.roll(peaks, -1)))  # the limiter reaches as far
    drive = aim
    for _ in range(_GUESSES):
        gains = np.minimum(1.0, ceiling / (peaks * _factor(drive)))
        net = drive + 10 * np.log10(np.sum(power * gains**2) / np.sum(power))
        drive += float(aim - net)
    return min(drive, aim + _MOST_DRIVE)


def _factor(level: float) -> float:
    return float(10 ** (level / 20))


def _amplified(samples: Samples, gain: float) -> Samples:
    return samples * np.float32(_factor(gain))


def _better(best: _Levelled | None, found: _Levelled) -> _Levelled:
    """Prefer a safe peak, then the loudness nearer to the target."""
    if best is None:
        return found

    def rank(item: _Levelled) -> tuple[float, float]:
        return max(0.0, item.peak - MAX_TRUE_PEAK), abs(item.lufs - TARGET_LUFS)

    return min(best, found, key=rank)


def trimmed(samples: Samples) -> Samples:
    """Cut silence at both ends, with a little room for soft beginnings and endings."""
    count = len(samples) // _TRIM_FRAME
    if count == 0:
        return samples
    frames = samples[: count * _TRIM_FRAME].reshape(count, _TRIM_FRAME)
    power = np.einsum("ij,ij->i", frames, frames) / _TRIM_FRAME
    level = 10 * np.log10(np.maximum(power, 1e-12))
    heard = np.flatnonzero(level > max(float(level.max()) - _TRIM_BELOW, _TRIM_FLOOR))
    if len(heard) == 0:
        return samples[:0]
    start = max(0, int(heard[0]) - _KEEP_BEFORE) * _TRIM_FRAME
    end = min(len(samples), (int(heard[-1]) + 1 + _KEEP_AFTER) * _TRIM_FRAME)
    return samples[start:end]


def _fade(samples: Samples) -> None:
    """Fade both ends in place, so that no click remains of the cut."""
    if len(samples) < 2 * _FADE:
        return
    ramp = np.linspace(0.0, 1.0, _FADE, dtype=np.float32)
    samples[:_FADE] *= ramp
    samples[-_FADE:] *= ramp[::-1]


def waveform(samples: Samples, bars: int = WAVEFORM_BARS) -> tuple[int, ...]:
    """Give the highest amplitude of each of `bars` equal pieces, the loudest being 100."""
    bars = min(bars, len(samples))
    if bars == 0:
        return ()
    starts = np.linspace(0, len(samples), bars, endpoint=False).astype(np.int64)
    peaks = np.maximum.reduceat(np.abs(samples), starts)
    highest = float(peaks.max())
    return tuple(int(bar) for bar in np.round(peaks / highest * 100)) if highest else (0,) * bars


def _warnings(gain: float, result: _Levelled) -> list[Notice]:
    found = []
    if gain > _QUIET_GAIN:
        found.append(Notice.of("quiet", decibels=round(gain)))
    if result.deepest < _DEEP_LIMITING:
        found.append(Notice.of("uneven", decibels=round(-decibels(result.deepest))))
    if abs(result.lufs - TARGET_LUFS) > 0.5 or result.peak > MAX_TRUE_PEAK:
        found.append(Notice.of("off_target", lufs=round(result.lufs, 1)))
    return found
