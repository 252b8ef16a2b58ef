# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write an entry with the change that it tells of; seal committed entries into the chain."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from loa.audit import chain
from loa.audit.actor import Actor, PersonLike, Thing, as_actor
from loa.audit.models import Entry, Segment
from loa.config import clock

SEGMENT_LIMIT = 2000  # entries sealed at once, so that one transaction stays short


def record(
    *,
    actor: PersonLike | Actor | None,
    action: str,
    obj: Model | Thing,
    details: dict[str, Any] | None = None,
    area_code: str = "",
) -> None:
    """Write the entry of one state change, in the transaction of the action that makes it.

    Args:
        actor: a person, an ``Actor``, or None for the system.
        action: ``app.verb``, as the function is called: ``releases.sign_release``.
        obj: what changed, a row or a ``Thing``; its type, key and name are kept as text.
        details: plain values; numbers with a fraction are kept as text.
        area_code: the area that the change concerns, for filtering.

    Raises:
        RuntimeError: no transaction is open, so that change and entry could part.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"The audit entry {action} needs the transaction of its change.")
    who, what = as_actor(actor), _as_thing(obj)
    Entry.objects.create(
        at=clock.now(),
        actor_id=who.id,
        actor_name=who.name[:200],
        action=action,
        object_type=what.kind,
        object_id=what.id,
        object_name=what.name[:300],
        area_code=area_code,
        details=chain.plain(details or {}),
    )


def _as_thing(obj: Model | Thing) -> Thing:
    return obj if isinstance(obj, Thing) else Thing(obj._meta.label_lower, str(obj.pk), str(obj))


def seal(now: datetime | None = None) -> Segment | None:
    """Link committed entries that no segment holds into the next one, in the order of their keys.

    Returns:
        The new segment, or None when nothing waited or another sealer was quicker.
    """
    now = now or clock.now()
    if not Entry.objects.filter(segment=None).exists():  # a read alone: an idle log takes no write lock
        return None
    try:
        with transaction.atomic():
            return _seal_waiting(now)
    except (
        IntegrityError
    ):  # another sealer took this number; the entries are in its segment or wait for the next
        return None


def _seal_waiting(now: datetime) -> Segment | None:
    entries = list(Entry.objects.filter(segment=None).order_by("pk")[:SEGMENT_LIMIT])
    if not entries:
        return None
    last = Segment.objects.order_by("-number").first()
    number, previous = (last.number + 1, last.head) if last else (1, "")
    segment = Segment.objects.create(
        number=number,
        sealed_at=now,
        previous=previous,
        head=chain.head(number, previous, entries),
        count=len(entries),
    )
    for position, entry in enumerate(entries):
        entry.segment, entry.position = segment, position
    Entry.objects.bulk_update(entries, ["segment", "position"], batch_size=300)
    return segment
