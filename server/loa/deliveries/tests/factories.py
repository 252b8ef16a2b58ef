# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of the ledger for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from loa.areas.models import Area
from loa.areas.tests.factories import make_village
from loa.deliveries.models import Delivery, Outcome, ProofStrength

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def make_delivery(village: Area | None = None, *, save: bool = True, **fields: Any) -> Delivery:
    """Return a delivery of 30 seconds, due at ``NOW`` unless told."""
    due = fields.setdefault("due_at", NOW)
    values: dict[str, Any] = {
        "placement_id": uuid4(),
        "release_id": uuid4(),
        "channel": "loudspeaker",
        "place_key": "loa-1",
        "place_name": "Cụm loa 1",
        "village": village or make_village(),
        "due_date": due.date(),
        "sequence": 1,
        "outcome": Outcome.DELIVERED,
        "started_at": due,
        "ended_at": due + timedelta(seconds=30),
        "seconds": 30,
        "proof": ProofStrength.RECORDED,
        "recorded_at": due + timedelta(minutes=1),
        **fields,
    }
    delivery = Delivery(**values)
    if save:
        delivery.save()
    return delivery
