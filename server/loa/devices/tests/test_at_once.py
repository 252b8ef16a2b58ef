# SPDX-License-Identifier: AGPL-3.0-or-later
"""What happens at the same moment in several processes: threads with connections of their own stand for them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from loa.airtime.actions import place
from loa.airtime.models import Placement
from loa.airtime.tests.factories import FIVE, NOON, make_release
from loa.config import clock
from loa.config.errors import ConflictError
from loa.config.home import Home
from loa.deliveries.models import Delivery
from loa.devices import publishing
from loa.devices.actions import approve
from loa.devices.intake import take_heartbeats, take_log
from loa.devices.models import Device, DeviceStatus, Publication
from loa.devices.tests.factories import NOW, make_beat, make_device, make_enrolment, make_planned_rows
from loa.people.tests.factories import make_cast
from loa_protocol.wire import PlayLogBatch

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


def together(work: Callable[[int], object]) -> list[object]:
    """Run ``work`` in several threads that begin together; return results and errors."""
    barrier = Barrier(AT_ONCE)

    def run(number: int) -> object:
        barrier.wait()
        try:
            return work(number)
        except ConflictError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = Home(tmp_path / "home")
    settings.HOME.make()


def test_one_batch_taken_by_all_is_stored_once():
    device = make_device()
    batch = PlayLogBatch(device_id=str(device.pk), rows=make_planned_rows(device, 50))
    replies = together(lambda _number: take_log(batch, now=NOW))
    assert [reply.stored_up_to for reply in replies] == [50] * AT_ONCE
    assert Delivery.objects.count() == 50


def test_heartbeats_taken_by_all_are_one_status():
    devices = [make_device(name=f"máy {number}") for number in range(5)]
    together(lambda _number: take_heartbeats([make_beat(device) for device in devices], now=NOW))
    assert DeviceStatus.objects.count() == 5


def test_of_placements_on_the_same_loudspeakers_one_is_made():
    cast = make_cast()
    releases = [make_release(cast.organisation, cast.editor, [cast.commune]) for _number in range(AT_ONCE)]
    with clock.frozen(NOON):
        made = together(
            lambda number: place(
                actor=cast.editor, release=releases[number], channel="loudspeaker",
                zones=[cast.villages[number % 3], cast.villages[0]], starts_at=FIVE + timedelta(seconds=number),
            )
        )  # fmt: skip
    assert Placement.objects.count() == 1
    assert sum(isinstance(one, ConflictError) for one in made) == AT_ONCE - 1


def test_a_commune_published_by_all_gets_one_number():
    cast = make_cast()
    made = together(lambda _number: publishing.publish(cast.commune.code))
    assert {publication.number for publication in made} == {1}
    assert Publication.objects.count() == 1
    assert publishing.repository_of(cast.commune.code).number() == 1


def test_an_enrolment_approved_by_all_is_one_device():
    cast = make_cast()
    with clock.frozen(NOW):
        waiting = make_enrolment()
        together(
            lambda number: approve(
                actor=cast.device_keeper, enrolment=waiting, village=cast.villages[0], name=f"máy {number}"
            )
        )
    assert Device.objects.count() == 1
