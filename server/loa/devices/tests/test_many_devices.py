# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of many devices: no more queries than of few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.config import clock
from loa.devices.intake import take_heartbeats
from loa.devices.models import Device
from loa.devices.tests.factories import NOW, make_beat
from loa.people.tests.factories import make_cast

pytestmark = pytest.mark.django_db


def test_the_list_of_a_thousand_devices_asks_at_most_twenty_times_and_shows_a_page(client):
    cast = make_cast()
    devices = Device.objects.bulk_create(
        Device(
            name=f"Cụm loa {number}", commune=cast.commune, village=cast.villages[number % 3],
            public_key=f"U{number}", enrolled_at=NOW, enrolled_by="kiểm thử",
        )
        for number in range(1000)
    )  # fmt: skip
    client.force_login(cast.viewer)
    with clock.frozen(NOW):
        take_heartbeats([make_beat(one) for one in devices], now=NOW)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse("devices:listing")).content.decode()
    assert len(asked) <= 20
    assert page.count("data-row=") == 100
    assert "1–100 trong 1.000" in page
