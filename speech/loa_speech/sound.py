# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recordings as people upload them to 48 kHz mono, bounded in bytes, length and work."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from loa_speech import limits
from loa_speech.errors import DamagedAudioError, NotAudioError, TooLargeError
from loa_speech.pcm import RATE, Sound
from loa_speech.taker import DEAD_LEFT, Taker

# Only files that hold sound themselves: playlists (hls, concat, dash) would make the decoder open other files
# or addresses that the uploader names.
_FORMATS = "wav,w64,mp3,ogg,flac,mov,mp4,m4a,3gp,aac,aiff,caf,amr,asf,matroska,webm,mpegts,au"
_MOST_BAD_PACKETS = 0.2  # of all; above it the file is no sound, or a damaged one
_CUT_SHORT = 0.9  # of the length that the file claims


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded recording.

    Attributes:
        sound: 48 kHz mono.
        claimed_seconds: how long the file says it is; 0.0 if it does not say.
        bad_packets: how many pieces could not be decoded.
        clipped: where the sound stands flat at full scale, in seconds.
        channel_fault: the code of the notice about a channel that was left out, or nothing.
    """

    sound: Sound
    claimed_seconds: float
    bad_packets: int
    clipped: tuple[float, ...] = ()
    channel_fault: str = ""

    @property
    def is_cut_short(self) -> bool:
        """Tell whether the file ends before the length that it claims."""
        return self.claimed_seconds * _CUT_SHORT - 1 > self.sound.seconds


def decode(
    path: Path,
    *,
    max_seconds: float = limits.MAX_SECONDS,
    max_bytes: int = limits.MAX_BYTES,
    monotonic: Callable[[], float] = time.monotonic,
) -> Decoded:
    """Decode the first sound track of a file.

    Args:
        path: the file; what its name says is not believed.
        max_seconds: longest sound.
        max_bytes: largest file.
        monotonic: clock for the limit of work.

    Raises:
        TooLargeError, NotAudioError, TooLongError, DamagedAudioError, TimeLimitError: as their names say.
    """
    size = path.stat().st_size
    if size > max_bytes:
        raise TooLargeError(megabytes=-(-size // 2**20), limit_megabytes=max_bytes // 2**20)
    if size == 0:
        raise NotAudioError
    deadline = monotonic() + limits.MAX_DECODE_SECONDS
    taker = Taker(max_seconds, deadline, monotonic)
    claimed, bad = _decoded(path, taker)
    if fault := taker.channel_fault():
        taker = Taker(max_seconds, deadline, monotonic, only=1 if fault == DEAD_LEFT else 0)
        _decoded(path, taker)
    return Decoded(Sound(taker.samples(), RATE), claimed, bad, tuple(taker.clipped), fault)


def _decoded(path: Path, taker: Taker) -> tuple[float, int]:
    """Decode a file once.

    Returns:
        The length in seconds that it claims, and how many packets could not be decoded.
    """
    with path.open("rb") as file, _opened(file) as container:
        if not container.streams.audio:
            raise NotAudioError
        good, bad = _decode_packets(container, taker)
        claimed = (container.duration or 0) / av.time_base
    if good == 0 or taker.count == 0:
        raise NotAudioError
    if bad > (good + bad) * _MOST_BAD_PACKETS:
        raise DamagedAudioError(seconds=round(taker.count / RATE))
    return claimed, bad


def _opened(file: IO[bytes]) -> InputContainer:
    options = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
    try:
        return av.open(file, "r", options=options, metadata_errors="ignore")
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise NotAudioError from error


def _decode_packets(container: InputContainer, taker: Taker) -> tuple[int, int]:
    """Decode packet by packet, so that one bad piece does not lose the rest.

    Returns:
        How many packets could and could not be decoded.
    """
    good = bad = 0
    for packet in _packets(container):
        try:
            for frame in packet.decode():
                if isinstance(frame, AudioFrame):
                    taker.take(frame)
            good += 1
        except av.error.FFmpegError:
            bad += 1
            if bad > 50 and good == 0:
                break
    try:
        taker.take(None)
    except av.error.FFmpegError:
        bad += 1
    return good, bad


def _packets(container: InputContainer) -> "Iterator[av.Packet[AudioStream]]":
    packets = container.demux(audio=0)
    while True:
        try:
            yield next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
