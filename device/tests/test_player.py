# SPDX-License-Identifier: AGPL-3.0-or-later
"""The player in this process, with a real clock and a sink that only takes notes."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from agent_process import in_seconds
from device_parts import Parts
from simulated_sounds import RATE, decoded
from simulator import COMMUNE, Simulator

from loa_device.bookkeeping import Bookkeeping
from loa_device.budget import ByteBudget
from loa_device.fetching import Fetching
from loa_device.monitor import Tap
from loa_device.player import Player
from loa_device.state import DeviceHome
from loa_device.track import Samples
from loa_protocol.playlog import PlayRow
from loa_protocol.statements import AirtimeRule

pytestmark = pytest.mark.fault


class Notes:
    """A sink that remembers what was to leave, by sample number."""

    def __init__(self) -> None:
        self.blocks: dict[int, Samples] = {}

    def write(self, start: int, samples: Samples) -> None:
        self.blocks[start] = samples

    def drop(self, after: int) -> None:
        self.blocks = {start: block for start, block in self.blocks.items() if start < after}

    def close(self) -> None:
        """Keep everything."""

    def heard(self, begin: float, seconds: float) -> Samples:
        """What left between two moments."""
        first = round(begin * RATE)
        line = np.zeros(round(seconds * RATE), np.int16)
        for start, block in self.blocks.items():
            low, high = max(start, first), min(start + len(block), first + len(line))
            if low < high:
                line[low - first : high - first] = block[low - start : high - start]
        return line


class Stage:
    """Player and fetcher on simulated files."""

    def __init__(self, home: DeviceHome, server: Simulator, daily_bytes: int = 0) -> None:
        self.budget = ByteBudget(home.traffic, daily_bytes)
        self.parts = Parts(home, server.credential())
        self.sink = Notes()
        self.player = Player(
            clock=self.parts.clock,
            following=self.parts.following,
            media=self.parts.media,
            books=Bookkeeping(self.parts.log, self.parts.following, home.progress),
            sink=self.sink,
            tap=Tap(),
            changed=lambda: None,
        )
        self.fetching = Fetching(
            clock=self.parts.clock,
            following=self.parts.following,
            media=self.parts.media,
            play_log=self.parts.log,
            budget=self.budget,
            player=self.player,
            changed=lambda: None,
        )

    def refresh(self) -> None:
        """Look at the repository, as the agent does."""
        self.parts.following.refresh()
        self.player.wake()
        self.fetching.wake()

    def until(self, condition: Callable[[], bool], seconds: float = 9.0) -> None:
        """Play until something is so."""

        async def work() -> None:
            tasks = [asyncio.create_task(self.player.run()), asyncio.create_task(self.fetching.run())]
            async with asyncio.timeout(seconds):
                while not condition():
                    await asyncio.sleep(0.02)
                    for task in tasks:
                        if task.done():
                            task.result()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

        asyncio.run(work())

    @property
    def rows(self) -> list[PlayRow]:
        """Final rows."""
        return self.parts.log.pending(100)


@pytest.fixture
def stage(home: DeviceHome, server: Simulator) -> Stage:
    return Stage(home, server)


def emergency_too(server: Simulator) -> None:
    rules = [
        AirtimeRule(
            zone=COMMUNE,
            priority_class=name,
            windows=[("00:00", "24:00")],
            minutes_per_day=1440,
            volume_cap=50 if name == "emergency" else 100,
        )
        for name in ("normal", "emergency")
    ]
    server.rules_changes["rules"] = rules


def test_an_emergency_interrupts_and_the_interrupted_is_said_again(server: Simulator, stage: Stage) -> None:
    emergency_too(server)
    long, alarm = server.sound(3.0, seed=1), server.sound(1.0, seed=2)
    starts = in_seconds(1)
    server.place(server.release("r1", sound=long), starts, "long")
    urgent = server.release("r2", sound=alarm, priority_class="emergency")
    server.place(urgent, starts + timedelta(seconds=1), "alarm")
    server.publish()
    stage.refresh()
    stage.until(lambda: len(stage.rows) == 2)
    assert [(row.item_id, row.outcome) for row in stage.rows] == [("alarm", "played"), ("long", "played")]
    began = datetime.fromisoformat(stage.rows[0].started or "")
    assert timedelta(0) <= began - starts - timedelta(seconds=1) < timedelta(seconds=1)
    heard = stage.sink.heard(began.timestamp(), 1.0)
    expected = decoded(server.media[alarm.sha256])
    assert np.abs(heard.astype(int) - expected // 2).max() <= 1, "at the volume that the rules allow"


def test_an_item_whose_file_comes_late_is_said_from_its_beginning(server: Simulator, stage: Stage) -> None:
    sound = server.sound(0.5)
    content = server.media.pop(sound.sha256)
    starts = in_seconds(0)
    server.place(server.release(sound=sound), starts)
    server.publish()
    stage.refresh()
    late = starts.timestamp() + 1.0

    def ready() -> bool:
        if datetime.now(UTC).timestamp() > late:
            server.media[sound.sha256] = content
        return bool(stage.rows)

    stage.until(ready)
    (row,) = stage.rows
    began = datetime.fromisoformat(row.started or "").timestamp()
    assert row.outcome == "played"
    assert began > late
    assert np.array_equal(stage.sink.heard(began, 0.5), decoded(content))


def test_an_item_taken_out_of_the_agenda_stops(server: Simulator, stage: Stage) -> None:
    server.place(server.release(sound=server.sound(6.0)), in_seconds(1))
    server.publish()
    stage.refresh()
    taken_out = []

    def work() -> bool:
        sounding = stage.player.sounding
        if sounding is not None and not taken_out and datetime.now(UTC).timestamp() > sounding.began + 0.5:
            server.items.clear()
            server.publish()
            stage.refresh()
            taken_out.append(datetime.now(UTC).timestamp() - sounding.began)
        return bool(stage.rows)

    stage.until(work)
    (row,) = stage.rows
    assert (row.outcome, row.reason) == ("stopped", "not_in_agenda")
    assert row.seconds_played == pytest.approx(taken_out[0], abs=0.15), "within 100 ms when told"


def test_nothing_sounds_when_the_play_log_cannot_be_written(
    server: Simulator, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    server.place(server.release(sound=server.sound(0.5)), in_seconds(0), cut_off_s=2)
    server.publish()
    stage.refresh()

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(stage.parts.log, "begin", full)
    stage.until(lambda: bool(stage.rows))
    assert [(row.outcome, row.reason) for row in stage.rows] == [("missed", "cut_off")]
    assert stage.sink.blocks == {}


def test_a_refused_item_gets_its_row_when_it_is_due(server: Simulator, stage: Stage) -> None:
    emergency_too(server)
    server.place(server.release(priority_class="priority"), in_seconds(1))
    server.publish()
    stage.refresh()
    assert stage.rows == []
    stage.until(lambda: bool(stage.rows))
    (row,) = stage.rows
    assert (row.outcome, row.reason) == ("refused", "no_rule")


def test_with_unknown_time_nothing_plays(server: Simulator, stage: Stage) -> None:
    server.place(server.release(sound=server.sound(0.3)), in_seconds(0))
    server.publish()
    stage.refresh()
    stage.parts.clock.remember()
    kept = stage.parts.clock._kept
    stage.parts.clock._kept = type(kept)(floor=kept.floor + 3600)
    now = datetime.now(UTC)
    assert stage.parts.following.silence(now) == "clock_unknown"
    stage.until(lambda: datetime.now(UTC) > now + timedelta(seconds=2))
    assert stage.rows == []
    assert stage.sink.blocks == {}


def test_a_days_bytes_are_not_exceeded_and_what_waits_is_told(home: DeviceHome, server: Simulator) -> None:
    first, second = server.sound(2.0, seed=1), server.sound(2.0, seed=2)
    starts = in_seconds(600)
    server.place(server.release("r1", sound=first), starts, "first")
    server.place(server.release("r2", sound=second), starts + timedelta(minutes=5), "second")
    server.publish()
    stage = Stage(home, server, daily_bytes=first.size + second.size // 2)
    stage.refresh()
    stage.until(lambda: stage.fetching.deferred == {second.sha256})
    assert stage.parts.media.ready == {first.sha256}
    again = Stage(home, server, daily_bytes=first.size + second.size // 2)
    again.refresh()
    again.until(lambda: again.fetching.deferred == {second.sha256})
    assert again.parts.media.ready == {first.sha256}, "a restart is no new day"


def test_an_emergency_costs_what_it_costs(home: DeviceHome, server: Simulator) -> None:
    emergency_too(server)
    alarm = server.sound(1.0)
    server.place(server.release("r1", sound=alarm, priority_class="emergency"), in_seconds(600), "alarm")
    server.publish()
    stage = Stage(home, server, daily_bytes=10)
    stage.refresh()
    stage.until(lambda: stage.parts.media.ready == {alarm.sha256})
