# SPDX-License-Identifier: AGPL-3.0-or-later
"""What plays at an instant: hand-made days, with the answer that a person expects."""

from datetime import datetime, timedelta
from typing import Any

import protocol_cast as cast
import pytest
from protocol_cast import VILLAGE, agenda, at, item, row

from loa_protocol.errors import WrongCommuneError, WrongInstallationError
from loa_protocol.timeline import Timeline, timeline
from loa_protocol.times import format_utc

NORMAL = cast.verified()
PRIORITY = cast.verified(release_id="p1", priority_class="priority")
ALARM = cast.verified(release_id="e1", priority_class="emergency")
TEST = cast.verified(release_id="t1", is_test=True)
RELEASES = {one.statement.release_id: one for one in (NORMAL, PRIORITY, ALARM, TEST)}


def priority(item_id: str, hhmm: str, **changes: Any) -> Any:
    return item(item_id, hhmm, release_id="p1", priority_class="priority", **changes)


def alarm(item_id: str, hhmm: str, **changes: Any) -> Any:
    return item(item_id, hhmm, release_id="e1", priority_class="emergency", **changes)


def run(*items: Any, now: datetime, **changes: Any) -> Timeline:
    values: dict[str, Any] = {
        "agenda": agenda(*items),
        "rules": cast.rules(),
        "releases": RELEASES,
        "withdrawn": (),
        "history": (),
        "place": cast.place(),
        "ready": {cast.SOUND},
    }
    return timeline(**{**values, "now": now, **changes})


def plan(found: Timeline) -> list[tuple[str, str]]:
    """Item and beginning (local) of what sounds and comes."""
    dues = ([found.current] if found.current else []) + list(found.upcoming)
    return [(due.item.item_id, f"{due.starts + timedelta(hours=7):%H:%M:%S}") for due in dues]


def codes(found: Timeline) -> dict[str, str]:
    gone = [(one.item_id, one.code) for one in found.refused]
    return dict(gone + [(one.item_id, one.code) for one in (*found.missed, *found.will_miss)])


def opened(item_id: str, hhmm: str, **changes: Any) -> Any:
    moment = format_utc(at(hhmm))
    return row(item_id, started=moment, ended=None, seconds_played=0.0, outcome="started", **changes)


def test_before_its_time_an_item_is_upcoming() -> None:
    found = run(item(), now=at("16:59:59"))
    assert found.current is None
    assert plan(found) == [("i1", "17:00:00")]
    due = found.upcoming[0]
    assert (due.starts, due.ends, due.planned) == (at("17:00"), at("17:01"), at("17:00"))
    assert due.release is NORMAL


def test_at_its_second_an_item_is_current() -> None:
    found = run(item(), now=at("17:00"))
    assert found.current is not None
    assert (found.current.starts, found.upcoming) == (at("17:00"), ())


def test_a_late_device_begins_the_whole_item_at_once_until_its_cut_off() -> None:
    found = run(item(cut_off_s=600), now=at("17:10"))
    assert found.current is not None
    assert (found.current.starts, found.current.planned) == (at("17:10"), at("17:00"))
    found = run(item(cut_off_s=600), now=at("17:10:01"))
    assert (found.current, codes(found)) == (None, {"i1": "cut_off"})
    assert found.missed[0].due == at("17:00")


def test_an_item_with_an_open_row_sounds_on_from_where_it_began() -> None:
    found = run(item(), now=at("17:00:45"), history=[opened("i1", "17:00:10")])
    assert found.current is not None
    assert (found.current.starts, found.current.ends) == (at("17:00:10"), at("17:01:10"))


@pytest.mark.parametrize("outcome", ["played", "partial", "stopped", "refused", "missed"])
def test_an_item_with_a_final_row_is_not_begun_again(outcome: str) -> None:
    found = run(item(), now=at("17:00:30"), history=[row("i1", outcome=outcome)])
    assert (plan(found), codes(found)) == ([], {})


def test_an_open_row_that_nobody_closed_is_not_begun_again() -> None:
    for now in ("17:01", "17:05"):
        found = run(item(), now=at(now), history=[opened("i1", "17:00")])
        assert (plan(found), codes(found)) == ([], {})
        found = run(item(), now=at(now), history=[opened("i1", "17:00")], withdrawn={"r1"})
        assert (plan(found), codes(found)) == ([], {})


