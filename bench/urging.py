# SPDX-License-Identifier: AGPL-3.0-or-later
"""A day of urging about 10,000 late activities in 3,321 communes, and the morning's digests of their heads.

Part of ``loa bench plan``, in a child process of its own, on SQLite. Every activity is late and everybody is told
by e-mail too: no day has more to tell. Each commune's post is held by somebody and reports to one of 34 in the
provinces, these to one at the top; two weeks later all of it goes to the top, who gets one list.

The worker gives each of the two jobs 2 seconds at a time, the urging every 30 seconds and the digests every 10, so:

* urging within 60 s of work is 15 minutes by the clock: who opens the console at half past seven finds it;
* the digests have from 06:30 to 12:00, at 2 in 10 seconds that is 66 minutes of work; a tenth of it is asked for.
"""

import json
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import plan

Row = tuple[str, float, str, float | None]
TODAY = date(2026, 11, 25)  # a Wednesday; the day before is a day off
SEVEN = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)  # half past seven in Viet Nam
HALF_PAST_SIX = datetime(2026, 11, 24, 23, 40, tzinfo=UTC)
PROVINCES = 34


def main() -> None:
    """Fill the installation, measure, and print the figures as one line of JSON."""
    import django

    django.setup()
    from django.conf import settings

    from loa.config.prepare import prepare_database

    prepare_database()
    settings.EMAIL_HOST = "localhost"  # nothing is sent: the rows of what would be are what counts
    campaign = plan.one_campaign()
    _people(campaign)
    print(json.dumps([*_urging(), *_digests()]))


def _people(campaign: Any) -> None:
    """Let somebody hold each post, with an address, and make all work late."""
    from loa.campaigns.models import Activity
    from loa.notices.models import Ways
    from loa.people.models import Person, Post, PostHolding

    office = campaign.organisation
    top = Post.objects.create(organisation=office, title="Chủ tịch")
    above = [
        Post.objects.create(organisation=office, title=f"Phó {n}", reports_to=top) for n in range(PROVINCES)
    ]
    posts = list(Post.objects.exclude(pk__in=[top.pk, *(one.pk for one in above)]).order_by("pk"))
    for number, post in enumerate(posts):
        post.reports_to = above[number % PROVINCES]
    Post.objects.bulk_update(posts, ["reports_to"], batch_size=400)
    everybody = [*posts, *above, top]
    people = Person.objects.bulk_create(
        [Person(username=f"giu-{post.pk}", full_name=f"Người giữ {post.pk}") for post in everybody], 400
    )
    since = date(2025, 7, 1)
    pairs = list(zip(everybody, people, strict=True))
    PostHolding.objects.bulk_create([PostHolding(post=a, person=b, since=since) for a, b in pairs], 400)
    Ways.objects.bulk_create([Ways(person=one, email=f"{one.username}@example.vn") for one in people], 400)
    Activity.objects.update(state="in_progress", due=TODAY - timedelta(days=5))


def _reset_peak() -> None:
    """Let the kernel count the most memory anew from now on (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")


def _memory(field: str) -> float:
    """Return a line of this process's status in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024


class _Measured:
    """One job, called as the worker does until its day is done; memory is what it takes beyond its start."""

    def __init__(self, job: Any, days: Any, at: datetime) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from loa.config import clock

        self.goes = self.queries = 0
        self.longest = self.took = 0.0
        _reset_peak()
        before = _memory("VmRSS")
        done = days.objects.exclude(done_at=None)
        wanted = done.count() + 1
        with clock.frozen(at):
            while done.count() < wanted:
                connection.queries_log.clear()
                began = time.perf_counter()
                with CaptureQueriesContext(connection) as seen:
                    job()
                took = time.perf_counter() - began
                self.goes += 1
                self.queries += len(seen)
                self.longest, self.took = max(self.longest, took), self.took + took
        self.memory = _memory("VmHWM") - before


def _urging() -> list[Row]:
    from loa.campaigns.models import Urge, UrgingRun
    from loa.campaigns.urging import jobs
    from loa.notices.models import Notice

    found = _Measured(jobs.urge_today, UrgingRun, SEVEN)
    told = Urge.objects.count()
    before = Notice.objects.count()
    later = _Measured(jobs.urge_today, UrgingRun, SEVEN + timedelta(days=13))
    return [
        ("urging: times that a head was urged, of 10,000", told, "", None),
        ("urging: the whole day's work", found.took, "s", 60.0),
        ("urging: longest go", found.longest, "s", 5.0),
        ("urging: queries for each 300 activities", found.queries / (plan.ACTIVITIES / jobs.BATCH), "", 60),
        ("urging: memory beyond the start", found.memory, "MB", 60),
        ("urging: the day on which all goes to the top", later.took, "s", 60.0),
        ("urging: notices of it at the top", Notice.objects.count() - before, "", 1),
    ]


def _digests() -> list[Row]:
    from loa.campaigns.urging import jobs as _sections  # noqa: F401  (registers what plans have to say)
    from loa.notices import jobs
    from loa.notices.models import DigestDay, Notice

    found = _Measured(jobs.make_digests, DigestDay, HALF_PAST_SIX)
    made = Notice.objects.filter(kind="notices.digest").count()
    return [
        ("digests: made", made, "", None),
        ("digests: the whole morning's work", found.took, "s", 400.0),
        ("digests: longest go", found.longest, "s", 5.0),
        ("digests: queries for each person", found.queries / made, "", None),
        ("digests: memory beyond the start", found.memory, "MB", 60),
    ]


if __name__ == "__main__":
    main()
