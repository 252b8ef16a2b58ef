# SPDX-License-Identifier: AGPL-3.0-or-later
"""A microphone beside the loudspeaker: the same sound is found through a room, and nothing else is taken for it."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from agent_process import in_seconds
from simulated_sounds import RATE, decoded, opus
from simulator import Simulator
from test_player import Stage

from loa_device.hearing import LONGEST, WINDOW, Ear, is_heard
from loa_device.state import DeviceHome
from loa_device.track import Samples

SPEECH = decoded(opus(8.0, 1)).astype(float)
BEGIN = RATE  # sample of the sound where the window's sent part begins


def room(*, delay: int, noise_db: float, echo: bool, seed: int = 1) -> Samples:
    """Return what a microphone hears of the sound: quieter, later, with echoes and noise this far below it."""
    dice = np.random.default_rng(seed)
    heard = np.zeros(len(SPEECH) + 2 * RATE)
    heard[delay : delay + len(SPEECH)] += SPEECH
    for number in range(1, 30 if echo else 0):
        late = delay + round(number * 0.013 * RATE)
        heard[late : late + len(SPEECH)] += 0.7**number * SPEECH
    heard += dice.standard_normal(len(heard)) * SPEECH.std() * 10 ** (-noise_db / 20)
    begin = BEGIN + LONGEST
    return (heard[begin : begin + WINDOW] * 0.02).astype(np.int16)


SENT = SPEECH[BEGIN : BEGIN + WINDOW + LONGEST].astype(np.int16)


@pytest.mark.parametrize("echo", [False, True])
@pytest.mark.parametrize("noise_db", [20, 0, -6])
@pytest.mark.parametrize("metres", [1, 30, 160])
def test_the_sound_is_heard_through_room_noise_and_air(metres: int, noise_db: int, echo: bool) -> None:
    heard = room(delay=round(metres / 343 * RATE), noise_db=noise_db, echo=echo)
    assert is_heard(SENT, heard)


@pytest.mark.parametrize("seed", range(10))
def test_a_village_without_the_loudspeaker_is_not_taken_for_it(seed: int) -> None:
    noise = np.random.default_rng(seed).standard_normal(WINDOW) * 300
    other = decoded(opus(8.0, 20 + seed))[RATE : RATE + WINDOW]
    assert is_heard(SENT, noise.astype(np.int16)) is False
    assert is_heard(SENT, other) is False


def test_a_dead_microphone_has_heard_nothing() -> None:
    assert is_heard(SENT, np.zeros(WINDOW, np.int16)) is False


def test_of_a_pause_nothing_can_be_said() -> None:
    assert is_heard(np.zeros(WINDOW + LONGEST, np.int16), np.zeros(WINDOW, np.int16)) is None


@dataclass
class Beside:
    """A microphone beside the simulated loudspeaker: it hears what the sink got, or nothing."""

    stage: Stage
    is_torn: bool = False
    calls: list[int] = field(default_factory=list)

    def record(self, count: int) -> Samples:
        self.calls.append(count)
        began = time.time()
        time.sleep(count / RATE)
        noise = np.random.default_rng(1).standard_normal(count) * 50
        if self.is_torn:
            return noise.astype(np.int16)
        late = 0.03
        return (self.stage.sink.heard(began - late, count / RATE) * 0.1 + noise).astype(np.int16)


class Deaf:
    def record(self, count: int) -> Samples:
        raise OSError("pulled out")


def verdict_of(stage: Stage, server: Simulator, microphone: Any) -> str:
    """Play an item of some seconds and return what the ear says of it."""
    server.place(server.release(sound=server.sound(6.0)), in_seconds(1))
    server.publish()
    stage.refresh()
    told: list[str] = []
    player = stage.player

    async def work() -> None:
        ear = Ear(
            microphone,
            now=stage.parts.clock.now,
            tap=player._tap,
            player=player,
            delay=0.0,
            changed=lambda: told.append(ear.verdict),
        )
        tasks = [asyncio.create_task(part) for part in (player.run(), stage.fetching.run(), ear.run())]
        async with asyncio.timeout(14):
            while not told:
                await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    asyncio.run(work())
    return told[0]


@pytest.mark.fault
def test_an_item_that_sounds_is_heard(home: DeviceHome, server: Simulator) -> None:
    stage = Stage(home, server)
    assert verdict_of(stage, server, Beside(stage)) == "heard"


@pytest.mark.fault
def test_an_item_through_a_torn_cable_is_not_heard(home: DeviceHome, server: Simulator) -> None:
    stage = Stage(home, server)
    microphone = Beside(stage, is_torn=True)
    assert verdict_of(stage, server, microphone) == "not_heard"
    assert len(microphone.calls) > 1, "one window alone may have been a bus"


@pytest.mark.fault
def test_a_microphone_that_was_pulled_out_says_so(home: DeviceHome, server: Simulator) -> None:
    assert verdict_of(Stage(home, server), server, Deaf()) == "no_microphone"
