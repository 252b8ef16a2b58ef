# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a device says of the set that it follows: what it wants, holds, why it is silent, to the second."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from device_parts import Parts
from simulator import Simulator

from loa_device.repository import RefreshError
from loa_device.state import DeviceHome
from loa_protocol.errors import ProtocolError
from loa_protocol.statements import RenditionRef
from loa_protocol.times import format_utc, parse_utc

ALARM = {"priority_class": "emergency"}


@pytest.fixture
def parts(home: DeviceHome, server: Simulator) -> Parts:
    return Parts(home, server.credential())


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def follow(server: Simulator, parts: Parts) -> None:
    server.publish()
    parts.following.refresh()


def place(server: Simulator, name: str, minutes: float, seed: int, **changes: Any) -> RenditionRef:
    """Release a sound of its own and place it so many minutes from now."""
    sound = server.sound(1.0, seed)
    release = server.release(name, sound=sound, **changes)
    server.place(release, now() + timedelta(minutes=minutes), f"i-{name}")
    return sound


def test_it_wants_emergencies_first_then_by_time(server: Simulator, parts: Parts) -> None:
    later = place(server, "later", 30, 1)
    sooner = place(server, "sooner", 10, 2)
    alarm = place(server, "alarm", 50, 3, **ALARM)
    follow(server, parts)
    assert parts.following.wanted(now()) == [alarm, sooner, later]


def test_it_wants_nothing_that_is_withdrawn_over_elsewhere_or_long_past(
    server: Simulator, parts: Parts
) -> None:
    wanted = place(server, "wanted", 10, 1)
    place(server, "withdrawn", 10, 2)
    place(server, "over", 10, 3, not_after=format_utc(now() + timedelta(minutes=1)))
    place(server, "elsewhere", 10, 4)
    server.items[-1] = msgspec.structs.replace(server.items[-1], zones=["06895.02"])
    place(server, "past", -62.1, 5)
    recent = place(server, "recent", -30, 6)
    server.withdrawn.append("withdrawn")
    follow(server, parts)
    in_a_minute = now() + timedelta(minutes=1)
    assert parts.following.wanted(in_a_minute) == [recent, wanted]


def test_a_release_is_held_while_one_of_its_files_is_on_disk(server: Simulator, parts: Parts) -> None:
    sound = place(server, "r1", 10, 1)
    follow(server, parts)
    assert parts.following.holding() == []
    parts.media.fetch(sound)
    assert parts.following.holding() == ["r1"]
    server.withdrawn.append("r1")
    follow(server, parts)
    assert parts.following.holding() == ["r1"], "until it was removed"
    place(server, "r2", 20, 1)  # the same sound, released again
    follow(server, parts)
    assert parts.following.holding() == ["r2"]


def test_it_is_silent_from_the_second_in_which_agenda_or_approvers_end(
    server: Simulator, parts: Parts
) -> None:
    end = now() + timedelta(days=2)
    second = timedelta(seconds=1)
    server.agenda_changes["valid_until"] = format_utc(end)
    follow(server, parts)
    assert parts.following.silence(end - second) == ""
    assert parts.following.silence(end) == "agenda_ended"
    server.agenda_changes.clear()
    server.approvers_changes["expires_at"] = format_utc(end)
    follow(server, parts)
    assert parts.following.silence(end - second) == ""
    assert parts.following.silence(end) == "approvers_expired"
    assert parts.following.timeline(end) is None
    assert parts.following.recent_timeline(end) is None
    assert parts.following.recent_timeline(now()) is not None


def test_without_anything_accepted_it_says_why(home: DeviceHome, server: Simulator, parts: Parts) -> None:
    assert parts.following.silence(now()) == "no_agenda"
    assert parts.following.timeline(now()) is None
    assert parts.following.recent_timeline(now()) is None
    assert parts.following.wanted(now()) == []
    assert parts.following.holding() == []
    assert parts.following.item("i1") is None
    assert parts.following.length("i1") is None
    assert parts.following.why_no_release("r1") == ""
    assert not parts.following.is_withdrawn("r1")
    server.agenda_changes["commune"] = "06900"
    with pytest.raises(ProtocolError):
        follow(server, parts)
    assert parts.following.silence(datetime.now(UTC)) == "wrong_commune"


def test_a_stored_set_that_no_longer_holds_is_named_at_the_start(
    home: DeviceHome, server: Simulator, parts: Parts
) -> None:
    follow(server, parts)
    parts.close()
    home.floors.write_bytes(b'{"rules": 7}')
    again = Parts(home, server.credential())
    again.following.load()
    assert again.following.trusted is None
    assert again.following.refused_files() == {"rules.json": "older_number"}
    assert again.following.silence(now()) == "older_number"


def test_a_set_that_was_refused_is_forgotten_with_the_next_good_one(server: Simulator, parts: Parts) -> None:
    follow(server, parts)
    server.agenda_changes["commune"] = "06900"
    with pytest.raises(ProtocolError):
        follow(server, parts)
    assert parts.following.refused_files() == {"agenda.json": "wrong_commune"}
    server.agenda_changes.clear()
    follow(server, parts)
    assert parts.following.refused_files() == {}


def test_it_keeps_the_newest_metadata_over_a_restart(
    home: DeviceHome, server: Simulator, parts: Parts
) -> None:
    follow(server, parts)
    before = (server.metadata / "timestamp.json").read_bytes()
    follow(server, parts)
    parts.close()
    (server.metadata / "timestamp.json").write_bytes(before)
    again = Parts(home, server.credential())
    again.following.load()
    with pytest.raises(RefreshError) as caught:
        again.following.refresh()
    assert caught.value.code == "metadata_rolled_back"


def test_it_says_why_a_release_is_not_there(server: Simulator, parts: Parts) -> None:
    place(server, "good", 10, 1)
    place(server, "bad", 10, 2, signers=("binh",))
    place(server, "missing", 10, 3)
    place(server, "withdrawn", 10, 4)
    del server.releases["missing"], server.releases["withdrawn"]
    server.withdrawn.append("withdrawn")
    follow(server, parts)
    codes = {name: parts.following.why_no_release(name) for name in ("good", "bad", "missing", "withdrawn")}
    assert codes == {"good": "", "bad": "too_few_people", "missing": "no_release", "withdrawn": ""}
    assert parts.following.length("i-good") == 1.0
    assert parts.following.length("i-bad") is None
    assert parts.following.length("other") is None


def test_it_remembers_since_when_it_has_an_item(home: DeviceHome, server: Simulator, parts: Parts) -> None:
    before = now()
    place(server, "r1", 10, 1)
    follow(server, parts)
    received = parts.following.received("i-r1")
    assert received is not None
    assert before <= parse_utc(received) <= datetime.now(UTC)
    parts.close()
    again = Parts(home, server.credential())
    assert again.following.received("i-r1") is None
    again.following.load()
    assert again.following.received("i-r1") is not None
    assert again.following.received("other") is None
