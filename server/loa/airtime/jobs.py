# SPDX-License-Identifier: AGPL-3.0-or-later
"""Work of the worker: programmes become placements, a few days ahead of their time."""

from django.db import transaction

from loa.airtime.filling import fill
from loa.airtime.models import Programme
from loa.jobs import outbox, periodic
from loa.jobs.models import OutboxEntry


@outbox.handler("programme")
def fill_programme(entry: OutboxEntry) -> None:
    """Fill the programme that an effect names; filling twice changes nothing."""
    fill(int(entry.key))


@periodic.every(3600, "airtime.fill_programmes")
def fill_programmes() -> None:
    """Ask for every programme that has not ended to be filled; one that fails keeps no other one waiting."""
    with transaction.atomic():
        keys = Programme.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True)
        outbox.put_all("programme", keys=[str(key) for key in keys])
