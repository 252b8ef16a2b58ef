# SPDX-License-Identifier: AGPL-3.0-or-later
"""Heartbeats: many devices in one write, and what follows from what they say."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate

from loa.config import clock
from loa.deliveries.actions import confirm_gone
from loa.deliveries.models import StillOut
from loa.devices.incidents import open_incident
from loa.devices.models import Device, DeviceStatus, Hearing, Publication
from loa.devices.network.conditions import SAID, conditions_of
from loa.devices.network.health import health_in, health_of
from loa.devices.network.settling import settle
from loa.devices.rules import EXPECTED_FILE_TROUBLE, EXPECTED_REFUSALS, HIGHEST_JUMP
from loa.jobs import outbox
from loa_protocol.errors import MalformedError
from loa_protocol.times import parse_utc
from loa_protocol.wire import Heartbeat

VERDICTS = {"heard", "not_heard"}
STATUS_FIELDS = [
    "last_seen",
    "version",
    "agenda_number",
    "plays_until",
    "clock",
    "clock_offset_ms",
    "volume",
    "playing_item",
    "playing_since",
    "output_level_db",
    "disk_free",
    "log_backlog",
    "silent_since",
    "report",
]


def take_heartbeats(beats: Sequence[Heartbeat], *, now: datetime | None = None) -> int:
    """Store what devices say of themselves, in one transaction; return how many devices were known.

    Of several heartbeats of a device the newest by its own clock counts.
    """
    now = now or clock.now()
    newest: dict[str, Heartbeat] = {}
    for beat in beats:
        if beat.device_id not in newest or beat.at >= newest[beat.device_id].at:
            newest[beat.device_id] = beat
    with transaction.atomic():
        found = Device.objects.filter(pk__in=_uuids(newest)).select_related("commune", "status")
        devices = {str(device.pk): device for device in found}
        # Before the new ones are made: Django puts each of them in its device's place for the old one.
        former = {key: getattr(device, "status", None) for key, device in devices.items()}
        statuses = [_status(device, newest[key], former[key], now) for key, device in devices.items()]
        _tell_changes(devices, newest, former)
        DeviceStatus.objects.bulk_create(
            statuses, update_conflicts=True, unique_fields=["device"], update_fields=STATUS_FIELDS
        )
        _confirm_silence(devices, newest, now)
        _follow_numbers(devices, newest, now)
        for key, device in devices.items():
            _note_refusals(device, newest[key], now)
            _note_files(device, newest[key], former[key], now)
        _note_hearings(devices, newest, former, now)
        lasting = {
            status.device: conditions_of(newest[str(status.device_id)], status.silent_since, now)
            for status in statuses
        }
        settle(lasting, SAID, now)
    return len(devices)


def _uuids(keys: Sequence[str] | dict[str, Heartbeat]) -> list[UUID]:
    found = []
    for key in keys:
        try:
            found.append(UUID(key))
        except ValueError:
            continue  # no device of ours has such an id
    return found


def _status(device: Device, beat: Heartbeat, old: DeviceStatus | None, now: datetime) -> DeviceStatus:
    return DeviceStatus(
        device=device,
        last_seen=now,
        version=beat.version[:40],
        agenda_number=max(0, beat.agenda_number),
        plays_until=_moment(beat.plays_until),
        clock=beat.clock,
        clock_offset_ms=beat.clock_offset_ms,
        volume=min(max(0, beat.volume), 100),
        playing_item=beat.playing_item[:64],
        playing_since=_moment(beat.playing_since),
        output_level_db=beat.output_level_db,
        disk_free=beat.disk_free,
        log_backlog=max(0, beat.log_backlog),
        silent_since=_silent_since(beat, old, now),
        report=msgspec.to_builtins(beat),
    )


def _silent_since(beat: Heartbeat, old: DeviceStatus | None, now: datetime) -> datetime | None:
    if not beat.silence:
        return None
    return old.silent_since if old is not None and old.silent_since is not None else now


def _moment(text: str | None) -> datetime | None:
    try:
        return parse_utc(text) if text else None
    except MalformedError:
        return None


def _tell_changes(
    devices: dict[str, Device], beats: dict[str, Heartbeat], former: dict[str, DeviceStatus | None]
) -> None:
    """Nudge browsers where a device began, ended, or took another agenda: not at every heartbeat."""
    for key, device in devices.items():
        old, beat = former[key], beats[key]
        if old is None or (old.playing_item, old.agenda_number) != (beat.playing_item, beat.agenda_number):
            outbox.put("event", key=device.commune.code, payload={"kind": "device", "id": key})


def _confirm_silence(devices: dict[str, Device], beats: dict[str, Heartbeat], now: datetime) -> None:
    """Confirm withdrawn releases that a device, by an agenda that names them, holds no more.

    A device that never held one has nothing to report; that it follows such an agenda and does not hold the
    release says the same.
    """
    waiting = list(StillOut.objects.filter(place_key__in=list(devices), confirmed_at=None))
    if not waiting:
        return
    wanted = {(devices[one.place_key].commune_id, beats[one.place_key].agenda_number) for one in waiting}
    agendas = {
        (commune, number): set(agenda["withdrawn"])
        for commune, number, agenda in Publication.objects.filter(
            commune__in={commune for commune, _number in wanted},
            number__in={number for _commune, number in wanted},
        ).values_list("commune_id", "number", "agenda")
    }
    for one in waiting:
        device, beat = devices[one.place_key], beats[one.place_key]
        release_id = str(one.release_id)
        withdrawn = agendas.get((device.commune_id, beat.agenda_number), set())
        if release_id in withdrawn and release_id not in beat.holding:
            confirm_gone(
                release_id=release_id, place_key=one.place_key, stopped_at=None, by=device.name, now=now
            )
            outbox.put("event", key=device.commune.code, payload={"kind": "release", "id": release_id})


def _follow_numbers(devices: dict[str, Device], beats: dict[str, Heartbeat], now: datetime) -> None:
    """Publish above what a device has seen: after a restore it would refuse everything lower."""
    communes = {device.commune_id: device.commune for device in devices.values()}
    rows = Publication.objects.filter(commune__in=communes).values("commune").annotate(top=Max("number"))
    tops = {row["commune"]: row["top"] for row in rows}
    for key, device in devices.items():
        number, top = beats[key].agenda_number, tops.get(device.commune_id, 0)
        if number <= top:
            continue
        if number > top + HIGHEST_JUMP:
            open_incident(device, "report", "number_far_ahead", {"number": number}, now)
            continue
        outbox.put("publish", key=device.commune.code, payload={"above": number})
        tops[device.commune_id] = number


def _note_refusals(device: Device, beat: Heartbeat, now: datetime) -> None:
    for refusal in beat.refused:
        if refusal.code not in EXPECTED_REFUSALS:
            open_incident(device, "refused", refusal.code, {"item": refusal.item_id}, now)


def _note_files(device: Device, beat: Heartbeat, old: DeviceStatus | None, now: datetime) -> None:
    """Tell of files that a device did not accept: when they appear, and once a day while they stay."""
    refused = {(one.name, one.code) for one in beat.refused_files if one.code not in EXPECTED_FILE_TROUBLE}
    today = localdate(now)
    if old is not None and localdate(old.last_seen) == today:
        refused -= {(one["name"], one["code"]) for one in old.report.get("refused_files", [])}
    for name, code in sorted(refused):
        open_incident(device, "file_refused", code, {"file": name, "day": today.isoformat()}, now)


def _note_hearings(
    devices: dict[str, Device],
    beats: dict[str, Heartbeat],
    former: dict[str, DeviceStatus | None],
    now: datetime,
) -> None:
    """Keep what microphones said of an item, when it is news."""
    news = []
    for key, device in devices.items():
        health, before = health_in(beats[key]), health_of(former[key])
        if health is None or health.heard not in VERDICTS or not health.heard_item:
            continue
        if before is None or (before.heard, before.heard_item) != (health.heard, health.heard_item):
            is_heard = health.heard == "heard"
            news.append(Hearing(device=device, item=health.heard_item[:64], is_heard=is_heard, at=now))
    Hearing.objects.bulk_create(
        news, update_conflicts=True, unique_fields=["device", "item"], update_fields=["is_heard", "at"]
    )
