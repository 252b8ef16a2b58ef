# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is refused has a code and a file's name, and what was accepted before goes on; no process, no sound."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from device_parts import DISCIPLINED, Parts
from simulated_people import INSTALLATION, sealed, signer
from simulator import Simulator

from loa_device import repository
from loa_device.clock import Sources
from loa_device.repository import RefreshError
from loa_device.state import DeviceHome
from loa_device.web import Web, WebError
from loa_protocol.errors import ProtocolError
from loa_protocol.statements import (
    MAX_STATEMENT,
    Administrators,
    ReleaseStatement,
    WithdrawalStatement,
)
from loa_protocol.times import format_utc

ALARM = {"priority_class": "emergency"}


def soon() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=10)


@pytest.fixture
def parts(home: DeviceHome, server: Simulator) -> Parts:
    return Parts(home, server.credential())


def follow(server: Simulator, parts: Parts) -> None:
    server.publish()
    parts.following.refresh()


def refused(parts: Parts) -> dict[str, str]:
    line = parts.following.timeline(datetime.now(UTC))
    assert line is not None
    return {one.item_id: one.code for one in line.refused}


def prepared(server: Simulator) -> ReleaseStatement:
    """A prepared message in the agenda, by an activation with the id a-r1."""
    release = server.release(prepared=True, **ALARM)
    server.place(release, soon(), activation_id="a-r1")
    return release


def test_a_release_under_another_ones_name_is_refused(server: Simulator, parts: Parts) -> None:
    release = server.release("r1")
    server.place(release, soon(), "i2", release_id="r2")
    server.releases = {"r2": server.releases["r1"]}
    follow(server, parts)
    assert refused(parts) == {"i2": "wrong_release"}
    assert parts.following.refused_files() == {"releases/r2.json": "wrong_release"}


def test_a_prepared_message_needs_its_activation(server: Simulator, parts: Parts) -> None:
    release = prepared(server)
    follow(server, parts)
    assert refused(parts) == {"i1": "not_activated"}
    server.activate(release)
    follow(server, parts)
    assert refused(parts) == {}


@pytest.mark.parametrize(
    ("signer_name", "changes", "code"),
    [
        ("stranger", {}, "too_few_people"),
        ("binh", {"release_id": "r2"}, "wrong_release"),
        ("binh", {"activation_id": "a-r2"}, "wrong_release"),
        ("binh", {"communes": ["06900"]}, "wrong_commune"),
    ],
)
def test_an_activation_that_does_not_hold_is_named(
    server: Simulator, parts: Parts, signer_name: str, changes: dict[str, Any], code: str
) -> None:
    statement = server.activate(prepared(server), signer_name, **changes)
    server.activations = {"a-r1": server.activations[statement.activation_id]}
    follow(server, parts)
    assert refused(parts) == {"i1": "not_activated"}
    assert parts.following.refused_files() == {"activations/a-r1.json": code}


def test_an_activation_of_a_message_that_is_not_there_is_named(server: Simulator, parts: Parts) -> None:
    server.activate(prepared(server))
    server.releases.clear()
    follow(server, parts)
    assert parts.following.refused_files() == {"activations/a-r1.json": "no_release"}


def end(
    server: Simulator, release: ReleaseStatement, *names: str, as_id: str = "a-r1", **changes: Any
) -> None:
    """Withdraw one activation."""
    values: dict[str, Any] = {
        "installation": INSTALLATION,
        "communes": [server.commune],
        "release_id": release.release_id,
        "priority_class": release.priority_class,
        "reason": "Nước đã rút",
        "at": format_utc(datetime.now(UTC)),
        "activation_id": "a-r1",
    }
    server.withdrawals[as_id] = sealed(WithdrawalStatement(**{**values, **changes}), *names)
    server.withdrawn = [as_id]


def test_an_activation_that_two_people_ended_stays_ended(
    home: DeviceHome, server: Simulator, parts: Parts
) -> None:
    release = prepared(server)
    server.activate(release)
    end(server, release, "binh", "chi")
    follow(server, parts)
    assert refused(parts) == {"i1": "not_activated"}
    assert not parts.following.is_withdrawn("r1")
    assert not parts.following.is_withdrawn("a-r1")
    server.withdrawals, server.withdrawn = {}, []
    follow(server, parts)
    assert refused(parts) == {"i1": "not_activated"}
    parts.close()
    home.verified.unlink()
    again = Parts(home, server.credential())
    follow(server, again)
    assert refused(again) == {"i1": "not_activated"}


