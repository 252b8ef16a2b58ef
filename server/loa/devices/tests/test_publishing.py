# SPDX-License-Identifier: AGPL-3.0-or-later
"""A commune's files, from the database to what a device accepts."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as django_settings

from loa.airtime.actions import cancel, place, set_rule
from loa.areas.queries import area
from loa.areas.tests.factories import make_village
from loa.config import clock
from loa.config.home import Home
from loa.devices import publishing
from loa.devices.intake import take_heartbeats
from loa.devices.jobs import publish_commune
from loa.devices.models import Publication
from loa.devices.tests.factories import make_beat, make_device
from loa.devices.tests.test_repository import fetch
from loa.jobs.models import OutboxEntry
from loa.people.tests.factories import PASSWORD, make_cast
from loa.releases import authority
from loa.releases.actions import withdraw
from loa.releases.tests.factories import make_release
from loa_protocol import envelope
from loa_protocol.errors import RollbackError
from loa_protocol.statements import Agenda
from loa_protocol.timeline import timeline
from loa_protocol.verify import (
    Place,
    verify_agenda,
    verify_approvers,
    verify_release,
    verify_rules,
    verify_withdrawal,
)

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)  # the TUF client reads the real clock
SOON = NOW + timedelta(minutes=2)


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(NOW):
        yield


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = Home(tmp_path / "home")
    settings.HOME.make()
    return settings.HOME


@pytest.fixture
def cast():
    cast = make_cast()
    set_rule(
        actor=cast.administrator,
        zone=cast.commune,
        priority_class="normal",
        windows=[("00:00", "24:00")],
        minutes_per_day=1440,
        note="demo: mọi giờ",
    )
    return cast


@pytest.fixture
def release(cast):
    return make_release(cast)


def put(cast, release, starts_at=SOON, zones=None):
    zones = zones or cast.villages
    return place(actor=cast.editor, release=release, channel="loudspeaker", zones=zones, starts_at=starts_at)


class Reader:
    """A device's eyes: a real TUF client that starts from the root it got at enrolment."""

    def __init__(self, commune, folder):
        self.code = commune.code
        self.folder = folder
        self.root = publishing.root_text(self.code)
        self.trust = authority.trust(self.code)

    def read(self, path):
        return fetch(publishing.repository_of(self.code), self.folder, path, self.root)

    def agenda(self, at_least=0) -> Agenda:
        return verify_agenda(self.read("agenda.json"), self.trust, at_least=at_least)

    def approvers(self):
        return verify_approvers(envelope.decode(self.read("approvers.json")), self.trust, now=NOW, at_least=0)

    def rules(self):
        return verify_rules(envelope.decode(self.read("rules.json")), self.trust, at_least=0)

    def release(self, pk):
        return verify_release(envelope.decode(self.read(f"releases/{pk}.json")), self.trust, self.approvers())


@pytest.fixture
def reader(cast, tmp_path):
    return Reader(cast.commune, tmp_path / "device")


def test_a_device_reads_verifies_and_would_play_what_was_placed(cast, release, reader):
    placement = put(cast, release)
    publication = publishing.publish(cast.commune.code)
    agenda = reader.agenda()
    assert agenda.number == publication.number == 1
    (item,) = agenda.items
    assert item.item_id == str(placement.pk)
    verified = reader.release(release.pk)
    assert set(verified.people) == {str(cast.approver_one.pk), str(cast.approver_two.pk)}
    spot = Place(
        device_id="x", province="22", commune=cast.commune.code, village=cast.villages[0].code, is_test=False
    )
    found = timeline(
        agenda, reader.rules(), {str(release.pk): verified}, [], [], spot, SOON, ready=[item.rendition_sha256]
    )
    assert found.current is not None
    assert found.current.starts == SOON
    assert found.refused == ()


def test_publishing_what_has_not_changed_changes_nothing(cast, release, reader, home):
    put(cast, release)
    publishing.publish(cast.commune.code)
    before = {path: path.stat().st_mtime_ns for path in home.repositories.rglob("*.json")}
    looks = OutboxEntry.objects.filter(topic="look").count()
    with clock.frozen(NOW + timedelta(hours=3)):
        assert publishing.publish(cast.commune.code).number == 1
    assert {path: path.stat().st_mtime_ns for path in home.repositories.rglob("*.json")} == before
    assert OutboxEntry.objects.filter(topic="look").count() == looks == 1


def test_every_change_has_the_next_number_and_tells_devices_to_look(cast, release, reader):
    placement = put(cast, release)
    publishing.publish(cast.commune.code)
    cancel(actor=cast.editor, placement=placement)
    assert publishing.publish(cast.commune.code).number == 2
    assert reader.agenda(at_least=2).items == []
    set_rule(actor=cast.administrator, zone=cast.commune, priority_class="normal",
             windows=[("06:00", "07:00")], minutes_per_day=30)  # fmt: skip
    assert publishing.publish(cast.commune.code).number == 3
    assert reader.rules().number == 2
    payloads = OutboxEntry.objects.filter(topic="look", key=cast.commune.code).values_list(
        "payload", flat=True
    )
    assert [payload["number"] for payload in payloads.order_by("pk")] == [1, 2, 3]


