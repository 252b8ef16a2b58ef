# SPDX-License-Identifier: AGPL-3.0-or-later
"""A whole installation of real processes in a folder of its own: server, messaging and three loudspeakers."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

SERVER = ("messaging", "web", "worker", "gateway")
DEVICES = ("1", "2", "3")
STEP = 0.1  # seconds between two looks that cost nothing
T = TypeVar("T")


def wait_for(condition: Callable[[], T | None], what: str, seconds: float = 60) -> T:
    """Ask until the answer is true and return it; the longer an answer takes, the more rarely.

    Raises:
        AssertionError: it did not come in time.
    """
    end = time.monotonic() + seconds
    while (asked := time.monotonic()) < end:
        if found := condition():
            return found
        time.sleep(max(STEP, 3 * (time.monotonic() - asked)))
    raise AssertionError(f"Waited {seconds:.0f} s in vain for {what}.")


def free_ports() -> int:
    """Return the first of three free ports in a row."""
    for first in range(10_000 + os.getpid() * 3 % 18_000, 32_000, 3):
        try:
            for port in range(first, first + 3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("There are no three free ports in a row.")


class Installation:
    """Start and stop every process by itself, as units of a service manager would."""

    def __init__(self, home: Path, database_url: str = "") -> None:
        self.home = home
        self.port = free_ports()
        self.url = f"http://localhost:{self.port}"
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("LOA_", "DJANGO_"))},
            "LOA_HOME": str(home),
            "LOA_PORT": str(self.port),
            "LOA_DEMO": "1",
            "LOA_INSTALLATION": "whole-way",
            "LOA_DATABASE_URL": database_url,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        home.mkdir(parents=True, exist_ok=True)

    # server

    def loa(self, *words: str, seconds: float = 120) -> str:
        """Run a command to its end and return what it printed."""
        command = [sys.executable, "-m", "loa.config.cli", *words]
        done = subprocess.run(
            command,
            env=self.environ,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, f"loa {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout

    def start_server(self) -> None:
        """Start messaging, web, worker and gateway, and wait until they say that they are well."""
        for name in SERVER:
            self._start(name, [sys.executable, "-m", "loa.config.cli", name])
        wait_for(self.is_healthy, "a healthy server")

    def stop_server(self) -> None:
        """End the server's processes as a service manager does."""
        self._stop(*SERVER)

    def is_healthy(self) -> bool:
        """Ask the health page."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(json.load(answer)["healthy"])
        except (OSError, urllib.error.HTTPError, ValueError):
            return False

    # loudspeakers

    def enrol_devices(self) -> None:
        """Enrol the demo's three loudspeakers as real ones are."""
        code = (
            "import sys, django; django.setup(); "
            "from loa.console.demo import enrol_devices; enrol_devices(sys.argv[1])"
        )
        environ = {**self.environ, "DJANGO_SETTINGS_MODULE": "loa.config.settings"}
        subprocess.run([sys.executable, "-c", code, self.url], env=environ, check=True, timeout=120)

    def device_home(self, name: str) -> Path:
        return self.home / "demo" / "devices" / name

    def wav(self, name: str) -> Path:
        return self.device_home(name) / "wav"

    def start_devices(self, *names: str) -> None:
        """Start loudspeakers; all three when none is named."""
        for name in names or DEVICES:
            command = [sys.executable, "-m", "loa_device.cli", "run", "--home", str(self.device_home(name))]
            self._start(f"device-{name}", [*command, "--sink", f"wav:{self.wav(name)}"])

    def stop_devices(self, *names: str) -> None:
        """End loudspeakers; all three when none is named."""
        self._stop(*(f"device-{name}" for name in names or DEVICES))

    # all

    def end(self) -> None:
        """End everything and remove the folder."""
        self._stop(*list(self.processes))
        shutil.rmtree(self.home, ignore_errors=True)

    def log(self, name: str) -> str:
        """Return the end of a process's log, for the message of a failure."""
        return (self.home / f"{name}.log").read_text()[-3000:]

    def _start(self, name: str, command: list[str]) -> None:
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, env=self.environ, cwd=self.home, stdout=log, stderr=log, start_new_session=True
            )

    def _stop(self, *names: str) -> None:
        running = [self.processes.pop(name) for name in names if name in self.processes]
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def running(home: Path, database_url: str = "") -> Iterator[Installation]:
    """Run an installation with the sample campaign and three loudspeakers.

    On SQLite it begins with the tables that scripts/test.py made once, when it did; ``loa prepare`` from an empty
    folder is what the tests of ``loa up`` walk.
    """
    made = Installation(home, database_url)
    if not database_url and (template := os.environ.get("LOA_TEST_TEMPLATE")):
        (home / "db").mkdir(mode=0o700)
        shutil.copy(template, home / "db" / "loa.sqlite3")
    try:
        made.loa("prepare")
        made.loa("demo", "load")
        made.start_server()
        made.enrol_devices()
        made.start_devices()
        yield made
    finally:
        made.end()
