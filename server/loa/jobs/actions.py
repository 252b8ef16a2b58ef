# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tell people how far background work has come. Call outside of long transactions, or nobody sees it."""

from loa.config import clock
from loa.jobs.models import Job, JobState


def begin(key: str, title: str, total: int = 0) -> None:
    """Announce work that waits or begins; work done before under the same key starts over.

    Args:
        key: stable name, ``app.kind:id``.
        title: what is done, as people read it.
        total: how many parts there are; 0 when that is not known.
    """
    now = clock.now()
    fresh = {"title": title[:200], "state": JobState.WAITING, "done": 0, "total": total, "error": ""}
    Job.objects.update_or_create(
        key=key, defaults={**fresh, "created_at": now, "started_at": None, "ended_at": None}
    )


def progress(key: str, done: int, total: int) -> None:
    """Say that ``done`` of ``total`` parts are finished; a few calls a second at most."""
    jobs = Job.objects.filter(key=key)
    jobs.filter(started_at=None).update(started_at=clock.now())
    jobs.update(state=JobState.WORKING, done=done, total=total)


def finish(key: str) -> None:
    """Say that the work is done."""
    now = clock.now()
    for job in Job.objects.filter(key=key):
        Job.objects.filter(pk=job.pk).update(
            state=JobState.DONE, done=job.total, ended_at=now, started_at=job.started_at or now, error=""
        )


def fail(key: str, sentence: str) -> None:
    """Say that the work failed.

    Args:
        key: the job.
        sentence: what happened, what is safe and what to do, translated, for people.
    """
    Job.objects.filter(key=key).update(state=JobState.FAILED, error=sentence, ended_at=clock.now())
