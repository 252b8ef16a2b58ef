# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a child process is asked to do and what it answers; plain data, no numpy. `work` is the child's side."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from loa_speech import limits
from loa_speech.errors import EmptyTextError, TextTooLongError, grouped
from loa_speech.lexicon import Lexicon
from loa_speech.notices import Notice
from loa_speech.parts import Part
from loa_speech.reading import Reading, normalise
from loa_speech.voices import DEFAULT_VOICE, clamped_speed

CHAIN_VERSION = 2  # raise it when the same input shall sound otherwise: kept sounds are then made anew


@dataclass(frozen=True, slots=True)
class SpeakJob:
    """Read a text aloud.

    Attributes:
        text: what was written.
        voice: a voice's name.
        speed: 1.0 is a calm announcer.
        lexicon: readings that win over the rules.
        reading: how the text is read, where somebody has settled that; the lexicon is then not asked.
        folder: where an operator's voices lie.
        flac: give the sound as FLAC too.
    """

    text: str
    voice: str = DEFAULT_VOICE
    speed: float = 1.0
    lexicon: Lexicon = Lexicon()  # noqa: RUF009  (immutable)
    reading: Reading | None = None
    folder: Path | None = None
    flac: bool = False

    def read(self) -> Reading:
        """Read the text, and refuse what cannot be spoken.

        Raises:
            EmptyTextError, TextTooLongError: as `check_text` says.
        """
        return check_text(self.text, self.lexicon, self.reading)

    def request(self, reading: Reading) -> dict[str, Any]:
        """Give what the child is told: words, not rules."""
        return {
            "kind": "speak",
            "spoken": reading.spoken,
            "voice": self.voice,
            "speed": self.speed,
            "folder": str(self.folder) if self.folder else None,
            "flac": self.flac,
        }


@dataclass(frozen=True, slots=True)
class RecordingJob:
    """Finish an uploaded recording."""

    path: Path
    flac: bool = False

    def request(self) -> dict[str, Any]:
        """Give what the child is told."""
        return {"kind": "recording", "path": str(self.path), "flac": self.flac}


@dataclass(frozen=True, slots=True)
class ProgrammeJob:
    """Join finished sounds to one.

    Attributes:
        items: their files, in their order.
        chime: sound one before and one after.
        pause: seconds between two parts.
    """

    items: tuple[Path, ...]
    chime: bool = True
    pause: float = 1.5
    flac: bool = False

    def request(self) -> dict[str, Any]:
        """Give what the child is told."""
        return {
            "kind": "programme",
            "items": [str(path) for path in self.items],
            "chime": self.chime,
            "pause": self.pause,
            "flac": self.flac,
        }


Job = SpeakJob | RecordingJob | ProgrammeJob


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
        reading: what was read; None for a recording or a programme.
        flac: the same sound as FLAC, where it was asked for.
        parts: where the parts of a programme stand.
    """

    path: Path
    sha256: str
    size: int
    duration_ms: int
    lufs: float
    true_peak_dbtp: float
    waveform: tuple[int, ...]
    warnings: tuple[Notice, ...]
    reading: Reading | None = None
    flac: Path | None = None
    parts: tuple[Part, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give plain data for JSON, the reading left out."""
        return {
            "path": str(self.path),
            "sha256": self.sha256,
            "size": self.size,
            "duration_ms": self.duration_ms,
            "lufs": self.lufs,
            "true_peak_dbtp": self.true_peak_dbtp,
            "waveform": list(self.waveform),
            "warnings": [notice.to_dict() for notice in self.warnings],
            "flac": str(self.flac) if self.flac else None,
            "parts": [asdict(part) for part in self.parts],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], reading: Reading | None = None) -> "JobResult":
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
            reading=reading,
            flac=Path(data["flac"]) if data["flac"] else None,
            parts=tuple(Part(**part) for part in data["parts"]),
        )


@dataclass(frozen=True, slots=True)
class PieceResult:
    """One finished sentence of a text that is spoken sentence by sentence.

    Attributes:
        path: the Ogg Opus file.
        duration_ms: length.
        pause_ms: silence that belongs behind it.
    """

    path: Path
    duration_ms: int
    pause_ms: int


def check_text(text: str, lexicon: Lexicon | None = None, reading: Reading | None = None) -> Reading:
    """Read a text and refuse what cannot be spoken, before any work begins.

    Args:
        text: what was written.
        lexicon: readings that win over the rules.
        reading: how it is read, where that is settled.

    Raises:
        TextTooLongError: if it has more than `limits.MAX_CHARACTERS`.
        EmptyTextError: if nothing in it can be spoken.
    """
    if len(text) > limits.MAX_CHARACTERS:
        raise TextTooLongError(characters=grouped(len(text)), limit=grouped(limits.MAX_CHARACTERS))
    reading = reading or normalise(text, lexicon)
    if not any(char.isalnum() for char in reading.spoken):
        raise EmptyTextError
    return reading


def _key(*parts: object) -> str:
    return hashlib.sha256(json.dumps([CHAIN_VERSION, *parts]).encode()).hexdigest()


def synthesis_key(spoken: str, voice: str, speed: float = 1.0, *, version: str = "") -> str:
    """Give the key under which the sound of a reading is kept.

    Args:
        spoken: `Reading.spoken`.
        voice: a voice's name.
        speed: as for `SpeakJob`.
        version: `Voice.version`.
    """
    return _key("speak", spoken, voice, round(clamped_speed(speed), 3), version)


def recording_key(file_sha256: str) -> str:
    """Give the key under which the finished sound of an uploaded file is kept."""
    return _key("recording", file_sha256)
