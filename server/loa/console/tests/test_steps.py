# SPDX-License-Identifier: AGPL-3.0-or-later
"""The steps say what truly became of a message: what was heard, what sounded, and its withdrawal apart."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from loa.console.queries.way import PlaceRow, Round
from loa.console.recordings import recording
from loa.console.steps import Step, steps
from loa.releases.models import ReleaseState
from loa.voice.queries import SpokenState

NOW = datetime(2026, 11, 24, 10, 4, tzinfo=UTC)
DEVICE: Any = SimpleNamespace()


def one_round(*states: str, starts: datetime = NOW) -> Round:
    """Return a round whose loudspeakers are in these states."""
    rows = tuple(PlaceRow(DEVICE, one, proof="recorded" if one == "played" else "") for one in states)
    placement: Any = SimpleNamespace(starts_at=starts)
    return Round(placement, starts + timedelta(minutes=1), rows)


def release(state: ReleaseState = ReleaseState.RELEASED, *, ended: datetime | None = None) -> Any:
    signatures = SimpleNamespace(all=lambda: [SimpleNamespace(person=SimpleNamespace(full_name="Lê Đức Ổn"))])
    return SimpleNamespace(
        revision_id=1,
        state=state,
        signatures=signatures,
        released_at=NOW,
        superseded_at=None,
        withdrawal=SimpleNamespace(effective_at=ended) if ended else None,
        policy=SimpleNamespace(threshold=2),
    )


def way(*rounds: Round, **fields: Any) -> Any:
    """Return what the message page reads, with a finished sound that somebody heard."""
    author = SimpleNamespace(full_name="Nguyễn Thị Hậu")
    values = {
        "revision": SimpleNamespace(pk=1, author=author, edited_at=NOW, frozen_at=NOW),
        "spoken": SimpleNamespace(state=SpokenState.READY),
        "release": release(),
        "heard_by": ("Nguyễn Thị Hậu",),
        "still_out": (),
        "waiting_places": (),
        **fields,
    }
    return SimpleNamespace(rounds=rounds, **values)


def step(of: Any, name: str) -> Step | None:
    return next((one for one in steps(of) if one.name == name), None)


WITHDRAWN = release(ReleaseState.WITHDRAWN, ended=NOW + timedelta(minutes=20))
CALLED_OFF = release(ReleaseState.WITHDRAWN, ended=NOW - timedelta(minutes=20))


def test_what_sounded_stays_done_when_it_is_withdrawn_afterwards() -> None:
    found = way(one_round("played", "played", "unknown"), release=WITHDRAWN)
    play, ended = step(found, "Phát"), step(found, "Thu hồi")
    assert play is not None
    assert (play.state, play.lines) == ("done", ("đã qua 1 lượt", "trọn vẹn ở 2/3 cụm loa"))
    assert ended is not None
    assert (ended.state, ended.lines) == ("stopped", ("24/11, 17:24",))


def test_a_round_that_was_cut_short_says_so() -> None:
    play = step(way(one_round("stopped", "played"), release=WITHDRAWN), "Phát")
    assert play is not None
    assert play.lines == ("đã qua 1 lượt", "trọn vẹn ở 1/2 cụm loa", "dở chừng ở 1/2 cụm loa")


def test_what_was_called_off_never_sounded() -> None:
    found = way(one_round("withdrawn", "withdrawn"), release=CALLED_OFF)
    play, proof = step(found, "Phát"), step(found, "Bằng chứng")
    assert play is not None
    assert (play.state, play.lines) == ("stopped", ("chưa phát lần nào",))
    assert proof is not None
    assert proof.state == "todo"


def test_places_still_out_need_somebody() -> None:
    found = way(one_round("played"), release=WITHDRAWN, still_out=(1, 2), waiting_places=(1,))
    ended = step(found, "Thu hồi")
    assert ended is not None
    assert (ended.state, ended.lines[1]) == ("needs", "còn tồn ở 1 nơi")


def test_the_round_to_come_is_named_beside_what_sounded() -> None:
    found = way(one_round("played"), one_round("planned", starts=NOW + timedelta(hours=7)))
    play = step(found, "Phát")
    assert play is not None
    assert (play.state, play.lines[-1]) == ("now", "lượt tới lúc 25/11, 00:04")
    assert step(found, "Thu hồi") is None


def test_the_step_of_placing_says_that_its_times_are_those_of_sounding() -> None:
    one, other = one_round("planned"), one_round("planned", starts=NOW + timedelta(hours=7))
    once, twice = step(way(one), "Đặt lịch"), step(way(one, other), "Đặt lịch")
    assert once is not None
    assert once.lines == ("1 lượt đặt", "phát lúc 24/11, 17:04")
    assert twice is not None
    assert twice.lines == ("2 lượt đặt", "phát từ 24/11, 17:04 đến 25/11, 00:04")


RETURNED, AWAITING = release(ReleaseState.RETURNED), release(ReleaseState.AWAITING)


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (way(release=None), "Bản nháp"),
        (way(release=RETURNED), "Bản nháp"),
        (way(release=AWAITING), "Bản sẽ phát, đang chờ ký"),
        (way(), "Bản sẽ phát"),
        (way(one_round("planned")), "Bản sẽ phát"),
        (way(one_round("on_air")), "Đúng bản đã phát từ loa"),
        (way(one_round("played"), release=WITHDRAWN), "Đúng bản đã phát từ loa"),
        (way(one_round("unknown"), release=WITHDRAWN), "Bản đã duyệt, không còn phát"),
    ],
)
def test_the_player_says_which_recording_it_plays(found: Any, name: str) -> None:
    assert recording(found).name == name


@pytest.mark.parametrize(
    ("heard", "frozen", "state", "line"),
    [
        (("Nguyễn Thị Hậu",), None, "done", "Nguyễn Thị Hậu đã nghe hết"),
        ((), None, "now", "chưa nghe"),
        ((), NOW, "needs", "gửi đi khi chưa nghe"),
    ],
)
def test_a_finished_sound_is_heard_only_when_somebody_played_it(
    heard: tuple[str, ...], frozen: datetime | None, state: str, line: str
) -> None:
    found = way(release=None, heard_by=heard)
    found.revision.frozen_at = frozen
    listen = step(found, "Nghe thử")
    assert listen is not None
    assert (listen.state, listen.lines[-1]) == (state, line)
