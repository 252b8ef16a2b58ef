# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a device takes up from the repository, what it refuses and with which reason, all without sound."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from device_parts import DISCIPLINED, Parts
from simulator import COMMUNE, Simulator

from loa_device.repository import RefreshError
from loa_device.state import DeviceHome
from loa_protocol.errors import ProtocolError
from loa_protocol.statements import AirtimeRule
from loa_protocol.times import format_utc, parse_utc

SOON = timedelta(minutes=10)


@pytest.fixture
def parts(home: DeviceHome, server: Simulator) -> Parts:
    return Parts(home, server.credential())


def soon() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + SOON


def code_of(parts: Parts, item_id: str = "i1") -> str:
    """The reason why an item is refused, "" when it is ahead."""
    line = parts.following.timeline(datetime.now(UTC))
    assert line is not None
    if any(due.item.item_id == item_id for due in line.upcoming):
        return ""
    return next(one.code for one in line.refused if one.item_id == item_id)


def test_a_released_item_is_ahead(server: Simulator, parts: Parts) -> None:
    server.place(server.release(), soon())
    server.publish()
    assert parts.following.refresh()
    assert code_of(parts) == ""
    assert not parts.following.refresh(), "nothing changed"


Spoil = Callable[[Simulator], None]


def _one_signature(server: Simulator) -> None:
    server.place(server.release(signers=("binh",)), soon())


def _author_signs(server: Simulator) -> None:
    server.place(server.release(signers=("an", "binh")), soon())


def _same_person_twice(server: Simulator) -> None:
    server.place(server.release(signers=("binh", "stranger")), soon())


def _other_installation(server: Simulator) -> None:
    server.place(server.release(installation="hai-phong"), soon())


def _other_commune(server: Simulator) -> None:
    server.place(server.release(communes=["00001"]), soon())


def _changed_byte(server: Simulator) -> None:
    release = server.release()
    server.place(release, soon())
    server.releases["r1"] = server.releases["r1"].replace(b'"keyid":"', b'"keyid":"0', 1)


def _test_item(server: Simulator) -> None:
    server.place(server.release(is_test=True, signers=("tester 1", "tester 2")), soon())


def _tester_releases_real(server: Simulator) -> None:
    server.place(server.release(signers=("tester 1", "tester 2")), soon())


def _withdrawn(server: Simulator) -> None:
    release = server.release()
    server.place(release, soon())
    server.withdraw(release)


def _outside_hours(server: Simulator) -> None:
    server.place(server.release(), soon())
    local = datetime.now(UTC) + timedelta(hours=7)
    hour = (local.hour + 12) % 24
    window = (f"{hour:02}:00", f"{hour:02}:30")
    server.rules_changes["rules"] = [
        AirtimeRule(
            zone=COMMUNE, priority_class="normal", windows=[window], minutes_per_day=60, volume_cap=100
        )
    ]


def _expired(server: Simulator) -> None:
    end = datetime.now(UTC) + timedelta(minutes=5)
    server.place(server.release(not_after=end.strftime("%Y-%m-%dT%H:%M:%SZ")), soon())


def _other_sound(server: Simulator) -> None:
    server.place(server.release(), soon(), rendition_sha256=server.sound(seed=9).sha256)


def _not_there(server: Simulator) -> None:
    server.place(server.release(), soon())
    server.releases.clear()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_one_signature, "too_few_people"),
        (_author_signs, "too_few_people"),
        (_same_person_twice, "too_few_people"),
        (_other_installation, "wrong_installation"),
        (_other_commune, "wrong_commune"),
        (_changed_byte, "too_few_people"),
        (_test_item, "test_on_live_device"),
        (_tester_releases_real, "too_few_people"),
        (_withdrawn, "withdrawn"),
        (_outside_hours, "outside_hours"),
        (_expired, "expired"),
        (_other_sound, "hash_not_released"),
        (_not_there, "no_release"),
    ],
)
def test_what_may_not_sound_is_refused_with_its_reason(
    server: Simulator, parts: Parts, spoil: Spoil, code: str
) -> None:
    spoil(server)
    server.publish()
    parts.following.refresh()
    assert code_of(parts) == code


