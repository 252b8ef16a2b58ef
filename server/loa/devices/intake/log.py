# SPDX-License-Identifier: AGPL-3.0-or-later
"""Play logs: into the ledger exactly once, and the device's chain checked on the way."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from loa.airtime.models import Placement
from loa.areas import tree
from loa.config import clock
from loa.deliveries.actions import add
from loa.deliveries.models import Delivery, Outcome, ProofStrength
from loa.devices.incidents import open_incident
from loa.devices.models import Device, Hearing, Incident
from loa.devices.rules import EXPECTED_REFUSALS
from loa.jobs import outbox
from loa_protocol.errors import MalformedError
from loa_protocol.playlog import PlayRow, row_hash
from loa_protocol.times import parse_utc
from loa_protocol.wire import LogReply, PlayLogBatch

OUTCOMES = {
    "played": Outcome.DELIVERED,
    "partial": Outcome.PARTIAL,
    "stopped": Outcome.STOPPED,
    "refused": Outcome.REFUSED,
    "missed": Outcome.MISSED,
}


BAD_ITEM, NOT_AIMED_HERE = "bad_item", "not_aimed_here"  # why a row is kept as an incident alone


@dataclass(frozen=True)
class _Planned:
    """What was placed: of which release, and the paths of its zones."""

    release_id: uuid.UUID
    zones: list[str] = field(default_factory=list)


@dataclass
class _Batch:
    """One batch on its way, and what is odd about it: (reason code, details)."""

    device: Device
    rows: Sequence[PlayRow]
    planned: dict[uuid.UUID, _Planned]
    heard: frozenset[str]  # items that the device's microphone heard
    odd: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def take_log(batch: PlayLogBatch, *, now: datetime | None = None) -> LogReply:
    """Store play rows; the reply may be sent as soon as this returns, when everything is committed.

    A device sends its oldest unconfirmed rows first. If rows are missing before a batch (the server lost them
    in a restore), the reply names the last row before the gap, so that the device sends them again; if it has
    them no more and insists, the gap is accepted and an incident tells of it.

    Returns:
        The number up to which the device may forget; rows of an unknown device are refused.
    """
    now = now or clock.now()
    with transaction.atomic():
        device = _locked(batch.device_id)
        if device is None:
            return LogReply(stored_up_to=0, error="unknown_device")
        rows = _usable(batch)
        work = _Batch(device, rows, _planned(rows), _heard(device, rows))
        known = _known(device, work.rows)
        fresh = [row for row in work.rows if row.seq not in known]
        _note_changed(work, known)
        deliveries = [one for row in fresh if (one := _delivery(work, row, now)) is not None]
        add(deliveries)
        stored = {one.sequence for one in deliveries}
        _advance(work, known, {row.seq: row for row in fresh if row.seq in stored})
        _tell(work, deliveries, now)
    return LogReply(stored_up_to=device.log_up_to)


def _locked(device_id: str) -> Device | None:
    """Return the device, locked: its batches are taken one after the other."""
    try:
        found = Device.objects.select_for_update(of=("self",)).select_related("village", "commune")
        found = found.defer("village__outline", "commune__outline")  # as long as all the rest together
        return found.filter(pk=device_id).first()
    except (ValidationError, ValueError):  # not a UUID
        return None


def _usable(batch: PlayLogBatch) -> list[PlayRow]:
    """Return the batch's final rows of this device, each number once, by number."""
    rows = {row.seq: row for row in reversed(batch.rows) if row.is_final and row.device_id == batch.device_id}
    return [rows[seq] for seq in sorted(rows)]


def _planned(rows: Iterable[PlayRow]) -> dict[uuid.UUID, _Planned]:
    """Return the placements that the rows name, with their zones. One query, and no more of them than is asked."""
    names = {placement_id for row in rows if (placement_id := _uuid(row.item_id)) is not None}
    found: dict[uuid.UUID, _Planned] = {}
    placed = Placement.objects.filter(pk__in=names).order_by()
    for pk, release_id, path in placed.values_list("pk", "release_id", "zones__path"):
        one = found.setdefault(pk, _Planned(release_id))
        if path is not None:
            one.zones.append(path)
    return found


def _heard(device: Device, rows: Iterable[PlayRow]) -> frozenset[str]:
    """Return the items of ``rows`` that the device's own microphone heard, as its heartbeats said before."""
    heard = Hearing.objects.filter(device=device, item__in=[row.item_id for row in rows], is_heard=True)
    return frozenset(heard.values_list("item", flat=True))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _known(device: Device, rows: Sequence[PlayRow]) -> dict[int, PlayRow]:
    """Return what is stored of these rows, and all that is stored beyond the mark. One query."""
    wanted = Q(sequence__in=[row.seq for row in rows]) | Q(sequence__gt=device.log_up_to)
    stored = Delivery.objects.filter(wanted, place_key=str(device.pk))
    return {
        sequence: msgspec.convert(evidence, PlayRow)
        for sequence, evidence in stored.values_list("sequence", "evidence")
    }