def test_a_withdrawn_item_stops_sounding_and_does_not_come() -> None:
    for changes in ({"withdrawn": {"r1"}}, {"agenda": agenda(item(), withdrawn=["r1"])}):
        found = run(item(), now=at("17:00:30"), history=[opened("i1", "17:00")], **changes)
        assert (plan(found), codes(found)) == ([], {"i1": "withdrawn"})
        found = run(item(), now=at("16:00"), **changes)
        assert (plan(found), codes(found)) == ([], {"i1": "withdrawn"})


def test_a_withdrawn_item_whose_release_is_gone_is_still_called_withdrawn() -> None:
    assert codes(run(item(), now=at("16:00"), releases={}, withdrawn={"r1"})) == {"i1": "withdrawn"}


def test_an_item_taken_out_of_the_agenda_stops_sounding() -> None:
    assert plan(run(now=at("17:00:30"), history=[opened("i1", "17:00")])) == []


def test_what_is_placed_elsewhere_is_not_mentioned() -> None:
    found = run(item(zones=["06895.02"]), now=at("16:00"))
    assert (plan(found), codes(found)) == ([], {})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"release_id": "unknown"}, "no_release"),
        ({"priority_class": "priority"}, "wrong_class"),
        ({"rendition_sha256": "0" * 64}, "hash_not_released"),
        ({"release_id": "t1"}, "test_on_live_device"),
        ({"starts": "2026-11-19T17:00:00"}, "cut_off"),
        ({"starts": "2026-11-24T21:30:00"}, "outside_hours"),
        ({"starts": "2026-12-01T08:00:00"}, "agenda_ended"),
    ],
)
def test_what_may_not_sound_is_refused_with_its_reason(changes: dict[str, Any], code: str) -> None:
    found = run(item(**changes), now=at("16:00"))
    assert (plan(found), codes(found)) == ([], {"i1": code})


def test_a_refusal_names_its_item_and_its_time() -> None:
    refused = run(item(release_id="unknown"), now=at("16:00")).refused[0]
    assert (refused.item_id, refused.release_id, refused.due) == ("i1", "unknown", "2026-11-24T10:00:00Z")


def test_an_old_agenda_ends() -> None:
    old = agenda(item(starts="2026-12-01T06:59:00"), item("i2", starts="2026-12-01T07:00:00"))
    found = run(agenda=old, now=at("16:00"))
    assert (plan(found), codes(found)) == ([("i1", "06:59:00")], {"i2": "agenda_ended"})


def test_a_file_that_is_not_on_disk_is_waited_for_and_then_missed() -> None:
    items = (item(), item("i2", "17:02"))
    ahead = run(*items, now=at("16:00"), ready=())
    assert plan(ahead) == [("i1", "17:00:00"), ("i2", "17:02:00")]
    due = run(*items, now=at("17:05"), ready=())
    assert (plan(due), [one.item_id for one in due.waiting]) == ([], ["i1", "i2"])
    late = run(*items, now=at("17:11"), ready=())
    assert (codes(late), [one.item_id for one in late.waiting]) == ({"i1": "not_ready"}, ["i2"])


def test_an_item_that_waits_for_its_file_keeps_no_other_waiting() -> None:
    other = cast.verified(release_id="r2", renditions=[cast.rendition(sha256="1" * 64)])
    found = run(
        item(),
        item("i2", "17:00", release_id="r2", rendition_sha256="1" * 64),
        now=at("17:00"),
        releases={"r1": NORMAL, "r2": other},
        ready={"1" * 64},
    )
    assert plan(found) == [("i2", "17:00:00")]


def test_what_waits_for_its_file_is_refused_where_it_may_not_sound_anyway() -> None:
    found = run(item(), now=at("17:05"), ready=(), withdrawn={"r1"})
    assert (found.waiting, codes(found)) == ((), {"i1": "withdrawn"})


def test_overlapping_items_follow_each_other_in_the_order_of_their_times() -> None:
    found = run(item("b", "17:00:30"), item("a", "17:00"), item("c", "17:00:30"), now=at("16:00"))
    assert plan(found) == [("a", "17:00:00"), ("b", "17:01:00"), ("c", "17:02:00")]


def test_the_higher_class_goes_first_when_two_are_due_together() -> None:
    found = run(item("a", "17:00"), priority("p", "17:00"), now=at("16:00"))
    assert plan(found) == [("p", "17:00:00"), ("a", "17:01:00")]


def test_the_higher_class_goes_first_out_of_the_queue() -> None:
    found = run(item("a", "17:00"), item("b", "17:00:10"), priority("p", "17:00:20"), now=at("16:00"))
    assert plan(found) == [("a", "17:00:00"), ("p", "17:01:00"), ("b", "17:02:00")]


