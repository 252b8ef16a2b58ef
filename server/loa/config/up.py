# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa up``: everything on one machine, from an empty folder to a page that answers.

This module imports no Django: what needs it runs as a child.
"""

import fcntl
import json
import shutil
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from loa.config import failures, nats_server
from loa.config.environment import Environment
from loa.config.failures import OperatorError
from loa.config.home import Home
from loa.config.supervisor import Child, GaveUpError, Supervisor
from loa.config.words import _

START_SECONDS = 60  # s within which the page must answer
LOOK_SECONDS = 1.0  # s; each look costs less than the pause


def loa(*words: str) -> list[str]:
    """Return the command line of one of our own commands, run by this Python."""
    return [sys.executable, "-m", "loa.config.cli", *words]


def prepare_folder(environment: Environment) -> Home:
    """Make the folder of the installation and see that it can be used.

    Raises:
        OperatorError: no room, no permission, no folder.
    """
    home = Home(environment.home)
    try:
        home.make()
        failures.write_probe(home.root)
        free = shutil.disk_usage(home.root).free
    except OSError as error:
        if text := failures.sentence(error, home.root):
            raise OperatorError(text) from error
        raise
    failures.check_space(free, home.root)
    return home


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Hold the installation for this process.

    Raises:
        OperatorError: another ``loa up``, or a restore, works in this folder.
    """
    with (home.run / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OperatorError(
                _("Loa đang chạy ở %(folder)s rồi. Tắt lần chạy kia hoặc đặt LOA_HOME và LOA_PORT khác.")
                % {"folder": home.root}
            ) from error
        yield


def run(environment: Environment, *, demo: bool) -> None:
    """Prepare, start every process, and keep them until told to stop.

    Raises:
        OperatorError: something that the operator can mend; one sentence.
    """
    home = prepare_folder(environment)
    with alone(home):
        embedded = not environment.nats_url
        ports = [environment.port, *([environment.nats_port, environment.websocket_port] if embedded else [])]
        failures.check_ports(environment.host, ports)
        supervisor = Supervisor(home.logs, _say_restarted)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, supervisor.stop)
        try:
            _run(supervisor, environment, home, embedded=embedded, demo=demo)
        except GaveUpError as error:
            raise OperatorError(
                _("Tiến trình %(name)s chết nhiều lần liền nên Loa dừng. Xem %(log)s.")
                % {"name": error.name, "log": error.log}
            ) from error
        finally:
            supervisor.end()


def _run(supervisor: Supervisor, environment: Environment, home: Home, *, embedded: bool, demo: bool) -> None:
    watches: list[Callable[[], None]] = []
    if embedded:
        watches.append(start_messaging(supervisor, environment, home))
    if (code := supervisor.once(loa("prepare"))) is None:
        return
    if code:
        raise OperatorError(_("Chưa chuẩn bị được cơ sở dữ liệu; dòng trên nói vì sao."))
    for name in ("web", "worker", "gateway"):
        supervisor.start(Child(name, loa(name)))
    if demo:
        watches.append(_device_starter(supervisor, home))

    def each() -> None:
        for watch in watches:
            watch()

    if not supervisor.run(answering(environment, time.monotonic() + START_SECONDS), each):
        return
    _say_ready(environment)
    if demo and supervisor.once(loa("demo", "start"), each):
        click.echo(_("Chưa đặt được lượt phát mẫu; máy vẫn chạy."), err=True)
    supervisor.run(each=each)


def start_messaging(supervisor: Supervisor, environment: Environment, home: Home) -> Callable[[], None]:
    """Start the NATS server; return what makes it read its file again when a key was withdrawn."""
    path = nats_server.write_config(home, environment)
    supervisor.start(Child("nats", nats_server.command(home)))
    last = [path.stat().st_mtime_ns]

    def watch() -> None:
        now = path.stat().st_mtime_ns
        if now != last[0]:
            last[0] = now
            supervisor.signal("nats", signal.SIGHUP)

    return watch


def _device_starter(supervisor: Supervisor, home: Home) -> Callable[[], None]:
    """Return what starts each demo loudspeaker once it is enrolled."""
    started: set[Path] = set()

    def start_enrolled() -> None:
        for credential in sorted((home.demo / "devices").glob("*/credential.json")):
            folder = credential.parent
            if folder not in started:
                started.add(folder)
                command = [sys.executable, "-m", "loa_device.cli", "run", "--home", str(folder)]
                command += ["--sink", f"wav:{folder / 'wav'}"]
                supervisor.start(Child(f"device-{folder.name}", command))

    return start_enrolled


def answering(environment: Environment, deadline: float) -> Callable[[], bool]:
    """Return a test whether every part answers; ``OperatorError`` after ``deadline`` (monotonic s)."""
    address = f"http://{local_host(environment)}:{environment.port}/healthz"

    def test() -> bool:
        state = health(address)
        if state.get("healthy"):
            return True
        if time.monotonic() > deadline:
            down = [name for name, value in state.get("parts", {"web": "down"}).items() if value != "up"]
            raise OperatorError(
                _("Sau %(seconds)d giây vẫn chưa chạy: %(parts)s. Xem thư mục %(folder)s.")
                % {"seconds": START_SECONDS, "parts": ", ".join(down), "folder": environment.home / "logs"}
            )
        return False

    return test


def health(address: str) -> dict[str, Any]:
    """Return what ``/healthz`` says, or an empty answer when nobody listens."""
    try:
        with urllib.request.urlopen(address, timeout=LOOK_SECONDS * 2) as answer:  # noqa: S310  our own address
            body = answer.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    except OSError:
        return {}
    try:
        read = json.loads(body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def local_host(environment: Environment) -> str:
    """Return the name by which this machine reaches its own web server."""
    return "127.0.0.1" if environment.host in {"0.0.0.0", "127.0.0.1", "localhost"} else environment.host  # noqa: S104


def serve_messaging(environment: Environment) -> None:
    """Run the embedded NATS server alone, as a unit or container of its own."""
    home = prepare_folder(environment)
    failures.check_ports(environment.host, [environment.nats_port, environment.websocket_port])
    supervisor = Supervisor(home.logs, _say_restarted)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, supervisor.stop)
    try:
        supervisor.run(each=start_messaging(supervisor, environment, home))
    finally:
        supervisor.end()


def _say_restarted(name: str, code: int) -> None:
    text = _("Tiến trình %(name)s đã dừng (mã %(code)d); đang chạy lại.")
    click.echo(text % {"name": name, "code": code}, err=True)


def _say_ready(environment: Environment) -> None:
    click.echo(_("Loa đang chạy ở %(url)s (tắt: Ctrl-C).") % {"url": environment.base_url})
