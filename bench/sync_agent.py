# SPDX-License-Identifier: AGPL-3.0-or-later
"""The shipped agent on a simulated machine: `sync_agent.py HOME CLOCK_PPM CARD_PPM`; see `bench/sync.py`.

True time is the machine's boot clock; the agent sees clocks that run wrong, and its sound card takes frames by a
crystal that runs wrong in another way.
"""

import asyncio
import json
import logging
import os
import random
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from loa_device import enrolment
from loa_device.agent import Agent
from loa_device.clock import Clock, Sources
from loa_device.state import DeviceHome
from loa_device.steering import Steered
from loa_device.track import RATE, Samples

FRAMES = 960  # that the card takes at a time
LATENCY = 0.1  # s from the taking to the speaker
STAMP = 0.001  # s by which the card's time stamps may be wrong


def true_boot() -> float:
    """Return the boot clock that all processes of this machine share."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True)
class Machine:
    """Clocks of a machine whose crystal is wrong and whose date nobody set."""

    ppm: float

    def boot(self) -> float:
        return self.of(true_boot())

    def of(self, moment: float) -> float:
        """Return what this machine's boot clock says at a true instant."""
        return moment * (1 + self.ppm * 1e-6)

    def sources(self) -> Sources:
        return Sources(
            wall=lambda: 1_000_000_000.0 + self.boot(),
            boot=self.boot,
            is_disciplined=lambda: False,
            boot_id=lambda: "bench",
            has_battery=lambda: False,
        )


class Card:
    """A sound card that takes frames at its own pace and keeps them, with the true time of the first one."""

    kind, trouble, delay_ms = "bench", "", 0

    def __init__(self, folder: Path, clock: Clock, machine: Machine, ppm: float) -> None:
        self._steered = Steered(clock.at)
        self._machine = machine
        self._rate = RATE * (1 + ppm * 1e-6)
        self._zero = true_boot() + LATENCY
        self._file = os.open(folder / "card.raw", os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        utc = self._zero + time.time() - true_boot()
        (folder / "card.json").write_text(json.dumps({"utc": utc, "rate": self._rate}))
        self._dice = random.Random(ppm)
        threading.Thread(target=self._run, daemon=True).start()

    def write(self, start: int, samples: Samples) -> None:
        self._steered.write(start, samples)

    def drop(self, after: int) -> None:
        self._steered.drop(after)

    def close(self) -> None:
        """Keep what was let out."""

    def _run(self) -> None:
        count = 0
        while True:
            leaves = self._zero + count / self._rate
            wait = leaves - LATENCY - true_boot()
            if wait > 0:
                time.sleep(wait)
            stamp = self._machine.of(leaves) + self._dice.uniform(-STAMP, STAMP)
            frames = self._steered.frames(FRAMES, stamp)
            if frames.any():
                os.pwrite(self._file, frames.astype("<i2").tobytes(), 2 * count)
            count += FRAMES


async def main(home: DeviceHome, clock_ppm: float, card_ppm: float) -> int:
    """Run until told to end."""
    credential = enrolment.load_credential(home)
    assert credential is not None
    machine = Machine(clock_ppm)
    agent = Agent(
        home,
        credential,
        lambda clock: Card(home.root, clock, machine, card_ppm),
        sources=machine.sources(),
    )
    return await agent.run()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    sys.exit(asyncio.run(main(DeviceHome(Path(sys.argv[1])), float(sys.argv[2]), float(sys.argv[3]))))