def test_who_would_wait_too_long_is_foreseen_but_not_yet_missed() -> None:
    found = run(item("a", "17:00"), item("b", "17:00:10", cut_off_s=30), now=at("16:00"))
    assert plan(found) == [("a", "17:00:00")]
    assert [(one.item_id, one.code) for one in found.will_miss] == [("b", "overlap")]
    assert found.missed == ()


def test_an_alarm_interrupts_and_the_interrupted_is_said_again_from_its_beginning() -> None:
    items = (item("a", "17:00"), alarm("e", "17:00:20"))
    ahead = run(*items, now=at("16:00"))
    assert plan(ahead) == [("a", "17:00:00"), ("e", "17:00:20"), ("a", "17:01:20")]
    assert ahead.upcoming[0].ends == at("17:00:20")

    history = [opened("a", "17:00")]
    assert plan(run(*items, now=at("17:00:20"), history=history)) == [("e", "17:00:20"), ("a", "17:01:20")]
    history.append(opened("e", "17:00:20", release_id="e1"))
    assert plan(run(*items, now=at("17:00:50"), history=history)) == [("e", "17:00:20"), ("a", "17:01:20")]
    history[1] = row("e", release_id="e1", started=format_utc(at("17:00:20")))
    assert plan(run(*items, now=at("17:01:20"), history=history)) == [("a", "17:01:20")]


def test_an_interrupted_item_past_its_cut_off_is_not_said_again() -> None:
    items = (item("a", "17:00", cut_off_s=60), alarm("e", "17:00:20"))
    history = [opened("a", "17:00"), row("e", release_id="e1", started=format_utc(at("17:00:20")))]
    assert codes(run(*items, now=at("17:01:21"), history=history)) == {"a": "interrupted"}


def test_an_interrupted_item_that_the_device_closed_is_not_said_again() -> None:
    items = (item("a", "17:00"), alarm("e", "17:00:20"))
    history = [row("a", outcome="partial"), row("e", release_id="e1", started=format_utc(at("17:00:20")))]
    assert plan(run(*items, now=at("17:01:30"), history=history)) == []


def test_an_interrupted_test_is_dropped() -> None:
    place = cast.place(is_test=True)
    items = (item("t", "17:00", release_id="t1"), item("a", "17:00:20"))
    assert plan(run(*items, now=at("16:00"), place=place)) == [("t", "17:00:00"), ("a", "17:00:20")]
    history = [opened("t", "17:00", release_id="t1"), row("a", started=format_utc(at("17:00:20")))]
    assert plan(run(*items, now=at("17:01:30"), history=history, place=place)) == []


def test_a_dropped_item_does_not_come_back_when_what_interrupted_it_ends_early() -> None:
    place = cast.place(is_test=True)
    items = (item("t", "17:00", release_id="t1"), item("a", "17:00:20"))
    stopped = row("a", started=format_utc(at("17:00:20")), outcome="stopped", seconds_played=5.0)
    history = [opened("t", "17:00", release_id="t1"), stopped]
    assert plan(run(*items, now=at("17:00:30"), history=history, place=place)) == []


def test_what_was_interrupted_by_something_unknown_is_dropped() -> None:
    history = [opened("i1", "17:00"), row("live-7", release_id="", started=format_utc(at("17:00:20")))]
    assert plan(run(item(), now=at("17:01:30"), history=history)) == []


@pytest.mark.parametrize(
    ("outcome", "started"), [("stopped", None), ("refused", "2026-11-24T00:30:00Z"), ("missed", None)]
)
def test_a_row_that_never_sounded_counts_for_nothing(outcome: str, started: str | None) -> None:
    rules = cast.rules(rules=[cast.rule(minutes_per_day=1)])
    history = [row("before", outcome=outcome, started=started, seconds_played=1.0)]
    assert plan(run(item(), now=at("16:00"), rules=rules, history=history)) == [("i1", "17:00:00")]


def test_an_alarm_that_may_not_sound_interrupts_nothing() -> None:
    found = run(
        item("a", "17:00"), alarm("e", "17:00:20", rendition_sha256="0" * 64), now=at("17:00:20"),
        history=[opened("a", "17:00")], ready={cast.SOUND, "0" * 64},
    )  # fmt: skip
    assert (plan(found), codes(found)) == ([("a", "17:00:00")], {"e": "hash_not_released"})


def test_an_item_that_calls_itself_an_alarm_gains_nothing() -> None:
    liar = item("e", "17:00:20", priority_class="emergency")
    found = run(item("a", "17:00"), liar, now=at("16:00"))
    assert (plan(found), codes(found)) == ([("a", "17:00:00")], {"e": "wrong_class"})


