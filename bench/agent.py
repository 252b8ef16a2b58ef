# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the agent costs a small board: memory, processor while it plays, and whether either grows over a day.

``loa bench agent``. The shipped `loa-device run` with a WAV sink plays one item of 40 s; its processor time is taken
over 30 s of it, its memory (PSS) at the end. Then an agent in a process whose clocks and event loop run 240 times as
fast lives through 24 h: a look at the repository every 30 s, status, 48 items of 5 s, the play log; memory is taken
after each simulated hour.
"""

import asyncio
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from loa.config.bench import Figure

ROOT = Path(__file__).resolve().parents[1]
for folder in ("device/tests", "protocol/tests"):
    sys.path.insert(0, str(ROOT / folder))

SPEED, HOURS = 240, 24
PLAYED, ITEM = 30, 40  # s of processor time taken; of the item


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    from simulator import Simulator  # type: ignore[import-not-found]  # lies with the tests

    with tempfile.TemporaryDirectory(prefix="loa-agent-") as name, Simulator(Path(name) / "server") as server:
        yield from _playing(Path(name), server)
    with tempfile.TemporaryDirectory(prefix="loa-agent-") as name:
        yield from _day(Path(name))


def _playing(folder: Path, server: Any) -> Iterator[Figure]:
    from agent_process import AgentProcess, in_seconds, playing, until  # type: ignore[import-not-found]

    from loa_device.state import DeviceHome

    home = DeviceHome(folder / "device")
    home.make()
    server.enrolled(home)
    server.place(server.release("r1", sound=server.sound(float(ITEM))), in_seconds(6))
    server.publish()
    with AgentProcess(home) as agent:
        agent.ready()
        until(lambda: playing(agent), seconds=20, what="playing")
        process = psutil.Process(agent.process.pid)
        before, began = sum(process.cpu_times()[:2]), time.monotonic()
        time.sleep(PLAYED)
        share = (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - began)
        yield Figure("processor while playing", share * 100, "% of a core", at_most=5)
        yield Figure("memory while playing (PSS)", process.memory_full_info().pss / 1e6, "MB", at_most=80)


def _day(folder: Path) -> Iterator[Figure]:
    from simulator import Simulator

    from loa_device.state import DeviceHome

    start = time.monotonic()
    fast = _Fast(start)
    with Simulator(folder / "server", now=lambda: datetime.fromtimestamp(fast.wall(), UTC)) as server:
        home = DeviceHome(folder / "device")
        home.make()
        server.enrolled(home)
        sound = server.sound(5.0)
        first = datetime.fromtimestamp(fast.wall(), UTC).replace(microsecond=0) + timedelta(minutes=40)
        for number in range(2 * HOURS):
            release = server.release(f"r{number}", sound=sound, not_after=_text(first + timedelta(days=3)))
            server.place(release, first + timedelta(minutes=30 * number), f"i{number}")
        server.publish()
        command = [sys.executable, __file__, str(home.root), str(start)]
        with (folder / "log").open("wb") as log:
            agent = subprocess.Popen(command, stderr=log)
        process, sizes = psutil.Process(agent.pid), []
        for hour in range(1, HOURS + 1):
            time.sleep(max(0.0, start + hour * 3600 / SPEED - time.monotonic()))
            if agent.poll() is not None:
                raise RuntimeError((folder / "log").read_text()[-2000:])
            sizes.append(process.memory_full_info().uss / 1e6)
        agent.terminate()
        agent.wait()
        begun = (folder / "log").read_text().count(" begins at ")
    yield Figure("items begun in 24 simulated hours", begun, at_least=2 * HOURS - 2)
    yield Figure("memory after 4 simulated hours (USS)", sizes[3], "MB")
    yield Figure("memory after 24 simulated hours (USS)", sizes[-1], "MB")
    yield Figure("growth from the 4th to the 24th", sizes[-1] - sizes[3], "MB", at_most=2)


def _text(moment: datetime) -> str:
    from loa_protocol.times import format_utc

    return format_utc(moment)


class _Fast:
    """Clocks that run many times as fast since an instant of the machine's own."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._zero = 1_795_500_000.0

    def wall(self) -> float:
        """Return UTC, epoch s."""
        return self._zero + self.boot()

    def boot(self) -> float:
        """Return s since the start."""
        return (time.monotonic() - self._start) * SPEED


class _Selector(selectors.DefaultSelector):
    """Waits as much shorter."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for events, at most so many fast s."""
        return super().select(None if timeout is None else timeout / SPEED)


class _Loop(asyncio.SelectorEventLoop):
    """An event loop whose seconds are as short."""

    def __init__(self) -> None:
        super().__init__(_Selector())

    def time(self) -> float:
        """Return s by the fast clock."""
        return super().time() * SPEED


def _live(root: Path, start: float) -> None:
    import logging

    from loa_device import enrolment
    from loa_device.agent import Agent
    from loa_device.clock import Sources
    from loa_device.sinks import NullSink
    from loa_device.state import DeviceHome

    logging.basicConfig(level=logging.INFO)
    home, fast = DeviceHome(root), _Fast(start)
    credential = enrolment.load_credential(home)
    assert credential is not None
    sources = replace(Sources(), wall=fast.wall, boot=fast.boot, is_disciplined=lambda: True)

    async def work() -> int:
        return await Agent(home, credential, lambda _clock: NullSink(), sources=sources).run()

    with asyncio.Runner(loop_factory=_Loop) as runner:
        sys.exit(runner.run(work()))


if __name__ == "__main__":
    _live(Path(sys.argv[1]), float(sys.argv[2]))
