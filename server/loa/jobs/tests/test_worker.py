# SPDX-License-Identifier: AGPL-3.0-or-later
import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from loa.config import clock
from loa.jobs import lost, outbox, periodic, processes, worker
from loa.jobs.models import OutboxEntry, ProcessBeat

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
done: list[str] = []


@task
def note(text: str) -> None:
    """Remember that it ran, and end the worker as an operator would."""
    done.append(text)
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    done.clear()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_what_is_queued_and_ends_after_the_current_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    published, came_round = threading.Event(), threading.Event()

    def publish(entry: OutboxEntry) -> None:
        published.set()
        came_round.wait(10)
        note.enqueue("piece")  # ends the worker once all three have worked

    monkeypatch.setattr(outbox, "_handlers", {"publish": publish})
    monkeypatch.setattr(periodic, "_registered", {"x": periodic.Periodic("x", 1, came_round.set)})
    monkeypatch.setattr(worker, "autodiscover_modules", lambda name: None)
    with transaction.atomic():
        outbox.put("publish", key="06970")
    worker.Worker().run()
    assert published.is_set()
    assert done == ["piece"]
    assert not OutboxEntry.objects.filter(done_at=None).exists()
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL
    assert processes.living("worker") == []


@pytest.mark.django_db(transaction=True)
def test_a_loop_that_breaks_ends_the_worker_so_that_it_is_started_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> int:
        raise KeyError("a mistake in the program")

    monkeypatch.setattr(outbox, "run_due", broken)
    monkeypatch.setattr(periodic, "_registered", {})
    monkeypatch.setattr(worker, "autodiscover_modules", lambda name: None)
    monkeypatch.setattr(threading, "excepthook", lambda args: None)
    with pytest.raises(RuntimeError):
        worker.Worker().run()


def running_task(*workers: str) -> DBTaskResult:
    result = note.enqueue("lost")
    DBTaskResult.objects.filter(pk=result.id).update(
        status=TaskResultStatus.RUNNING, worker_ids=list(workers), started_at=NOON
    )
    return DBTaskResult.objects.get(pk=result.id)


@pytest.mark.django_db
def test_a_task_whose_worker_died_is_queued_again_and_one_whose_worker_lives_is_left() -> None:
    with clock.frozen(NOON):
        processes.beat("worker", "alive")
        dead, alive = running_task("dead"), running_task("alive")
        assert lost.requeue_lost() == 1
    dead.refresh_from_db()
    alive.refresh_from_db()
    assert dead.status == TaskResultStatus.READY
    assert alive.status == TaskResultStatus.RUNNING


@pytest.mark.django_db
def test_a_task_that_ended_three_workers_fails() -> None:
    task_result = running_task("one", "two", "three")
    assert lost.requeue_lost() == 1
    task_result.refresh_from_db()
    assert task_result.status == TaskResultStatus.FAILED


@pytest.mark.django_db
def test_a_process_is_living_as_long_as_it_says_so() -> None:
    with clock.frozen(NOON):
        processes.beat("gateway", "g1", {"connected": True})
        processes.beat("gateway", "g1", {"connected": False})
    (beat,) = processes.living("gateway", NOON + processes.SILENT_AFTER)
    assert beat.state == {"connected": False}
    assert processes.living("gateway", NOON + processes.SILENT_AFTER + timedelta(seconds=1)) == []
    assert processes.forget_dead(NOON + timedelta(hours=2)) == 1
    assert not ProcessBeat.objects.exists()


@pytest.mark.django_db
def test_looking_for_work_takes_no_write_lock(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1) as queries:
        assert outbox.claim(["publish"], now=NOON) == []
    assert queries.captured_queries[0]["sql"].startswith("SELECT")
    assert connection.in_atomic_block  # the test's own
