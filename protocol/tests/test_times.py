# SPDX-License-Identifier: AGPL-3.0-or-later
"""Times as text, and the one way from local time to UTC."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa_protocol.errors import MalformedError
from loa_protocol.times import (
    check_local,
    format_utc,
    local_text,
    local_to_utc,
    minute_of_day,
    parse_utc,
    to_local,
    zone,
)

YEARS = (datetime(1970, 1, 1), datetime(2200, 1, 1))  # noqa: DTZ001 (bounds; the zone comes with the strategy)


@given(st.datetimes(*YEARS, timezones=st.just(UTC)))
def test_a_utc_time_comes_back_as_it_was_cut_to_its_unit(moment: datetime) -> None:
    assert parse_utc(format_utc(moment)) == moment.replace(microsecond=0)
    whole = moment.microsecond // 1000 * 1000
    assert parse_utc(format_utc(moment, milliseconds=True)) == moment.replace(microsecond=whole)


def test_a_time_in_another_zone_is_written_in_utc() -> None:
    hanoi = datetime(2026, 11, 24, 17, 2, tzinfo=timezone(timedelta(hours=7)))
    assert format_utc(hanoi) == "2026-11-24T10:02:00Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(MalformedError):
        format_utc(datetime(2026, 11, 24))  # noqa: DTZ001 (that is the point)


@pytest.mark.parametrize(
    ("local", "zone_name", "expected"),
    [
        ("2026-11-24T17:02:00", "Asia/Ho_Chi_Minh", "2026-11-24T10:02:00Z"),
        ("2026-11-24T00:30:00", "Asia/Ho_Chi_Minh", "2026-11-23T17:30:00Z"),
        ("2026-10-25T02:30:00", "Europe/Berlin", "2026-10-25T00:30:00Z"),  # happens twice: the first
        ("2026-03-29T02:30:00", "Europe/Berlin", "2026-03-29T01:30:00Z"),  # never happens: 03:30
    ],
)
def test_local_time_becomes_utc(local: str, zone_name: str, expected: str) -> None:
    assert format_utc(local_to_utc(local, zone_name)) == expected


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_year_in_which_a_day_or_a_zone_more_is_no_time_is_refused(year: str) -> None:
    for read, text in ((parse_utc, f"{year}-06-01T00:00:00Z"), (check_local, f"{year}-06-01T00:00:00")):
        with pytest.raises(MalformedError) as caught:
            read(text)
        assert caught.value.code == "bad_time"


@pytest.mark.parametrize("text", ["0002-01-01T00:00:00", "9998-12-31T23:59:59"])
def test_the_first_and_the_last_time_that_are_read_can_be_counted_with(text: str) -> None:
    month = timedelta(days=31)
    for name in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"):
        assert local_to_utc(text, name) - month < local_to_utc(text, name) + month
        assert to_local(parse_utc(f"{text}Z") + month, name) > to_local(parse_utc(f"{text}Z") - month, name)


def test_utc_becomes_local_time() -> None:
    moment = parse_utc("2026-11-23T17:30:00Z")
    assert to_local(moment, "Asia/Ho_Chi_Minh").hour == 0
    assert local_text(moment, "Asia/Ho_Chi_Minh") == "2026-11-24T00:30:00"


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (parse_utc, "2026-11-24T10:02:00"),
        (parse_utc, "2026-11-24T10:02:00Z\n"),
        (parse_utc, "2026-11-24T10:02:00+07:00"),
        (parse_utc, "2026-11-24T10:02:00.5Z"),
        (parse_utc, "2026-02-30T10:02:00Z"),
        (parse_utc, "٢٠٢٦-11-24T10:02:00Z"),
        (check_local, "2026-11-24T17:02:00Z"),
        (check_local, "2026-11-24 17:02:00"),
        (check_local, "2026-11-24T25:02:00"),
        (check_local, "2026-11-24T17:02:00\n"),
        (minute_of_day, "24:01"),
        (minute_of_day, "5:30"),
        (minute_of_day, "05:60"),
        (minute_of_day, "05:30\n"),
        (zone, "Asia/Nowhere"),
        (zone, "../etc/passwd"),
        (zone, ""),
    ],
)
def test_what_is_no_time_is_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(MalformedError):
        read(text)


@pytest.mark.parametrize(
    ("text", "minutes"), [("00:00", 0), ("05:30", 330), ("23:59", 1439), ("24:00", 1440)]
)
def test_an_hour_of_the_day_is_counted_in_minutes(text: str, minutes: int) -> None:
    assert minute_of_day(text) == minutes
