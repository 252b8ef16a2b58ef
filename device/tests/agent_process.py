# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real `loa-device run` in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from loa_device.report import Status, read_status
from loa_device.state import DeviceHome


def in_seconds(seconds: float) -> datetime:
    """Return the whole second that begins at least so far ahead."""
    ahead = datetime.now(UTC) + timedelta(seconds=seconds)
    return ahead.replace(microsecond=0) + timedelta(seconds=1)


def until(condition: Callable[[], bool], *, seconds: float = 8.0, what: str = "") -> None:
    """Wait until something is so; a test fails when it is not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not in {seconds} s: {what}"
        time.sleep(0.02)


def wait_for(moment: datetime) -> None:
    """Wait until a moment has come."""
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


class AgentProcess:
    """A context manager; the process is killed at its end if it still runs.

    Args:
        home: the device's folder.
        prefix: of the command line.
        odd: what `odd_agent.py` should make odd; nothing is the shipped command.
    """

    def __init__(self, home: DeviceHome, *, prefix: Sequence[str] = (), **odd: object) -> None:
        self.home = home
        self.out = home.root.parent / "out"
        self.log = home.root.parent / "agent.log"
        self._control = home.root.parent / "control.json"
        self._prefix, self._odd = prefix, odd

    def __enter__(self) -> Self:
        command = [*self._prefix, sys.executable]
        if self._odd:
            self.make(**self._odd)
            script = Path(__file__).with_name("odd_agent.py")
            command += [str(script), str(self.home.root), str(self.out), str(self._control)]
        else:
            command += ["-m", "loa_device.cli", "run", "--home", str(self.home.root)]
            command += ["--sink", f"wav:{self.out}"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stderr=log, env={**os.environ, "PYTHONWARNINGS": "error::RuntimeWarning"}
            )
        return self

    def make(self, **odd: object) -> None:
        """Change what is odd about it."""
        aside = self._control.with_suffix(".new")
        aside.write_text(json.dumps(odd))
        aside.replace(self._control)

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(5)

    def status(self) -> Status | None:
        """What the agent wrote last."""
        seen = read_status(self.home)
        return seen if seen is not None and seen.pid == self.process.pid else None

    def ready(self, number: int = 1) -> None:
        """Wait until the agent follows an agenda and holds its files."""

        def is_ready() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            seen = self.status()
            return seen is not None and seen.heartbeat["agenda_number"] >= number and not seen.troubles

        until(is_ready, what=f"ready\n{self.log.read_text()}")


def playing(agent: AgentProcess) -> bool:
    """Whether its log says that something began."""
    return " begins at " in agent.log.read_text()


def files(folder: Path) -> list[str]:
    """Names in a folder."""
    return sorted(path.name for path in folder.iterdir())
