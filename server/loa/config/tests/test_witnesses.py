# SPDX-License-Identifier: AGPL-3.0-or-later
"""What devices signed about the log: whoever rewrites it, agendas included, is found out by one that saw it."""

import json
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from loa.areas.models import Area
from loa.areas.tests.factories import make_village
from loa.audit import actions, queries
from loa.audit.actor import SYSTEM, Thing
from loa.audit.models import Entry, Segment
from loa.config import witnesses
from loa.config.cli import cli
from loa.devices.intake import take_heartbeats
from loa.devices.models import Device, Publication
from loa.devices.tests.factories import NOW, Key, make_beat, make_device
from loa_protocol.enrolment import proof_text, witness_proof
from loa_protocol.wire import Witness

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Any, settings: Any) -> None:
    settings.HOME = type(settings.HOME)(tmp_path)
    settings.HOME.make()


@pytest.fixture
def village() -> Area:
    return make_village()


def write_entry(name: str) -> str:
    """Write an entry of the log, seal it, and return the head."""
    actions.record(actor=SYSTEM, action="test.change", obj=Thing("test", name, name))
    actions.seal()
    return queries.head()


def publish(device: Device, number: int, head: str) -> Publication:
    """Store a publication whose agenda bears a head."""
    return Publication.objects.create(
        commune=device.commune, number=number, agenda={"audit_head": head}, valid_until=NOW, published_at=NOW
    )


def hear(device: Device, key: Key, number: int, head: str, *, signed: str = "") -> None:
    """Take a heartbeat in which a device says which head it saw; ``signed`` is what it really signed."""
    signature = proof_text(key.pair.sign(witness_proof(str(device.pk), number, signed or head)))
    witness = Witness(agenda_number=number, audit_head=head, signature=signature)
    take_heartbeats([msgspec.structs.replace(make_beat(device), witness=witness)])


@pytest.fixture
def key() -> Key:
    return Key()


@pytest.fixture
def device(village: Area, key: Key) -> Device:
    return make_device(village, public_key=key.public)


def test_a_device_that_saw_what_is_in_the_log_agrees(device: Device, key: Key) -> None:
    head = write_entry("một")
    publish(device, 1, head)
    hear(device, key, 1, head)
    report = witnesses.verify(with_devices=True)
    assert report.held
    assert report.witnessed == 1


def test_a_rewritten_log_is_named_by_the_device_that_saw_the_other_one(device: Device, key: Key) -> None:
    publish(device, 1, write_entry("một"))
    seen = write_entry("hai")
    publish(device, 2, seen)
    hear(device, key, 2, seen)
    _rewrite_from(2)
    forged = write_entry("khác")
    Publication.objects.filter(number=2).update(agenda={"audit_head": forged})
    assert witnesses.verify().held  # the database alone agrees with itself
    report = witnesses.verify(with_devices=True)
    assert not report.held
    (fork,) = report.forks
    assert (fork.device, fork.agenda, fork.seen, fork.here, fork.common) == (device.name, 2, seen, forged, 1)
    said = CliRunner().invoke(cli, ["audit", "verify", "--witnesses"])
    assert said.exit_code == 1
    assert device.name in said.output
    assert json.loads(CliRunner().invoke(cli, ["audit", "verify", "--witnesses", "--json"]).output)["forks"]


def _rewrite_from(number: int) -> None:
    """Do what somebody with the database does: drop the last segments with all that they hold."""
    Entry.objects.filter(segment__number__gte=number).delete()
    Segment.objects.filter(number__gte=number).delete()


def test_an_older_head_under_a_newer_agenda_is_a_fork_too(device: Device, key: Key) -> None:
    first = write_entry("một")
    publish(device, 1, first)
    publish(device, 2, write_entry("hai"))
    hear(device, key, 2, first)  # the device was shown an agenda of that number with another head
    (fork,) = witnesses.verify(with_devices=True).forks
    assert (fork.seen, fork.common) == (first, 1)


def test_a_word_that_the_device_did_not_sign_does_not_count(device: Device, key: Key) -> None:
    publish(device, 1, write_entry("một"))
    hear(device, key, 1, "f" * 64, signed="0" * 64)
    report = witnesses.verify(with_devices=True)
    assert report.held
    assert report.unsigned == (device.name,)
    assert any(device.name in line for line in report.lines())


def test_a_head_that_a_restore_gave_up_is_no_fork(device: Device, key: Key) -> None:
    seen = write_entry("một")
    publish(device, 1, seen)
    hear(device, key, 1, seen)
    _rewrite_from(1)
    thing = Thing("installation", "test", "test")
    actions.record(actor=SYSTEM, action=queries.RESTORE, obj=thing, details={"heads_lost": [seen]})
    actions.seal()
    Publication.objects.all().delete()
    publish(device, 2, queries.head())
    assert witnesses.verify(with_devices=True).held
