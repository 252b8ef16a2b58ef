# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tasks whose worker died in the middle: back into the queue, a few times."""

from datetime import timedelta

from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from loa.config import clock
from loa.jobs.models import ProcessBeat

LOST_AFTER = timedelta(seconds=30)  # since its worker was last seen
ATTEMPTS = 3


class WorkerLostError(RuntimeError):
    """The workers of this task died several times while it ran."""


def requeue_lost() -> int:
    """Queue running tasks again whose worker is gone; one that ended three workers fails instead.

    Returns:
        How many tasks were queued again or failed.
    """
    since = clock.now() - LOST_AFTER
    living = set(
        ProcessBeat.objects.filter(name="worker", seen_at__gte=since).values_list("identity", flat=True)
    )
    count = 0
    for task in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        workers = list(task.worker_ids)
        if workers and workers[-1] in living:
            continue
        count += 1
        if len(workers) >= ATTEMPTS:
            task.set_failed(WorkerLostError(f"{len(workers)} workers died."))
        else:
            DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING).update(
                status=TaskResultStatus.READY, started_at=None
            )
    return count
