# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a child process is asked to do and what it answers; plain data, no numpy."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from loa_speech import limits
from loa_speech.errors import EmptyTextError, TextTooLongError, grouped
from loa_speech.lexicon import Level, Lexicon, LexiconEntry
from loa_speech.notices import Notice
from loa_speech.reading import Reading, normalise
from loa_speech.voices import DEFAULT_VOICE, clamped_speed

CHAIN_VERSION = 2  # raise it when the same input shall sound otherwise: kept sounds are then made anew
SOUND_NAME = "sound.opus"


@dataclass(frozen=True, slots=True)
class SpeakJob:
    """Read a text aloud."""

    text: str
    voice: str = DEFAULT_VOICE
    speed: float = 1.0
    lexicon: Lexicon = Lexicon()  # noqa: RUF009  (immutable)

    def to_dict(self) -> dict[str, Any]:
        """Give plain data for the pipe."""
        entries = [asdict(entry) for entry in self.lexicon.entries]
        return {
            "kind": "speak",
            "text": self.text,
            "voice": self.voice,
            "speed": self.speed,
            "entries": entries,
        }


@dataclass(frozen=True, slots=True)
class RecordingJob:
    """Finish an uploaded recording."""

    path: Path

    def to_dict(self) -> dict[str, Any]:
        """Give plain data for the pipe."""
        return {"kind": "recording", "path": str(self.path)}


Job = SpeakJob | RecordingJob


def job_from_dict(data: Mapping[str, Any]) -> Job:
    """Make a job of its plain data."""
    if data["kind"] == "recording":
        return RecordingJob(Path(data["path"]))
    entries = [
        LexiconEntry(
            **{
                **entry,
                "level": Level(entry["level"]),
                "left": tuple(entry["left"]),
                "right": tuple(entry["right"]),
                "alternatives": tuple(entry.get("alternatives", ())),
            }
        )
        for entry in data["entries"]
    ]
    return SpeakJob(data["text"], data["voice"], data["speed"], Lexicon(tuple(entries)))


@dataclass(frozen=True, slots=True)
class JobResult:
    """A finished sound on disk.

    Attributes:
        path: the Ogg Opus file in the folder that the caller gave.
        sha256: of the file.
        size: bytes.
        duration_ms: length.
        lufs: integrated loudness.
        true_peak_dbtp: true peak.
        waveform: bars from 0 to 100.
        warnings: what a person should know.
        reading: what was read; None for a recording.
    """

    path: Path
    sha256: str
    size: int
    duration_ms: int
    lufs: float
    true_peak_dbtp: float
    waveform: tuple[int, ...]
    warnings: tuple[Notice, ...]
    reading: Reading | None

    def to_dict(self) -> dict[str, Any]:
        """Give plain data for the pipe."""
        return {
            "path": str(self.path),
            "sha256": self.sha256,
            "size": self.size,
            "duration_ms": self.duration_ms,
            "lufs": self.lufs,
            "true_peak_dbtp": self.true_peak_dbtp,
            "waveform": list(self.waveform),
            "warnings": [notice.to_dict() for notice in self.warnings],
            "reading": self.reading.to_dict() if self.reading else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "JobResult":
        """Make a result of its plain data."""
        return cls(
            path=Path(data["path"]),
            sha256=data["sha256"],
            size=data["size"],
            duration_ms=data["duration_ms"],
            lufs=data["lufs"],
            true_peak_dbtp=data["true_peak_dbtp"],
            waveform=tuple(data["waveform"]),
            warnings=tuple(Notice.from_dict(notice) for notice in data["warnings"]),
            reading=Reading.from_dict(data["reading"]) if data["reading"] else None,
        )


def check_text(text: str, lexicon: Lexicon | None = None) -> Reading:
    """Read a text and refuse what cannot be spoken, before any work begins.

    Raises:
        TextTooLongError: if it has more than `limits.MAX_CHARACTERS`.
        EmptyTextError: if nothing in it can be spoken.
    """
    if len(text) > limits.MAX_CHARACTERS:
        raise TextTooLongError(characters=grouped(len(text)), limit=grouped(limits.MAX_CHARACTERS))
    reading = normalise(text, lexicon)
    if not any(char.isalnum() for char in reading.spoken):
        raise EmptyTextError
    return reading


def _key(*parts: object) -> str:
    return hashlib.sha256(json.dumps([CHAIN_VERSION, *parts]).encode()).hexdigest()


def synthesis_key(spoken: str, voice: str, speed: float = 1.0) -> str:
    """Give the key under which the sound of a reading is kept.

    Args:
        spoken: `Reading.spoken`.
        voice: a voice's name.
        speed: as for `SpeakJob`.
    """
    return _key("speak", spoken, voice, round(clamped_speed(speed), 3))


def recording_key(file_sha256: str) -> str:
    """Give the key under which the finished sound of an uploaded file is kept."""
    return _key("recording", file_sha256)
