# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole agent in a process with a time of its own: `python odd_agent.py HOME OUT CONTROL`.

The file CONTROL (JSON, written anew by the test) says what is odd: `leap_to` lets time leap over every pause until
that instant (epoch s) and then ends the agent; `step` sets the system clock so many seconds off; `disciplined` is what
the kernel says of it; `die` names the part of the agent that is killed.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

from loa_device import agent, enrolment, player
from loa_device.cli import set_up_log
from loa_device.clock import Sources
from loa_device.sinks import WavSink
from loa_device.state import DeviceHome

WATCH = 0.02  # s between two looks at the control file
SELDOM = 300.0  # s between two things that the agent does often


class Control:
    """What the test asks for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = ""
        self.leapt = 0.0  # s
        self.leap_to = self.step = 0.0
        self.disciplined = True
        self.die = ""
        self.read()

    def read(self) -> None:
        """Take over what the file says now."""
        text = self._path.read_text()
        if text and text != self._seen:
            self._seen = text
            for name, value in json.loads(text).items():
                setattr(self, name, value)

    def true(self) -> float:
        """Return the right time."""
        return time.time() + self.leapt

    def sources(self) -> Sources:
        """Return where the agent takes its time from."""
        return replace(
            Sources(),
            wall=lambda: self.true() + self.step,
            boot=lambda: time.clock_gettime(time.CLOCK_BOOTTIME) + self.leapt,
            is_disciplined=lambda: self.disciplined,
        )


class LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop in which a pause takes no time, unless a thread works meanwhile."""

    def __init__(self, control: Control) -> None:
        super().__init__()
        self._control = control
        self._working = 0
        select = self._selector.select

        def leaping(timeout: float | None = None) -> Any:
            if timeout is None or timeout <= 0 or self._working or not control.leap_to:
                return select(timeout)
            events = select(0)
            if not events:
                control.leapt += timeout
            return events

        self._selector.select = leaping

    def time(self) -> float:
        return super().time() + self._control.leapt

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> Any:
        self._working += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._worked)
        return future

    def _worked(self, _future: object) -> None:
        self._working -= 1


async def watch(control: Control) -> None:
    """Do what the test asks for, while it asks."""
    while True:
        control.read()
        if control.leap_to:  # a leaping day should take seconds, not minutes
            agent.STATUS_SECONDS = agent.CLOCK_SECONDS = player.IDLE = SELDOM
            agent.POLL_SECONDS = 10 * SELDOM
        if control.leap_to and control.true() > control.leap_to:
            os.kill(os.getpid(), signal.SIGTERM)
            return
        for task in asyncio.all_tasks():
            if control.die and task.get_name() == control.die:
                task.cancel()
        await asyncio.sleep(SELDOM if control.leap_to else WATCH)


def main(root: Path, out: Path, path: Path) -> int:
    set_up_log(verbose=False)
    control, home = Control(path), DeviceHome(root)
    credential = enrolment.load_credential(home)
    assert credential is not None

    async def work() -> int:
        one = agent.Agent(home, credential, lambda _clock: WavSink(out), sources=control.sources())
        watching = asyncio.create_task(watch(control))
        code = await one.run()
        watching.cancel()
        return code

    with asyncio.Runner(loop_factory=lambda: LeapingLoop(control)) as runner, home.locked():
        return runner.run(work())


if __name__ == "__main__":
    sys.exit(main(*(Path(one) for one in sys.argv[1:])))
