# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every agenda, every play log and every instant."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import protocol_cast as cast
from hypothesis import given
from hypothesis import strategies as st
from protocol_cast import at, item, row

from loa_protocol.ladder import ladder_class, rank
from loa_protocol.timeline import Due, Timeline, timeline
from loa_protocol.times import format_utc
from loa_protocol.verify import check_item

RELEASES = {
    one.statement.release_id: one
    for one in (
        cast.verified(repeat_limit=2),
        cast.verified(release_id="p1", priority_class="priority", zones=[cast.VILLAGE]),
        cast.verified(release_id="e1", priority_class="emergency"),
        cast.verified(release_id="t1", is_test=True),
        cast.verified(release_id="far", zones=["06900"]),
        cast.verified(release_id="late", not_before="2026-11-24T10:05:00Z", not_after="2026-11-24T10:20:00Z"),
    )
}
RULES = cast.rules(
    rules=[
        cast.rule(windows=[("05:30", "06:30"), ("16:30", "17:12")], minutes_per_day=6),
        cast.rule(priority_class="priority", minutes_per_day=4),
    ]
)
IDS = [f"i{number}" for number in range(6)]
MINUTES = st.integers(0, 40)


def moment(minutes: float) -> datetime:
    return at("16:45") + timedelta(minutes=minutes)


@st.composite
def items(draw: Any) -> list[Any]:
    found = []
    for item_id in draw(st.lists(st.sampled_from(IDS), unique=True)):
        release_id = draw(st.sampled_from([*RELEASES, "unknown"]))
        known = RELEASES.get(release_id)
        true_class = known.statement.priority_class if known else "normal"
        found.append(
            item(
                item_id,
                f"{moment(draw(MINUTES)) + timedelta(hours=7):%H:%M:%S}",
                release_id=release_id,
                priority_class=draw(st.sampled_from([true_class, true_class, true_class, "emergency"])),
                rendition_sha256=draw(st.sampled_from([cast.SOUND, cast.SOUND, "0" * 64])),
                cut_off_s=draw(st.sampled_from([0, 30, 300])),
            )
        )
    return found


@st.composite
def histories(draw: Any, now: datetime) -> list[Any]:
    rows = []
    for item_id in draw(st.lists(st.sampled_from([*IDS, "gone"]), unique=True, max_size=4)):
        outcome = draw(st.sampled_from(["started", "played", "partial", "missed", "refused"]))
        began = format_utc(min(now, moment(draw(MINUTES))))
        release_id = draw(st.sampled_from([*RELEASES, "unknown"]))
        started = None if outcome in {"missed", "refused"} else began
        rows.append(row(item_id, outcome=outcome, started=started, release_id=release_id))
    return rows


@st.composite
def days(draw: Any) -> dict[str, Any]:
    now = moment(draw(MINUTES))
    return {
        "agenda": cast.agenda(*draw(items())),
        "history": draw(histories(now)),
        "now": now,
        "withdrawn": draw(st.sets(st.sampled_from([*RELEASES]))),
        "ready": draw(st.sampled_from([(), (cast.SOUND,)])),
        "is_test": draw(st.booleans()),
    }


DAYS = days()


def run(day: dict[str, Any]) -> Timeline:
    return timeline(
        day["agenda"],
        RULES,
        RELEASES,
        day["withdrawn"],
        day["history"],
        cast.place(is_test=day["is_test"]),
        day["now"],
        ready=day["ready"],
    )


def dues(found: Timeline) -> list[Due]:
    return ([found.current] if found.current else []) + list(found.upcoming)


def sounding(day: dict[str, Any]) -> set[str]:
    return {one.item_id for one in day["history"] if not one.is_final}


@given(DAYS)
def test_nothing_comes_that_a_check_of_the_item_refuses(day: dict[str, Any]) -> None:
    found = run(day)
    for due in dues(found):
        check_item(
            due.item,
            due.release,
            cast.place(is_test=day["is_test"]),
            RULES,
            starts_utc=due.planned,
            now=due.starts,
            plays_today=0,
            withdrawn={*day["withdrawn"], *day["agenda"].withdrawn},
        )


@given(DAYS)
def test_no_release_comes_more_often_than_its_limit(day: dict[str, Any]) -> None:
    found = run(day)
    for release_id in RELEASES:
        played = [
            one for one in day["history"] if one.started and one.release_id == release_id and one.is_final
        ]
        # A restarted item counts once; one that already sounds was permitted when it began.
        coming = {due.item.item_id for due in dues(found) if due.item.release_id == release_id}
        fresh = coming - sounding(day)
        limit = RELEASES[release_id].statement.repeat_limit
        assert not fresh or len(played) + len(fresh) <= limit


@given(DAYS)
def test_no_item_begins_before_its_time_nor_after_its_cut_off(day: dict[str, Any]) -> None:
    for due in dues(run(day)):
        if due.item.item_id in sounding(day) and due.starts <= day["now"]:
            continue  # it began in the past, by a row that this test made up
        assert due.planned <= due.starts <= due.planned + timedelta(seconds=due.item.cut_off_s)


@given(DAYS)
def test_nothing_that_ended_begins_again(day: dict[str, Any]) -> None:
    over = {one.item_id for one in day["history"] if one.is_final}
    assert not over & {due.item.item_id for due in dues(run(day))}


@given(DAYS)
def test_two_never_sound_together(day: dict[str, Any]) -> None:
    found = dues(run(day))
    assert all(first.ends <= second.starts for first, second in itertools.pairwise(found))


@given(DAYS)
def test_nothing_sounds_whose_file_is_not_there(day: dict[str, Any]) -> None:
    found = run(day)
    if found.current is not None and found.current.item.item_id not in sounding(day):
        assert found.current.item.rendition_sha256 in day["ready"]


@given(DAYS)
def test_every_item_for_this_place_is_accounted_for_once(day: dict[str, Any]) -> None:
    found = run(day)
    gone = [one.item_id for one in found.refused] + [one.item_id for one in found.missed]
    gone += [one.item_id for one in found.waiting]
    coming = {due.item.item_id for due in dues(found)}
    foreseen = {one.item_id for one in found.will_miss}
    closed = {one.item_id for one in day["history"]}
    assert len(gone) == len(set(gone))
    for one in day["agenda"].items:
        assert one.item_id in closed or one.item_id in coming | foreseen | set(gone)
    # What is foreseen to be missed may have been interrupted before; nothing else is in two lists.
    assert not coming & set(gone)


@given(DAYS)
def test_an_alarm_waits_for_nothing_but_another_alarm(day: dict[str, Any]) -> None:
    found = dues(run(day))
    for due in found:
        rung = ladder_class(due.item.priority_class, is_test=due.release.statement.is_test)
        if rung != "emergency" or due.starts <= max(due.planned, day["now"]):
            continue
        before = [one for one in found if one.ends == due.starts]
        assert before
        assert all(rank(ladder_class(one.item.priority_class, is_test=False)) == 4 for one in before)


@given(DAYS)
def test_the_same_question_has_the_same_answer(day: dict[str, Any]) -> None:
    assert run(day) == run(day)
