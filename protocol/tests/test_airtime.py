# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hours: windows that touch, days that follow each other, nights in between."""

from datetime import timedelta

import protocol_cast as cast
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol_cast import ZONE, at

from loa_protocol.airtime import rule_for, within_hours

CASES = [
    ([("05:30", "06:30")], "05:30", 60, True),
    ([("05:30", "06:30")], "06:29", 60, True),
    ([("05:30", "06:30")], "06:29", 61, False),
    ([("05:30", "06:30")], "06:30", 1, False),
    ([("05:30", "06:30")], "05:29:59", 60, False),
    ([("05:30", "06:30"), ("17:00", "18:00")], "17:30", 60, True),
    ([("05:30", "06:30"), ("17:00", "18:00")], "06:00", 12 * 3600, False),
    ([("05:00", "12:00"), ("12:00", "18:00")], "11:59", 120, True),
    ([("10:00", "18:00"), ("05:00", "12:00")], "06:00", 11 * 3600, True),
    ([("05:00", "18:00"), ("06:00", "07:00")], "06:59", 120, True),
    ([("00:00", "24:00")], "23:59", 120, True),
    ([("00:00", "24:00")], "12:00", 3 * 86400, True),
    ([("20:00", "24:00")], "23:59", 60, True),
    ([("20:00", "24:00")], "23:59", 61, False),
    ([("20:00", "24:00"), ("00:00", "01:00")], "23:59", 3600, True),
    ([("20:00", "24:00"), ("00:00", "01:00")], "23:59", 3661, False),
    ([], "12:00", 1, False),
]


@pytest.mark.parametrize(("windows", "begin", "seconds", "fits"), CASES)
def test_a_sound_must_lie_within_the_hours(
    windows: list[tuple[str, str]], begin: str, seconds: int, fits: bool
) -> None:
    rule = cast.rule(windows=windows)
    assert within_hours(rule, ZONE, at(begin), at(begin) + timedelta(seconds=seconds)) is fits


@given(begin=st.integers(0, 86399), seconds=st.integers(1, 7200))
def test_every_second_of_a_sound_that_fits_is_in_a_window(begin: int, seconds: int) -> None:
    windows = [("05:30", "06:30"), ("06:30", "07:00"), ("23:00", "24:00"), ("00:00", "00:30")]
    open_minutes = {*range(0, 30), *range(330, 420), *range(1380, 1440)}
    naive = all((begin + second) // 60 % 1440 in open_minutes for second in range(seconds))
    start = at("00:00") + timedelta(seconds=begin)
    assert within_hours(cast.rule(windows=windows), ZONE, start, start + timedelta(seconds=seconds)) is naive


def test_the_rule_of_the_smallest_area_holds() -> None:
    province, commune, village = (
        cast.rule(zone=code) for code in (cast.PROVINCE, cast.COMMUNE, cast.VILLAGE)
    )
    place = cast.place()
    assert rule_for(cast.rules(rules=[province, commune, village]), place, "normal") == village
    assert rule_for(cast.rules(rules=[province, commune]), place, "normal") == commune
    assert rule_for(cast.rules(rules=[province]), place, "normal") == province
    assert rule_for(cast.rules(rules=[village]), place, "emergency") is None
    assert rule_for(cast.rules(rules=[village]), cast.place(village="06895.02"), "normal") is None
