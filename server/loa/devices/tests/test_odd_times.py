# SPDX-License-Identifier: AGPL-3.0-or-later
"""Times of a device in strange hands at the ends of the calendar: no page that shows them may break for everybody."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loa.deliveries.models import Delivery
from loa.devices.intake import take_heartbeats, take_log
from loa.devices.models import DeviceStatus, Incident
from loa.devices.tests.factories import NOW, make_beat, make_device, make_planned_rows
from loa.people.models import Role
from loa.people.tests.factories import grant, make_organisation, make_person
from loa_protocol.wire import PlayLogBatch

pytestmark = pytest.mark.django_db
LAST, FIRST = "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"


@pytest.mark.parametrize("moment", [LAST, FIRST])
def test_a_heartbeat_with_such_times_is_heard_without_them_and_its_page_opens(moment: str) -> None:
    device = make_device()
    take_heartbeats([make_beat(device, plays_until=moment, playing_item="x", playing_since=moment)], now=NOW)
    status = DeviceStatus.objects.get()
    assert (status.plays_until, status.playing_since) == (None, None)
    keeper = make_person()
    grant(keeper, make_organisation(device.commune), Role.DEVICE_KEEPER)
    client = Client()
    client.force_login(keeper)
    for address in (reverse("devices:listing"), reverse("devices:device", args=[device.pk])):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("field", ["due", "started", "ended"])
@pytest.mark.parametrize("moment", [LAST, FIRST])
def test_a_play_row_with_such_a_time_proves_nothing_and_holds_nothing_up(field: str, moment: str) -> None:
    device = make_device()
    fields: dict[str, Any] = {field: moment}
    rows = make_planned_rows(device, 1, **fields)
    reply = take_log(PlayLogBatch(device_id=str(device.pk), rows=rows), now=NOW + timedelta(hours=1))
    assert reply.stored_up_to == 1
    assert not Delivery.objects.exists()
    assert Incident.objects.get().reason == "bad_item"
