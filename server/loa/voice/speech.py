# SPDX-License-Identifier: AGPL-3.0-or-later
"""How this server calls ``loa_speech``: always in a child process that ends, with limits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

TIME_LIMIT_S = 600  # seconds for one piece of work

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    """A finished sound file, with what was measured in it."""

    path: Path
    media_type: str
    duration_ms: int
    lufs: float
    true_peak_dbtp: float
    waveform: list[int] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def synthesis_key(spoken: str, voice: str) -> str:
    """Return the hash of everything that decides how a machine's reading sounds."""
    raise NotImplementedError


def speak(text: str, voice: str, folder: Path, on_progress: OnProgress) -> Made:
    """Read ``text`` aloud into a file in ``folder``.

    Raises:
        SpeechError: with a sentence for people.
    """
    raise NotImplementedError


def finish(recording: Path, name: str, folder: Path, on_progress: OnProgress) -> Made:
    """Check a recording and make it as loud as everything else, into a file in ``folder``.

    Raises:
        SpeechError: with a sentence for people.
    """
    raise NotImplementedError
