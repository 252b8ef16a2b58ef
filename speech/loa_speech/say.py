# SPDX-License-Identifier: AGPL-3.0-or-later
"""A text to a finished sound, sentence by sentence with pauses at punctuation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from loa_speech import limits
from loa_speech.chain import Finished, finish
from loa_speech.checks import too_fast
from loa_speech.errors import ReadingTooLongError, SilentError, TooShortError
from loa_speech.pcm import Samples, silence
from loa_speech.shape import trimmed
from loa_speech.utterance import Utterance
from loa_speech.voiced import Voiced, begin
from loa_speech.voices import DEFAULT_VOICE, clamped_speed

if TYPE_CHECKING:  # the rules take a while to import, and a child has its words already
    from loa_speech.lexicon import Lexicon
    from loa_speech.reading import Reading

Progress = Callable[[int, int], None]  # pieces done, pieces in all

_OF_RECORDINGS = {"uneven", "quiet"}  # how even and how loud a machine speaks is nobody's mistake


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was read and how it sounds."""

    reading: "Reading"
    finished: Finished


def silently(_done: int, _total: int) -> None:
    """Report progress to nobody."""


def speak(
    text: str,
    lexicon: "Lexicon | None" = None,
    voice: str = DEFAULT_VOICE,
    progress: Progress = silently,
    *,
    speed: float = 1.0,
    folder: Path | None = None,
) -> Spoken:
    """Read a text aloud in this process; `child.run_job` does the same in one of its own.

    Args:
        text: what was written.
        lexicon: readings that win over the rules.
        voice: a voice's name.
        progress: called after each piece with how many are done, and of how many.
        speed: 1.0 is a calm announcer.
        folder: where an operator's voices lie.

    Raises:
        EmptyTextError, TextTooLongError, ReadingTooLongError: about the text.
        VoiceMissingError, EngineError, EngineMissingError, VoiceFileError: about the voice.
    """
    from loa_speech.jobs import check_text

    reading = check_text(text, lexicon)
    return Spoken(reading, finish_spoken(begin(reading.spoken, voice, speed, folder), progress))


def finish_spoken(voiced: Voiced, progress: Progress = silently, *, flac: bool = False) -> Finished:
    """Join what a voice says, with its pauses, and finish it as one sound."""
    sounds: list[Samples] = []
    seconds, rate, voice, syllables = 0.0, 0, 0.0, 0
    total = len(voiced) + 1  # the chain is the last piece
    for done, (piece, said) in enumerate(voiced, start=1):
        rate = said.rate
        pause = piece.pause / clamped_speed(voiced.speed)
        sound = _tight(said)
        voice += len(sound) / rate
        syllables += len(piece.words.split())  # of written Vietnamese each word is one
        sounds += [sound, silence(pause, rate)]
        seconds += said.seconds + pause
        if seconds > limits.MAX_SECONDS:
            raise ReadingTooLongError(limit_minutes=limits.MAX_SECONDS // 60)
        progress(done, total)
    joined = np.concatenate(sounds)
    sounds.clear()
    finished = finish(joined, rate, flac=flac)
    progress(total, total)
    kept = [notice for notice in finished.warnings if notice.code not in _OF_RECORDINGS]
    return replace(finished, warnings=(*kept, *too_fast(syllables, voice)))


def finished_pieces(voiced: Voiced) -> Iterator[tuple[Finished, float]]:
    """Finish sentence by sentence, so that the first one sounds while others are made.

    A piece too short to be measured goes along with the next one.

    Yields:
        A finished sound and the pause in seconds that belongs behind it.
    """
    kept: list[Samples] = []
    for piece, said in voiced:
        pause = piece.pause / clamped_speed(voiced.speed)
        kept.append(_tight(said))
        try:
            finished = finish(np.concatenate(kept), said.rate)
        except (TooShortError, SilentError):
            kept.append(silence(pause, said.rate))
            continue
        kept.clear()
        yield finished, pause


def _tight(said: Utterance) -> Samples:
    """Cut the engine's own silence, so that pauses are ours and alike for every engine."""
    samples = np.frombuffer(said.pcm, np.int16).astype(np.float32) / np.float32(32768)
    kept = trimmed(samples)
    return kept if len(kept) else samples
