# SPDX-License-Identifier: AGPL-3.0-or-later
"""States that last become incidents, opened once when they begin and closed once when they are over."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from loa.devices.models import Device, Incident, IncidentStep, StepKind
from loa.devices.network.conditions import Condition
from loa.jobs import outbox


def settle(
    found: Mapping[Device, Collection[Condition]], kinds: Sequence[str], now: datetime
) -> tuple[int, int]:
    """Open what is new and end what is over, of some kinds at some devices; return how many of each.

    Whoever looks at one while another does: the constraint lets one of them open it, the lock one of them end
    it. What a person closed is not opened again before the state was over. At most six queries and an event for
    each device where something changed.

    Args:
        found: by device (commune fetched) all that lasts there now.
        kinds: those that were looked for.
        now: the present moment.
    """
    devices = {device.pk: device for device in found}
    with transaction.atomic(savepoint=False):
        lasting = list(Incident.objects.filter(device__in=devices, kind__in=kinds, lasts=True, ended_at=None))
        there = {(one.device_id, one.kind, one.reason) for one in lasting}
        wanted = {
            (pk, *condition.key): condition for pk, device in devices.items() for condition in found[device]
        }
        fresh = [
            Incident(
                device=devices[pk], kind=kind, reason=reason, lasts=True,
                details={"items": [condition.details]}, opened_at=now,
            )
            for (pk, kind, reason), condition in wanted.items() if (pk, kind, reason) not in there
        ]  # fmt: skip
        over = [one.pk for one in lasting if (one.device_id, one.kind, one.reason) not in wanted]
        ended = _end(over, now) if over else []
        Incident.objects.bulk_create(fresh, ignore_conflicts=True)
        for pk in dict.fromkeys([*(one.device_id for one in fresh), *(one.device_id for one in ended)]):
            outbox.put("event", key=devices[pk].commune.code, payload={"kind": "device", "id": str(pk)})
    return len(fresh), len(ended)


def _end(over: Collection[int], now: datetime) -> list[Incident]:
    ended = list(Incident.objects.select_for_update(of=("self",)).filter(pk__in=over, ended_at=None))
    keys = [one.pk for one in ended]
    Incident.objects.filter(pk__in=keys).update(ended_at=now)
    Incident.objects.filter(pk__in=keys, closed_at=None).update(closed_at=now)
    IncidentStep.objects.bulk_create(IncidentStep(incident=one, at=now, kind=StepKind.ENDED) for one in ended)
    return ended
