# SPDX-License-Identifier: AGPL-3.0-or-later
"""House-keeping of queue, outbox and processes."""

from datetime import timedelta

from django_tasks_db.models import DBTaskResult

from loa.config import clock
from loa.jobs import lost, outbox, periodic, processes

KEPT = timedelta(days=7)  # the audit log and the ledger keep what matters


@periodic.every(10, "jobs.requeue_lost")
def requeue_lost() -> None:
    """Queue tasks again whose worker died."""
    lost.requeue_lost()


@periodic.every(3600, "jobs.forget")
def forget_old() -> None:
    """Delete effects and results of a week ago, and rows of processes that ended without a word."""
    before = clock.now() - KEPT
    outbox.forget_done(before)
    DBTaskResult.objects.finished().filter(finished_at__lt=before).delete()
    processes.forget_dead()
