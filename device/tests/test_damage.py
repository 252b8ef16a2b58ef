# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that were cut or of which a bit was flipped: noticed, said, and nothing wrong comes of them."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from device_parts import Parts
from simulator import Simulator

from loa_device.clock import Clock
from loa_device.media import MediaError
from loa_device.playlog import PlayLog
from loa_device.state import DeviceHome
from loa_protocol.playlog import PlayRow
from loa_protocol.timeline import Timeline
from loa_protocol.times import format_utc

Damage = Callable[[bytes], bytes]


def flipped(content: bytes, place: float = 0.5) -> bytes:
    """Turn one bit."""
    at = min(len(content) - 1, int(len(content) * place))
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


DAMAGES: list[Damage] = [flipped, lambda content: content[: len(content) // 2], lambda content: b""]
NAMES = ["a flipped bit", "cut in half", "empty"]
damaged = pytest.mark.parametrize("damage", DAMAGES, ids=NAMES)


def places(content: bytes, count: int = 40) -> Iterator[bytes]:
    """The same content with one bit turned, at many places."""
    yield from (flipped(content, one / count) for one in range(count))


@pytest.fixture
def followed(home: DeviceHome, server: Simulator) -> DeviceHome:
    """A device that follows an agenda with one item in ten minutes and has its sound."""
    sound = server.sound(1.0)
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=10)
    server.place(server.release(sound=sound), starts)
    server.publish()
    parts = Parts(home, server.credential())
    parts.following.refresh()
    parts.media.fetch(sound)
    parts.clock.remember()
    parts.close()
    return home


def line_of(home: DeviceHome, server: Simulator) -> Timeline | None:
    """What a new process with this folder would play, with no network."""
    parts = Parts(home, server.credential())
    parts.following.load()
    parts.close()
    return parts.following.timeline(datetime.now(UTC))


def row(item_id: str) -> PlayRow:
    return PlayRow(
        seq=0,
        device_id="d1",
        item_id=item_id,
        release_id="r1",
        sha256="",
        due=format_utc(datetime.now(UTC)),
        received=None,
        verified=None,
        started=None,
        ended=None,
        seconds_played=1.0,
        outcome="started",
        reason="",
        level_db=None,
        previous="",
    )


@damaged
def test_a_damaged_set_is_taken_from_its_copy_and_mended(
    followed: DeviceHome, server: Simulator, damage: Damage, caplog: pytest.LogCaptureFixture
) -> None:
    whole = followed.verified.read_bytes()
    followed.verified.write_bytes(damage(whole))
    line = line_of(followed, server)
    assert line is not None
    assert [due.item.item_id for due in line.upcoming] == ["i1"]
    assert "verified.msgpack" in caplog.text
    assert followed.verified.read_bytes() == whole


def test_one_bit_anywhere_in_the_stored_set_changes_nothing_that_plays(
    followed: DeviceHome, server: Simulator
) -> None:
    right = line_of(followed, server)
    assert right is not None
    copy = followed.verified.with_suffix(".copy")
    for content in places(followed.verified.read_bytes()):
        followed.verified.write_bytes(content)
        copy.write_bytes(content)
        line = line_of(followed, server)
        assert line is None or line.upcoming == right.upcoming


def test_a_set_of_an_agent_that_wrote_no_hash_is_taken_up(followed: DeviceHome, server: Simulator) -> None:
    content = followed.verified.read_bytes().partition(b"\n")[2]
    followed.verified.write_bytes(content)
    line = line_of(followed, server)
    assert line is not None
    assert line.upcoming


@damaged
def test_damaged_numbers_do_not_silence_it(
    followed: DeviceHome, server: Simulator, damage: Damage, caplog: pytest.LogCaptureFixture
) -> None:
    followed.floors.write_bytes(damage(followed.floors.read_bytes()))
    line = line_of(followed, server)
    assert line is not None
    assert line.upcoming
    assert "numbers are damaged" in caplog.text


def test_one_bit_anywhere_in_the_numbers_silences_nothing(followed: DeviceHome, server: Simulator) -> None:
    for content in places(followed.floors.read_bytes()):
        followed.floors.write_bytes(content)
        line = line_of(followed, server)
        assert line is not None
        assert line.upcoming


def test_one_bit_anywhere_in_the_stored_time_is_no_time(followed: DeviceHome) -> None:
    true = Clock(followed.clock).floor
    assert true > 0
    for content in places(followed.clock.read_bytes()):
        followed.clock.write_bytes(content)
        assert Clock(followed.clock).floor == 0


@pytest.mark.parametrize(
    "damage", [lambda content: bytes(100) + content[100:], *DAMAGES[1:]], ids=["no head", *NAMES[1:]]
)
def test_a_damaged_play_log_is_set_aside_and_a_new_one_begun(
    home: DeviceHome, damage: Damage, caplog: pytest.LogCaptureFixture
) -> None:
    log = PlayLog(home.play_log, "d1")
    for number in range(30):
        log.finish(row(f"i{number}"), "played")
    log.close()
    home.play_log.write_bytes(damage(home.play_log.read_bytes()))
    log = PlayLog(home.play_log, "d1")
    final = log.finish(row("next"), "played")
    log.close()
    assert "set aside" in caplog.text
    assert final.seq > 20_000_000, "the server has lower ones already"
    assert home.play_log.with_suffix(".damaged").exists()


def test_one_bit_anywhere_in_the_play_log_never_keeps_the_agent_from_writing(
    home: DeviceHome, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL + 1)
    log = PlayLog(home.play_log, "d1")
    log.begin(row("open"))
    log.note_gone("r0", datetime.now(UTC))
    for number in range(30):
        log.finish(row(f"i{number}"), "played")
    log.close()
    for content in places(home.play_log.read_bytes(), 150):
        home.play_log.write_bytes(content)
        log = PlayLog(home.play_log, "d1")
        log.begin(row("new"))
        log.finish(row("new"), "played")
        log.confirm(log.pending(100)[-1].seq)
        log.told_gone(list(log.untold_gone()))
        log.close()


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR])
def test_a_full_or_locked_disk_is_no_damage(
    home: DeviceHome, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    PlayLog(home.play_log, "d1").close()

    def fails(*_: object) -> None:
        error = sqlite3.OperationalError("not now")
        error.sqlite_errorcode = code
        raise error

    monkeypatch.setattr(PlayLog, "pending", fails)
    with pytest.raises(sqlite3.OperationalError):
        PlayLog(home.play_log, "d1")
    assert not home.play_log.with_suffix(".damaged").exists()


def test_the_play_log_gives_up_what_it_put_by_when_the_disk_is_full(
    home: DeviceHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = PlayLog(home.play_log, "d1")
    spare = home.play_log.with_suffix(".spare")
    assert spare.stat().st_blocks * 512 >= 2 * 1024 * 1024
    monkeypatch.setattr("loa_device.playlog.free_bytes", lambda _folder: 0)
    log.begin(row("i1"))
    assert not spare.exists()
    assert log.open_row("i1") is not None
    log.close()


def test_a_sound_that_would_fill_the_disk_is_not_fetched(
    home: DeviceHome, server: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = server.sound(1.0)
    parts = Parts(home, server.credential())
    monkeypatch.setattr("loa_device.media.free_bytes", lambda _folder: 16 * 1024 * 1024)
    with pytest.raises(MediaError) as failed:
        parts.media.fetch(sound)
    parts.close()
    assert failed.value.code == "disk_full"
    assert server.requests == []
