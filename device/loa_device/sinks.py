# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where sound goes. A sample's place is its number since the epoch at 48 kHz, so a sink needs no clock."""

import os
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np

from loa_device.clock import Clock
from loa_device.state import write_durably
from loa_device.track import RATE, Samples
from loa_protocol.times import format_utc

DAY = 86_400 * RATE  # samples
LONGEST = 6 * 3600 * RATE  # samples in one WAV file: its 32-bit sizes end at 12.4 hours
KINDS = "default, alsa:NAME, wav:FOLDER, hls:FOLDER, icecast:USER:PASSWORD@HOST:PORT/MOUNT, null"
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


class SinkError(Exception):
    """No such sink, or it cannot be opened or has ended; the text says why."""


class Sink(Protocol):
    """A loudspeaker, or what stands for one; `kind` is its name on the command line."""

    kind: str

    def write(self, start: int, samples: Samples) -> None:
        """Hand over samples that leave from sample number `start` on; up to 0.2 s ahead of their time."""

    def drop(self, after: int) -> None:
        """Forget what was handed over but has not left by sample number `after`."""

    def close(self) -> None:
        """End the sink; nothing is lost."""

    @property
    def trouble(self) -> str:
        """What does not go well, or nothing."""

    @property
    def delay_ms(self) -> int:
        """By how much it sounds later than the agenda says."""


class NullSink:
    """Takes everything and sounds nothing."""

    kind, trouble, delay_ms = "null", "", 0

    def write(self, start: int, samples: Samples) -> None:
        """Do nothing."""

    def drop(self, after: int) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class WavLine(msgspec.Struct, frozen=True, kw_only=True):
    """The file beside a WAV file: when its sample 0 left."""

    utc: str  # UTC of sample 0
    unix: int  # the same as epoch seconds
    rate: int  # Hz
    process: int


class WavSink:
    """Writes what sounds into WAV files on a real time line: sample n left n/48000 s after the file's start.

    A file begins at the whole second of its first sound and holds sound of one UTC day and one process, at
    most 6 hours; silence is a hole in the file and takes no disk. The header is right after every write, so a
    killed process leaves a readable file.

    Args:
        folder: where the files lie; made when it is not there.

    Raises:
        OSError: the folder cannot be written.
    """

    kind, trouble, delay_ms = "wav", "", 0

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._file = -1
        self._zero = 0  # sample number of the file's first sample
        self._length = 0  # samples in the file

    def write(self, start: int, samples: Samples) -> None:
        """Write samples at their place.

        Raises:
            OSError: the disk is full.
        """
        new_day = self._zero // DAY != start // DAY
        if self._file < 0 or new_day or start - self._zero >= LONGEST or start < self._zero:
            self._open(start)
        position = start - self._zero
        os.pwrite(self._file, samples.astype("<i2", copy=False).tobytes(), _HEADER.size + 2 * position)
        self._length = max(self._length, position + len(samples))
        self._write_header()

    def drop(self, after: int) -> None:
        """Cut the file where the sound stopped."""
        if self._file >= 0 and after - self._zero < self._length:
            self._length = max(0, after - self._zero)
            os.ftruncate(self._file, _HEADER.size + 2 * self._length)
            self._write_header()

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _open(self, start: int) -> None:
        self.close()
        self._zero = start - start % RATE
        begin = datetime.fromtimestamp(self._zero // RATE, UTC)
        stem = self._folder / f"{begin:%Y-%m-%dT%H%M%SZ}-{os.getpid()}"
        line = WavLine(utc=format_utc(begin), unix=self._zero // RATE, rate=RATE, process=os.getpid())
        write_durably(stem.with_suffix(".json"), msgspec.json.encode(line))
        self._file = os.open(stem.with_suffix(".wav"), os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        self._length = 0
        self._write_header()

    def _write_header(self) -> None:
        size = 2 * self._length
        riff = (b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16, b"data", size)
        os.pwrite(self._file, _HEADER.pack(*riff), 0)


def open_sink(text: str, clock: Clock, delay: float = 0.0) -> Sink:
    """Open the sink that a command line names; `KINDS` says which there are.

    Args:
        text: kind, and after a colon where to.
        clock: trusted time, which sinks with a crystal of their own are steered by.
        delay: s by which this loudspeaker sounds later, of a sound card.

    Raises:
        SinkError: no such sink, or it cannot be opened.
        OSError: its folder cannot be written.
    """
    kind, _, rest = text.partition(":")
    if text == "null":
        return NullSink()
    if kind == "wav" and rest:
        return WavSink(Path(rest))
    if kind in ("default", "alsa") and (kind == "alsa") == bool(rest):
        from loa_device.card import Card
        from loa_device.steering import Steered

        return Card(rest, clock.ticks, Steered(clock.at, delay))
    if kind in ("hls", "icecast") and rest:
        from loa_device.streams import Hls, Icecast

        return Hls(Path(rest), clock.now) if kind == "hls" else Icecast(rest, clock.now)
    raise SinkError(KINDS)


def recorded(folder: Path, begin: float, seconds: float) -> Samples:
    """Read what a `wav:` sink let out between two moments, silence included; several processes are joined.

    Args:
        begin: epoch seconds.
        seconds: how long.
    """
    first, count = round(begin * RATE), round(seconds * RATE)
    found = np.zeros(count, np.int16)
    for sidecar in sorted(folder.glob("*.json")):
        line = msgspec.json.decode(sidecar.read_bytes(), type=WavLine)
        wav = sidecar.with_suffix(".wav")
        length = (wav.stat().st_size - _HEADER.size) // 2 if wav.exists() else 0
        if length <= 0:
            continue
        data = np.memmap(wav, "<i2", "r", _HEADER.size, (length,))
        low, high = max(first, line.unix * RATE), min(first + count, line.unix * RATE + len(data))
        if low < high:
            found[low - first : high - first] |= data[low - line.unix * RATE : high - line.unix * RATE]
    return found
