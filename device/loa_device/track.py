# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sound file decoded ahead of its time: 48 kHz, mono, 16 bit, from any sample on."""

import asyncio
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000  # Hz; Opus has no other
AHEAD = 3 * RATE  # samples kept decoded
CHUNK = RATE // 2  # samples decoded in one go, in a thread
PRE_ROLL = RATE // 5  # samples that the decoder needs to settle after a jump (Opus asks for 80 ms)

Samples = NDArray[np.int16]


class TrackError(Exception):
    """The file is not a sound that can be played."""


class Track:
    """One file being decoded; ask for samples in order.

    Args:
        path: the file, its hash already checked.
        offset: first sample that is wanted.
    """

    def __init__(self, path: Path, offset: int = 0) -> None:
        self._blocks: deque[Samples] = deque()
        self._buffered = 0
        self._ended = False
        self._container: av.container.InputContainer | None = None
        self._pieces = self._decoded(path, offset)
        self._filling: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """Decode the first part.

        Raises:
            TrackError: it cannot be decoded.
        """
        await asyncio.to_thread(self._fill)

    def read(self, count: int) -> Samples | None:
        """Return up to `count` decoded samples; empty when decoding lags, None at the end.

        Raises:
            TrackError: the file broke off.
        """
        if self._filling is not None and self._filling.done():
            filling, self._filling = self._filling, None
            filling.result()
        if self._filling is None and not self._ended and self._buffered < AHEAD - CHUNK:
            self._filling = asyncio.create_task(asyncio.to_thread(self._fill))
        if not self._blocks:
            return None if self._ended else np.empty(0, np.int16)
        block = self._blocks.popleft()
        if len(block) > count:
            self._blocks.appendleft(block[count:])
            block = block[:count]
        self._buffered -= len(block)
        return block

    def skip(self, count: int) -> None:
        """Pass over samples whose moment has gone."""
        while count > 0:
            block = self.read(count)
            if block is None or not len(block):
                return
            count -= len(block)

    async def close(self) -> None:
        """Stop decoding and close the file."""
        if self._filling is not None:
            await asyncio.wait([self._filling])
        if self._container is not None:
            self._container.close()

    def _fill(self) -> None:
        while self._buffered < AHEAD:
            try:
                piece = next(self._pieces, None)
            except av.FFmpegError as error:
                raise TrackError(str(error)) from error
            if piece is None:
                self._ended = True
                return
            self._blocks.append(piece)
            self._buffered += len(piece)

    def _decoded(self, path: Path, offset: int) -> Iterator[Samples]:
        self._container = container = av.open(str(path), "r", metadata_errors="ignore")
        if not container.streams.audio:
            raise TrackError("no sound in the file")
        stream = container.streams.audio[0]
        stream.codec_context.thread_type = "NONE"
        if offset > PRE_ROLL:
            container.seek(offset - PRE_ROLL, stream=stream, backward=True)
        gathered: list[Samples] = []
        count = 0
        for frame in container.decode(stream):
            samples = _mono(frame)
            begin = frame.pts or 0
            if begin + len(samples) <= offset:
                continue
            gathered.append(samples[max(0, offset - begin) :])
            count += len(gathered[-1])
            if count >= CHUNK:
                yield np.concatenate(gathered)
                gathered, count = [], 0
        if gathered:
            yield np.concatenate(gathered)


def _mono(frame: av.AudioFrame) -> Samples:
    """Return a frame's samples as 16 bit mono; Opus decodes to 32 bit floats, one plane per channel."""
    if frame.format.name != "fltp" or frame.sample_rate != RATE:
        raise TrackError(f"not Opus: {frame.format.name} at {frame.sample_rate} Hz")
    planes = np.asarray(frame.to_ndarray(), np.float32)
    mono = planes[0] if len(planes) == 1 else planes.mean(axis=0)
    samples: Samples = np.clip(np.rint(mono * 32767.0), -32768, 32767).astype(np.int16)
    return samples
