# SPDX-License-Identifier: AGPL-3.0-or-later
"""Work of the worker: publish what changed, keep timestamps and agendas from running out."""

import logging

from loa.devices import actions, publishing
from loa.devices.network import counting, summary, watching
from loa.jobs import outbox, periodic
from loa.jobs.models import OutboxEntry
from loa.notices import digest
from loa.releases.errors import ListNotSignedError

logger = logging.getLogger(__name__)


@outbox.handler("publish")
def publish_commune(entry: OutboxEntry) -> None:
    """Publish the commune that an effect names; publishing twice changes nothing.

    A commune whose first lists wait for the administrators is published when they sign.
    """
    try:
        publishing.publish(entry.key, above=int(entry.payload.get("above", 0)))
    except ListNotSignedError as error:
        logger.info("%s is not published yet: %s", entry.key, error)


@periodic.every(3600, "devices.renew_timestamps")
def renew_timestamps() -> None:
    """Sign timestamps anew that expire within a day."""
    publishing.refresh_timestamps()


@periodic.every(3600, "devices.renew_agendas")
def renew_agendas() -> None:
    """Ask for new agendas where the last one ends within six days, and so for a list of approvers in time."""
    publishing.ask_for_renewal()


@periodic.every(3600, "devices.forget_enrolments")
def forget_enrolments() -> None:
    """Delete enrolments that nobody approved."""
    actions.forget_enrolments()


@periodic.every(10, "devices.watch")
def watch() -> None:
    """Open and end incidents that no heartbeat tells of: silence while something is due, no news for long."""
    watching.watch_due()
    watching.watch_lost()


@periodic.every(20, "devices.count_minute")
def count_minute() -> None:
    """Count once in each minute of how many devices there is news."""
    counting.count_minute()


digest.section("devices", 40)(summary.section)
