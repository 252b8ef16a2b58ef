# SPDX-License-Identifier: AGPL-3.0-or-later
"""A text to a finished sound, sentence by sentence with pauses at punctuation."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from loa_speech import limits
from loa_speech.chain import Finished, finish
from loa_speech.engines import engine_of
from loa_speech.errors import ReadingTooLongError
from loa_speech.jobs import check_text
from loa_speech.lexicon import Lexicon
from loa_speech.pcm import Samples, silence
from loa_speech.reading import Reading
from loa_speech.shape import trimmed
from loa_speech.voices import DEFAULT_VOICE

Progress = Callable[[int, int], None]  # pieces done, pieces in all

_PAUSES = {".": 0.45, "!": 0.45, "?": 0.45, "…": 0.45, ";": 0.3, ":": 0.3}  # seconds
_PARAGRAPH = 0.7  # seconds
_LONGEST_PIECE = 400  # characters; progress moves, and no engine gets an endless sentence
_PIECE = re.compile(r"[^.!?…;:]+[.!?…;:]*|[.!?…;:]+")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was read and how it sounds."""

    reading: Reading
    finished: Finished


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words and the pause in seconds behind them."""

    words: str
    pause: float


def _silently(_done: int, _total: int) -> None:
    return


def speak(
    text: str,
    lexicon: Lexicon | None = None,
    voice: str = DEFAULT_VOICE,
    progress: Progress = _silently,
    *,
    speed: float = 1.0,
) -> Spoken:
    """Read a text aloud.

    Args:
        text: what was written.
        lexicon: readings that win over the rules.
        voice: a voice's name.
        progress: called after each piece with how many are done, and of how many.
        speed: 1.0 is a calm announcer.

    Raises:
        EmptyTextError, TextTooLongError, ReadingTooLongError: about the text.
        VoiceMissingError, EngineError: about the voice.
    """
    reading = check_text(text, lexicon)
    pieces = list(pieces_of(reading.spoken))
    engine = engine_of(voice)
    total = len(pieces) + 1  # the chain is the last piece
    sounds: list[Samples] = []
    seconds, rate = 0.0, 0
    for done, piece in enumerate(pieces, start=1):
        sound = engine.say(piece.words, voice, speed)
        rate = sound.rate
        sounds += [_tight(sound.samples), silence(piece.pause, rate)]
        seconds += sound.seconds + piece.pause
        if seconds > limits.MAX_SECONDS:
            raise ReadingTooLongError(limit_minutes=limits.MAX_SECONDS // 60)
        progress(done, total)
    finished = finish(np.concatenate(sounds), rate)
    progress(total, total)
    return Spoken(reading, finished)


def _tight(samples: Samples) -> Samples:
    """Cut the engine's own silence, so that pauses are ours and alike for every engine."""
    kept = trimmed(samples)
    return kept if len(kept) else samples


def pieces_of(spoken: str) -> Iterator[Piece]:
    """Cut a spoken text into pieces with the pause behind each; pieces without a letter only add to it."""
    for paragraph in spoken.splitlines():
        words = [found for match in _PIECE.findall(paragraph) for found in _short_enough(match.strip())]
        words = [found for found in words if any(char.isalnum() for char in found)]
        for index, found in enumerate(words):
            last = index == len(words) - 1
            yield Piece(found, _PARAGRAPH if last else _PAUSES.get(found[-1], 0.15))


def _short_enough(piece: str) -> Iterator[str]:
    """Cut a piece that is too long at a comma, or else at a blank."""
    while len(piece) > _LONGEST_PIECE:
        cut = (
            piece.rfind(",", 1, _LONGEST_PIECE) + 1
            or piece.rfind(" ", 1, _LONGEST_PIECE) + 1
            or _LONGEST_PIECE
        )
        yield piece[:cut].strip()
        piece = piece[cut:].strip()
    if piece:
        yield piece
