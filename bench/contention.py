# SPDX-License-Identifier: AGPL-3.0-or-later
"""All kinds of writers at once on SQLite for 30 s, each in a process of its own; then a bare sqlite3 writer.

``loa bench contention``. Web: eight threads with read-then-write actions, each with its audit entry and outbox
row in one transaction, and 5 ms between two for what a request does besides (a page takes longer). Worker: takes
effects, seals the log, tells progress. Gateway: stores fifty heartbeats at once, marks effects done. Worker and
gateway write as fast as they can; in an installation they pause for 0.2 s and more.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from loa.config.bench import Figure

SECONDS = 30.0
WORST_WAIT_S = 5.0
KINDS = ("web", "worker", "gateway")
THREADS = {"web": 8, "worker": 1, "gateway": 1}
PAUSE_S = {"web": 0.005, "worker": 0.0, "gateway": 0.0}


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name:
        environ = {**os.environ, "LOA_HOME": name, "DJANGO_SETTINGS_MODULE": "loa.config.settings"}
        environ.pop("LOA_DATABASE_URL", None)
        call("prepare", environ)
        processes = [
            subprocess.Popen([sys.executable, __file__, kind], env=environ, stdout=subprocess.PIPE, text=True)
            for kind in KINDS
        ]
        results = [json.loads(process.communicate()[0]) for process in processes]
        for kind, result in zip(KINDS, results, strict=True):
            yield Figure(f"{kind}: rounds", result["count"] / SECONDS, "/s")
            yield Figure(f"{kind}: worst wait", result["worst"], "s", at_most=WORST_WAIT_S)
        yield Figure("lock errors", sum(result["locked"] for result in results), "", at_most=0)
        yield Figure("all together", sum(result["count"] for result in results) / SECONDS, "/s", at_least=1)
        yield Figure("audit chain holds after it", call("verify", environ)["held"], "", at_least=1)
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name:
        yield Figure("bare sqlite3, one writer alone", bare(Path(name)), "/s")


def bare(folder: Path, seconds: float = 5.0) -> float:
    """Return how many small transactions a second the database takes from one writer."""
    connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, text TEXT)")
    count, deadline = 0, time.monotonic() + seconds
    while time.monotonic() < deadline:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SELECT max(id) FROM entry").fetchone()
        connection.execute("INSERT INTO entry (text) VALUES (?)", ("x" * 200,))
        connection.execute("COMMIT")
        count += 1
    connection.close()
    return count / seconds


def call(kind: str, environ: dict[str, str]) -> dict[str, Any]:
    """Run one part of this file in a process of its own and read what it prints."""
    done = subprocess.run(
        [sys.executable, __file__, kind], env=environ, stdout=subprocess.PIPE, text=True, check=True
    )
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def write_in_threads(kind: str, piece: Callable[[int], object]) -> dict[str, float]:
    """Write in as many threads as this kind of process has; return counts added up and the longest wait."""
    with ThreadPoolExecutor(THREADS[kind]) as threads:
        works = [threads.submit(write_for_a_while, piece, PAUSE_S[kind]) for _ in range(THREADS[kind])]
        results = [work.result() for work in works]
    return {
        "count": sum(result["count"] for result in results),
        "worst": max(result["worst"] for result in results),
        "locked": sum(result["locked"] for result in results),
    }


def write_for_a_while(piece: Callable[[int], object], pause: float) -> dict[str, float]:
    """Repeat ``piece`` for ``SECONDS``; return how often, the longest wait, lock errors."""
    from django.db import OperationalError, connection

    waits = Waits()
    count, locked = 0, 0
    deadline = time.monotonic() + SECONDS
    with connection.execute_wrapper(waits):
        while time.monotonic() < deadline:
            try:
                piece(count)
            except OperationalError as error:
                if "lock" not in str(error):
                    raise
                locked += 1
            count += 1
            time.sleep(pause)
    connection.close()
    return {"count": count, "worst": waits.worst, "locked": locked}


class Waits:
    """The longest time that one statement took: where a writer waits for the others."""

    worst = 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        begun = time.monotonic()
        try:
            return execute(*arguments)
        finally:
            self.worst = max(self.worst, time.monotonic() - begun)


def web_piece(number: int) -> None:
    """Change something as an action does: read, write, audit entry, effect."""
    from django.db import transaction

    from loa.audit import actions as audit
    from loa.audit.actor import SYSTEM, Thing
    from loa.config import clock
    from loa.jobs import outbox
    from loa.jobs.models import Job

    key = f"bench:{threading.get_ident()}:{number % 100}"
    with transaction.atomic():
        job, _made = Job.objects.get_or_create(key=key, defaults={"title": "x", "created_at": clock.now()})
        Job.objects.filter(pk=job.pk).update(done=job.done + 1)
        audit.record(actor=SYSTEM, action="bench.change", obj=Thing("bench", key, "x"), details={"n": number})
        outbox.put(
            "event" if number % 2 else "publish", key=f"{number % 50:05}", payload={"kind": "job", "id": key}
        )


def worker_piece(number: int) -> None:
    """Do what the worker does: effects, sealing, progress, its own sign of life."""
    from loa.audit import actions as audit
    from loa.jobs import actions, outbox, processes

    outbox.run_due(["publish"])
    audit.seal()
    actions.begin("bench.worker:1", "x", 10)
    actions.progress("bench.worker:1", number % 10, 10)
    processes.beat("worker", "bench")


def gateway_piece(number: int) -> None:
    """Do what the gateway does: store in bulk what came, mark what was sent, its own sign of life."""
    from loa.config import clock
    from loa.jobs import outbox, processes
    from loa.jobs.models import ProcessBeat

    now = clock.now()
    rows = [  # fifty devices' heartbeats in one statement, as intake stores them
        ProcessBeat(name="device", identity=f"bench-{device}", seen_at=now, state={"n": number})
        for device in range(50)
    ]
    ProcessBeat.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["identity"], update_fields=["seen_at", "state"]
    )
    outbox.settle(outbox.claim(["event"], now=now), now=now)
    processes.beat("gateway", "bench")


def prepare() -> dict[str, bool]:
    """Make the tables."""
    from loa.config.prepare import prepare_database

    prepare_database()
    return {"prepared": True}


def verify() -> dict[str, int]:
    """Check the chain that was sealed under load."""
    from loa.audit import actions, queries

    while actions.seal():
        pass
    return {"held": int(queries.verify().held)}


def main(kind: str) -> None:
    """Run one part."""
    import django

    django.setup()
    from loa.jobs import outbox

    outbox.handler("publish")(lambda entry: None)
    pieces = {"web": web_piece, "worker": worker_piece, "gateway": gateway_piece}
    parts: dict[str, Callable[[], object]] = {"prepare": prepare, "verify": verify}
    print(json.dumps(write_in_threads(kind, pieces[kind]) if kind in pieces else parts[kind]()))


if __name__ == "__main__":
    main(sys.argv[1])
