# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recurring days: nothing outside of the rule, the same every time, and never without an end."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.airtime import recurrence
from loa.config.errors import ConflictError
from loa_protocol.times import local_text, local_to_utc, to_local

TUESDAY = date(2026, 11, 24)
dates = st.dates(date(2026, 1, 1), date(2028, 12, 31))
weekdays = st.sets(st.integers(0, 6), min_size=1)


@given(weekdays, dates, dates, st.integers(0, 40), st.integers(1, 4))
def test_the_days_are_those_of_a_naive_count(chosen, first, since, length, interval):
    until = since + timedelta(days=length)
    text = recurrence.weekly(chosen, interval=interval)
    found = recurrence.days(text, first, since, until)
    monday = first - timedelta(days=first.weekday())
    naive = [
        day
        for day in (since + timedelta(days=number) for number in range(length + 1))
        if day >= first and day.weekday() in chosen and (day - monday).days // 7 % interval == 0
    ]
    assert found == naive
    assert found == recurrence.days(text, first, since, until)


@given(weekdays, dates, dates)
def test_nothing_comes_after_the_last_day(chosen, first, last):
    text = recurrence.weekly(chosen, until=last)
    assert recurrence.last_day(text) == last
    assert all(day <= last for day in recurrence.days(text, first, last, last + timedelta(days=30)))
    assert recurrence.weekdays_of(text) == sorted(chosen)


@given(dates, st.times().map(lambda at: at.replace(microsecond=0)), st.sampled_from(
    ["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
))  # fmt: skip
def test_a_round_begins_at_the_local_second_whatever_the_clocks_do(first, at, zone):
    days = recurrence.days("FREQ=DAILY", first, first, first + timedelta(days=10))
    assert days == [first + timedelta(days=number) for number in range(11)]
    for day in days:
        text = f"{day.isoformat()}T{at.isoformat()}"
        moment = local_to_utc(text, zone)
        exists = local_text(moment, zone) == text
        assert (
            exists
            or to_local(moment, zone).utcoffset() != to_local(moment - timedelta(hours=2), zone).utcoffset()
        )  # only an hour that the change of clocks leaves out is not there


@pytest.mark.parametrize(
    "text",
    ["", "tuần", "FREQ=SECONDLY", "FREQ=HOURLY", "FREQ=YEARLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYMONTH=2",
     "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=30", "FREQ=WEEKLY;BYDAY=XX",
     "FREQ=WEEKLY;BYDAY=MO;COUNT=9999999", "FREQ=WEEKLY;BYHOUR=3", "FREQ=DAILY;UNTIL=20261201T000000Z"],
)  # fmt: skip
def test_what_no_programme_needs_or_never_ends_is_refused(text):
    with pytest.raises(ConflictError):
        recurrence.check(text)


@pytest.mark.parametrize("interval", range(1, 7))
@pytest.mark.parametrize("part", ["BYMONTHDAY=31", "BYMONTHDAY=-31", "BYDAY=5MO", "BYDAY=-1SU"])
@pytest.mark.parametrize("month", range(1, 13))
def test_whatever_is_allowed_has_a_day_within_six_years(interval, part, month):
    text = recurrence.check(f"FREQ=MONTHLY;INTERVAL={interval};{part}")
    first = date(2026, month, 1)
    assert any(
        recurrence.days(
            text, first, first + timedelta(days=60 * number), first + timedelta(days=60 * (number + 1))
        )
        for number in range(37)
    )


def test_more_days_than_anybody_needs_are_refused():
    with pytest.raises(ValueError, match="too long"):
        recurrence.days("FREQ=DAILY", TUESDAY, TUESDAY, TUESDAY + timedelta(days=63))


def test_a_week_without_a_day_is_refused():
    with pytest.raises(ConflictError):
        recurrence.weekly([])
