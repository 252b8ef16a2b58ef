# SPDX-License-Identifier: AGPL-3.0-or-later
"""What writes the ledger."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from loa.channels.ports import Place
from loa.deliveries.models import Delivery
from loa.releases.models import Release


def record(rows: Sequence[Delivery]) -> int:
    """Store deliveries that are not stored yet; return how many were new."""
    raise NotImplementedError


def list_still_out(release: Release, channel: str, places: Iterable[Place], *, now: datetime | None = None) -> int:
    """List places that may hold a withdrawn release; return how many were new."""
    raise NotImplementedError


def confirm_gone(*, release_id: object, place_key: str, stopped_at: datetime | None, by: str) -> bool:
    """Note that a place stopped and holds a release no more; return whether that was news."""
    raise NotImplementedError
