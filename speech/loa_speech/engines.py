# SPDX-License-Identifier: AGPL-3.0-or-later
"""The registry of speech engines: to add one, write a class with these members and name it in `engines`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from loa_speech.errors import EngineError, VoiceMissingError
from loa_speech.espeak import EspeakEngine
from loa_speech.pcm import Sound
from loa_speech.voices import Voice


class Engine(Protocol):
    """What every engine offers."""

    @property
    def name(self) -> str:
        """Its name in lists and errors."""
        ...

    @property
    def licence(self) -> str:
        """The licence of the engine and its voices, as an SPDX expression."""
        ...

    def voices(self) -> tuple[Voice, ...]:
        """Give its voices."""
        ...

    def check(self) -> str:
        """Prove that it speaks; raise `EngineError` if not."""
        ...

    def say(self, text: str, voice: str, speed: float) -> Sound:
        """Speak a normalised text."""
        ...


@dataclass(frozen=True, slots=True)
class EngineState:
    """One line of `loa check` and `loa speech engines`."""

    name: str
    licence: str
    voices: tuple[str, ...]
    ready: bool
    detail: str


@cache
def engines() -> Mapping[str, Engine]:
    """Give every engine by name; none is loaded before it speaks."""
    known: tuple[Engine, ...] = (EspeakEngine(),)
    return {engine.name: engine for engine in known}


def voices() -> tuple[Voice, ...]:
    """Give the voices of all engines."""
    return tuple(voice for engine in engines().values() for voice in engine.voices())


def engine_of(voice: str) -> Engine:
    """Find the engine that has a voice.

    Raises:
        VoiceMissingError: if none has it.
    """
    for engine in engines().values():
        if any(known.name == voice for known in engine.voices()):
            return engine
    raise VoiceMissingError(voice=voice, voices=", ".join(known.name for known in voices()))


def engine_states() -> tuple[EngineState, ...]:
    """Try each engine and tell whether it speaks."""
    states = []
    for engine in engines().values():
        try:
            ready, detail = True, engine.check()
        except EngineError as error:
            ready, detail = False, str(error)
        names = tuple(voice.name for voice in engine.voices())
        states.append(EngineState(engine.name, engine.licence, names, ready, detail))
    return tuple(states)