def _note_changed(work: _Batch, known: dict[int, PlayRow]) -> None:
    for row in work.rows:
        if row.seq in known and row_hash(known[row.seq]) != row_hash(row):
            work.odd.append(("row_changed", {"seq": row.seq}))


def _delivery(work: _Batch, row: PlayRow, now: datetime) -> Delivery | None:
    """Return what the ledger stores; None for what was never placed here, of which an incident tells."""
    item = _uuid(row.item_id)
    placement = work.planned.get(item) if item is not None else None
    try:
        due = parse_utc(row.due)
        started, ended = (parse_utc(text) if text else None for text in (row.started, row.ended))
    except MalformedError:
        placement = None
    if item is None or placement is None or placement.release_id != _uuid(row.release_id):
        work.odd.append((BAD_ITEM, _kept(row)))
        return None
    if not tree.is_within(work.device.village.path, placement.zones):
        work.odd.append((NOT_AIMED_HERE, _kept(row)))
        return None
    return Delivery(
        placement_id=item,
        release_id=placement.release_id,
        channel=work.device.channel,
        place_key=str(work.device.pk),
        place_name=work.device.name,
        village_id=work.device.village_id,
        due_at=due,
        due_date=due.date(),
        sequence=row.seq,
        outcome=OUTCOMES[row.outcome],
        reason=row.reason[:60],
        started_at=started,
        ended_at=ended,
        seconds=row.seconds_played,
        proof=ProofStrength.HEARD if row.item_id in work.heard else ProofStrength.RECORDED,
        evidence=msgspec.to_builtins(row),
        recorded_at=now,
    )


def _kept(row: PlayRow) -> dict[str, Any]:
    """Return what an incident keeps of a row that the ledger does not take: all of it."""
    return {"seq": row.seq, "item": row.item_id, "row": msgspec.to_builtins(row)}


def _was_refused(device: Device, sequence: int) -> bool:
    """Say whether a row came before and was kept as an incident alone."""
    incidents = Incident.objects.filter(
        device=device, kind="log_chain", reason__in=[BAD_ITEM, NOT_AIMED_HERE]
    )
    return any(item.get("seq") == sequence for one in incidents for item in one.details.get("items", []))


def _advance(work: _Batch, known: dict[int, PlayRow], fresh: dict[int, PlayRow]) -> None:
    """Move the mark up to which nothing is missing, and check the chain of what it passes.

    Args:
        work: the batch.
        known: what was stored before, of it and beyond the mark, as it is stored.
        fresh: rows of it that are stored now.
    """
    device = work.device
    before = (device.log_up_to, device.log_hash)
    if not work.rows:
        return
    first = work.rows[0].seq
    came_before = first > device.log_up_to + 1 and (first in known or _was_refused(device, first))
    if came_before and not _runs_to(device, first):
        work.odd.append(("gap", {"after": device.log_up_to, "before": first}))
        device.log_up_to, device.log_hash = first - 1, ""
    passed = {row.seq for row in work.rows}
    rows = {**known, **fresh}
    while (seq := device.log_up_to + 1) in rows or seq in passed:
        row = rows.get(seq)
        if row is None:  # a row that could not be stored: its incident holds what is known of it
            device.log_up_to, device.log_hash = seq, ""
            continue
        if row.previous != device.log_hash and (device.log_hash or seq == 1):
            work.odd.append(("chain_broken", {"seq": seq}))
        device.log_up_to, device.log_hash = seq, row_hash(row)
    if before != (device.log_up_to, device.log_hash):
        device.save(update_fields=["log_up_to", "log_hash"])


def _runs_to(device: Device, first: int) -> bool:
    """Say whether every row between the mark and ``first`` is stored."""
    between = Delivery.objects.filter(
        place_key=str(device.pk), sequence__gt=device.log_up_to, sequence__lt=first
    )
    return between.count() == first - device.log_up_to - 1


def _tell(work: _Batch, stored: Sequence[Delivery], now: datetime) -> None:
    device = work.device
    for code, details in work.odd:
        open_incident(device, "log_chain", code, details, now)
    for one in stored:
        if one.outcome == Outcome.REFUSED and one.reason not in EXPECTED_REFUSALS:
            open_incident(device, "refused", one.reason, {"item": str(one.placement_id)}, now)
    for release_id in dict.fromkeys(str(one.release_id) for one in stored):
        outbox.put("event", key=device.commune.code, payload={"kind": "delivery", "id": release_id})