@pytest.mark.parametrize(
    ("names", "changes", "code"),
    [
        (("binh",), {}, "too_few_people"),
        (("binh",), {"priority_class": "normal"}, "wrong_class"),
        (("binh", "chi"), {"activation_id": "a-r2"}, "wrong_release"),
        (("binh", "chi"), {"activation_id": ""}, "wrong_release"),
    ],
)
def test_a_withdrawal_that_does_not_hold_is_named_and_ends_nothing_for_good(
    server: Simulator, parts: Parts, names: tuple[str, ...], changes: dict[str, Any], code: str
) -> None:
    release = prepared(server)
    server.activate(release)
    end(server, release, *names, **changes)
    server.publish()
    parts.following.refresh()
    assert parts.following.refused_files() == {"withdrawals/a-r1.json": code}
    server.withdrawals, server.withdrawn = {}, []
    follow(server, parts)
    assert refused(parts) == {}


def test_ending_an_activation_never_ends_a_release_of_that_id(server: Simulator, parts: Parts) -> None:
    other = server.release("r2", **ALARM)
    server.place(other, soon(), "i2")
    end(server, other, "binh", "chi", as_id="r1", activation_id="r1")  # the release r1 is not known yet
    follow(server, parts)
    assert parts.following.refused_files() == {}
    server.withdrawn = []
    server.place(server.release("r1"), soon(), "i1")
    follow(server, parts)
    assert not parts.following.is_withdrawn("r1")
    assert refused(parts) == {}


def administrators(*names: str, **changes: Any) -> Administrators:
    values: dict[str, Any] = {"installation": INSTALLATION, "admin_threshold": 2}
    return Administrators(admin_keys=[signer(one).public_key for one in names], **{**values, **changes})


def test_administrators_of_the_root_take_the_place_of_those_of_the_enrolment(
    server: Simulator, parts: Parts
) -> None:
    server.administrators, server.admins = administrators("new 1", "new 2"), ("new 1", "new 2")
    server.write_root()
    follow(server, parts)
    assert parts.following.floors.root == 2
    server.admins = ("admin 1", "admin 2")
    server.rules_changes["number"] = 2
    server.publish()
    with pytest.raises(ProtocolError) as caught:
        parts.following.refresh()
    assert (caught.value.code, caught.value.file) == ("too_few_admins", "approvers.json")
    assert parts.following.refused_files() == {"approvers.json": "too_few_admins"}


def test_administrators_of_another_house_are_not_believed(server: Simulator, parts: Parts) -> None:
    server.administrators = administrators("admin 1", "admin 2", installation="hai-phong")
    server.write_root()
    server.publish()
    with pytest.raises(ProtocolError) as caught:
        parts.following.refresh()
    assert (caught.value.code, caught.value.file) == ("wrong_installation", "root.json")


def test_an_older_root_is_not_believed_by_a_device_that_lost_its_metadata(
    home: DeviceHome, server: Simulator, parts: Parts
) -> None:
    server.write_root()
    follow(server, parts)
    parts.close()
    shutil.rmtree(home.metadata)
    home.metadata.mkdir()
    (server.metadata / "2.root.json").unlink()
    again = Parts(home, server.credential())
    with pytest.raises(ProtocolError) as caught:
        again.following.refresh()
    assert (caught.value.code, caught.value.file) == ("older_number", "root.json")


def test_metadata_is_never_rolled_back_also_after_a_restart(
    home: DeviceHome, server: Simulator, parts: Parts
) -> None:
    server.publish()
    before = (server.metadata / "timestamp.json").read_bytes()
    follow(server, parts)
    parts.close()
    (server.metadata / "timestamp.json").write_bytes(before)
    for one in (Parts(home, server.credential()), Parts(home, server.credential())):
        with pytest.raises(RefreshError) as caught:
            one.following.refresh()
        assert caught.value.code == "metadata_rolled_back"
        assert "must be >=" in str(caught.value)
        one.close()


def test_other_lists_with_the_same_agenda_are_taken_up(server: Simulator, parts: Parts) -> None:
    server.agenda_changes["issued_at"] = format_utc(datetime.now(UTC))
    server.agenda_changes["valid_until"] = format_utc(datetime.now(UTC) + timedelta(days=7))
    server.publish(number=1)
    parts.following.refresh()
    server.rules_changes["number"] = 2
    server.publish(number=1)
    parts.following.refresh()
    assert parts.following.floors.rules == 2


def test_a_set_that_holds_again_is_no_longer_reported(server: Simulator, parts: Parts) -> None:
    follow(server, parts)
    honest = {path: path.read_bytes() for path in server.metadata.iterdir()}
    (server.metadata / "timestamp.json").write_bytes(b"{}")
    with pytest.raises(RefreshError) as caught:
        parts.following.refresh()
    assert (caught.value.code, caught.value.file) == ("metadata_malformed", "timestamp.json")
    assert parts.following.refused_files() == {"timestamp.json": "metadata_malformed"}
    for path, content in honest.items():
        path.write_bytes(content)
    assert not parts.following.refresh()
    assert parts.following.refused_files() == {}


