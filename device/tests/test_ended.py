# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is ended for good, and what a server in strange hands cannot end or leave behind."""

from datetime import timedelta

import msgspec
import pytest
from device_parts import Parts
from simulator import Simulator
from test_refusals import ALARM, end, follow, prepared, refused, soon

from loa_device.state import DeviceHome


@pytest.fixture
def parts(home: DeviceHome, server: Simulator) -> Parts:
    return Parts(home, server.credential())


@pytest.mark.parametrize(("names", "named"), [(("binh",), "normal"), (("binh", "chi"), "emergency")])
def test_one_person_cannot_end_an_activation_by_naming_a_release_that_is_no_emergency(
    server: Simulator, parts: Parts, names: tuple[str, ...], named: str
) -> None:
    server.activate(prepared(server))
    normal = server.release("r2")
    server.place(normal, soon(), "i2")
    end(server, normal, *names, priority_class=named)
    follow(server, parts)
    assert parts.following.refused_files() == {"withdrawals/a-r1.json": "wrong_class"}
    server.withdrawals, server.withdrawn = {}, []
    follow(server, parts)
    assert refused(parts) == {}


def test_one_person_cannot_end_an_emergency_for_good_while_the_server_hides_that_it_is_one(
    home: DeviceHome, server: Simulator, parts: Parts
) -> None:
    release = server.release(**ALARM)
    normal = server.release("r2")
    for one in (release, normal):
        hidden = msgspec.structs.replace(one, priority_class="normal")
        end(server, hidden, "binh", as_id=one.release_id, activation_id="")
        follow(server, parts)
        assert parts.following.is_withdrawn(one.release_id)
    server.withdrawals, server.withdrawn = {}, []
    server.place(release, soon(), "i1")
    server.place(normal, soon(), "i2")
    follow(server, parts)
    assert refused(parts) == {"i2": "withdrawn"}
    parts.close()
    home.verified.unlink()
    again = Parts(home, server.credential())
    follow(server, again)
    assert refused(again) == {"i2": "withdrawn"}


def test_withdrawals_that_do_not_hold_are_not_kept(server: Simulator, parts: Parts) -> None:
    release = server.release()
    server.place(release, soon())
    server.withdraw(release)
    server.withdrawals["junk"] = b"x" * 1000
    server.withdrawn.append("junk")
    follow(server, parts)
    server.withdrawals, server.withdrawn = {}, []
    follow(server, parts)
    assert parts.following.files is not None
    assert list(parts.following.files.withdrawals) == ["r1"]
    assert parts.following.is_withdrawn("r1")


def test_more_than_a_device_can_hold_is_left_out_and_hinders_nothing_else(
    server: Simulator, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(("r1", "r2")):
        server.place(server.release(name), soon() + timedelta(minutes=number), f"i-{name}")
    monkeypatch.setattr("loa_device.repository.MAX_TOGETHER", len(server.releases["r1"]) + 100)
    follow(server, parts)
    assert refused(parts) == {"i-r2": "no_release"}
