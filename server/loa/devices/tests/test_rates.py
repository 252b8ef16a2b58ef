# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every rate equals a recount of its rows; what nobody knows is in no share of what was done."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from loa.airtime.tests.factories import make_placement, make_release
from loa.config import clock
from loa.deliveries.models import Delivery, Outcome
from loa.devices.intake import take_heartbeats, take_log
from loa.devices.models import CommuneDay, Hearing
from loa.devices.network.counting import count_minute
from loa.devices.network.rates import rates_of
from loa.devices.network.summary import section
from loa.devices.tests.factories import NOW, make_beat, make_device, make_planned_rows
from loa.people.tests.factories import make_cast
from loa_protocol.wire import PlayLogBatch

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
TODAY = localdate(NOW)


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def devices(cast):
    return [make_device(village, enrolled_at=NOW - timedelta(days=1)) for village in cast.villages]


def test_a_minute_is_counted_once_whoever_counts(cast, devices):
    take_heartbeats([make_beat(one) for one in devices[:2]], now=NOW)
    assert [count_minute(NOW + timedelta(seconds=s)) for s in (1, 5, 9)] == [1, 0, 0]
    take_heartbeats([make_beat(devices[0])], now=NOW + timedelta(seconds=60))
    count_minute(NOW + timedelta(seconds=61))
    row = CommuneDay.objects.get()
    assert (row.commune, row.day, row.minutes, row.expected, row.online) == (cast.commune, TODAY, 2, 6, 3)
    assert rates_of(cast.viewer, TODAY, LATER).total.online_percent == 50


def test_rounds_without_a_word_are_unknown_and_a_test_is_none(cast, devices):
    release = make_release(cast.organisation, cast.editor, [cast.commune])
    make_placement(release, [cast.commune], NOW)
    make_placement(release, [cast.villages[0]], NOW + timedelta(hours=2))  # not due yet
    make_placement(release, [cast.commune], NOW, cancelled_at=NOW - timedelta(hours=1))
    trial = make_release(cast.organisation, cast.editor, [cast.commune], is_test=True)
    make_placement(trial, [cast.commune], NOW)
    total = rates_of(cast.viewer, TODAY, LATER).total
    assert (total.planned, total.unknown, total.played_percent) == (3, 3, 0)


def test_figures_equal_a_recount_of_the_ledger(cast, devices):
    first = make_planned_rows(devices[0], 3)
    second = make_planned_rows(devices[1], 2, outcome="missed", reason="cut_off", seconds_played=0.0)
    for device, rows in ((devices[0], first), (devices[1], second)):
        take_log(PlayLogBatch(device_id=str(device.pk), rows=rows), now=NOW)
    (row,) = rates_of(cast.viewer, TODAY, LATER).communes
    rows = Delivery.objects.all()
    assert row.played == rows.filter(outcome=Outcome.DELIVERED).count() == 3
    assert row.failed == rows.filter(outcome=Outcome.MISSED).count() == 2
    assert (row.planned, row.unknown) == (5, 0)
    assert row.played_percent == 60


def test_the_heard_rate_counts_only_what_a_microphone_judged(cast, devices):
    assert rates_of(cast.viewer, TODAY, LATER).total.heard_percent is None
    for number, is_heard in enumerate((True, True, True, False)):
        Hearing.objects.create(device=devices[0], item=str(number), is_heard=is_heard, at=NOW)
    assert rates_of(cast.viewer, TODAY, LATER).total.heard_percent == 75


def test_what_a_microphone_heard_is_the_strongest_proof(cast, devices):
    rows = make_planned_rows(devices[0], 2)
    Hearing.objects.create(device=devices[0], item=rows[0].item_id, is_heard=True, at=NOW)
    Hearing.objects.create(device=devices[0], item=rows[1].item_id, is_heard=False, at=NOW)
    take_log(PlayLogBatch(device_id=str(devices[0].pk), rows=rows), now=NOW)
    proofs = Delivery.objects.order_by("sequence").values_list("proof", flat=True)
    assert list(proofs) == ["heard", "recorded"]


def test_who_sees_another_commune_sees_none_of_ours(cast, devices, client):
    assert rates_of(cast.outsider, TODAY, LATER).communes == ()
    with clock.frozen(LATER):
        client.force_login(cast.outsider)
        page = client.get(reverse("devices:rates")).content.decode()
        assert cast.commune.name not in page
        client.force_login(cast.viewer)
        assert cast.commune.name in client.get(reverse("devices:rates")).content.decode()


def test_the_number_of_queries_does_not_grow(cast, devices, django_assert_max_num_queries):
    release = make_release(cast.organisation, cast.editor, [cast.commune])
    for minute in range(20):
        make_placement(release, cast.villages, NOW + timedelta(minutes=minute))
    with django_assert_max_num_queries(13):  # four of them ask what the person may
        assert rates_of(cast.viewer, TODAY, LATER).total.planned == 60


def test_the_summary_of_the_morning_is_for_who_keeps_devices(cast, devices):
    take_heartbeats([make_beat(one, disk_free=1) for one in devices], now=NOW)
    count_minute(NOW)
    with clock.frozen(NOW + timedelta(days=1)):
        assert section(cast.viewer, clock.now()) is None
        found = section(cast.device_keeper, clock.now())
    assert found is not None
    assert found.lines[0].startswith("Có tin từ máy 100,0 % thời gian, 3 cụm loa")
    assert sum("chưa ai nhận" in line for line in found.lines) == 3
