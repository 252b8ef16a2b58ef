# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.campaigns.models import Activity, ActivityState
from loa.campaigns.rules import OPEN_STATES
from loa.campaigns.urging.rules import Days, Sent, is_about_lateness, level_of, stage_of
from loa.campaigns.workdays import is_tet, is_workday, workdays_between

DAY = timedelta(days=1)
DAYS = Days()  # before 5 and 1, after 1 and 3, one post higher after each 5
SPANS = st.lists(st.integers(1, 12), max_size=3).map(tuple)
SETTINGS = st.builds(Days, before=SPANS, after=SPANS, escalate_after=st.integers(1, 8)).filter(
    lambda days: not days.after or days.escalate_after > min(days.after)  # as the action asks for
)


def work(due: date | None, state: str = ActivityState.PLANNED) -> Activity:
    return Activity(title="Treo băng rôn", due=due, state=state)


def told(due: date, first: date, last: date, days: Days = DAYS) -> list[tuple[date, str]]:
    """Return what is sent when somebody looks on each day of work between two days."""
    sent, found = Sent(), []
    day = first
    while day <= last:
        stage = stage_of(work(due), day, days, sent) if is_workday(day) else None
        if stage is not None:
            found.append((day, stage))
            late = sent.first_late or (day if is_about_lateness(stage) else None)
            sent = Sent({*sent.stages, stage}, late)
        day += DAY
    return found


def test_a_common_week_has_its_reminders_on_days_of_work() -> None:
    assert told(date(2026, 10, 16), date(2026, 10, 1), date(2026, 10, 31)) == [
        (date(2026, 10, 9), "before_5"),
        (date(2026, 10, 15), "before_1"),
        (date(2026, 10, 19), "late_1"),  # a Monday: the weekend is not counted
        (date(2026, 10, 21), "late_3"),
        (date(2026, 10, 23), "above_1"),
        (date(2026, 10, 30), "above_2"),
    ]


def test_what_is_due_after_tet_is_reminded_of_before_it() -> None:
    due = date(2026, 2, 24)  # the second day of work after Tết Bính Ngọ, which lasts from 14 to 22 February
    assert told(due, date(2026, 1, 15), date(2026, 2, 24)) == [
        (date(2026, 2, 10), "before_5"),
        (date(2026, 2, 23), "before_1"),
    ]


def test_what_is_due_on_the_eve_of_tet_is_late_when_offices_open_again() -> None:
    due = date(2026, 2, 13)  # the last day of work
    assert told(due, date(2026, 2, 11), date(2026, 3, 2)) == [
        (date(2026, 2, 11), "before_5"),
        (date(2026, 2, 12), "before_1"),
        (date(2026, 2, 23), "late_1"),
        (date(2026, 2, 25), "late_3"),
        (date(2026, 2, 27), "above_1"),
    ]


def test_what_is_due_in_tet_is_reminded_of_on_the_last_day_of_work_before_it() -> None:
    found = told(date(2026, 2, 17), date(2026, 2, 1), date(2026, 2, 22))
    assert found == [(date(2026, 2, 9), "before_5"), (date(2026, 2, 13), "before_1")]


def test_work_on_a_sunday_is_reminded_of_on_the_friday() -> None:
    assert told(date(2026, 11, 22), date(2026, 11, 16), date(2026, 11, 22)) == [
        (date(2026, 11, 16), "before_5"),
        (date(2026, 11, 20), "before_1"),
    ]


def test_the_due_date_itself_can_be_a_day_of_reminding() -> None:
    days = Days(before=(0,), after=())
    assert told(date(2026, 10, 20), date(2026, 10, 12), date(2026, 10, 21), days) == [
        (date(2026, 10, 20), "before_0")
    ]


def test_a_plan_that_comes_in_long_after_its_dates_does_not_reach_the_top_at_once() -> None:
    found = told(date(2020, 5, 4), date(2026, 10, 5), date(2026, 10, 23))
    assert found == [
        (date(2026, 10, 5), "late_1"),
        (date(2026, 10, 7), "late_3"),
        (date(2026, 10, 9), "above_1"),
        (date(2026, 10, 16), "above_2"),
        (date(2026, 10, 23), "above_3"),
    ]


@pytest.mark.parametrize("state", [ActivityState.VERIFIED, ActivityState.CANCELLED])
def test_nobody_is_urged_for_what_is_over(state: ActivityState) -> None:
    days = [date(2026, 11, 1) + DAY * index for index in range(60)]
    assert not any(stage_of(work(date(2026, 11, 20), state), day, DAYS, Sent()) for day in days)


def test_submitted_work_is_not_reminded_of_before_its_date_and_is_after_it() -> None:
    submitted = work(date(2026, 11, 20), ActivityState.SUBMITTED)
    assert stage_of(submitted, date(2026, 11, 19), DAYS, Sent()) is None
    assert stage_of(submitted, date(2026, 11, 23), DAYS, Sent()) == "late_1"


def test_nobody_is_urged_without_a_date_or_where_it_is_switched_off() -> None:
    assert stage_of(work(None), date(2026, 11, 25), DAYS, Sent()) is None
    off = Days(is_on=False)
    assert stage_of(work(date(2026, 11, 20)), date(2026, 11, 25), off, Sent()) is None


@given(st.dates(date(2024, 12, 1), date(2027, 3, 1)), SETTINGS, st.integers(0, 40))
def test_every_stage_comes_once_in_its_order_and_never_on_a_day_off(
    due: date, days: Days, before: int
) -> None:
    found = told(due, due - DAY * before, due + DAY * 70, days)
    names = [stage for _day, stage in found]
    assert len(names) == len(set(names))
    assert all(is_workday(day) and not is_tet(day) for day, _stage in found)
    assert all((day > due) is is_about_lateness(stage) for day, stage in found)
    levels = [level_of(stage) for stage in names if level_of(stage)]
    assert levels == sorted(levels)


@given(st.dates(date(2024, 12, 1), date(2027, 3, 1)), SETTINGS)
def test_who_is_urged_each_day_gets_every_stage_on_its_day(due: date, days: Days) -> None:
    found = {stage: day for day, stage in told(due, due - DAY * 40, due + DAY * 90, days)}
    wanted = {count: f"late_{count}" for count in days.after}
    wanted |= {days.escalate_after * level: f"above_{level}" for level in range(1, 4)}
    for count, stage in wanted.items():
        assert workdays_between(due + DAY, found[stage]) == count


@given(
    st.dates(date(2025, 12, 1), date(2026, 4, 1)),
    SETTINGS,
    st.sets(st.integers(-30, 60), min_size=1),
    st.sampled_from(sorted(OPEN_STATES)),
)
def test_a_worker_that_stood_still_sends_no_stage_twice(
    due: date, days: Days, worked: set[int], state: str
) -> None:
    sent = Sent()
    for index in sorted(worked):
        for _again in range(2):
            stage = stage_of(work(due, state), due + DAY * index, days, sent)
            assert stage is None or stage not in sent.stages
            if stage is not None:
                day = due + DAY * index
                late = sent.first_late or (day if is_about_lateness(stage) else None)
                sent = Sent({*sent.stages, stage}, late)
