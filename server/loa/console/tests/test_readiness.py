# SPDX-License-Identifier: AGPL-3.0-or-later
"""The calendar says of a coming round how many loudspeakers hold it, by what they said last."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from loa.airtime.models import Placement
from loa.airtime.tests.factories import FIVE, NOON, make_placement, make_release
from loa.airtime.week import monday_of, week
from loa.config import clock
from loa.console.queries.readiness import readiness
from loa.devices.models import Device, DeviceStatus, Publication
from loa.devices.tests.factories import make_device
from loa.people.tests.factories import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def placement(cast: Cast) -> Placement:
    release = make_release(cast.organisation, cast.editor, cast.villages, title="Mời họp thôn")
    return make_placement(release, cast.villages)


def follow(device: Device, number: int) -> None:
    """Let a device say that it follows an agenda."""
    DeviceStatus.objects.create(device=device, last_seen=NOON, agenda_number=number)


def publish(placement: Placement, device: Device, number: int, *, holds: bool) -> None:
    items = [{"item_id": str(placement.pk)}] if holds else []
    Publication.objects.create(
        commune=device.commune,
        number=number,
        agenda={"items": items},
        valid_until=NOON + timedelta(days=7),
        published_at=NOON,
    )


def test_devices_count_that_follow_an_agenda_in_which_the_round_stands(
    cast: Cast, placement: Placement
) -> None:
    behind, holding, new = (make_device(village) for village in cast.villages)
    publish(placement, behind, 4, holds=False)
    publish(placement, behind, 5, holds=True)
    follow(behind, 4)
    follow(holding, 5)
    found = readiness([placement])[placement.pk]
    assert (found.ready, found.devices) == (1, 3)
    follow(new, 5)
    assert readiness([placement])[placement.pk].ready == 2


def test_the_week_says_so_of_what_is_to_come_and_of_nothing_else(cast: Cast, placement: Placement) -> None:
    device = make_device(cast.villages[0])
    publish(placement, device, 1, holds=True)
    follow(device, 1)
    monday = monday_of(NOON.date())
    (slot,) = [one for day in week(cast.commune, monday, NOON).drawn.days for one in day.slots]
    assert (slot.note, slot.line) == ("1/1 loa sẵn sàng", "3 thôn, đã duyệt, 1/1 loa sẵn sàng")
    (slot,) = [
        one for day in week(cast.commune, monday, FIVE + timedelta(hours=1)).drawn.days for one in day.slots
    ]
    assert "sẵn sàng" not in f"{slot.note} {slot.line}"


def test_the_page_of_a_coming_round_says_so_too(cast: Cast, placement: Placement, client: Client) -> None:
    device = make_device(cast.villages[0])
    publish(placement, device, 1, holds=True)
    follow(device, 1)
    client.force_login(cast.editor)
    address = reverse("airtime:placement", args=[placement.pk])
    with clock.frozen(NOON):
        assert "cụm loa đã nhận lượt này" in client.get(address).content.decode()
    with clock.frozen(FIVE + timedelta(hours=1)):
        assert "cụm loa đã nhận lượt này" not in client.get(address).content.decode()


def test_where_no_loudspeaker_stands_it_says_so(cast: Cast, placement: Placement) -> None:
    (slot,) = [
        one for day in week(cast.commune, monday_of(NOON.date()), NOON).drawn.days for one in day.slots
    ]
    assert slot.note == "chưa có loa"
