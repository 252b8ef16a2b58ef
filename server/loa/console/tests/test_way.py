# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a loudspeaker did with a placement is proven, planned, on air by its own word, or unknown."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from loa.console.queries.way import PlaceRow, Round, place_row, state_of
from loa.deliveries.models import Delivery, Outcome, ProofStrength
from loa.releases.models import ReleaseState

NOW = datetime(2026, 11, 24, 10, 4, tzinfo=UTC)
LASTING: Any = SimpleNamespace(superseded_at=None)
PLACEMENT: Any = SimpleNamespace(
    pk=uuid4(), starts_at=NOW - timedelta(minutes=1), duration_ms=124_000, release=LASTING
)
ENDS = PLACEMENT.starts_at + timedelta(milliseconds=PLACEMENT.duration_ms)


def device(*, seen_ago: float | None = None, playing: object = "") -> Any:
    """Return a device that was last seen so many seconds ago."""
    if seen_ago is None:
        return SimpleNamespace(pk=uuid4())
    status = SimpleNamespace(
        last_seen=NOW - timedelta(seconds=seen_ago),
        playing_item=str(playing),
        playing_since=PLACEMENT.starts_at,
    )
    return SimpleNamespace(pk=uuid4(), status=status)


def test_a_device_that_says_it_plays_is_on_air() -> None:
    row = place_row(PLACEMENT, ENDS, device(seen_ago=3, playing=PLACEMENT.pk), None, NOW)
    assert (row.state, row.started_at, row.proof) == ("on_air", PLACEMENT.starts_at, "")


@pytest.mark.parametrize(
    "silent", [device(), device(seen_ago=15, playing=PLACEMENT.pk), device(seen_ago=3, playing="")]
)
def test_silence_after_the_due_time_is_unknown_never_played(silent: Any) -> None:
    row = place_row(PLACEMENT, ENDS, silent, None, NOW)
    assert (row.state, row.proof) == ("unknown", "")


@pytest.mark.parametrize(
    ("heard", "state"),
    [
        (timedelta(seconds=-4), "planned"),  # before its time and not long ago
        (timedelta(seconds=2), "planned"),  # while it may be about to begin
        (timedelta(seconds=4), "unknown"),  # by then it would have said that it sounds
        (timedelta(seconds=-20), "unknown"),  # too long ago to say anything
    ],
)
def test_a_round_that_just_began_is_about_to_sound_until_the_device_could_say_so(
    heard: timedelta, state: str
) -> None:
    now = PLACEMENT.starts_at + timedelta(seconds=5)
    status = SimpleNamespace(last_seen=PLACEMENT.starts_at + heard, playing_item="", playing_since=None)
    device: Any = SimpleNamespace(pk=uuid4(), status=status)
    row = place_row(PLACEMENT, ENDS, device, None, now)
    assert row.state == state
    assert row.proof_is_due is (state == "unknown")


@pytest.mark.parametrize(("ended_ago", "state"), [(90, "withdrawn"), (30, "unknown")])
def test_a_round_after_the_withdrawal_is_no_more_planned_nor_unknown(ended_ago: float, state: str) -> None:
    withdrawal = SimpleNamespace(effective_at=NOW - timedelta(seconds=ended_ago))
    release = SimpleNamespace(superseded_at=None, withdrawal=withdrawal)
    placement: Any = SimpleNamespace(
        pk=uuid4(), starts_at=NOW - timedelta(minutes=1), duration_ms=124_000, release=release
    )
    row = place_row(placement, ENDS, device(seen_ago=3), None, NOW)
    assert row.state == state
    assert row.proof_is_due is (state == "unknown")


def test_before_the_due_time_it_is_planned() -> None:
    early = PLACEMENT.starts_at - timedelta(seconds=1)
    assert place_row(PLACEMENT, ENDS, device(), None, early).state == "planned"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.DELIVERED, "played"),
        (Outcome.PARTIAL, "partial"),
        (Outcome.STOPPED, "stopped"),
        (Outcome.REFUSED, "refused"),
        (Outcome.MISSED, "missed"),
    ],
)
def test_a_delivery_speaks_for_itself(outcome: Outcome, state: str) -> None:
    seconds = 0.0 if outcome in {Outcome.REFUSED, Outcome.MISSED} else 124.0
    delivery = Delivery(outcome=outcome, seconds=seconds, proof=ProofStrength.RECORDED, reason="x")
    row = place_row(PLACEMENT, ENDS, device(), delivery, NOW)
    assert row.state == state
    assert row.proof == ("recorded" if seconds else "")


def one_round(*states: str, started: bool = True) -> Round:
    """Return a round whose loudspeakers are in these states."""
    placement: Any = SimpleNamespace(starts_at=NOW - timedelta(minutes=1 if started else -9))
    return Round(
        placement=placement, ends_at=ENDS, rows=tuple(PlaceRow(device=device(), state=one) for one in states)
    )


RELEASED: Any = SimpleNamespace(state=ReleaseState.RELEASED)
WITHDRAWN: Any = SimpleNamespace(state=ReleaseState.WITHDRAWN)
OUT: Any = SimpleNamespace(confirmed_at=None)
GONE: Any = SimpleNamespace(confirmed_at=NOW)


@pytest.mark.parametrize(
    ("release", "rounds", "places", "state"),
    [
        (None, [], [], "draft"),
        (SimpleNamespace(state=ReleaseState.AWAITING), [], [], "awaiting"),
        (SimpleNamespace(state=ReleaseState.RETURNED), [], [], "returned"),
        (RELEASED, [], [], "released"),
        (RELEASED, [one_round("planned", started=False)], [], "placed"),
        (RELEASED, [one_round("on_air", "unknown")], [], "on_air"),
        (RELEASED, [one_round("played", "unknown")], [], "played"),
        (RELEASED, [one_round("unknown", "unknown")], [], "unknown"),
        (RELEASED, [one_round("played"), one_round("planned", started=False)], [], "placed"),
        (WITHDRAWN, [one_round("stopped")], [GONE, OUT], "still_out"),
        (WITHDRAWN, [one_round("stopped")], [GONE], "withdrawn"),
    ],
)
def test_the_state_of_a_message_follows_from_what_became_of_it(
    release: Any, rounds: list[Round], places: list[Any], state: str
) -> None:
    assert state_of(release, rounds, places, NOW) == state
