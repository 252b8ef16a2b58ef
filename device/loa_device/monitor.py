# SPDX-License-Identifier: AGPL-3.0-or-later
"""Listening along: what leaves the loudspeaker goes out as sound blocks, only while someone listens."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import numpy as np
from numpy.typing import NDArray

from loa_device.clock import Clock
from loa_device.track import RATE, Samples
from loa_protocol.wire import LISTEN_RATE, LISTEN_SECONDS_MAX, SoundBlock, encode_sound

log = logging.getLogger(__name__)

BLOCK = RATE // 10  # samples at 48 kHz in one block: 100 ms
KEPT = 2 * RATE  # samples that the tap remembers
_HALF = RATE // LISTEN_RATE  # 2


def _low_pass() -> NDArray[np.float32]:
    """A short half-band filter, so that halving the rate does not fold high tones down."""
    n = np.arange(-15, 16)
    taps = np.sinc(n * 0.45) * 0.45 * np.hanning(33)[1:-1]
    return np.asarray(taps / taps.sum(), np.float32)


_TAPS = _low_pass()


class Tap:
    """The last two seconds of output by sample number; what nobody wrote is silence."""

    def __init__(self) -> None:
        self._ring = np.zeros(KEPT, np.int16)
        self._end = 0  # sample number after the last one in the ring

    def write(self, start: int, samples: Samples) -> None:
        """Remember samples that leave from sample number `start` on."""
        self._reach(start + len(samples))
        places = (start + np.arange(len(samples))) % KEPT
        self._ring[places] = samples

    def drop(self, after: int) -> None:
        """Turn what was remembered beyond `after` back into silence."""
        if after < self._end:
            count = min(KEPT, self._end - after)
            self._ring[(self._end - count + np.arange(count)) % KEPT] = 0

    def read(self, start: int, count: int) -> Samples:
        """Return samples by number."""
        self._reach(start + count)
        return self._ring[(start + np.arange(count)) % KEPT]

    def _reach(self, end: int) -> None:
        """Make the ring end there; the places that come new are silence."""
        fresh = min(KEPT, end - self._end)
        if fresh > 0:
            self._ring[(end - fresh + np.arange(fresh)) % KEPT] = 0
            self._end = end


class Monitor:
    """Publishes sound blocks while a listen lease is open, silence included.

    Args:
        clock: trusted time.
        tap: what leaves.
        publish: sends one encoded block; it may drop it when there is no connection.
    """

    def __init__(self, clock: Clock, tap: Tap, publish: Callable[[bytes], Awaitable[None]]) -> None:
        self._clock = clock
        self._tap = tap
        self._publish = publish
        self._until = 0.0  # loop time when the lease ends
        self._opened = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether someone listens."""
        return asyncio.get_running_loop().time() < self._until

    def lease(self, seconds: int) -> None:
        """Open or prolong the lease."""
        seconds = max(0, min(seconds, LISTEN_SECONDS_MAX))
        self._until = asyncio.get_running_loop().time() + seconds
        self._opened.set()

    async def run(self) -> None:
        """Wait for leases and serve them, for ever."""
        while True:
            await self._opened.wait()
            self._opened.clear()
            await self._serve()

    async def _serve(self) -> None:
        # The player writes 200 ms ahead, so the block that leaves next is whole already.
        number = round(self._clock.now() * RATE) // BLOCK + 1
        while self.is_open:
            await self._publish(encode_sound(self._block(number)))
            number += 1
            behind = self._clock.now() - number * BLOCK / RATE
            if abs(behind) > 1.0:  # the clock was set, or this process stood still
                number = round(self._clock.now() * RATE) // BLOCK + 1
                behind = 0.0
            await asyncio.sleep(max(0.0, -behind))

    def _block(self, number: int) -> SoundBlock:
        start = number * BLOCK
        edge = len(_TAPS) // 2
        wide = self._tap.read(start - edge, BLOCK + 2 * edge).astype(np.float32)
        if wide.any():
            halved = np.convolve(wide, _TAPS, "valid")[::_HALF]
            pcm = np.clip(np.rint(halved), -32768, 32767).astype("<i2").tobytes()
        else:
            pcm = bytes(2 * BLOCK // _HALF)
        return SoundBlock(at=start / RATE, rate=LISTEN_RATE, pcm=pcm)
