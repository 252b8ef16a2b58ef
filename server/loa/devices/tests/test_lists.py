# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which devices have not confirmed the lists in force: until then a revoked person still counts there."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loa.config import clock
from loa.devices import publishing
from loa.devices.intake import take_heartbeats
from loa.devices.lists import lists_on_devices
from loa.devices.models import Device, DeviceState
from loa.devices.tests.factories import make_beat, make_device
from loa.people.models import RoleGrant
from loa.people.tests.factories import Cast, make_cast
from loa.releases.tests.factories import make_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(tmp_path: Any, settings: Any) -> Cast:
    settings.HOME = type(settings.HOME)(tmp_path)
    settings.HOME.make()
    made = make_cast()
    make_key(made.approver_one)
    publishing.publish(made.commune.code)
    return made


def beat(device: Device, approvers: int, rules: int = 1) -> None:
    take_heartbeats([make_beat(device, approvers_number=approvers, rules_number=rules)])


def behind(cast: Cast) -> list[str]:
    (found,) = lists_on_devices([cast.commune])
    return [one.device.name for one in found.behind]


def test_a_revoked_person_is_pending_until_every_device_has_confirmed(cast: Cast) -> None:
    first, second = (make_device(village) for village in cast.villages[:2])
    for device in (first, second):
        beat(device, 1)
    assert behind(cast) == []
    RoleGrant.objects.filter(person=cast.approver_one).update(until=clock.now() - timedelta(days=1))
    publishing.publish(cast.commune.code)
    assert behind(cast) == sorted([first.name, second.name])
    page = Client(HTTP_HOST="localhost:8420")
    page.force_login(cast.viewer)
    said = page.get(reverse("devices:lists")).content.decode()
    assert first.name in said
    assert "người duyệt còn số 1" in said
    beat(first, 2)
    assert behind(cast) == [second.name]
    Device.objects.filter(pk=second.pk).update(state=DeviceState.RETIRED)
    assert behind(cast) == []


def test_a_device_that_never_spoke_has_confirmed_nothing(cast: Cast) -> None:
    device = make_device(cast.villages[0])
    assert behind(cast) == [device.name]
    beat(device, 1, rules=0)
    assert behind(cast) == [device.name]


def test_a_commune_without_signed_lists_is_not_called_confirmed(cast: Cast) -> None:
    make_device(cast.villages[0])
    cast.commune.rules_lists.all().delete()
    (found,) = lists_on_devices([cast.commune])
    assert not found.is_signed
