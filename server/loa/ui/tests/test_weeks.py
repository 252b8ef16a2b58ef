# SPDX-License-Identifier: AGPL-3.0-or-later
"""A week shows every slot once in the table and once in the lists."""

from datetime import UTC, date, datetime, time, timedelta

from loa.config import clock
from loa.ui.weeks import Slot, bands_of, week

MONDAY = date(2026, 11, 23)
DAYS = [MONDAY + timedelta(days=number) for number in range(7)]
BANDS = bands_of([(time(5, 30), time(6, 30)), (time(17), time(18))], day="Ban ngày", night="Tối")


def _slot(day: int, hour: int, minute: int = 0) -> Slot:
    """Return a slot at a local time."""
    return Slot(datetime(2026, 11, 23, hour, minute, tzinfo=UTC) + timedelta(days=day, hours=-7), "tin")


def test_a_day_is_cut_into_open_hours_and_what_lies_between():
    assert [band.words for band in BANDS] == ["Tối", "05:30–06:30", "Ban ngày", "17:00–18:00", "Tối"]
    assert [band.is_open for band in BANDS] == [False, True, False, True, False]


def test_hours_until_midnight_leave_no_band_after_them():
    assert [band.words for band in bands_of([(time(0), None)], day="a", night="b")] == ["00:00–24:00"]


def test_every_slot_stands_in_one_cell_and_one_list():
    slots = [_slot(0, 5, 40), _slot(1, 17, 2), _slot(1, 9), _slot(6, 23, 59), _slot(2, 0)]
    drawn = week(DAYS, BANDS, slots)
    assert sorted(slot.start for row in drawn.rows for cell in row.cells for slot in cell) == sorted(
        slot.start for slot in slots
    )
    assert sum(len(day.slots) for day in drawn.days) == len(slots)


def test_a_quiet_early_morning_takes_no_row():
    assert week(DAYS, BANDS, [_slot(0, 17)]).rows[0].band.words == "05:30–06:30"
    assert week(DAYS, BANDS, [_slot(0, 3)]).rows[0].band.words == "Tối"


def test_today_is_marked():
    with clock.frozen(datetime(2026, 11, 24, 17, 30, tzinfo=UTC)):  # already the 25th here
        assert [day.is_today for day in week(DAYS, BANDS, []).days] == [
            False,
            False,
            True,
            False,
            False,
            False,
            False,
        ]
