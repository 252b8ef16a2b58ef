# SPDX-License-Identifier: AGPL-3.0-or-later
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from loa.config.supervisor import RESTARTS, Child, GaveUpError, Supervisor

SLEEPER = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
PARENT = [  # starts a child of its own and names it
    sys.executable,
    "-S",
    "-c",
    "import subprocess, sys, time; code = 'import time; time.sleep(60)'; "
    "c = subprocess.Popen([sys.executable, '-S', '-c', code]); "
    "print(c.pid, flush=True); time.sleep(60)",
]


@pytest.fixture
def said() -> list[tuple[str, int]]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[tuple[str, int]]) -> Iterator[Supervisor]:
    one = Supervisor(tmp_path, lambda name, code: said.append((name, code)))
    yield one
    one.end()


def wait_for(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_child_that_dies_is_started_anew_and_that_is_said(
    supervisor: Supervisor, said: list[tuple[str, int]]
) -> None:
    child = Child("sleeper", SLEEPER)
    supervisor.start(child)
    assert child.process is not None
    first = child.process
    first.kill()
    first.wait()
    supervisor.tend()
    assert child.process.pid != first.pid
    assert child.process.poll() is None
    assert said == [("sleeper", -signal.SIGKILL)]


def test_a_child_that_dies_again_and_again_ends_the_attempt(tmp_path: Path) -> None:
    one = Supervisor(tmp_path, lambda name, code: None)
    child = Child("breaks", [sys.executable, "-S", "-c", "print('why', flush=True); raise SystemExit(3)"])
    one.start(child)
    with pytest.raises(GaveUpError) as caught:
        while True:
            assert child.process is not None
            child.process.wait()
            one.tend()
    assert len(child.starts) == RESTARTS + 1
    assert caught.value.log.read_text().startswith("why")


def test_deaths_long_ago_are_forgiven(tmp_path: Path) -> None:
    now = [0.0]
    one = Supervisor(tmp_path, lambda name, code: None, clock=lambda: now[0])
    child = Child("breaks", [sys.executable, "-S", "-c", ""])
    one.start(child)
    for _day in range(2 * RESTARTS):
        now[0] += 24 * 3600
        assert child.process is not None
        child.process.wait()
        one.tend()
    one.end()


def test_the_end_reaches_grandchildren(supervisor: Supervisor) -> None:
    child = Child("parent", PARENT)
    supervisor.start(child)
    wait_for(lambda: supervisor.log("parent").read_text().strip())
    grandchild = int(supervisor.log("parent").read_text())
    assert child.process is not None
    pid = child.process.pid
    supervisor.end()
    assert is_gone(pid)
    wait_for(lambda: is_gone(grandchild))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's word to orphans is Linux's")
def test_children_end_even_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from loa.config.supervisor import Child, Supervisor\n"
        "s = Supervisor(Path(sys.argv[1]), print); c = Child('sleeper', [sys.executable, '-S', '-c',"
        " 'import time; time.sleep(60)']); s.start(c); print(c.process.pid, flush=True); s.run()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
    wait_for(lambda: is_gone(pid))


def test_a_command_that_speaks_is_waited_for_and_its_code_returned(supervisor: Supervisor) -> None:
    assert supervisor.once([sys.executable, "-S", "-c", "raise SystemExit(4)"]) == 4


def test_a_command_is_ended_when_the_supervisor_is_told_to_stop(supervisor: Supervisor) -> None:
    begun = time.monotonic()
    assert supervisor.once(SLEEPER, each=supervisor.stop) is None
    assert time.monotonic() - begun < 10


def test_a_signal_reaches_the_child_of_that_name_alone(supervisor: Supervisor) -> None:
    one, other = Child("one", SLEEPER), Child("other", SLEEPER)
    supervisor.start(one)
    supervisor.start(other)
    supervisor.signal("one", signal.SIGKILL)
    assert one.process is not None
    assert other.process is not None
    assert one.process.wait() == -signal.SIGKILL
    assert other.process.poll() is None


def test_a_long_log_is_set_aside_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loa.config.supervisor.LOG_LIMIT", 10)
    one = Supervisor(tmp_path, lambda name, code: None)
    one.log("quick").write_bytes(b"x" * 11)
    one.start(Child("quick", [sys.executable, "-S", "-c", ""]))
    one.end()
    assert (tmp_path / "quick.log.1").stat().st_size == 11
    assert one.log("quick").stat().st_size == 0
