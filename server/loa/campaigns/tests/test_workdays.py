# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as st

from loa.campaigns import workdays
from loa.campaigns.workdays import (
    add_workdays,
    holiday_name,
    is_tet,
    is_workday,
    shifted_due,
    shifted_start,
    workday_after,
    workday_before,
    workdays_between,
)

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
SHIFTS = st.integers(-400, 400)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 2, 13), True),  # the Friday before Tết Bính Ngọ
        (date(2026, 2, 16), False),  # giao thừa
        (date(2026, 2, 17), False),  # mùng một
        (date(2026, 2, 20), False),  # mùng bốn
        (date(2026, 2, 23), True),  # the Monday after
        (date(2025, 1, 27), False),  # 29 Tết Ất Tỵ
        (date(2025, 2, 3), True),
        (date(2026, 4, 27), False),  # in place of Giỗ Tổ on a Sunday
        (date(2026, 8, 22), True),  # a Saturday worked for 31 August
        (date(2026, 8, 31), False),
        (date(2026, 11, 22), False),  # a Sunday
    ],
)
def test_days_of_work_are_those_of_viet_nam(day: date, worked: bool) -> None:
    assert is_workday(day) is worked


def test_tet_has_its_name_and_takes_along_the_weekends_that_touch_it() -> None:
    assert "Tết" in holiday_name(date(2026, 2, 17))
    assert [day for day in range(10, 26) if is_tet(date(2026, 2, day))] == list(range(14, 23))
    assert not is_tet(date(2026, 1, 1))  # the new year of the other calendar
    assert not is_tet(date(2026, 2, 8))


@pytest.mark.parametrize(
    ("due", "days", "moved"),
    [
        (date(2025, 2, 18), 365 - 1, date(2026, 2, 13)),  # would fall on mùng một: the last day before Tết
        (date(2026, 1, 20), 29, date(2026, 2, 13)),
        (date(2026, 1, 20), 34, date(2026, 2, 23)),
        (date(2026, 4, 15), 223, date(2026, 11, 23)),  # 24 November is a holiday since 2026
        (date(2026, 11, 20), 1, date(2026, 11, 20)),  # a Saturday: the Friday
    ],
)
def test_a_due_date_over_tet_goes_before_it_never_after(due: date, days: int, moved: date) -> None:
    assert shifted_due(due, days) == moved


def test_a_beginning_over_tet_goes_after_it() -> None:
    assert shifted_start(date(2026, 1, 20), 29) == date(2026, 2, 23)


def test_sunday_work_stays_on_a_sunday_and_leaves_tet_free() -> None:
    sunday = date(2026, 1, 11)
    assert shifted_due(sunday, 30) == date(2026, 2, 8)
    assert shifted_due(sunday, 36).weekday() == 6
    assert not is_tet(shifted_due(sunday, 36))


@given(day=DAYS, days=SHIFTS)
def test_work_planned_for_days_of_work_never_lands_in_a_rest(day: date, days: int) -> None:
    moved_due, moved_start = shifted_due(day, days), shifted_start(day, days)
    if is_workday(day):
        assert is_workday(moved_due)
        assert is_workday(moved_start)
        assert moved_due <= day + timedelta(days) <= moved_start
        assert workdays_between(moved_due, day + timedelta(days)) <= 1
    else:
        assert moved_due.weekday() == moved_start.weekday() == day.weekday()
        assert not is_tet(moved_due)


@given(day=DAYS, days=SHIFTS)
def test_dates_keep_their_order_when_a_plan_moves(day: date, days: int) -> None:
    later = workday_after(day + timedelta(3))
    first = workday_after(day)
    assert shifted_due(first, days) <= shifted_due(later, days)


@given(day=DAYS, count=st.integers(0, 40))
def test_adding_days_of_work_equals_counting_them(day: date, count: int) -> None:
    end = add_workdays(day, count)
    assert workdays_between(day + timedelta(1), end) == count
    assert add_workdays(end, 0) == end
    assert workday_before(day) <= day <= workday_after(day)


def test_today_is_the_date_in_viet_nam() -> None:
    assert localdate(datetime(2026, 2, 16, 17, 0, tzinfo=UTC)) == date(2026, 2, 17)
    assert localdate(datetime(2026, 2, 16, 16, 59, tzinfo=UTC)) == date(2026, 2, 16)


def test_the_list_is_read_when_first_asked_not_at_the_start() -> None:
    assert "holidays" not in vars(workdays)
