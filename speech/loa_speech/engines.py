# SPDX-License-Identifier: AGPL-3.0-or-later
"""The registry of speech engines: to add one, write a class with these members and name it in `_made`."""

from functools import cache
from pathlib import Path
from typing import Protocol

from loa_speech.errors import EngineError, VoiceMissingError
from loa_speech.utterance import Utterance
from loa_speech.voice_files import PIPER, SHERPA
from loa_speech.voices import ESPEAK, Voice, voices

_SHORTEST = 0.1  # seconds that one word lasts at least


class Engine(Protocol):
    """What every engine offers."""

    @property
    def name(self) -> str:
        """Its name in lists and errors."""
        ...

    @property
    def at_once(self) -> int:
        """How many texts it speaks at the same time."""
        ...

    def load(self) -> None:
        """Load ahead what every voice of the engine needs."""
        ...

    def say(self, text: str, voice: Voice, speed: float) -> Utterance:
        """Speak a normalised text; 1.0 is a calm announcer.

        Raises:
            EngineError: the engine fails.
            VoiceFileError: the voice's file cannot be used.
            EngineMissingError: what the engine needs is not installed.
        """
        ...


@cache
def _made(name: str) -> Engine:
    """Make an engine; it loads what it needs when it first speaks."""
    if name == PIPER:
        from loa_speech.piper import PiperEngine

        return PiperEngine()
    if name == SHERPA:
        from loa_speech.sherpa import SherpaEngine

        return SherpaEngine()
    from loa_speech.espeak import EspeakEngine

    assert name == ESPEAK
    return EspeakEngine()


def engine_of(voice: Voice) -> Engine:
    """Give the engine that has a voice."""
    return _made(voice.engine)


def voice_named(name: str, folder: Path | None = None) -> Voice:
    """Find a voice.

    Args:
        name: as stored.
        folder: where an operator's voices lie.

    Raises:
        VoiceMissingError: if there is none of this name.
    """
    known = voices(folder)
    for voice in known:
        if voice.name == name:
            return voice
    raise VoiceMissingError(voice=name, voices=", ".join(voice.name for voice in known))


def check(voice: Voice) -> str:
    """Load a voice and have it speak one word.

    Returns:
        What was found, in one line.

    Raises:
        EngineError, EngineMissingError, VoiceFileError: as their names say.
    """
    said = engine_of(voice).say("loa", voice, 1.0)
    if said.seconds < _SHORTEST:
        raise EngineError(engine=voice.name, reason="không ra tiếng")
    return f"{said.rate} Hz"
