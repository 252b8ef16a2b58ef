# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several finished sounds as one: a chime, the items with pauses between them, a chime.

For a zone's recurring programme, and for whoever plays several items at one go: ask `child.run_job` for a
`jobs.ProgrammeJob`, which calls `render` in a process of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loa_speech import limits
from loa_speech.chain import Finished, finished_of
from loa_speech.chime import chime as bells
from loa_speech.errors import EmptyProgrammeError, ProgrammeTooLongError, SilentError
from loa_speech.level import TARGET_LUFS
from loa_speech.loudness import SILENT_LUFS, integrated_lufs, weighted_powers
from loa_speech.parts import Part
from loa_speech.pcm import RATE, Samples, factor, silence
from loa_speech.shape import Shaped, trimmed
from loa_speech.sound import decode

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Programme:
    """A rendered programme: its sound, and where its parts stand in it."""

    finished: Finished
    parts: tuple[Part, ...]


def _silently(_done: int, _total: int) -> None:
    return


def render(
    items: Sequence[Path],
    progress: Progress = _silently,
    *,
    chime: bool = True,
    pause: float = 1.5,
    flac: bool = False,
) -> Programme:
    """Join finished sounds to one, each as loud as the others.

    Args:
        items: files that the chain has finished; they are not shaped for horns a second time.
        progress: called with parts done and parts in all.
        chime: sound one before and one after.
        pause: seconds between two parts.
        flac: give the sound as FLAC too.

    Raises:
        EmptyProgrammeError: there is no item.
        ProgrammeTooLongError: it would last longer than one sound may.
        SpeechError: as `sound.decode` says of an item.
    """
    if not items:
        raise EmptyProgrammeError
    total = len(items) + 1
    line: list[Samples] = []
    parts: list[Part] = []
    length = 0
    for number, samples in _sounds(items, chime=chime):
        if line:
            line.append(silence(pause, RATE))
            length += len(line[-1])
        parts.append(Part(number, _milliseconds(length), _milliseconds(len(samples))))
        line.append(samples)
        length += len(samples)
        if length > limits.MAX_SECONDS * RATE:
            raise ProgrammeTooLongError(limit_minutes=limits.MAX_SECONDS // 60)
        if number is not None:
            progress(number + 1, total)
    joined = np.concatenate(line)
    line.clear()
    finished = finished_of(Shaped(joined, weighted_powers(joined)), flac=flac)
    progress(total, total)
    return Programme(finished, tuple(parts))


def _sounds(items: Sequence[Path], *, chime: bool) -> Iterator[tuple[int | None, Samples]]:
    if chime:
        yield None, _as_loud(bells())
    for number, path in enumerate(items):
        yield number, _as_loud(trimmed(decode(path).sound.samples))
    if chime:
        yield None, _as_loud(bells(is_closing=True))


def _as_loud(samples: Samples) -> Samples:
    lufs = integrated_lufs(samples)
    if lufs <= SILENT_LUFS:
        raise SilentError
    return samples * np.float32(factor(TARGET_LUFS - lufs))


def _milliseconds(samples: int) -> int:
    return round(samples * 1000 / RATE)
