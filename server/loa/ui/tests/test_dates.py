# SPDX-License-Identifier: AGPL-3.0-or-later
"""Dates, spans and numbers are written as Vietnamese offices write them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.config import clock
from loa.ui import dates

NOON = datetime(2026, 11, 24, 10, 4, tzinfo=UTC)  # 17:04 in Việt Nam


@pytest.fixture(autouse=True)
def _frozen():
    with clock.frozen(NOON):
        yield


def test_a_moment_is_written_in_local_time():
    assert dates.full_date(NOON) == "24/11/2026"
    assert dates.short_date(NOON) == "24/11"
    assert dates.clock_time(NOON) == "17:04"
    assert dates.clock_seconds(NOON) == "17:04:00"
    assert dates.moment(NOON) == "24/11, 17:04"
    assert dates.long_date(NOON) == "Thứ Ba, 24/11/2026"


def test_an_evening_in_utc_is_the_next_day_here():
    assert dates.full_date(datetime(2026, 11, 24, 18, 0, tzinfo=UTC)) == "25/11/2026"


def test_another_year_is_written_out():
    assert dates.moment(datetime(2025, 1, 2, 3, 4, tzinfo=UTC)) == "02/01/2025, 10:04"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "hôm nay"),
        (1, "ngày mai"),
        (-1, "hôm qua"),
        (3, "sau 3 ngày"),
        (-9, "9 ngày trước"),
        (40, "03/01/2027"),
    ],
)
def test_a_day_is_named_as_people_say_it(days, words):
    assert dates.relative_day(date(2026, 11, 24) + timedelta(days=days)) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 23), date(2026, 11, 29), "23–29/11"),
        (date(2026, 11, 24), date(2026, 12, 2), "24/11–02/12"),
        (date(2026, 12, 28), date(2027, 1, 3), "28/12/2026–03/01/2027"),
        (date(2026, 11, 24), date(2026, 11, 24), "24/11"),
    ],
)
def test_a_range_of_days_says_what_it_shares_once(first, last, words):
    assert dates.day_range(first, last) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(3, "3 giây"), (76 * 60, "76 phút"), (26 * 3600, "26 giờ"), (9 * 86400, "9 ngày")]
)
def test_a_span_uses_its_largest_unit(seconds, words):
    assert dates.span(seconds) == words
    assert dates.ago(NOON - timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "00:00"), (68, "01:08"), (3723, "1:02:03"), (-5, "00:00")]
)
def test_a_duration_is_minutes_and_seconds(seconds, words):
    assert dates.duration(seconds) == words
    assert dates.duration(timedelta(seconds=seconds)) == words


@given(st.integers(min_value=0, max_value=10**12))
def test_points_between_thousands_lose_nothing(number):
    assert int(dates.thousands(number).replace(".", "")) == number


def test_numbers_have_a_decimal_comma():
    assert dates.thousands(2067) == "2.067"
    assert dates.decimal(0.04) == "0,04"
    assert dates.decimal(-16.1, 1) == "−16,1"
    assert dates.decimal(12345.5, 1) == "12.345,5"


@pytest.mark.parametrize(
    "write", [dates.full_date, dates.clock_time, dates.moment, dates.duration, dates.thousands]
)
def test_nothing_is_a_dash_not_an_error(write):
    assert write(None) == "–"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "0 giây"),
        (45, "45 giây"),
        (116, "1 phút 56 giây"),
        (599, "9 phút 59 giây"),
        (1436, "23 phút"),
        (7505, "2 giờ 5 phút"),
    ],
)
def test_the_time_left_is_written_in_words(seconds: int, words: str) -> None:
    assert dates.time_left(seconds) == words
    assert dates.time_left(timedelta(seconds=seconds)) == words
