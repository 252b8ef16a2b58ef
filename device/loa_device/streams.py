# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sinks that other people's players read: HLS files behind any web server, and an Icecast server's mount.

FM transmitters, wired horns, telephones and players that nobody here wrote get the same signed, checked sound. What
is sent is a line without gaps, silence included; a player adds its own buffer, so these are not in step to the
millisecond.
"""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import av
import numpy as np
from av import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer

from loa_device.monitor import Tap
from loa_device.sinks import SinkError
from loa_device.track import RATE, Samples

log = logging.getLogger(__name__)

BLOCK = RATE // 10  # samples that are encoded together
BEHIND = RATE // 4  # samples by which the encoding follows the present: a stop takes effect within it
TOO_LATE = RATE  # samples behind which a machine that stood still passes over what nobody heard
FIRST_WAIT, LAST_WAIT = 2.0, 60.0  # s between attempts to reach the other side
BIT_RATE = 96_000
PATIENCE = 10.0  # s that an Icecast server may take


class Stream(ABC):
    """A line of sound, encoded by a thread of its own; when the other side fails it is opened again.

    Args:
        now: trusted UTC, epoch s.
    """

    kind = ""
    delay_ms = 0

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._tap = Tap()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self.trouble = "not connected yet"
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)
        self._thread.start()

    @abstractmethod
    def _open(self) -> tuple[OutputContainer, AudioStream]:
        """Open the other side; raises OSError or av.FFmpegError when it does not answer."""

    def write(self, start: int, samples: Samples) -> None:
        """Take samples.

        Raises:
            SinkError: the encoding has died; the process ends and is started again.
        """
        if not self._thread.is_alive():
            raise SinkError("the stream's thread has ended")
        with self._lock:
            self._tap.write(start, samples)

    def drop(self, after: int) -> None:
        """Forget what has not been sent."""
        with self._lock:
            self._tap.drop(after)

    def close(self) -> None:
        """End the line."""
        self._closing.set()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        wait = FIRST_WAIT
        while not self._closing.is_set():
            try:
                container, stream = self._open()
                with container:
                    container.start_encoding()  # only now the other side is met
                    self.trouble, wait = "", FIRST_WAIT
                    self._send(container, stream)
            except (OSError, av.FFmpegError) as error:  # FFmpegError alone: what HTTP answered
                self.trouble = error.strerror or type(error).__name__  # its whole text may hold a password
                log.warning("the stream broke off: %s", self.trouble)
                self._closing.wait(wait)
                wait = min(LAST_WAIT, wait * 2)

    def _send(self, container: OutputContainer, stream: AudioStream) -> None:
        """Encode the line from the present on until it is closed."""
        first = cursor = self._present()
        while not self._closing.is_set():
            behind = self._present() - cursor
            if behind < BLOCK:
                self._closing.wait((BLOCK - behind) / RATE)
                continue
            if behind > TOO_LATE:
                log.warning(
                    "%.1f s were passed over: the machine stood still or its clock was set", behind / RATE
                )
                cursor += behind - BLOCK
            with self._lock:
                samples = self._tap.read(cursor, BLOCK)
            container.mux(stream.encode(_frame(samples, cursor - first)))
            cursor += BLOCK
        container.mux(stream.encode(None))

    def _present(self) -> int:
        return round(self._now() * RATE) - BEHIND


class Hls(Stream):
    """Writes an HLS line of half a minute into a folder: `live.m3u8` and its segments.

    Args:
        folder: made when it is not there; segments of a former process are removed.
        now: trusted UTC, epoch s.

    Raises:
        OSError: the folder cannot be written.
    """

    kind = "hls"

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("live*.ts"):
            old.unlink()
        self._list = folder / "live.m3u8"
        super().__init__(now)

    def _open(self) -> tuple[OutputContainer, AudioStream]:
        options = {
            "hls_time": "2",
            "hls_list_size": "15",
            "hls_flags": "delete_segments+program_date_time+temp_file+omit_endlist",
            "hls_start_number_source": "epoch",  # a player that waited through a restart takes up the new ones
        }
        container = av.open(str(self._list), "w", format="hls", options=options)
        return container, _audio(container, "aac")


class Icecast(Stream):
    """Sends MP3 to a mount of an Icecast server.

    Args:
        url: `user:password@host:port/mount`; it never appears in a log with its password.
        now: trusted UTC, epoch s.

    Raises:
        SinkError: not such an address.
    """

    kind = "icecast"

    def __init__(self, url: str, now: Callable[[], float]) -> None:
        parts = urlsplit(f"icecast://{url}")
        if not (parts.hostname and parts.password and len(parts.path) > 1):
            raise SinkError("icecast:USER:PASSWORD@HOST:PORT/MOUNT")
        self._url = urlunsplit(parts)
        super().__init__(now)

    def _open(self) -> tuple[OutputContainer, AudioStream]:
        options = {"content_type": "audio/mpeg", "ice_public": "0"}
        container = av.open(self._url, "w", format="mp3", options=options, timeout=PATIENCE)
        return container, _audio(container, "libmp3lame")


def _audio(container: OutputContainer, codec: str) -> AudioStream:
    stream = container.add_stream(codec, rate=RATE, layout="mono")
    assert isinstance(stream, AudioStream)
    stream.bit_rate = BIT_RATE
    return stream


def _frame(samples: Samples, place: int) -> AudioFrame:
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples)[None, :], format="s16", layout="mono")
    frame.sample_rate = RATE
    frame.pts = place
    return frame
