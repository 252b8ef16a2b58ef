# SPDX-License-Identifier: AGPL-3.0-or-later
"""The worker process: queued tasks in the main thread, outbox effects and periodic work in threads beside it.

A signal to end lets the current piece finish; whatever was queued stays in the database for the next start.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from types import FrameType

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from django.utils.module_loading import autodiscover_modules
from django_tasks_db.management.commands.db_worker import Worker as TaskWorker
from django_tasks_db.models import DBTaskResult

from loa.jobs import outbox, periodic, processes

POLL_SECONDS = 0.2
SLOW_POLL_SECONDS = 1.0  # for topics that wait for others' servers anyway
SLOW_LIMIT = 4  # entries of such a topic at once: done before their lease ends
PAUSE_AFTER_ERROR = 1.0  # s; the database may be restarting

logger = logging.getLogger(__name__)


def _run_slow(topic: str) -> bool:
    return outbox.run_due([topic], limit=SLOW_LIMIT) > 0


class Worker:
    """Runs until told to stop; three loops, one beat."""

    def __init__(self) -> None:
        self.identity = processes.new_identity()
        self._stop = threading.Event()
        self._broken: BaseException | None = None
        self._tasks = TaskWorker(
            queue_names=list(settings.TASKS["default"]["QUEUES"]),
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=self.identity,
            excluded_queue_names=[],
        )

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """End after the current piece."""
        self._stop.set()
        self._tasks.running = False

    def run(self) -> None:
        """Work until stopped.

        Raises:
            RuntimeError: a loop ended by an error that is not the database's; the supervisor starts anew.
        """
        autodiscover_modules("jobs")
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        schedule = periodic.Schedule(periodic.registered(), time.monotonic())
        loops: list[tuple[str, Callable[[], bool], float]] = [
            ("outbox", lambda: outbox.run_due() > 0, POLL_SECONDS),
            *((topic, partial(_run_slow, topic), SLOW_POLL_SECONDS) for topic in outbox.slow_topics()),
            ("schedule", lambda: schedule.run_due(time.monotonic()) < 0, POLL_SECONDS),
            ("beat", self._beat, processes.BEAT_SECONDS),
        ]
        threads = [threading.Thread(target=self._loop, args=loop, name=loop[0]) for loop in loops]
        for thread in threads:
            thread.start()
        self._loop("tasks", self._run_tasks, POLL_SECONDS)
        for thread in threads:
            thread.join()
        processes.leave(self.identity)
        if self._broken is not None:
            raise RuntimeError("A loop of the worker broke.") from self._broken

    def _loop(self, name: str, piece: Callable[[], bool], pause: float) -> None:
        """Repeat ``piece`` at once while it did something, else after ``pause`` seconds."""
        try:
            while not self._stop.is_set():
                close_old_connections()
                try:
                    busy = piece()
                except DatabaseError:
                    logger.exception("The database refused the %s loop.", name)
                    connections.close_all()
                    self._stop.wait(PAUSE_AFTER_ERROR)
                    continue
                if not busy:
                    self._stop.wait(pause)
        except BaseException as error:
            self._broken = error
            self.stop()
            raise
        finally:
            connections.close_all()

    def _run_tasks(self) -> bool:
        """Run queued tasks until none waits; a plain read first, so that idling takes no write lock."""
        if not DBTaskResult.objects.ready().filter(backend_name="default").exists():
            return False
        self._tasks.run()
        return True

    def _beat(self) -> bool:
        processes.beat("worker", self.identity)
        return False
