# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether the loudspeaker is really heard: a microphone beside it, compared with what was sent.

A green line of numbers says nothing about a torn cable. While an item sounds, a second of the microphone is laid over
what left: with the phase transform (GCC-PHAT: Knapp and Carter, "The generalized correlation method for estimation of
time delay", 1976) the same sound stands out as one sharp peak, through the room's echo and a village's noise.
Nothing is ever played for it, so it needs no airtime and can wake nobody.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from loa_device.monitor import Tap
from loa_device.player import Player
from loa_device.track import RATE, Samples
from loa_protocol.wire import Heard

log = logging.getLogger(__name__)

WINDOW = round(1.2 * RATE)  # samples of the microphone that are compared
LONGEST = round(
    0.5 * RATE
)  # samples by which they may be late: 100 m of air, and the microphone's own buffer
LOW, HIGH = 300.0, 4000.0  # Hz that a horn and a cheap microphone both carry
STANDS_OUT = 12.0  # of the peak over the correlation's usual height; strangers stay below 7
TRIES = 5  # windows of an item until it counts as not heard
QUIET = 40.0  # mean amplitude of what was sent below which there is nothing to hear: a pause
INTO = 1.0  # s of an item before the first window
BETWEEN = 2.0  # s


class Microphone(Protocol):
    """Hears."""

    def record(self, count: int) -> Samples:
        """Return the next samples at 48 kHz; call it from a thread.

        Raises:
            OSError: it cannot be opened, or has gone.
        """


class CardMicrophone:
    """An input of the machine, through PortAudio.

    Args:
        name: its name or number; "default" is the machine's default one.
    """

    def __init__(self, name: str) -> None:
        self._device: Any = None if name == "default" else int(name) if name.isdigit() else name

    def record(self, count: int) -> Samples:
        """Return the next samples.

        Raises:
            OSError: PortAudio is not installed, or the input cannot be opened.
        """
        import sounddevice  # loads PortAudio, which is a package of the system

        try:
            with sounddevice.RawInputStream(RATE, channels=1, dtype="int16", device=self._device) as stream:
                content, _overflowed = stream.read(count)
        except (sounddevice.PortAudioError, ValueError) as error:
            raise OSError(str(error)) from error
        return np.frombuffer(bytes(content), np.int16)


def prominence(sent: Samples, heard: Samples) -> float:
    """Return how far the best match of what was heard stands out.

    Args:
        sent: what left, beginning up to `LONGEST` samples before the microphone was opened.
        heard: what the microphone heard.
    """
    size = 1 << (len(sent) + len(heard)).bit_length()
    cross = np.fft.rfft(sent.astype(float), size) * np.conj(np.fft.rfft(heard.astype(float), size))
    pitch = np.fft.rfftfreq(size, 1 / RATE)
    strength = np.abs(cross)
    cross[(pitch < LOW) | (pitch > HIGH) | (strength == 0)] = 0
    match = np.abs(np.fft.irfft(cross / np.maximum(strength, 1e-9), size)[: len(sent) - len(heard) + 1])
    usual = float(np.sqrt(np.mean(match**2)))
    return float(match.max()) / usual if usual > 0 else 0.0


def is_heard(sent: Samples, heard: Samples) -> bool | None:
    """Say whether what was sent is in what was heard; None in a pause, of which nothing can be said."""
    if float(np.abs(sent.astype(float)).mean()) < QUIET:
        return None
    return prominence(sent, heard) >= STANDS_OUT


class Ear:
    """Listens to each item.

    Args:
        microphone: None where there is none.
        now: trusted UTC, epoch s.
        tap: what leaves.
        player: says what sounds.
        delay: s by which this loudspeaker sounds later.
        changed: called when a verdict is new.
    """

    def __init__(
        self,
        microphone: Microphone | None,
        *,
        now: Callable[[], float],
        tap: Tap,
        player: Player,
        delay: float,
        changed: Callable[[], None],
    ) -> None:
        self._microphone = microphone
        self._now = now
        self._tap = tap
        self._player = player
        self._delay = round(delay * RATE)
        self._changed = changed
        self.verdict: Heard = "not_yet" if microphone else "no_microphone"
        self.item_id = ""  # of the verdict

    async def run(self) -> None:
        """Judge each item once, for ever."""
        judged = ""
        while True:
            sounding = self._player.sounding
            if self._microphone is None or sounding is None or sounding.due.item.item_id == judged:
                await asyncio.sleep(INTO)
                continue
            judged = sounding.due.item.item_id
            await asyncio.sleep(INTO)
            self._say(await self._judged(self._microphone, judged), judged)

    async def _judged(self, microphone: Microphone, item_id: str) -> Heard | None:
        """Return what several windows of an item say; None when it ended in a pause or before one."""
        verdict: Heard | None = None
        for _ in range(TRIES):
            sounding = self._player.sounding
            if sounding is None or sounding.due.item.item_id != item_id:
                break
            try:
                heard = await asyncio.to_thread(microphone.record, WINDOW)
            except OSError as error:
                log.warning("the microphone does not hear: %s", error)
                return "no_microphone"
            end = round(self._now() * RATE) - self._delay
            match is_heard(self._tap.read(end - WINDOW - LONGEST, WINDOW + LONGEST), heard):
                case True:
                    return "heard"
                case False:
                    verdict = "not_heard"
            await asyncio.sleep(BETWEEN)
        return verdict

    def _say(self, verdict: Heard | None, item_id: str) -> None:
        if verdict is None:
            return
        if verdict == "not_heard":
            log.error("item %s is not heard", item_id)
        self.verdict, self.item_id = verdict, item_id
        self._changed()
