# SPDX-License-Identifier: AGPL-3.0-or-later
"""House-keeping of the outbox."""

from datetime import timedelta

from loa.config import clock
from loa.jobs import outbox, periodic


@periodic.every(3600, "jobs.forget_done")
def forget_done_effects() -> None:
    """Delete effects that were carried out a week ago."""
    outbox.forget_done(clock.now() - timedelta(days=7))
