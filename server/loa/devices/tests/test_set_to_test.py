# SPDX-License-Identifier: AGPL-3.0-or-later
"""A live device becomes a test device by the administrators' rules, never by a word of the server alone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loa.airtime.rules_list import publish_rules
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.devices.actions import retire, set_test
from loa.devices.models import Device
from loa.devices.tests.factories import make_device
from loa.jobs.models import OutboxEntry
from loa.people.models import Role
from loa.people.tests.factories import Cast, make_cast, make_member
from loa_protocol.envelope import decode
from loa_protocol.statements import RulesStatement, decode_statement

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(tmp_path: Any, settings: Any) -> Cast:
    settings.HOME = type(settings.HOME)(tmp_path)
    settings.HOME.make()
    return make_cast()


@pytest.fixture
def device(cast: Cast) -> Device:
    return make_device(cast.villages[0])


def named(cast: Cast) -> tuple[int, list[str]]:
    signed = decode(bytes(publish_rules(cast.commune).envelope))
    statement = decode_statement(signed.payload, RulesStatement)
    return statement.number, statement.test_devices


def test_the_signed_rules_name_who_was_set_to_test_and_nobody_else(cast: Cast, device: Device) -> None:
    keeper = make_member(cast.organisation, Role.DEVICE_KEEPER)
    make_device(cast.villages[1], is_test=True)  # since its enrolment: it knows by itself
    assert named(cast) == (1, [])
    set_test(actor=keeper, device=device, is_test=True)
    assert OutboxEntry.objects.filter(topic="publish", key=cast.commune.code).exists()
    assert named(cast) == (2, [str(device.pk)])
    set_test(actor=keeper, device=device, is_test=True)
    assert named(cast) == (2, [str(device.pk)])
    set_test(actor=keeper, device=device, is_test=False)
    assert named(cast) == (3, [])
    set_test(actor=keeper, device=device, is_test=True)
    retire(actor=keeper, device=device)
    assert named(cast) == (3, [])


def test_a_test_device_from_its_enrolment_stays_one(cast: Cast) -> None:
    keeper = make_member(cast.organisation, Role.DEVICE_KEEPER)
    born = make_device(cast.villages[0], is_test=True)
    with pytest.raises(ConflictError):
        set_test(actor=keeper, device=born, is_test=False)


def test_who_does_not_keep_devices_sets_none_to_test(cast: Cast, device: Device) -> None:
    with pytest.raises(PermissionDeniedError):
        set_test(actor=cast.viewer, device=device, is_test=True)
    device.refresh_from_db()
    assert not device.is_test


def test_the_page_of_the_device_offers_it(cast: Cast, device: Device) -> None:
    client = Client(HTTP_HOST="localhost:8420")
    client.force_login(make_member(cast.organisation, Role.DEVICE_KEEPER))
    url = reverse("devices:set_test", args=[device.pk])
    assert url in client.get(reverse("devices:device", args=[device.pk])).content.decode()
    client.post(url, {"is_test": "1"})
    device.refresh_from_db()
    assert device.is_test
    assert "Thôi làm máy thử" in client.get(reverse("devices:device", args=[device.pk])).content.decode()
    client.post(url, {"is_test": "0"})
    device.refresh_from_db()
    assert not device.is_test
