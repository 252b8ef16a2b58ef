# SPDX-License-Identifier: AGPL-3.0-or-later
"""The worker's urging of each day of work, and what the morning's digest says of plans."""

import time
from datetime import time as time_of_day

from django.db import transaction
from django.utils import timezone

from loa.campaigns.models import UrgingRun
from loa.campaigns.urging.actions import tell_urged, urge_due
from loa.campaigns.urging.digests import late_work_below, own_findings, own_work, work_to_verify
from loa.campaigns.urging.queries import watched
from loa.campaigns.workdays import is_workday
from loa.config import clock
from loa.jobs import periodic
from loa.notices.digest import section

BUDGET = 2.0  # seconds in one go: other periodic work shares the thread
BATCH = 300  # activities of one transaction
BEGINS = time_of_day(7)  # local; after the digest, when offices open

section("campaigns.own", 10)(own_work)
section("campaigns.findings", 15)(own_findings)
section("campaigns.to_verify", 20)(work_to_verify)
section("campaigns.below", 30)(late_work_below)


@periodic.every(30, "campaigns.urge")
def urge_today() -> None:
    """Urge about some of what is due; the next go takes up where this one stopped. Not on days without work."""
    local = clock.now().astimezone(timezone.get_default_timezone())
    if local.time() < BEGINS or not is_workday(local.date()):
        return
    run = UrgingRun.objects.filter(day=local.date()).first()  # a read alone: looking takes no write lock
    if run is None:
        run = UrgingRun.objects.create(day=local.date())
    end = time.monotonic() + BUDGET
    while run.done_at is None and time.monotonic() < end:
        _urge_some(run)


def _urge_some(run: UrgingRun) -> None:
    """Look at some activities; when all were looked at, tell some people of everything that concerns them."""
    rows, last = watched(run.day, run.up_to, BATCH)
    if last is None and tell_urged(run.day):
        return
    with transaction.atomic():
        if rows:
            urge_due(rows, run.day)
        if last is None:
            run.done_at = clock.now()
        else:
            run.up_to = last
        run.save(update_fields=["up_to", "done_at"])
