# SPDX-License-Identifier: AGPL-3.0-or-later
"""Devices for tests, and what they would send."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from os import urandom
from typing import Any
from uuid import uuid4

import nkeys

from loa.airtime.tests.factories import make_placement, make_release
from loa.areas.models import Area
from loa.areas.queries import commune_of
from loa.areas.tests.factories import make_village
from loa.devices.models import Device, Enrolment
from loa.people.tests.factories import make_organisation, make_person
from loa.releases.models import Release
from loa_protocol.enrolment import EnrolRequest, RenewRequest, enrol_proof, proof_text, renew_proof
from loa_protocol.playlog import PlayRow, row_hash
from loa_protocol.times import format_utc
from loa_protocol.wire import Heartbeat

NOW = datetime.fromisoformat("2026-11-24T10:00:00+00:00")  # 17:00 in Vietnam


class Key:
    """A device's own key."""

    def __init__(self) -> None:
        self.pair = nkeys.from_seed(bytearray(nkeys.encode_seed(urandom(32), nkeys.PREFIX_BYTE_USER)))
        self.public: str = self.pair.public_key.decode()

    def enrol_request(self, name: str = "Cụm loa mới", version: str = "0.1.0") -> EnrolRequest:
        signature = self.pair.sign(enrol_proof(self.public, name, version))
        return EnrolRequest(
            public_key=self.public, name=name, version=version, signature=proof_text(signature)
        )

    def renew_request(self, device_id: str, at: datetime) -> RenewRequest:
        text = format_utc(at)
        signature = self.pair.sign(renew_proof(device_id, self.public, text))
        return RenewRequest(
            device_id=device_id, public_key=self.public, at=text, signature=proof_text(signature)
        )


def make_device(village: Area | None = None, name: str = "", **fields: Any) -> Device:
    """Return a device in service."""
    village = village or make_village()
    values = {"public_key": Key().public, "enrolled_at": NOW, "enrolled_by": "kiểm thử", **fields}
    return Device.objects.create(
        name=name or f"Cụm loa {village.name}", village=village, commune=commune_of(village), **values
    )


def make_enrolment(key: Key | None = None, code: str = "ABCD-2345", **fields: Any) -> Enrolment:
    """Return an enrolment that waits."""
    values = {"asked_at": NOW, "expires_at": NOW + timedelta(minutes=15), **fields}
    return Enrolment.objects.create(
        code=code, public_key=(key or Key()).public, name="Cụm loa mới", version="0.1.0", **values
    )


def make_beat(device: Device, at: datetime = NOW, **fields: Any) -> Heartbeat:
    """Return a heartbeat of a device that is well and quiet."""
    values: dict[str, Any] = {
        "device_id": str(device.pk),
        "at": format_utc(at),
        "version": "0.1.0",
        "agenda_number": 1,
        "plays_until": format_utc(at + timedelta(days=7)),
        "approvers_number": 1,
        "rules_number": 1,
        "clock": "known",
        "clock_offset_ms": 2.0,
        "volume": 80,
        "playing_item": "",
        "playing_since": None,
        "output_level_db": None,
        "disk_free": 10**9,
        "log_backlog": 0,
        "holding": [],
        "refused": [],
        **fields,
    }
    return Heartbeat(**values)


def make_planned_rows(
    device: Device, count: int, *, release: Release | None = None, **fields: Any
) -> list[PlayRow]:
    """Return the first rows of a device's log, about placements in its village."""
    if release is None:
        release = make_release(make_organisation(device.commune), make_person(), [device.village])
    placed = [
        make_placement(release, [device.village], NOW + timedelta(minutes=number))
        for number in range(1, count + 1)
    ]
    items = [str(one.pk) for one in placed]
    return make_rows(str(device.pk), count, items, release_id=str(release.pk), **fields)


def make_rows(device_id: str, count: int, items: Sequence[str] = (), **fields: Any) -> list[PlayRow]:
    """Return the first ``count`` rows of a device's chained log, a minute apart."""
    rows: list[PlayRow] = []
    release_id = str(uuid4())
    for number in range(1, count + 1):
        due = NOW + timedelta(minutes=number)
        values: dict[str, Any] = {
            "item_id": items[number - 1] if items else str(uuid4()),
            "release_id": release_id,
            "sha256": "a" * 64,
            "due": format_utc(due),
            "received": format_utc(NOW),
            "verified": format_utc(due),
            "started": format_utc(due, milliseconds=True),
            "ended": format_utc(due + timedelta(seconds=30), milliseconds=True),
            "seconds_played": 30.0,
            "outcome": "played",
            "reason": "",
            "level_db": -20.5,
            **fields,
        }
        previous = row_hash(rows[-1]) if rows else ""
        rows.append(PlayRow(seq=number, device_id=device_id, previous=previous, **values))
    return rows
