# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reports that a device stopped a withdrawn release and holds it no more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from loa.config import clock
from loa.deliveries.actions import confirm_gone
from loa.devices.models import Device
from loa.jobs import outbox
from loa_protocol.errors import MalformedError
from loa_protocol.times import parse_utc
from loa_protocol.wire import HoldingReport


def take_holding(report: HoldingReport, *, now: datetime | None = None) -> int:
    """Confirm withdrawn releases that a device stopped and holds no more; return how many were news."""
    now = now or clock.now()
    device_id = _uuid(report.device_id)
    device = device_id and Device.objects.select_related("commune").filter(pk=device_id).first()
    if not device:
        return 0
    news = 0
    with transaction.atomic():
        for release_id in report.gone:
            if _uuid(release_id) is None:
                continue
            is_news = confirm_gone(
                release_id=release_id,
                place_key=str(device.pk),
                stopped_at=_stopped(report, release_id),
                by=device.name,
                now=now,
            )
            if is_news:
                news += 1
                outbox.put("event", key=device.commune.code, payload={"kind": "release", "id": release_id})
    return news


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _stopped(report: HoldingReport, release_id: str) -> datetime | None:
    try:
        return parse_utc(report.stopped_at[release_id])
    except (KeyError, MalformedError):
        return None
