# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages read from the ledger."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from loa.deliveries.models import Delivery, StillOut


def deliveries_of_release(release_id: object) -> QuerySet[Delivery]:
    """Return a release's deliveries by due time and place, each place's amended rows left out."""
    raise NotImplementedError


def deliveries_of_placements(placement_ids: Iterable[object]) -> QuerySet[Delivery]:
    """Return the deliveries of placements."""
    raise NotImplementedError


def deliveries_in(village_ids: Iterable[int], since: datetime, until: datetime) -> QuerySet[Delivery]:
    """Return deliveries in villages due in [since, until)."""
    raise NotImplementedError


def still_out(release_id: object) -> QuerySet[StillOut]:
    """Return every listed place of a withdrawn release, those not confirmed first."""
    raise NotImplementedError


def open_still_out(village_ids: Iterable[int]) -> QuerySet[StillOut]:
    """Return the places in villages that have not confirmed."""
    raise NotImplementedError
