# SPDX-License-Identifier: AGPL-3.0-or-later
"""Start several processes, start those anew that die, end them all together.

Each child leads a process group of its own, so that what it started ends with it, and is told by the kernel
when its parent dies, so that none is left behind even when the supervisor is killed.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

POLL_SECONDS = 0.2
GRACE_SECONDS = 10  # s that children have to end what they do
RESTARTS = 5  # within RESTART_WINDOW
RESTART_WINDOW = 60  # s
LOG_LIMIT = 10 * 1024 * 1024  # bytes; then the log is set aside once
_PR_SET_PDEATHSIG = 1


class GaveUpError(Exception):
    """A child died again and again; its log says why."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(name)
        self.name, self.log = name, log


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the kernel to send this process ``number`` when its parent dies (on Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number)


@dataclass
class Child:
    """A process to keep running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)  # monotonic s


class Supervisor:
    """Keeps children running; ``say`` is told when one is started anew."""

    def __init__(
        self, logs: Path, say: Callable[[str, int], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._logs, self._say, self._clock = logs, say, clock
        self._children: list[Child] = []
        self.stopping = False

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Leave ``run`` soon; fit for a signal handler."""
        self.stopping = True

    def start(self, child: Child) -> None:
        """Start a child and keep it running from now on."""
        self._children.append(child)
        self._launch(child)

    def signal(self, name: str, number: int) -> None:
        """Send a signal to the child of this name."""
        for child in self._children:
            if child.name == name and child.process and child.process.poll() is None:
                child.process.send_signal(number)

    def log(self, name: str) -> Path:
        """Return where the output of child ``name`` is kept."""
        return self._logs / f"{name}.log"

    def tend(self) -> None:
        """Start children anew that died.

        Raises:
            GaveUpError: one died too often.
        """
        for child in self._children:
            if child.process is None or child.process.poll() is None:
                continue
            now = self._clock()
            child.starts = [moment for moment in child.starts if moment > now - RESTART_WINDOW]
            if len(child.starts) > RESTARTS:
                raise GaveUpError(child.name, self.log(child.name))
            self._say(child.name, child.process.returncode)
            self._end_group(child, signal.SIGKILL)
            self._launch(child)

    def run(self, until: Callable[[], bool] = lambda: False, each: Callable[[], None] = lambda: None) -> bool:
        """Tend the children until told to stop (False) or ``until`` says so (True); call ``each`` in between.

        Raises:
            GaveUpError: a child died too often.
        """
        while not self.stopping:
            self.tend()
            each()
            if until():
                return True
            time.sleep(POLL_SECONDS)
        return False

    def once(self, command: Sequence[str], each: Callable[[], None] = lambda: None) -> int | None:
        """Run a command that speaks on this terminal while tending the children.

        Returns:
            Its exit code, or None when told to stop meanwhile.
        """
        process = subprocess.Popen(  # noqa: S603  our own commands
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        once = Child("once", command, process=process)
        if self.run(lambda: process.poll() is not None, each):
            return process.returncode
        self._end_group(once, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
        self._end_group(once, signal.SIGKILL)
        process.wait()
        return None

    def end(self) -> None:
        """End all children: those started last first asked, then all waited for, then killed."""
        for child in reversed(self._children):
            self._end_group(child, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self._children:
            if child.process is None:
                continue
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
            self._end_group(child, signal.SIGKILL)
            child.process.wait()
        self._children.clear()

    def _launch(self, child: Child) -> None:
        log = self.log(child.name)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            shutil.move(log, log.with_suffix(".log.1"))
        with log.open("ab") as output:
            child.process = subprocess.Popen(  # noqa: S603  our own commands
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **child.environment},
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        child.starts.append(self._clock())

    @staticmethod
    def _end_group(child: Child, number: int) -> None:
        if child.process is None:
            return
        try:
            os.killpg(child.process.pid, number)
        except ProcessLookupError:
            return
