# SPDX-License-Identifier: AGPL-3.0-or-later
"""Of how many devices there was news, minute by minute: the ground of the online rate."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.timezone import localdate

from loa.config import clock
from loa.devices.models import CommuneDay, Device, DeviceState
from loa.devices.rules import FRESH

FIELDS = ["minutes", "expected", "online", "counted_at"]


def count_minute(now: datetime | None = None) -> int:
    """Add the present minute to each commune's day, once whoever counts; return how many communes were added.

    A minute in which nobody counts is in no rate: pages say how many were. Four queries.
    """
    now = now or clock.now()
    minute, day = now.replace(second=0, microsecond=0), localdate(now)
    counted = (
        Device.objects.filter(state=DeviceState.ACTIVE)
        .values_list("commune")
        .annotate(number=Count("pk"), with_news=Count("pk", filter=Q(status__last_seen__gte=now - FRESH)))
        .order_by()
    )
    with transaction.atomic():
        found = CommuneDay.objects.select_for_update().filter(day=day)
        known = {one.commune_id: one for one in found}
        rows = []
        for commune, number, online in counted:
            row = known.get(commune)
            if row is None:
                row = CommuneDay(commune_id=commune, day=day)
            elif row.counted_at >= minute:
                continue
            row.minutes, row.counted_at = row.minutes + 1, minute
            row.expected, row.online = row.expected + number, row.online + online
            rows.append(row)
        CommuneDay.objects.bulk_create([row for row in rows if row.pk is None], ignore_conflicts=True)
        CommuneDay.objects.bulk_update([row for row in rows if row.pk is not None], FIELDS, batch_size=200)
    return len(rows)