def test_a_server_that_cannot_be_reached_refuses_nothing(server: Simulator, parts: Parts) -> None:
    follow(server, parts)
    server.is_down = True
    with pytest.raises(RefreshError) as caught:
        parts.following.refresh()
    assert (caught.value.code, caught.value.is_attack) == ("no_line", False)
    assert parts.following.refused_files() == {}


def test_a_first_look_with_an_unknown_clock_is_judged_by_the_time_that_it_brings(
    home: DeviceHome, server: Simulator
) -> None:
    """Otherwise expired metadata would be taken up by whoever has just been switched on."""
    unknown = replace(Sources(), is_disciplined=lambda: False, boot_id=lambda: "", has_battery=lambda: False)
    parts = Parts(home, server.credential(), unknown)
    server.expires_in["timestamp"] = timedelta(seconds=-1)
    server.publish()
    with pytest.raises(RefreshError) as caught:
        parts.following.refresh()
    assert caught.value.code == "metadata_expired"
    assert parts.following.trusted is None
    server.expires_in.clear()
    follow(server, parts)
    assert parts.following.trusted is not None


def test_with_its_clock_set_back_it_judges_by_the_floor(home: DeviceHome, server: Simulator) -> None:
    server.expires_in["timestamp"] = timedelta(days=1)
    server.publish()
    in_two_days = replace(DISCIPLINED, wall=lambda: (datetime.now(UTC) + timedelta(days=2)).timestamp())
    ahead = Parts(home, server.credential(), in_two_days)
    ahead.clock.remember()
    ahead.close()
    parts = Parts(home, server.credential())
    assert parts.clock.state == "unknown"
    with pytest.raises(RefreshError) as caught:
        parts.following.refresh()
    assert caught.value.code == "metadata_expired"


def test_an_agenda_that_was_taken_up_with_an_unknown_clock_is_silent_while_it_lies_ahead(
    server: Simulator, parts: Parts
) -> None:
    follow(server, parts)
    two_days_ago = datetime.now(UTC) - timedelta(days=2)
    assert parts.following.silence(two_days_ago) == "issued_ahead"
    assert parts.following.silence(two_days_ago + timedelta(days=1, minutes=1)) == ""


def test_damaged_numbers_on_disk_stop_nothing(home: DeviceHome, server: Simulator, parts: Parts) -> None:
    follow(server, parts)
    parts.close()
    home.floors.write_bytes(b"x")
    again = Parts(home, server.credential())
    again.following.load()
    assert again.following.trusted is not None
    assert again.following.floors.agenda == 0


def test_metadata_is_cut_off_one_byte_beyond_the_limit() -> None:
    half = b"x" * (repository.MAX_METADATA // 2)
    assert len(list(repository._limited(iter([half, half]), "url", repository.MAX_METADATA))) == 2
    with pytest.raises(repository.DownloadLengthMismatchError):
        list(repository._limited(iter([half, half, b"x"]), "url", repository.MAX_METADATA))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rules.json": None}, "metadata_malformed"),
        ({"agenda.json": b" " * (MAX_STATEMENT + 1)}, "too_large"),
        ({"agenda.json": b" " * MAX_STATEMENT}, "malformed"),
    ],
)
def test_a_publication_without_a_file_or_with_one_that_is_too_large_is_refused(
    server: Simulator, parts: Parts, changes: dict[str, bytes | None], code: str
) -> None:
    server.number = 1
    files = {**server.files(), **changes}
    server.write_state({name: content for name, content in files.items() if content is not None})
    with pytest.raises(RefreshError) as caught:
        parts.following.refresh()
    assert caught.value.code == code


def test_a_file_that_did_not_change_is_not_fetched_again(server: Simulator, parts: Parts) -> None:
    moment = datetime.now(UTC)
    server.now = lambda: moment
    follow(server, parts)
    server.requests.clear()
    server.items.clear()
    follow(server, parts)
    fetched = [path.rpartition(".")[0].rpartition(".")[2] for path, _range in server.requests]
    assert fetched == ["root", "/repo/06895/metadata/timestamp", "snapshot", "targets", "agenda"]


def test_a_server_that_drips_does_not_hold_the_agent(
    server: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sound = server.sound(3.0)
    url = f"{server.url}/media/{sound.sha256}.opus"
    assert b"".join(Web().open(url).chunks) == server.media[sound.sha256]
    monkeypatch.setattr("loa_device.web.PATIENCE", -sound.size / 100)
    with pytest.raises(WebError, match="too slow"):
        list(Web().open(url).chunks)


def test_floors_of_a_former_agent_are_read(home: DeviceHome, server: Simulator) -> None:
    home.floors.write_bytes(
        msgspec.json.encode({"agenda": 7, "approvers": 3, "rules": 5, "withdrawn": ["r0"]})
    )
    floors = Parts(home, server.credential()).following.floors
    assert (floors.root, floors.agenda, floors.withdrawn, floors.activations) == (0, 7, ("r0",), ())
