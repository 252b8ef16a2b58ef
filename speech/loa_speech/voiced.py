# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pieces of text spoken ahead, several at once where an engine can; the first is ready first."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from loa_speech.engines import Engine, engine_of, voice_named
from loa_speech.pieces import Piece, pieces_of
from loa_speech.utterance import Utterance
from loa_speech.voices import Voice


class Voiced:
    """Speaks pieces in threads of its own from the moment it is made, and gives them once in their order.

    Args:
        engine: who speaks.
        pieces: what is spoken.
        voice: one of the engine's.
        speed: 1.0 is a calm announcer.
        first_alone: finish the first piece before any other is begun, so that it is heard soonest.
    """

    def __init__(
        self,
        engine: Engine,
        pieces: Sequence[Piece],
        voice: Voice,
        speed: float,
        *,
        first_alone: bool = False,
    ) -> None:
        self.speed = speed
        self._engine, self._pieces, self._voice = engine, pieces, voice
        self._pool = ThreadPoolExecutor(max(1, min(engine.at_once, len(pieces))))
        self._said: list[Future[Utterance]] = []
        self._submit(pieces[:1] if first_alone else pieces)

    def __len__(self) -> int:
        """How many pieces there are."""
        return len(self._pieces)

    def _submit(self, pieces: Sequence[Piece]) -> None:
        for piece in pieces:
            self._said.append(self._pool.submit(self._engine.say, piece.words, self._voice, self.speed))

    def __iter__(self) -> Iterator[tuple[Piece, Utterance]]:
        """Give each piece and its sound; what an engine raised is raised at its piece."""
        try:
            for number, piece in enumerate(self._pieces):
                said = self._said[number].result()
                self._submit(self._pieces[len(self._said) :])  # those that waited for the first
                yield piece, said
        finally:
            self._pool.shutdown(wait=False, cancel_futures=True)


def begin(
    spoken: str, voice: str, speed: float = 1.0, folder: Path | None = None, *, first_alone: bool = False
) -> Voiced:
    """Begin to speak; the voice works on while its sound is taken.

    Args:
        spoken: words, as `Reading.spoken` has them.
        voice: a voice's name.
        speed: 1.0 is a calm announcer.
        folder: where an operator's voices lie.
        first_alone: as for `Voiced`.

    Raises:
        VoiceMissingError: there is no such voice. What else fails is raised where the sound is taken.
    """
    found = voice_named(voice, folder)
    return Voiced(engine_of(found), tuple(pieces_of(spoken)), found, speed, first_alone=first_alone)
