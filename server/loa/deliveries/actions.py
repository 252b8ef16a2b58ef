# SPDX-License-Identifier: AGPL-3.0-or-later
"""What writes the ledger. Rows are added, never changed; sending the same twice stores it once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.actions import record as audit
from loa.audit.actor import Actor
from loa.channels.ports import Place
from loa.channels.registry import channels
from loa.config import clock
from loa.config.errors import ConflictError
from loa.deliveries.models import Delivery, StillOut
from loa.people.models import Person
from loa.people.queries import require
from loa.people.rules import Permission
from loa.releases.models import Release

BATCH = 200  # rows in one statement: SQLite takes a limited number of values


def record(rows: Sequence[Delivery]) -> int:
    """Store deliveries that are not stored yet; return how many were new.

    The key is (place, its own sequence number, due date); a row that is there already stays as it is.
    """
    keys = {(row.place_key, row.sequence, row.due_date) for row in rows}
    with transaction.atomic():
        known = set(
            Delivery.objects.filter(
                place_key__in={row.place_key for row in rows}, sequence__in={row.sequence for row in rows}
            ).values_list("place_key", "sequence", "due_date")
        )
        fresh = {
            (row.place_key, row.sequence, row.due_date): row
            for row in reversed(rows)  # of two with one key the first counts
            if (row.place_key, row.sequence, row.due_date) not in known
        }
        add(list(fresh.values()))
    return len(keys - known)


def add(rows: Sequence[Delivery]) -> None:
    """Store deliveries of which the caller has just seen that none is stored yet, each once.

    Another process may have stored the same in between: the constraint decides, quietly.
    """
    Delivery.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def list_still_out(
    release: Release, channel: str, places: Iterable[Place], *, now: datetime | None = None
) -> int:
    """List places that may hold a withdrawn release; return how many were new.

    A place that is listed already keeps its row, confirmed or not.
    """
    now = now or clock.now()
    places = list(places)
    with transaction.atomic():
        known = set(
            StillOut.objects.filter(release_id=release.pk, channel=channel).values_list(
                "place_key", flat=True
            )
        )
        fresh = [
            StillOut(
                release_id=release.pk,
                channel=channel,
                place_key=place.key,
                place_name=place.name,
                village_id=place.village_id,
                since=now,
                silent_by=place.silent_by,
            )
            for place in places
            if place.key not in known
        ]
        StillOut.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    return len(fresh)


def list_everywhere(release: Release) -> None:
    """List the places of every channel that may hold ``release``; called when a release ends."""
    for channel in channels():
        if channel.holders is not None:
            list_still_out(release, channel.key, channel.holders.places(release))


def confirm_gone(
    *,
    release_id: UUID | str,
    place_key: str,
    stopped_at: datetime | None,
    by: str,
    now: datetime | None = None,
) -> bool:
    """Note that a place stopped and holds a release no more; return whether that was news.

    Args:
        release_id: the withdrawn release.
        place_key: the place, as its channel names it.
        stopped_at: when it stopped, by its own account; None when it did not sound then.
        by: who says so: a device's name, or a person's.
    """
    now = now or clock.now()
    with transaction.atomic():
        waiting = StillOut.objects.filter(release_id=release_id, place_key=place_key, confirmed_at=None)
        place = waiting.first()
        if place is None or not waiting.update(
            confirmed_at=now, confirmed_by=by[:200], stopped_at=stopped_at
        ):
            return False
        audit(
            actor=Actor(place_key, by),
            action="deliveries.confirm_gone",
            obj=place,
            details={"release": str(release_id), "stopped_at": stopped_at.isoformat() if stopped_at else ""},
        )
    return True


def confirm_by_hand(*, actor: Person, place: StillOut, note: str) -> StillOut:
    """Let a person confirm that a place is silent, for one that cannot say so itself any more.

    Raises:
        PermissionDeniedError: the person does not keep the devices there.
        ConflictError: without a word on how it was checked.
    """
    require(actor, Permission.DEVICE_MANAGE, area=place.village)
    if not note.strip():
        raise ConflictError(_("Ghi rõ đã kiểm tra bằng cách nào, ví dụ “đã rút nguồn”."), field="note")
    with transaction.atomic():
        waiting = StillOut.objects.filter(pk=place.pk, confirmed_at=None)
        if waiting.update(confirmed_at=clock.now(), confirmed_by=f"{actor.full_name}: {note.strip()}"[:200]):
            audit(
                actor=actor,
                action="deliveries.confirm_by_hand",
                obj=place,
                details={"release": str(place.release_id), "note": note.strip()},
            )
    place.refresh_from_db()
    return place