def test_a_release_sounds_no_more_often_than_its_limit_counting_today_only() -> None:
    release = cast.verified(repeat_limit=2)
    items = (item("a", "17:00"), item("b", "17:30"), item("c", starts="2026-11-25T06:00:00"))
    history = [
        row("before", started="2026-11-24T00:30:00Z"),
        row("yesterday", started="2026-11-23T16:00:00Z"),
    ]
    found = run(*items, now=at("16:00"), releases={"r1": release}, history=history)
    assert (plan(found), codes(found)) == (
        [("a", "17:00:00"), ("c", "06:00:00")],
        {"b": "repeat_limit"},
    )


def test_the_minutes_of_a_day_are_used_by_what_sounded_and_by_what_will() -> None:
    rules = cast.rules(rules=[cast.rule(minutes_per_day=3), cast.rule(priority_class="priority")])
    items = (item("a", "17:00"), item("b", "17:30"), priority("p", "17:40"))
    history = [row("before", started="2026-11-24T00:30:00Z", seconds_played=70.0)]
    found = run(*items, now=at("16:00"), rules=rules, history=history)
    assert (plan(found), codes(found)) == ([("a", "17:00:00"), ("p", "17:40:00")], {"b": "minutes_used"})


@pytest.mark.parametrize(
    ("release_id", "code"), [("r1", "minutes_used"), ("p1", ""), ("gone", "minutes_used")]
)
def test_a_row_whose_item_left_the_agenda_counts_for_its_class_or_for_all(release_id: str, code: str) -> None:
    rules = cast.rules(rules=[cast.rule(minutes_per_day=2)])
    history = [row("before", release_id=release_id, started="2026-11-24T00:30:00Z", seconds_played=70.0)]
    assert codes(run(item(), now=at("16:00"), rules=rules, history=history)).get("i1", "") == code


def test_a_row_whose_item_is_there_counts_for_its_class_though_its_release_is_gone() -> None:
    rules = cast.rules(rules=[cast.rule(minutes_per_day=2), cast.rule(priority_class="priority")])
    history = [row("p", release_id="gone", started="2026-11-24T00:30:00Z", seconds_played=70.0)]
    items = (item(), item("p", "05:30", release_id="gone", priority_class="priority"))
    found = run(*items, now=at("16:00"), rules=rules, history=history)
    assert "i1" not in codes(found)


def test_an_unclosed_row_counts_for_the_day_with_its_whole_length() -> None:
    rules = cast.rules(rules=[cast.rule(minutes_per_day=1)])
    items = (item("a", "16:00"), item("b", "17:00"))
    found = run(*items, now=at("16:30"), rules=rules, history=[opened("a", "16:00")])
    assert codes(found) == {"b": "minutes_used"}


def test_the_sounding_item_does_not_count_against_itself() -> None:
    rules = cast.rules(rules=[cast.rule(minutes_per_day=1)])
    releases = {"r1": cast.verified(repeat_limit=1)}
    found = run(item(), now=at("17:00:30"), rules=rules, releases=releases, history=[opened("i1", "17:00")])
    assert plan(found) == [("i1", "17:00:00")]


def test_the_volume_is_limited_by_the_rules() -> None:
    rules = cast.rules(rules=[cast.rule(volume_cap=40, zone=VILLAGE), cast.rule()])
    found = run(item(volume=70), alarm("e", "18:00", volume=100), now=at("16:00"), rules=rules)
    assert [due.volume for due in found.upcoming] == [40, 100]


def test_agenda_rules_and_place_must_belong_together() -> None:
    with pytest.raises(WrongInstallationError):
        run(now=at("16:00"), rules=cast.rules(installation="lang-son"))
    for changes in ({"rules": cast.rules(commune="06900")}, {"place": cast.place(commune="06900")}):
        with pytest.raises(WrongCommuneError):
            run(now=at("16:00"), **changes)


def test_a_prepared_message_comes_only_with_the_activation_that_its_item_names() -> None:
    alarm = {"priority_class": "emergency"}
    agenda = cast.agenda(cast.item(activation_id="a1", **alarm))
    releases = {"r1": cast.verified(prepared=True, **alarm)}
    for activations, codes in (
        ({"a1": cast.activation()}, []),
        ({"a2": cast.activation()}, ["not_activated"]),
    ):
        line = timeline(
            agenda, cast.rules(), releases, (), [], cast.place(), at("12:00"), ready={cast.SOUND},
            activations=activations,
        )  # fmt: skip
        assert [one.code for one in line.refused] == codes
        assert len(line.upcoming) == 1 - len(codes)
