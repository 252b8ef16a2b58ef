# SPDX-License-Identifier: AGPL-3.0-or-later
"""One loudness and safe peaks, held by the Opus file itself: set, encode, decode, measure, and again if need be.

Which drive and which limiting give the loudness is worked out on levels of 1 ms; samples are touched once a round.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from loa_speech.coding import decode_opus, encode_opus
from loa_speech.limiter import applied, gain_curve, hop_gains
from loa_speech.loudness import integrated, integrated_lufs, peak_envelope
from loa_speech.pcm import HOP, Samples, decibels, factor, peaks
from loa_speech.shape import Shaped
from loa_speech.together import both

TARGET_LUFS = -16.0
MAX_TRUE_PEAK = -1.0  # dBTP, of the Opus file as it decodes

_CODEC_ROOM = 0.9  # dB that Opus may add to a peak before a second round is needed
_PEAK_SAFETY = 0.05  # dB between our meter and another
_CLOSE_ENOUGH = 0.3  # LU between the file and the target
_SOLVED = 0.02  # LU between the wanted loudness and the one worked out
_MOST_DRIVE = 12.0  # dB above the aim; more would only flatten
_TRIES = 12
_MORE = 1.6  # of each further dB of drive into speech the limiter takes a good third
_ROUNDS = 6
_LOWERED = 0.94  # of what would just be enough where the file's peak was too high


@dataclass(frozen=True, slots=True, eq=False)
class Levelled:
    """A sound at its level.

    Attributes:
        samples: 48 kHz mono as they went into the encoder; None unless asked for.
        opus: the file.
        lufs: integrated loudness of the decoded file.
        peak: true peak of the decoded file in dBTP.
        deepest: the strongest limiting in dB, 0 or below.
    """

    samples: Samples | None
    opus: bytes
    lufs: float
    peak: float
    deepest: float


@dataclass(slots=True)
class _Setting:
    """What one round aims at.

    Attributes:
        wanted: loudness before the encoder in LUFS.
        drive: gain in dB before the limiter.
        caps: highest amplitude for each hop.
    """

    wanted: float
    drive: float
    caps: Samples


def levelled(shaped: Shaped, *, keep_samples: bool = False) -> Levelled:
    """Bring a sound to `TARGET_LUFS` and at most `MAX_TRUE_PEAK`, both of the file as it decodes."""
    aim = TARGET_LUFS - integrated(shaped.powers)
    rough = peaks(shaped.samples, HOP)
    caps = np.full(len(rough), factor(MAX_TRUE_PEAK - _CODEC_ROOM), np.float32)
    setting = _Setting(TARGET_LUFS, aim, caps)
    drive = _solve(shaped.powers, rough, setting, aim + _MOST_DRIVE)
    envelope = peak_envelope(shaped.samples, float(caps[0]) / factor(drive + 1.0))
    best: Levelled | None = None
    for _ in range(_ROUNDS):
        setting.drive = _solve(shaped.powers, envelope, setting, aim + _MOST_DRIVE)
        curve = gain_curve(envelope, setting.caps, factor(setting.drive))
        level: Samples | None = applied(shaped.samples, curve)
        assert level is not None
        opus = encode_opus(level)
        level = level if keep_samples else None
        heard = decode_opus(opus, len(shaped.samples))
        lufs, peak = both(partial(integrated_lufs, heard), partial(_lowered, setting.caps, heard))
        found = Levelled(
            samples=level,
            opus=opus,
            lufs=lufs,
            peak=peak,
            deepest=decibels(float(curve.min())) - setting.drive,
        )
        best = found if best is None else min(best, found, key=_rank)
        off = TARGET_LUFS - found.lufs
        is_spent = off > 0 and setting.drive >= aim + _MOST_DRIVE
        if found.peak <= MAX_TRUE_PEAK - _PEAK_SAFETY and (abs(off) <= _CLOSE_ENOUGH or is_spent):
            break
        setting.wanted += off
    assert best is not None
    return best


def _solve(hop_powers: Samples, envelope: Samples, setting: _Setting, most: float) -> float:
    """Find the drive in dB, at most `most`, that gives the wanted loudness behind the limiter."""
    drive = min(setting.drive, most)
    for _ in range(_TRIES):
        gains = hop_gains(gain_curve(envelope, setting.caps, factor(drive)))
        short = setting.wanted - integrated(hop_powers * gains**2)
        if abs(short) < _SOLVED or (short > 0 and drive >= most):
            break
        drive = min(drive + short * (_MORE if float(gains.min()) < factor(drive) else 1.0), most)
    return drive


def _lowered(caps: Samples, heard: Samples) -> float:
    """Lower the caps where the decoded sound stands too high, and give its true peak in dBTP."""
    allowed = factor(MAX_TRUE_PEAK - _PEAK_SAFETY)
    envelope = peak_envelope(heard, min(allowed, float(max(heard.max(), -heard.min()))))
    over = np.where(envelope > allowed, _LOWERED * allowed / np.maximum(envelope, allowed), 1.0)
    wide = np.minimum(over, np.minimum(np.append(over[1:], 1.0), np.append(1.0, over[:-1])))
    caps[: len(wide)] *= wide.astype(np.float32)
    return decibels(float(envelope.max()))


def _rank(item: Levelled) -> tuple[float, float]:
    """Prefer a safe peak, then the loudness nearer to the target."""
    return max(0.0, item.peak - MAX_TRUE_PEAK), abs(item.lufs - TARGET_LUFS)
