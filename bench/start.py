# SPDX-License-Identifier: AGPL-3.0-or-later
"""Start a demo installation of its own: memory, restart, and every console page; beside it a bare Django project.

``loa bench start``. Takes about two minutes.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from loa.config.bench import Figure

MEMORY_MB, RESTART_S, PAGE_MS, QUERIES = 400, 8, 100, 20
PEOPLE = ("hau", "uoc", "lan", "dinh", "quan-tri")
PARTS = {"web": " web", "worker": " worker", "gateway": " gateway", "messaging": "nats-server"}
SETTLED_S = 5  # after the start, so that caches and pools are there
LONGEST_S = 240
BARE_SETTINGS = """
SECRET_KEY = "bench"
ROOT_URLCONF = "urls"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "bare.sqlite3"}}
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["."]}]
"""
BARE_URLS = """
from django.shortcuts import render
from django.urls import path
urlpatterns = [path("", lambda request: render(request, "page.html", {"rows": range(200)}))]
"""
BARE_PAGE = "<!doctype html><table>{% for row in rows %}<tr><td>{{ row }}</td></tr>{% endfor %}</table>"
BARE_WSGI = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""
BARE_CLIENT = """
import os, statistics, time
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
import django; django.setup()
from django.test import Client
client, times = Client(), []
for _ in range(6):
    begun = time.perf_counter(); client.get("/"); times.append((time.perf_counter() - begun) * 1000)
print(statistics.median(times[1:]))
"""


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name:
        yield from installation(Path(name))
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name:
        yield from bare_project(Path(name))


def installation(folder: Path) -> Iterator[Figure]:
    """Measure Loa with its sample campaign."""
    port = free_port()
    environ = {
        **os.environ,
        "LOA_HOME": str(folder),
        "LOA_PORT": str(port),
        "LOA_DEMO": "1",
        "LC_ALL": "C.UTF-8",
    }
    for name in ("LOA_DATABASE_URL", "LOA_NATS_URL", "LOA_BASE_URL", "DJANGO_SETTINGS_MODULE"):
        environ.pop(name, None)
    address = f"http://127.0.0.1:{port}/healthz"
    with running([sys.executable, "-m", "loa.config.cli", "up", "--demo"], environ, folder) as process:
        yield Figure("first start, until every part answers", answers(process, address), "s")
        wait_for_demo(folder)
        time.sleep(SETTLED_S)
        parts = memory(process.pid)
        for part, value in parts.items():
            yield Figure(f"memory of {part} (PSS)", value, "MB")
        yield Figure(
            "memory of web, worker, gateway, messaging (PSS)", sum(parts.values()), "MB", at_most=MEMORY_MB
        )
    pages = run_json([sys.executable, str(Path(__file__).with_name("pages.py")), *PEOPLE], environ)
    with running([sys.executable, "-m", "loa.config.cli", "up"], environ, folder) as process:
        yield Figure("restart, until every part answers", answers(process, address), "s", at_most=RESTART_S)
    slowest = max(pages, key=lambda page: page["ms"])
    busiest = max(pages, key=lambda page: page["queries"])
    yield Figure("pages visited", len(pages))
    yield Figure(f"slowest page ({slowest['page']})", slowest["ms"], "ms", at_most=PAGE_MS)
    yield Figure(f"most queries ({busiest['page']})", busiest["queries"], "", at_most=QUERIES)


def wait_for_demo(folder: Path) -> None:
    """Wait until the start's item is placed, so that pages have what a visitor sees."""
    log = folder / "up.log"
    deadline = time.monotonic() + LONGEST_S
    while "quan-tri" not in log.read_text():  # the last of the sign-ins that are printed
        if time.monotonic() > deadline or "Lỗi" in log.read_text():
            raise SystemExit(log.read_text())
        time.sleep(0.2)


def bare_project(folder: Path) -> Iterator[Figure]:
    """Measure what Django and granian cost by themselves: one page with a table of 200 rows."""
    files = {"settings.py": BARE_SETTINGS, "urls.py": BARE_URLS, "page.html": BARE_PAGE, "app.py": BARE_WSGI}
    for name, content in files.items():
        (folder / name).write_text(content)
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environ["PYTHONPATH"] = str(folder)
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "app:application"]
    with running([*granian, "--blocking-threads", "8"], environ, folder) as process:
        yield Figure("bare Django on granian: start", answers(process, f"http://127.0.0.1:{port}/"), "s")
        everyone = [
            process.pid,
            *(child.pid for child in psutil.Process(process.pid).children(recursive=True)),
        ]
        yield Figure("bare Django on granian: memory (PSS)", sum(map(pss, everyone)), "MB")
    done = subprocess.run(
        [sys.executable, "-c", BARE_CLIENT],
        env=environ,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    yield Figure("bare Django: a page with 200 rows", float(done.stdout), "ms")


@contextmanager
def running(command: list[str], environ: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for the time of the block; its output goes to ``up.log``."""
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, cwd=folder, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def answers(process: subprocess.Popen[bytes], address: str) -> float:
    """Return the seconds until ``address`` answers 200."""
    begun = time.monotonic()
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return time.monotonic() - begun
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if process.poll() is not None or time.monotonic() - begun > LONGEST_S:
                raise SystemExit(f"{address} never answered.") from None
            time.sleep(0.05)


def memory(pid: int) -> dict[str, float]:
    """Return the PSS of each part below the supervisor, in MB."""
    found = dict.fromkeys(PARTS, 0.0)
    for child in psutil.Process(pid).children(recursive=True):
        line = " ".join(child.cmdline())
        for part, mark in PARTS.items():
            if line.endswith(mark) or (part == "messaging" and mark in line):
                found[part] += pss(child.pid)
    return found


def pss(pid: int) -> float:
    """Return a process's share of memory in MB."""
    return float(psutil.Process(pid).memory_full_info().pss) / 2**20


def run_json(command: list[str], environ: dict[str, str]) -> list[dict[str, float]]:
    """Run a program and read the JSON that it prints."""
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True)
    read: list[dict[str, float]] = json.loads(done.stdout)
    return read


def free_port() -> int:
    """Return the first of three ports in a row that are free."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port < 65000 and not any(is_open(port + step) for step in range(3)):
            return port


def is_open(port: int) -> bool:
    """Say whether something listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
