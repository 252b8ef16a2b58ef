# SPDX-License-Identifier: AGPL-3.0-or-later
"""An uploaded recording to a finished sound, and what a person should know about it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from loa_speech.chain import Finished, finished_of, prepared
from loa_speech.checks import examined
from loa_speech.loudness import integrated_lufs, true_peak_dbtp
from loa_speech.notices import Notice
from loa_speech.sound import Decoded, decode

Progress = Callable[[int, int], None]

_STEPS = 3


def _silently(_done: int, _total: int) -> None:
    return


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is found in a recording as it came, before anything is done to it.

    Attributes:
        seconds: how long it is.
        lufs: integrated loudness.
        true_peak_dbtp: true peak.
        notices: what a person should know, the gravest first.
    """

    seconds: float
    lufs: float
    true_peak_dbtp: float
    notices: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give plain data for JSON."""
        return {
            "seconds": round(self.seconds, 1),
            "lufs": round(self.lufs, 1),
            "true_peak_dbtp": round(self.true_peak_dbtp, 1),
            "notices": [notice.to_dict() for notice in self.notices],
        }


def inspect(path: Path) -> Inspection:
    """Decode and examine a recording; nothing is made of it.

    Raises:
        SpeechError: as `sound.decode` says.
    """
    decoded = decode(path)
    samples = decoded.sound.samples
    return Inspection(
        decoded.sound.seconds, integrated_lufs(samples), true_peak_dbtp(samples), tuple(_notices(decoded))
    )


def finish_recording(path: Path, progress: Progress = _silently, *, flac: bool = False) -> Finished:
    """Decode, examine and finish a recording.

    Args:
        path: the uploaded file.
        progress: called with steps done and steps in all.
        flac: give the sound as FLAC too.

    Raises:
        SpeechError: as `sound.decode` and `chain.finish` say.
    """
    decoded = decode(path)
    progress(1, _STEPS)
    notices = _notices(decoded)
    progress(2, _STEPS)
    shape = prepared(decoded.sound.samples, decoded.sound.rate)
    del decoded
    finished = finished_of(shape, flac=flac)
    progress(_STEPS, _STEPS)
    return replace(finished, warnings=(*notices, *finished.warnings))


def _notices(decoded: Decoded) -> list[Notice]:
    found = []
    if decoded.is_cut_short:
        claimed, seconds = round(decoded.claimed_seconds), round(decoded.sound.seconds)
        found.append(Notice.of("cut_short", claimed=claimed, found=seconds))
    if decoded.bad_packets:
        found.append(Notice.of("damaged", count=decoded.bad_packets))
    return found + examined(decoded)
