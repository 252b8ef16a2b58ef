# SPDX-License-Identifier: AGPL-3.0-or-later
"""Voices as the console lists them: those that ship, and those that an operator supplied; imports no engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loa_speech import voice_files
from loa_speech.voice_files import VoiceFile

DEFAULT_VOICE = "espeak-north"
NORMAL_WPM = 150  # espeak's words a minute at speed 1.0; horns echo, so calmer than its own 175
SLOWEST, FASTEST = 0.5, 2.0
ESPEAK = "espeak-ng"


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that a text can be read with.

    Attributes:
        name: stable, as stored with a message.
        label: as people call it, in Vietnamese.
        engine: the name of the engine that has it.
        licence: of engine and voice, as their files say; empty where they say nothing.
        file: where an operator put it; None for a voice that ships.
    """

    name: str
    label: str
    engine: str
    licence: str = ""
    file: VoiceFile | None = None

    @property
    def version(self) -> str:
        """What changes when the voice's file is exchanged; empty for a voice that ships."""
        return self.file.version if self.file is not None else ""


SHIPPED = (
    Voice("espeak-north", "Giọng máy miền Bắc", ESPEAK, "GPL-3.0-or-later"),
    Voice("espeak-central", "Giọng máy miền Trung", ESPEAK, "GPL-3.0-or-later"),
    Voice("espeak-south", "Giọng máy miền Nam", ESPEAK, "GPL-3.0-or-later"),
)


def voices(folder: Path | None = None) -> tuple[Voice, ...]:
    """Give every voice; nothing is loaded.

    Args:
        folder: where an operator's voices lie (`LOA_HOME/voices`); it need not exist.
    """
    return (*SHIPPED, *(_supplied(folder) if folder is not None else ()))


def _supplied(folder: Path) -> Iterator[Voice]:
    for found in voice_files.scan(folder):
        yield Voice(found.name, found.label, found.engine, found.licence, found)


def clamped_speed(speed: float) -> float:
    """Keep a speed within what stays understandable."""
    return min(FASTEST, max(SLOWEST, speed))
