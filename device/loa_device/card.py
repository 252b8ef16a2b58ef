# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sound card, through PortAudio: frames leave by the card's crystal, their numbers by trusted time."""

import logging
from collections.abc import Callable
from typing import Any

from loa_device.sinks import SinkError
from loa_device.steering import Steered
from loa_device.track import RATE, Samples
from loa_device.words import _

log = logging.getLogger(__name__)

LATENCY = (
    0.1  # s from the callback to the speaker that the card is asked for: what a busy machine may be late by
)


class Card:
    """One output of the machine.

    Args:
        name: PortAudio's name or number of the output; "" is the machine's default one.
        ticks: the boot clock, s.
        steered: what is to leave and when.

    Raises:
        SinkError: PortAudio is not installed, or the output cannot be opened at 48 kHz.
    """

    kind = "alsa"

    def __init__(self, name: str, ticks: Callable[[], float], steered: Steered) -> None:
        self._ticks = ticks
        self._steered = steered
        self._lost = 0
        self._ended = False
        try:
            import sounddevice  # loads PortAudio, which is a package of the system
        except OSError as error:
            text = _("máy chưa có thư viện PortAudio (Debian: apt install libportaudio2)")
            raise SinkError(text) from error
        self._aborts: type[BaseException] = sounddevice.PortAudioError
        try:
            self._stream = sounddevice.RawOutputStream(
                samplerate=RATE, channels=1, dtype="int16", latency=LATENCY, callback=self._fill,
                device=(int(name) if name.isdigit() else name) or None, finished_callback=self._end,
            )  # fmt: skip
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise SinkError(str(error)) from error

    @property
    def trouble(self) -> str:
        """What does not go well, or nothing."""
        return f"{self._lost} underruns" if self._lost else ""

    @property
    def delay_ms(self) -> int:
        """By how much this loudspeaker sounds later."""
        return round(self._steered.delay * 1000)

    def write(self, start: int, samples: Samples) -> None:
        """Take samples.

        Raises:
            SinkError: the card is gone (pulled out); the process ends and is started again.
        """
        if self._ended:
            raise SinkError("the sound card has ended")
        self._steered.write(start, samples)

    def drop(self, after: int) -> None:
        """Forget what has not left."""
        self._steered.drop(after)

    def close(self) -> None:
        """Close the output."""
        self._stream.abort()
        self._stream.close()

    def _fill(self, out: Any, frames: int, times: Any, status: Any) -> None:
        """Give PortAudio the next frames; it calls this from a thread of its own."""
        if status.output_underflow:
            self._lost += 1
        ahead = times.outputBufferDacTime - times.currentTime
        out[:] = self._steered.frames(frames, self._ticks() + max(0.0, ahead)).tobytes()

    def _end(self) -> None:
        self._ended = True
