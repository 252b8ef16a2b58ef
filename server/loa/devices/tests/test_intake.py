# SPDX-License-Identifier: AGPL-3.0-or-later
"""What devices send is stored once, whatever is sent twice, late, or in another order."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loa.airtime.tests.factories import make_placement, make_release
from loa.areas.tests.factories import make_village
from loa.deliveries.actions import list_still_out
from loa.deliveries.models import Delivery, StillOut
from loa.devices import publishing
from loa.devices.intake import take_heartbeats, take_holding, take_log
from loa.devices.models import Device, DeviceStatus, Incident, Publication
from loa.devices.tests.factories import NOW, make_beat, make_device, make_planned_rows, make_rows
from loa.jobs.models import OutboxEntry
from loa.people.tests.factories import make_organisation, make_person
from loa_protocol.times import format_utc
from loa_protocol.wire import (
    FileRefusal,
    Heartbeat,
    HoldingReport,
    PlayLogBatch,
    Refusal,
    decode_message,
    encode_message,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def device():
    return make_device()


def send(device, rows):
    return take_log(PlayLogBatch(device_id=str(device.pk), rows=rows), now=NOW)


def stored(device):
    return list(Delivery.objects.filter(place_key=str(device.pk)).order_by("sequence"))


def test_a_row_becomes_a_delivery_with_its_proof(device):
    (row,) = make_planned_rows(device, 1)
    assert send(device, [row]).stored_up_to == 1
    (delivery,) = stored(device)
    assert (delivery.outcome, delivery.proof, delivery.seconds) == ("delivered", "recorded", 30.0)
    assert str(delivery.placement_id) == row.item_id
    assert delivery.village == device.village
    assert delivery.place_name == device.name
    assert msgspec.convert(delivery.evidence, type(row)) == row


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("played", "delivered"), ("partial", "partial"), ("stopped", "stopped"), ("refused", "refused"),
     ("missed", "missed")],
)  # fmt: skip
def test_every_outcome_has_its_word(device, outcome, expected):
    send(device, make_planned_rows(device, 1, outcome=outcome))
    assert stored(device)[0].outcome == expected


def test_a_batch_sent_twice_is_stored_once(device):
    rows = make_planned_rows(device, 5)
    assert send(device, rows).stored_up_to == 5
    assert send(device, rows).stored_up_to == 5
    assert len(stored(device)) == 5
    assert not Incident.objects.exists()


def test_a_row_that_is_not_final_or_is_anothers_is_left_out(device):
    rows = make_planned_rows(device, 2)
    started = msgspec.structs.replace(rows[1], outcome="started")
    foreign = msgspec.structs.replace(rows[1], device_id=str(uuid4()))
    assert send(device, [rows[0], started, foreign]).stored_up_to == 1
    assert len(stored(device)) == 1


@pytest.mark.parametrize("device_id", ["no-uuid", "00000000-0000-0000-0000-000000000001"])
def test_an_unknown_device_is_told_so(device_id):
    reply = take_log(PlayLogBatch(device_id=device_id, rows=make_rows(device_id, 1)), now=NOW)
    assert (reply.stored_up_to, reply.error) == (0, "unknown_device")


def test_a_gap_is_asked_for_once_and_then_accepted_with_an_incident(device):
    rows = make_planned_rows(device, 9)
    send(device, rows[:3])
    assert send(device, rows[6:]).stored_up_to == 3
    assert send(device, rows[3:6]).stored_up_to == 9
    assert not Incident.objects.exists()
    other = make_device(device.village)
    lost = make_planned_rows(other, 9)
    send(other, lost[:3])
    send(other, lost[6:])
    assert send(other, lost[6:]).stored_up_to == 9
    assert Incident.objects.get().reason == "gap"


def test_a_server_that_lost_rows_in_a_restore_gets_them_again(device):
    rows = make_planned_rows(device, 6)
    send(device, rows)
    Delivery.objects.filter(sequence__gt=2).delete()
    Device.objects.filter(pk=device.pk).update(log_up_to=2, log_hash=rows[2].previous)
    assert send(device, rows[5:]).stored_up_to == 2
    assert send(device, rows[2:]).stored_up_to == 6
    assert not Incident.objects.exists()


def test_a_broken_chain_and_a_changed_row_open_incidents_and_lose_nothing(device):
    rows = make_planned_rows(device, 3)
    broken = msgspec.structs.replace(rows[1], previous="b" * 64)
    send(device, [rows[0], broken])
    changed = msgspec.structs.replace(rows[0], seconds_played=99.0)
    send(device, [changed])
    assert set(Incident.objects.values_list("reason", flat=True)) == {"chain_broken", "row_changed"}
    assert [one.seconds for one in stored(device)] == [30.0, 30.0]


def test_a_row_about_no_item_of_ours_is_kept_as_an_incident_and_holds_nothing_up(device):
    rows = make_planned_rows(device, 1, item_id="other")
    assert send(device, rows).stored_up_to == 1
    assert Incident.objects.get().reason == "bad_item"


def test_what_was_placed_elsewhere_is_kept_as_an_incident_and_never_as_a_delivery(device):
    neighbour = make_device(make_village(device.commune, 2))
    theirs = make_planned_rows(neighbour, 2)
    rows = make_rows(str(device.pk), 2, [row.item_id for row in theirs], release_id=theirs[0].release_id)
    assert send(device, rows).stored_up_to == 2
    assert send(device, rows).stored_up_to == 2
    assert stored(device) == []
    incident = Incident.objects.get()
    assert incident.reason == "not_aimed_here"
    assert [item["row"]["seq"] for item in incident.details["items"]] == [1, 2]


def test_a_placement_of_another_release_proves_nothing(device):
    rows = make_rows(str(device.pk), 1, [make_planned_rows(device, 1)[0].item_id])
    assert send(device, rows).stored_up_to == 1
    assert stored(device) == []
    assert Incident.objects.get().reason == "bad_item"


def test_rows_that_are_not_stored_do_not_hold_up_a_log_with_a_gap(device):
    rows = make_rows(str(device.pk), 4)
    assert send(device, rows[2:]).stored_up_to == 0
    assert send(device, rows[2:]).stored_up_to == 4
    assert set(Incident.objects.values_list("reason", flat=True)) == {"bad_item", "gap"}


def test_a_row_of_a_commune_round_counts_in_each_of_its_villages(device):
    release = make_release(make_organisation(device.commune), make_person(), [device.commune])
    placed = make_placement(release, [device.commune], NOW + timedelta(minutes=1))
    rows = make_rows(str(device.pk), 1, [str(placed.pk)], release_id=str(release.pk))
    send(device, rows)
    assert len(stored(device)) == 1


def test_refusals_open_one_incident_for_each_reason(device):
    rows = make_planned_rows(device, 3, outcome="refused", reason="hash_not_released")
    send(device, rows)
    send(device, rows)
    incident = Incident.objects.get()
    assert (incident.kind, incident.reason) == ("refused", "hash_not_released")
    assert len(incident.details["items"]) == 3


def test_expected_refusals_open_no_incident(device):
    send(device, make_planned_rows(device, 1, outcome="refused", reason="withdrawn"))
    assert not Incident.objects.exists()


def test_browsers_are_told_of_new_deliveries_once_for_each_release(device):
    rows = make_planned_rows(device, 4)
    send(device, rows)
    send(device, rows)
    events = OutboxEntry.objects.filter(topic="event")
    assert [event.payload for event in events] == [{"kind": "delivery", "id": rows[0].release_id}]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(batches=st.lists(st.lists(st.integers(0, 11), max_size=12), max_size=8))
def test_any_batches_in_any_order_store_each_row_once(batches):
    device = make_device(name="một máy")
    rows = make_planned_rows(device, 12)
    sent: Counter[int] = Counter()
    reply = None
    for batch in batches:
        reply = send(device, [rows[index] for index in batch])
        sent.update(rows[index].seq for index in set(batch))
    found = stored(device)
    assert [one.sequence for one in found] == sorted(sent)
    assert all(one.evidence == msgspec.to_builtins(rows[one.sequence - 1]) for one in found)
    assert sum(one.seconds for one in found) == sum(rows[seq - 1].seconds_played for seq in sent)
    assert len({one.place_key for one in found}) <= 1
    if reply is not None:
        final = send(device, rows)
        assert final.stored_up_to == 12
        assert len(stored(device)) == 12


def test_heartbeats_are_stored_in_one_write_however_many_devices(django_assert_max_num_queries):
    devices = [make_device(name=f"máy {number}") for number in range(30)]
    beats = [make_beat(device, at=NOW + timedelta(seconds=n)) for device in devices for n in range(3)]
    with django_assert_max_num_queries(75):  # most are the first-sight events, one each
        assert take_heartbeats(beats, now=NOW) == 30
    with django_assert_max_num_queries(8):
        assert take_heartbeats(beats, now=NOW + timedelta(seconds=10)) == 30
    assert DeviceStatus.objects.filter(last_seen=NOW + timedelta(seconds=10)).count() == 30


def test_the_newest_heartbeat_of_a_device_counts(device):
    late = make_beat(device, NOW - timedelta(seconds=10), volume=10)
    take_heartbeats([make_beat(device, volume=70), late], now=NOW)
    assert DeviceStatus.objects.get().volume == 70


def test_an_unknown_device_is_passed_over(device):
    stranger = msgspec.structs.replace(make_beat(device), device_id="stranger")
    assert take_heartbeats([stranger, make_beat(device)], now=NOW) == 1


def test_refusals_in_heartbeats_open_one_incident(device):
    refusal = Refusal(item_id="x", release_id="y", code="outside_hours", due=format_utc(NOW))
    for second in range(3):
        take_heartbeats([make_beat(device, refused=[refusal])], now=NOW + timedelta(seconds=second))
    assert Incident.objects.get().details == {"items": [{"item": "x"}]}


def beats(device, *seconds, **fields):
    for second in seconds:
        take_heartbeats([make_beat(device, **fields)], now=NOW + timedelta(seconds=second))


def test_browsers_are_told_when_a_device_takes_another_agenda_and_only_then(device):
    beats(device, 0, 10, agenda_number=1)
    beats(device, 20, 30, agenda_number=2)
    assert OutboxEntry.objects.filter(topic="event").count() == 2


def test_refused_files_open_one_incident_for_each_reason(device):
    refused = [
        FileRefusal(name="releases/a.json", code="too_few_people"),
        FileRefusal(name="releases/b.json", code="too_few_people"),
        FileRefusal(name="media/c", code="no_line"),  # tried again by itself
    ]
    beats(device, 0, 10, 20, refused_files=refused)
    incident = Incident.objects.get()
    assert (incident.kind, incident.reason) == ("file_refused", "too_few_people")
    assert [item["file"] for item in incident.details["items"]] == ["releases/a.json", "releases/b.json"]


def test_a_refused_file_that_somebody_saw_is_told_again_on_the_next_day_while_it_stays(device):
    refused = [FileRefusal(name="agenda.json", code="metadata_unsigned")]
    beats(device, 0, refused_files=refused)
    Incident.objects.update(closed_at=NOW)
    beats(device, 10, refused_files=refused)
    beats(device, 20)
    beats(device, 30, refused_files=refused)
    assert Incident.objects.filter(closed_at=None).count() == 0
    beats(device, 24 * 3600, 24 * 3600 + 10, refused_files=refused)
    assert Incident.objects.filter(closed_at=None).count() == 1


def test_silence_by_its_own_words_is_an_incident_when_it_lasts(device):
    beats(device, 0, 10, 110, silence="no_agenda")
    assert not Incident.objects.exists()  # it has only just started
    beats(device, 120, 130, 140, silence="no_agenda")
    incident = Incident.objects.get()
    assert (incident.kind, incident.reason) == ("silent", "no_agenda")
    assert len(incident.details["items"]) == 1
    beats(device, 150, 160, silence="metadata_unsigned")
    assert set(Incident.objects.values_list("reason", flat=True)) == {"no_agenda", "metadata_unsigned"}


def test_a_new_silence_opens_a_new_incident_and_a_short_one_none(device):
    beats(device, 0, 120, silence="clock_unknown")
    Incident.objects.update(closed_at=NOW)
    beats(device, 130)
    assert DeviceStatus.objects.get().silent_since is None
    beats(device, 140, 200, silence="clock_unknown")
    assert Incident.objects.filter(closed_at=None).count() == 0
    beats(device, 270, silence="clock_unknown")
    assert Incident.objects.filter(closed_at=None).count() == 1


def test_a_number_above_ours_asks_for_a_publication_above_it(device):
    take_heartbeats([make_beat(device, agenda_number=41)], now=NOW)
    entry = OutboxEntry.objects.get(topic="publish")
    assert (entry.key, entry.payload) == (device.commune.code, {"above": 41})


def test_a_number_driven_up_beyond_all_reason_is_heard_and_answered_above_it(device):
    number = 3_000_000_000  # three agendas by whoever held the online keys
    heard = decode_message(encode_message(make_beat(device, agenda_number=number)), Heartbeat)
    take_heartbeats([heard], now=NOW)
    assert DeviceStatus.objects.get().agenda_number == number
    assert publishing.highest_seen()[device.commune.code].agenda == number
    assert publishing.publish(device.commune.code, above=number).number == number + 1


def test_a_number_far_out_is_an_incident_and_lifts_nothing(device):
    take_heartbeats([make_beat(device, agenda_number=10**9)], now=NOW)
    assert not OutboxEntry.objects.filter(topic="publish").exists()
    assert Incident.objects.get().reason == "number_far_ahead"


class TestStillOut:
    """A place stays listed until it says itself that it is silent."""

    @pytest.fixture
    def release_id(self, device):
        release_id = str(uuid4())
        StillOut.objects.create(
            release_id=release_id, channel="loudspeaker", place_key=str(device.pk), place_name=device.name,
            village=device.village, since=NOW,
        )  # fmt: skip
        return release_id

    def publication(self, device, number, withdrawn):
        Publication.objects.create(
            commune=device.commune, number=number, agenda={"withdrawn": withdrawn, "items": []},
            valid_until=NOW, published_at=NOW,
        )  # fmt: skip

    def test_a_report_confirms_it_once(self, device, release_id):
        report = HoldingReport(
            device_id=str(device.pk), gone=[release_id], stopped_at={release_id: format_utc(NOW)}
        )
        assert take_holding(report, now=NOW + timedelta(seconds=2)) == 1
        assert take_holding(report, now=NOW + timedelta(seconds=9)) == 0
        place = StillOut.objects.get()
        assert place.stopped_at == NOW
        assert place.confirmed_at == NOW + timedelta(seconds=2)
        assert place.confirmed_by == device.name

    def test_another_devices_report_confirms_nothing(self, device, release_id):
        other = make_device(device.village)
        report = HoldingReport(device_id=str(other.pk), gone=[release_id], stopped_at={})
        assert take_holding(report, now=NOW) == 0

    def test_a_heartbeat_by_an_agenda_that_names_it_and_without_it_confirms(self, device, release_id):
        self.publication(device, 1, [])
        self.publication(device, 2, [release_id])
        take_heartbeats([make_beat(device, agenda_number=1)], now=NOW)
        assert StillOut.objects.get().confirmed_at is None
        take_heartbeats([make_beat(device, agenda_number=2, holding=[release_id])], now=NOW)
        assert StillOut.objects.get().confirmed_at is None
        take_heartbeats([make_beat(device, agenda_number=2)], now=NOW)
        assert StillOut.objects.get().confirmed_at == NOW

    def test_listing_again_keeps_what_was_confirmed(self, device, release_id, django_assert_num_queries):
        StillOut.objects.update(confirmed_at=NOW)

        class Release:
            pk = release_id

        assert list_still_out(Release(), "loudspeaker", [], now=NOW) == 0
        assert StillOut.objects.get().confirmed_at == NOW


RECORDED = Path(__file__).parents[4] / "protocol" / "tests" / "recorded"


@pytest.mark.parametrize("version", sorted(path.name for path in RECORDED.glob("v*")))
@pytest.mark.parametrize(
    ("name", "more"), [("heartbeat", {}), ("heartbeat_health", {}), ("heartbeat_health", {"later": [1]})]
)
def test_the_heartbeat_of_an_agent_of_another_version_is_taken(device, version, name, more):
    recorded = json.loads((RECORDED / version / f"message_{name}.json").read_bytes())
    data = json.dumps({**recorded, **more, "device_id": str(device.pk), "at": format_utc(NOW)}).encode()
    assert take_heartbeats([decode_message(data, Heartbeat)], now=NOW) == 1
    assert DeviceStatus.objects.get(device=device).agenda_number == recorded["agenda_number"]


@pytest.mark.parametrize("version", sorted(path.name for path in RECORDED.glob("v*")))
def test_the_play_log_of_an_agent_of_another_version_is_taken(device, version):
    recorded = json.loads((RECORDED / version / "message_play_log_batch.json").read_bytes())
    rows = [{**row, "device_id": str(device.pk), "seq": 1} for row in recorded["rows"][:1]]
    data = json.dumps({"device_id": str(device.pk), "rows": rows, "later": 1}).encode()
    batch = decode_message(data, PlayLogBatch)
    assert take_log(batch, now=NOW).error == ""
