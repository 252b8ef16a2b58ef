# SPDX-License-Identifier: AGPL-3.0-or-later
"""An uploaded recording to a finished sound."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from loa_speech.chain import Finished, finish
from loa_speech.notices import Notice
from loa_speech.sound import Decoded, decode

Progress = Callable[[int, int], None]

_STEPS = 2


def _silently(_done: int, _total: int) -> None:
    return


def finish_recording(path: Path, progress: Progress = _silently) -> Finished:
    """Decode and finish a recording.

    Args:
        path: the uploaded file.
        progress: called with steps done and steps in all.

    Raises:
        SpeechError: as `sound.decode` and `chain.finish` say.
    """
    decoded = decode(path)
    progress(1, _STEPS)
    finished = finish(decoded.sound.samples, decoded.sound.rate)
    progress(_STEPS, _STEPS)
    return replace(finished, warnings=(*_warnings(decoded), *finished.warnings))


def _warnings(decoded: Decoded) -> list[Notice]:
    found = []
    if decoded.is_cut_short:
        claimed, seconds = round(decoded.claimed_seconds), round(decoded.sound.seconds)
        found.append(Notice.of("cut_short", claimed=claimed, found=seconds))
    if decoded.bad_packets:
        found.append(Notice.of("damaged", count=decoded.bad_packets))
    return found