def test_test_items_are_ahead_on_their_test_device_only(home: DeviceHome, server: Simulator) -> None:
    _test_item(server)
    server.publish()
    parts = Parts(home, server.credential(device_id="d-test", is_test=True))
    parts.following.refresh()
    assert code_of(parts) == ""


def test_an_item_of_another_place_is_not_for_this_device(server: Simulator, parts: Parts) -> None:
    server.place(server.release(), soon(), zones=["06895.02"])
    server.publish()
    parts.following.refresh()
    line = parts.following.timeline(datetime.now(UTC))
    assert line is not None
    assert not line.upcoming
    assert not parts.following.wanted(datetime.now(UTC))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"admins": ("admin 1",)}, "too_few_admins"),
        ({"admins": ("admin 1", "binh")}, "too_few_admins"),
        ({"agenda_changes": {"installation": "hai-phong"}}, "wrong_installation"),
        ({"agenda_changes": {"commune": "00001"}}, "wrong_commune"),
        ({"rules_changes": {"installation": "hai-phong"}}, "wrong_installation"),
        ({"approvers_changes": {"commune": "00001"}}, "wrong_commune"),
        ({"approvers_changes": {"expires_at": "2026-01-02T00:00:00Z", "issued_at": "2026-01-01T00:00:00Z"}},
         "approvers_expired"),
    ],
)  # fmt: skip
def test_a_set_that_does_not_hold_changes_nothing(
    server: Simulator, parts: Parts, change: dict[str, object], code: str
) -> None:
    server.place(server.release(), soon())
    server.publish()
    parts.following.refresh()
    for name, value in change.items():
        setattr(server, name, value)
    server.publish()
    with pytest.raises(ProtocolError) as refused:
        parts.following.refresh()
    assert refused.value.code == code
    assert parts.following.refused_set == code
    assert parts.following.trusted is not None
    assert parts.following.trusted.agenda.number == 1
    assert code_of(parts) == ""


def test_an_agenda_of_an_older_number_is_not_accepted(server: Simulator, parts: Parts) -> None:
    server.publish(number=7)
    parts.following.refresh()
    server.publish(number=6)
    with pytest.raises(ProtocolError) as refused:
        parts.following.refresh()
    assert refused.value.code == "older_number"


def test_the_number_is_kept_over_a_restart_that_lost_its_files(
    home: DeviceHome, server: Simulator, parts: Parts
) -> None:
    server.publish(number=7)
    parts.following.refresh()
    parts.close()
    home.verified.unlink()
    server.publish(number=6)
    again = Parts(home, server.credential())
    again.following.load()
    with pytest.raises(ProtocolError) as refused:
        again.following.refresh()
    assert refused.value.code == "older_number"


def test_two_agendas_with_one_number_are_not_accepted(server: Simulator, parts: Parts) -> None:
    server.publish(number=7)
    parts.following.refresh()
    server.place(server.release(), soon())
    server.publish(number=7)
    with pytest.raises(ProtocolError) as refused:
        parts.following.refresh()
    assert refused.value.code == "same_number"


def test_it_goes_on_from_disk_with_no_network(home: DeviceHome, server: Simulator, parts: Parts) -> None:
    server.place(server.release(), soon())
    server.publish()
    parts.following.refresh()
    parts.close()
    server.is_down = True
    again = Parts(home, server.credential())
    again.following.load()
    assert code_of(again) == ""
    with pytest.raises(RefreshError) as failed:
        again.following.refresh()
    assert not failed.value.is_attack
    assert code_of(again) == ""


def test_it_falls_silent_when_the_agenda_ends(server: Simulator, parts: Parts) -> None:
    server.publish()
    parts.following.refresh()
    assert parts.following.silence(datetime.now(UTC)) == ""
    after = datetime.now(UTC) + timedelta(days=8)
    assert parts.following.silence(after) == "agenda_ended"
    assert parts.following.timeline(after) is None


