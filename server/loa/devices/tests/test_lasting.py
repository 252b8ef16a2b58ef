# SPDX-License-Identifier: AGPL-3.0-or-later
"""What lasts is opened once and ended once, whoever looks and how often."""

from datetime import timedelta

import pytest

from loa.airtime.tests.factories import make_placement, make_release
from loa.config import clock
from loa.devices.actions import retire
from loa.devices.intake import take_heartbeats
from loa.devices.models import Hearing, Incident, IncidentStep
from loa.devices.network.actions import close_incident
from loa.devices.network.conditions import conditions_of
from loa.devices.network.watching import watch_due, watch_lost
from loa.devices.tests.factories import NOW, make_beat, make_device
from loa.jobs.models import OutboxEntry
from loa.people.tests.factories import make_cast
from loa_protocol.wire import Health

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def device(cast):
    return make_device(cast.villages[0])


def health(**fields):
    values = {
        "sink": "alsa", "trouble": "", "delay_ms": 0, "clock_uncertainty_ms": 1.0, "drift_ppm": None,
        "temperature_c": None, "deferred": 0, "heard": "not_yet", "heard_item": "", **fields,
    }  # fmt: skip
    return Health(**values)


def beat_at(device, second, **fields):
    at = NOW + timedelta(seconds=second)
    take_heartbeats([make_beat(device, at, **fields)], now=at)


LASTING = {
    "sound_undue": {"output_level_db": -20.0},
    "disk_low": {"disk_free": 10_000_000},
    "clock_unsure": {"health": health(clock_uncertainty_ms=5000.0)},
    "not_heard": {"health": health(heard="not_heard", heard_item="mot-luot")},
}


@pytest.mark.parametrize("kind", LASTING)
def test_it_opens_once_and_ends_once_by_the_devices_own_words(device, kind):
    for second in (0, 10, 20):
        beat_at(device, second, **LASTING[kind])
    (incident,) = Incident.objects.all()
    assert (incident.kind, incident.closed_at) == (kind, None)
    for second in (30, 40):
        beat_at(device, second)
    incident.refresh_from_db()
    assert (incident.closed_at, incident.closed_by) == (NOW + timedelta(seconds=30), "")
    assert [step.kind for step in incident.steps.all()] == ["ended"]
    beat_at(device, 50, **LASTING[kind])
    assert Incident.objects.filter(closed_at=None).count() == 1


def test_what_sounds_with_an_item_quietly_or_not_at_all_is_no_sound_out_of_turn(device):
    for fields in ({"output_level_db": -20.0, "playing_item": "x"}, {"output_level_db": -80.0}, {}):
        assert conditions_of(make_beat(device, **fields), None, NOW) == []


def test_closing_by_a_person_holds_until_it_was_over(cast, device):
    beat_at(device, 0, disk_free=1)
    close_incident(actor=cast.device_keeper, incident=Incident.objects.get())
    beat_at(device, 10, disk_free=1)
    assert not Incident.objects.filter(closed_at=None).exists()
    beat_at(device, 20)
    beat_at(device, 30, disk_free=1)
    assert Incident.objects.filter(closed_at=None).count() == 1


def test_two_processes_that_saw_it_at_once_open_it_once(device, monkeypatch):
    Incident.objects.create(
        device=device, kind="disk_low", reason="disk_low", lasts=True, opened_at=NOW,
    )  # fmt: skip
    real = Incident.objects.filter
    monkeypatch.setattr(Incident.objects, "filter", lambda *a, **k: real(*a, **k).none())
    beat_at(device, 0, disk_free=1)
    monkeypatch.undo()
    assert Incident.objects.count() == 1


class TestSilenceWhileSomethingIsDue:
    """A device that says itself that it does not play what is due."""

    @pytest.fixture
    def placed(self, cast):
        release = make_release(cast.organisation, cast.editor, [cast.commune], seconds=60)
        return make_placement(release, [cast.commune], NOW)

    def watch(self, second):
        return watch_due(NOW + timedelta(seconds=second))

    def test_it_opens_after_the_device_could_have_begun_and_ends_when_it_sounds(self, device, placed):
        beat_at(device, 2)
        assert self.watch(3) == (0, 0)  # it may yet begin
        beat_at(device, 10)
        assert [self.watch(11), self.watch(12)] == [(1, 0), (0, 0)]
        incident = Incident.objects.get()
        assert (incident.kind, incident.reason) == ("silent_due", "does_not_play")
        assert incident.details["items"] == [{"item": str(placed.pk)}]
        beat_at(device, 20, playing_item=str(placed.pk))
        assert self.watch(21) == (0, 1)

    def test_no_news_neither_opens_nor_ends_it_and_it_ends_with_the_item(self, device, placed):
        beat_at(device, 10)
        assert self.watch(11) == (1, 0)
        assert self.watch(40) == (0, 0)  # unknown by now
        assert self.watch(61) == (0, 1)

    def test_without_news_nothing_is_said_of_silence(self, device, placed):
        assert self.watch(30) == (0, 0)

    def test_with_nothing_due_it_asks_little(self, device, django_assert_max_num_queries):
        with django_assert_max_num_queries(4):
            watch_due(NOW)


def test_lasting_unknown_is_told_after_ten_minutes_and_ends_with_the_next_word(device):
    beat_at(device, 0)
    assert watch_lost(NOW + timedelta(minutes=9)) == (0, 0)
    assert watch_lost(NOW + timedelta(minutes=11)) == (1, 0)
    assert watch_lost(NOW + timedelta(minutes=12)) == (0, 0)
    beat_at(device, 780)
    assert watch_lost(NOW + timedelta(minutes=13)) == (0, 1)


def test_a_device_that_never_spoke_is_told_of_too(device):
    assert watch_lost(NOW + timedelta(minutes=11)) == (1, 0)
    assert Incident.objects.get().reason == "never_seen"


def test_what_ends_its_service_ends_its_incidents(cast, device, monkeypatch):
    monkeypatch.setattr("loa.config.messaging.revoke_device", lambda key: None)
    beat_at(device, 0, disk_free=1)
    with clock.frozen(NOW):
        retire(actor=cast.device_keeper, device=device)
    incident = Incident.objects.get()
    assert (incident.closed_by, incident.ended_at) == (cast.device_keeper.full_name, NOW)
    assert watch_lost(NOW + timedelta(hours=1)) == (0, 0)


def test_browsers_are_told_of_a_change_and_only_then(device):
    beat_at(device, 0)
    OutboxEntry.objects.all().delete()
    for second in (10, 20):
        beat_at(device, second, disk_free=1)
    assert OutboxEntry.objects.filter(topic="event").count() == 1


def test_a_microphones_word_is_kept_once_for_each_item(device):
    for second, item, heard in (
        (0, "a", "heard"),
        (10, "a", "heard"),
        (20, "b", "not_heard"),
        (30, "b", "heard"),
    ):
        beat_at(device, second, health=health(heard=heard, heard_item=item))
    assert dict(Hearing.objects.values_list("item", "is_heard")) == {"a": True, "b": True}
    assert IncidentStep.objects.filter(kind="ended").count() == 1
