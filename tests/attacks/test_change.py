# SPDX-License-Identifier: AGPL-3.0-or-later
"""Honest changes that a device must follow, and what an attacker could make of them: rotation, restore, time."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from agent_process import in_seconds, until
from simulated_people import INSTALLATION, ROLES, signer

from loa_device.clock import Remembered
from loa_protocol.enrolment import check_witness
from loa_protocol.statements import Administrators
from loa_protocol.wire import Witness
from tests.attacks.stage import Stage


@pytest.mark.parametrize("role", ROLES)
def test_keys_rotated_twice_while_it_was_off_are_followed_and_the_former_ones_are_worthless(
    stage: Stage, role: str
) -> None:
    server = stage.server
    stage.stop()
    stolen = server.rotate(role)
    server.rotate(role)
    server.publish()
    stage.run()
    stage.expect_followed(2)
    server.tuf_keys[role] = stolen
    if role == "root":
        server.write_root()
    server.publish()
    stage.expect_refusal("", "metadata_unsigned")
    stage.expect_honest_agenda(2)


def test_versions_that_an_attacker_used_up_are_given_back_by_new_keys(stage: Stage) -> None:
    """Fast-forward: with the stolen online keys every version is the last one; the offline root mends it."""
    server = stage.server
    honest = server.version
    server.version = 2**60
    server.publish()
    stage.expect_followed(2)
    server.version = honest
    server.publish()
    stage.expect_refusal("timestamp.json", "metadata_rolled_back")
    for role in ("timestamp", "snapshot", "targets"):
        server.rotate(role)
    server.publish()
    stage.expect_followed(server.number)
    stage.expect_honest_agenda(server.number)


def _administrators(*names: str) -> Administrators:
    keys = [signer(name).public_key for name in names]
    return Administrators(installation=INSTALLATION, admin_keys=keys, admin_threshold=2)


def _rotate_administrators(stage: Stage) -> None:
    stage.server.administrators = _administrators("new 1", "new 2", "new 3")
    stage.server.write_root()
    stage.server.admins = ("new 1", "new 3")
    stage.server.publish()


def test_administrators_change_with_the_offline_root_alone(stage: Stage) -> None:
    stage.stop()
    _rotate_administrators(stage)
    stage.run()
    stage.expect_followed(2)
    stage.server.admins = ("admin 1", "admin 2")
    stage.server.approvers_changes["number"] = 2
    stage.server.publish()
    stage.expect_refusal("approvers.json", "too_few_admins")
    stage.expect_honest_agenda(2)


def test_former_administrators_do_not_come_back_even_to_a_device_that_lost_its_metadata(stage: Stage) -> None:
    _rotate_administrators(stage)
    stage.expect_followed(2)
    stage.stop()
    shutil.rmtree(stage.home.metadata)
    stage.home.metadata.mkdir()
    (stage.server.metadata / "2.root.json").unlink()
    stage.server.admins = ("admin 1", "admin 2")
    stage.server.approvers_changes["number"] = stage.server.rules_changes["number"] = 2
    stage.server.publish()
    stage.run()
    stage.expect_refusal("root.json", "older_number")
    stage.expect_honest_agenda(2)


def test_a_root_of_another_house_names_no_administrators_here(stage: Stage) -> None:
    named = msgspec.structs.replace(_administrators("new 1", "new 2"), installation="hai-phong")
    stage.server.administrators = named
    stage.server.write_root()
    stage.server.admins = ("new 1", "new 2")
    stage.server.publish()
    stage.expect_refusal("root.json", "wrong_installation")
    stage.expect_honest_agenda()


def test_a_restore_from_an_old_backup_is_refused_until_it_goes_on_above_what_was_seen(stage: Stage) -> None:
    server = stage.server
    backup, number, version = stage.server.folder.with_name("backup"), server.number, server.version
    shutil.copytree(server.folder, backup)
    server.publish()
    server.publish()
    stage.expect_followed(3)
    shutil.rmtree(server.folder)
    shutil.copytree(backup, server.folder)
    newest = server.version
    server.number, server.version = number, version
    server.publish()
    stage.expect_refusal("timestamp.json", "metadata_rolled_back")
    stage.expect_honest_agenda(3)
    server.version = newest
    server.items.clear()
    server.publish(number=3)  # another agenda with a number that was seen
    stage.expect_refusal("agenda.json", "same_number")
    server.publish(number=4)
    stage.expect_followed(4)
    assert not stage.refused_files()


def test_with_its_clock_set_back_it_is_silent_and_says_so(empty_stage: Stage) -> None:
    stage = empty_stage
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    stage.home.clock.write_bytes(msgspec.json.encode(Remembered(floor=tomorrow.timestamp())))
    release = stage.server.release(priority_class="priority", sound=stage.server.sound(0.3))
    due = in_seconds(1)
    stage.server.place(release, due)
    stage.server.publish()
    stage.start()
    until(lambda: datetime.now(UTC) > due + timedelta(seconds=0.5), what="its time")
    assert stage.status().silence == "clock_unknown"
    assert stage.status().heartbeat["clock"] == "unknown"
    assert " begins at " not in stage.log
    kept = json.loads(stage.home.clock.read_text())
    assert kept["floor"] == tomorrow.timestamp()


def test_with_its_clock_set_back_it_takes_up_nothing_that_expired_before_the_floor(
    empty_stage: Stage,
) -> None:
    stage = empty_stage
    in_two_days = datetime.now(UTC) + timedelta(days=2)
    stage.home.clock.write_bytes(msgspec.json.encode(Remembered(floor=in_two_days.timestamp())))
    stage.server.expires_in["timestamp"] = timedelta(days=1)  # good today, long over by what it knows
    stage.publish_honestly()
    stage.run()
    stage.expect_refusal("timestamp.json", "metadata_expired")
    assert stage.status().heartbeat["agenda_number"] == 0


def test_it_signs_which_head_of_the_log_it_saw(stage: Stage) -> None:
    stage.server.agenda_changes["audit_head"] = "ab" * 32
    stage.server.publish()
    stage.expect_followed(2)
    witness = msgspec.convert(stage.status().heartbeat["witness"], Witness)
    assert (witness.agenda_number, witness.audit_head) == (2, "ab" * 32)
    check_witness(stage.public_key, "d1", witness)