def test_it_falls_silent_while_nobody_knows_the_time(
    home: DeviceHome, server: Simulator, parts: Parts
) -> None:
    server.place(server.release(), soon())
    server.publish()
    parts.following.refresh()
    parts.close()
    server.is_down = True
    lost = replace(DISCIPLINED, is_disciplined=lambda: False, boot_id=lambda: "another")
    again = Parts(home, server.credential(), lost)
    again.following.load()
    now = datetime.now(UTC)
    assert again.following.silence(now) == "clock_unknown"
    assert again.following.timeline(now) is None
    assert again.following.recent_timeline(now) is None
    again.close()


def test_what_is_reported_ends_with_the_agenda_at_once(server: Simulator, parts: Parts) -> None:
    server.publish()
    parts.following.refresh()
    last = parse_utc(parts.following.trusted.agenda.valid_until) if parts.following.trusted else None
    assert last is not None
    assert parts.following.recent_timeline(last - timedelta(seconds=1)) is not None
    assert parts.following.recent_timeline(last) is None


def test_what_is_reported_is_seconds_old_at_most(server: Simulator, parts: Parts) -> None:
    server.publish()
    parts.following.refresh()
    now = datetime.now(UTC)
    first = parts.following.recent_timeline(now)
    assert parts.following.recent_timeline(now + timedelta(seconds=1)) is first
    assert parts.following.recent_timeline(now + timedelta(minutes=1)) is not first


def test_it_says_what_it_follows_also_when_that_is_nothing(
    parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    parts.following.say_state()
    assert "nothing to follow: no_agenda" in caplog.text
    assert parts.following.silence(datetime.now(UTC)) == "no_agenda"
    assert parts.following.timeline(datetime.now(UTC)) is None
    assert not parts.following.wanted(datetime.now(UTC))


def test_it_falls_silent_when_the_approvers_list_ends(server: Simulator, parts: Parts) -> None:
    server.approvers_changes["expires_at"] = format_utc(datetime.now(UTC) + timedelta(days=2))
    server.publish()
    parts.following.refresh()
    assert parts.following.silence(datetime.now(UTC) + timedelta(days=2)) == "approvers_expired"


def test_what_was_withdrawn_by_signature_stays_withdrawn(
    home: DeviceHome, server: Simulator, parts: Parts
) -> None:
    _withdrawn(server)
    server.publish()
    parts.following.refresh()
    server.withdrawn.clear()
    server.withdrawals.clear()
    server.publish()
    parts.following.refresh()
    assert code_of(parts) == "withdrawn"
    parts.close()
    home.verified.unlink()
    again = Parts(home, server.credential())
    again.following.refresh()
    assert code_of(again) == "withdrawn"


def test_a_server_with_other_keys_is_not_believed(
    home: DeviceHome, server: Simulator, parts: Parts, tmp_path: object
) -> None:
    server.publish()
    parts.following.refresh()
    with Simulator(server.folder.parent / "impostor") as impostor:
        impostor.place(impostor.release(), soon())
        impostor.publish(number=99)
        parts.close()
        own = server.credential()
        there = msgspec.structs.replace(own, repository_url=impostor.credential().repository_url)
        turned = Parts(home, there)
        turned.following.load()
        with pytest.raises(RefreshError) as failed:
            turned.following.refresh()
        assert failed.value.is_attack
        assert turned.following.trusted is not None
        assert turned.following.trusted.agenda.number == 1


def test_a_release_that_cannot_be_fetched_hinders_nothing_else(server: Simulator, parts: Parts) -> None:
    server.place(server.release("r1"), soon(), "i1")
    server.place(server.release("r2"), soon() + timedelta(minutes=1), "i2")
    server.publish()
    for file in (server.folder / "repo" / COMMUNE / "targets" / "releases").glob("*.r1.json"):
        file.unlink()
    parts.following.refresh()
    assert code_of(parts, "i1") == "no_release"
    assert code_of(parts, "i2") == ""
