# SPDX-License-Identifier: AGPL-3.0-or-later
"""A spoken text cut where a voice pauses: sentences, clauses, paragraphs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PAUSES = {".": 0.45, "!": 0.45, "?": 0.45, "…": 0.45, ";": 0.3, ":": 0.3}  # seconds
_BREATH = 0.15  # seconds, where an endless sentence had to be cut
_PARAGRAPH = 0.7  # seconds
_LONGEST_PIECE = 400  # characters; progress moves, and no engine gets an endless sentence
_PIECE = re.compile(r"[^.!?…;:]+[.!?…;:]*|[.!?…;:]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words and the pause in seconds behind them."""

    words: str
    pause: float


def pieces_of(spoken: str) -> Iterator[Piece]:
    """Cut a spoken text into pieces with the pause behind each; pieces without a letter only add to it."""
    for paragraph in spoken.splitlines():
        words = [found for match in _PIECE.findall(paragraph) for found in _short_enough(match.strip())]
        words = [found for found in words if any(char.isalnum() for char in found)]
        for index, found in enumerate(words):
            last = index == len(words) - 1
            yield Piece(found, _PARAGRAPH if last else _PAUSES.get(found[-1], _BREATH))


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
