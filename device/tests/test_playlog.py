# SPDX-License-Identifier: AGPL-3.0-or-later
"""The play log: chained, exactly once, never lost."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from loa_device.playlog import PlayLog
from loa_protocol.playlog import PlayRow, check_chain


def row(item_id: str) -> PlayRow:
    return PlayRow(
        seq=0, device_id="d1", item_id=item_id, release_id="r1", sha256="", due="2026-11-24T10:00:00Z",
        received=None, verified=None, started="2026-11-24T10:00:00.000Z", ended=None, seconds_played=0.0,
        outcome="started", reason="", level_db=None, previous="",
    )  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.sqlite3"


@pytest.fixture
def log(path: Path) -> Iterator[PlayLog]:
    log = PlayLog(path, "d1")
    yield log
    log.close()


def test_an_open_row_is_on_disk_before_anything_sounds(path: Path, log: PlayLog) -> None:
    log.begin(row("i1"))
    other = PlayLog(path, "d1")
    assert [one.item_id for one in other.open_rows()] == ["i1"]
    assert other.pending(10) == []
    other.close()


def test_final_rows_are_numbered_and_chained_over_restarts(path: Path, log: PlayLog) -> None:
    log.begin(row("i1"))
    log.finish(row("i1"), "played")
    log.close()
    again = PlayLog(path, "d1")
    again.finish(row("i2"), "missed")
    rows = again.pending(10)
    assert [one.seq for one in rows] == [1, 2]
    check_chain(rows, seq=1)
    assert again.open_rows() == []
    again.close()


def test_an_item_is_final_once(log: PlayLog) -> None:
    first = log.finish(row("i1"), "played")
    assert log.finish(row("i1"), "stopped") == first
    assert log.backlog == 1


def test_rows_are_forgotten_only_after_the_reply_but_count_on(log: PlayLog) -> None:
    log.finish(row("i1"), "played")
    log.finish(row("i2"), "played")
    log.confirm(1)
    assert [one.seq for one in log.pending(10)] == [2]
    assert [one.item_id for one in log.history()] == ["i1", "i2"]


def test_confirmed_rows_that_have_aged_are_forgotten_and_the_chain_goes_on(
    log: PlayLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = log.finish(row("i1"), "played")

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime(2199, 1, 1, tzinfo=UTC)

    monkeypatch.setattr("loa_device.playlog.datetime", Later)
    log.confirm(1)
    assert log.history() == ()
    second = log.finish(row("i2"), "played")
    check_chain([first, second], seq=1)


def test_a_restored_server_gets_its_lost_rows_again(log: PlayLog) -> None:
    for name in ("i1", "i2", "i3"):
        log.finish(row(name), "played")
    log.confirm(3)
    assert log.pending(10) == []
    assert log.rewind(1) == 2
    assert [one.seq for one in log.pending(10)] == [2, 3]


def test_the_end_of_a_withdrawn_release_is_told_until_confirmed(path: Path, log: PlayLog) -> None:
    assert log.note_gone("r1", datetime(2026, 11, 24, 10, 0, tzinfo=UTC))
    assert not log.note_gone("r1", datetime(2026, 11, 24, 11, 0, tzinfo=UTC))
    log.close()
    again = PlayLog(path, "d1")
    assert again.untold_gone() == {"r1": "2026-11-24T10:00:00Z"}
    again.told_gone(["r1"])
    assert again.untold_gone() == {}
    again.close()
