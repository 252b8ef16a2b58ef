# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa up`` as an operator runs it: real processes, ended, killed and refused."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from loa.config import up
from loa.config.tests.test_messaging import free_port

pytestmark = pytest.mark.fault
LONGEST = 60  # s for one step on a busy machine


class Running:
    """One installation in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LOA_", "DJANGO_"))}
        self.environ = {**kept, "LOA_HOME": str(folder), "LOA_PORT": str(self.port), "LC_ALL": "C.UTF-8"}
        self.started: list[subprocess.Popen[str]] = []

    def up(self, **environ: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "loa.config.cli", "up"],
            env={**self.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def is_healthy(self) -> bool:
        return bool(up.health(f"http://127.0.0.1:{self.port}/healthz").get("healthy"))

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "loa")
    yield running
    running.end()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def children(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def named(processes: list[psutil.Process], name: str) -> psutil.Process:
    return next(one for one in processes if one.cmdline()[-1:] == [name])


def test_everything_starts_recovers_and_ends_together(installation: Running) -> None:
    process = installation.up()
    wait_for(installation.is_healthy)
    worker = named(children(process), "worker")
    worker.kill()
    wait_for(lambda: not worker.is_running())
    wait_for(lambda: any(one.cmdline()[-1:] == ["worker"] for one in children(process)))
    wait_for(installation.is_healthy)

    refused = installation.up()
    said, _nothing = refused.communicate(timeout=LONGEST)
    assert refused.returncode == 1
    assert len(said.strip().splitlines()) == 1
    assert "LOA_HOME" in said

    family = children(process)
    process.send_signal(signal.SIGINT)
    said, _nothing = process.communicate(timeout=LONGEST)
    assert process.returncode == 0
    assert f"localhost:{installation.port}" in said
    assert "worker" in said  # that it was started anew
    assert not any(one.is_running() for one in family)


def test_nothing_is_left_when_the_supervisor_is_killed(installation: Running) -> None:
    process = installation.up()
    wait_for(installation.is_healthy)
    family = children(process)
    assert len(family) >= 5  # nats, web with its serving process, worker, gateway
    process.kill()
    wait_for(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family))


def test_a_database_that_does_not_answer_ends_the_start_with_a_sentence(installation: Running) -> None:
    process = installation.up(LOA_DATABASE_URL="postgresql://nobody@127.0.0.1:1/loa")
    said, _nothing = process.communicate(timeout=LONGEST)
    assert process.returncode == 1
    assert "loa check" in said
    assert "Traceback" not in said