def test_a_withdrawal_is_carried_urgently_and_its_items_are_gone(cast, release, reader):
    put(cast, release)
    publishing.publish(cast.commune.code)
    approvers = reader.approvers()
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason="Sai ngày")
    publishing.publish(cast.commune.code)
    agenda = reader.agenda()
    assert agenda.items == []
    assert agenda.withdrawn == [str(release.pk)]
    signed = envelope.decode(reader.read(f"withdrawals/{release.pk}.json"))
    assert verify_withdrawal(signed, reader.trust, approvers).release_id == str(release.pk)
    assert OutboxEntry.objects.filter(topic="look").latest("pk").payload == {"number": 2, "urgent": True}


def test_a_commune_gets_its_own_part_alone(cast, tmp_path):
    theirs = make_village(cast.other_commune)
    release = make_release(cast, zones=[cast.villages[0], cast.villages[1]])
    put(cast, release, zones=[cast.villages[0]])
    publishing.publish(cast.commune.code)
    publishing.publish(cast.other_commune.code)
    own = Reader(cast.commune, tmp_path / "one").agenda()
    assert [item.zones for item in own.items] == [[cast.villages[0].code]]
    assert Reader(cast.other_commune, tmp_path / "two").agenda().items == []
    assert theirs.code not in json.dumps(Publication.objects.filter(commune=cast.commune).get().agenda)


def test_an_agenda_lasts_seven_days_and_is_renewed_after_one(cast, release):
    put(cast, release)
    first = publishing.publish(cast.commune.code)
    assert first.valid_until == NOW + timedelta(days=7)
    later = NOW + timedelta(days=1, hours=1)
    assert publishing.ask_for_renewal(NOW) == 0
    assert publishing.ask_for_renewal(later) == 1
    with clock.frozen(later):
        assert publishing.publish(cast.commune.code).valid_until == later + timedelta(days=7)


def test_an_agenda_lasts_as_long_as_the_operator_says(cast, release, settings):
    put(cast, release)
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, agenda_days=30)
    assert publishing.publish(cast.commune.code).valid_until == NOW + timedelta(days=30)
    assert publishing.ask_for_renewal(NOW + timedelta(hours=23)) == 0
    assert publishing.ask_for_renewal(NOW + timedelta(days=1, hours=1)) == 1


def test_an_item_that_is_over_is_no_change(cast, release):
    put(cast, release)
    publishing.publish(cast.commune.code)
    with clock.frozen(NOW + timedelta(hours=12)):
        assert publishing.publish(cast.commune.code).number == 1


def test_a_run_that_was_cut_off_is_finished_by_the_next(cast, release, reader, monkeypatch):
    put(cast, release)

    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("loa.devices.repository.Repository.write", full)
    with pytest.raises(OSError, match="No space"):
        publishing.publish(cast.commune.code)
    assert not OutboxEntry.objects.filter(topic="look").exists()
    monkeypatch.undo()
    with clock.frozen(NOW):
        assert publishing.publish(cast.commune.code).number == 1
    assert reader.agenda().number == 1
    assert OutboxEntry.objects.filter(topic="look").count() == 1


def test_lost_files_are_written_again(cast, release, reader, home):
    put(cast, release)
    publishing.publish(cast.commune.code)
    shutil.rmtree(home.repositories / cast.commune.code)
    assert publishing.publish(cast.commune.code).number == 1
    assert reader.agenda().number == 1


def test_after_a_restore_every_number_goes_on_above_what_was_seen(cast, release, reader):
    put(cast, release)
    publishing.publish(cast.commune.code)
    reader.agenda()
    device = make_device(cast.villages[0])
    beat = make_beat(device, NOW, agenda_number=41, approvers_number=7, rules_number=9)
    take_heartbeats([beat], now=NOW)
    seen = publishing.highest_seen()
    assert seen[cast.commune.code] == publishing.Seen(agenda=41, approvers=7, rules=9)
    assert publishing.continue_above(seen) == 1
    assert reader.agenda(at_least=42).number == 42
    assert reader.approvers().number == 8
    assert reader.rules().number == 10
    with pytest.raises(RollbackError):
        reader.agenda(at_least=43)


def test_files_that_outlived_a_restore_are_not_gone_below(cast, release, reader):
    put(cast, release)
    for _round in range(3):
        publishing.publish(cast.commune.code, above=publishing.repository_of(cast.commune.code).number() + 1)
    highest = publishing.repository_of(cast.commune.code).number()
    Publication.objects.filter(number__gt=2).delete()
    assert publishing.publish(cast.commune.code).number == highest + 1
    assert reader.agenda().number == highest + 1


def test_the_worker_publishes_what_an_effect_names(cast, release, reader):
    put(cast, release)
    publish_commune(OutboxEntry(topic="publish", key=cast.commune.code, payload={"above": 12}))
    assert reader.agenda().number == 13


def test_timestamps_are_refreshed_where_they_end_soon(cast, release):
    put(cast, release)
    publishing.publish(cast.commune.code)
    assert publishing.refresh_timestamps(NOW + timedelta(hours=2)) == 0
    assert publishing.refresh_timestamps(NOW + timedelta(hours=30)) == 1


def test_the_repository_lies_where_the_web_server_looks(cast, release):
    put(cast, release)
    publishing.publish(cast.commune.code)
    folder = django_settings.HOME.public / "repo" / cast.commune.code
    assert (folder / "metadata" / "timestamp.json").exists()
    assert area(cast.commune.code) == cast.commune
