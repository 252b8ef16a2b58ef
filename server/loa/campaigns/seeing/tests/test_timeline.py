# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from loa.campaigns.models import Phase
from loa.campaigns.seeing.timeline import Axis, axis_over, phase_line

TODAY = date(2026, 11, 24)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def part(length: str) -> float:
    return float(length.rstrip("%"))


@given(DAYS, DAYS, DAYS, DAYS)
def test_no_bar_leaves_the_line_and_none_is_too_short_to_see(a: date, b: date, c: date, d: date) -> None:
    axis = Axis(min(a, b), max(a, b))
    bar = axis.stretch(min(c, d), max(c, d))
    assert part(bar.x) >= 0
    assert part(bar.width) >= 0.6
    assert part(bar.x) + part(bar.width) <= 100.02


@given(st.lists(DAYS, max_size=5))
def test_the_line_holds_every_day_and_today_and_has_marks(days: list[date]) -> None:
    axis = axis_over(days, TODAY)
    assert all(axis.start < day < axis.end for day in (*days, TODAY))
    assert axis.mark(TODAY)
    assert len(axis.ticks) <= 70
    assert [part(tick.x) for tick in axis.ticks] == sorted(part(tick.x) for tick in axis.ticks)


def test_short_lines_are_marked_by_weeks_and_long_ones_by_months_with_the_year_once() -> None:
    assert [tick.words for tick in Axis(date(2026, 11, 24), date(2026, 12, 10)).ticks] == ["30/11", "07/12"]
    assert [tick.words for tick in Axis(date(2026, 10, 5), date(2027, 2, 3)).ticks] == [
        "11/2026",
        "12",
        "1/2027",
        "2",
    ]


def test_phases_without_dates_stand_behind_the_others() -> None:
    phases = [
        Phase(name="Trước", order=1, start=date(2026, 7, 26), end=date(2026, 12, 9)),
        Phase(name="Trong", order=2),
        Phase(name="Sau", order=3),
    ]
    line = phase_line(phases, TODAY)
    assert [one.is_dated for one in line.bars] == [True, False, False]
    assert part(line.bars[0].bar.x) + part(line.bars[0].bar.width) <= part(line.bars[1].bar.x)
    assert (line.current, line.days_left) == (phases[0], 15)


def test_an_open_phase_goes_on_and_none_at_all_is_drawn_without_marks() -> None:
    start = TODAY - timedelta(days=3)
    line = phase_line([Phase(name="Từ nay", order=1, start=start, is_open=True)], TODAY)
    assert (line.current is not None, line.days_left) == (True, None)
    assert (phase_line([], TODAY).bars, phase_line([], TODAY).ticks) == ((), ())


def test_the_words_of_short_bars_stand_below_them_and_cover_one_another_never() -> None:
    days = [(date(2026, 7, 1), date(2026, 12, 9)), (date(2026, 12, 10), date(2026, 12, 11))]
    days += [(date(2026, 12, 12), date(2026, 12, 14)), (date(2026, 12, 15), date(2027, 1, 5))]
    phases = [
        Phase(name=f"Giai đoạn thứ {number}", order=number, start=start, end=end)
        for number, (start, end) in enumerate(days, start=1)
    ]
    line = phase_line(phases, TODAY)
    assert [one.label is not None for one in line.bars] == [False, True, True, True]
    assert line.bars[1].words == "Giai đoạn thứ 2, 10/12–11/12"
    assert len({one.label.y for one in line.bars if one.label}) == 3
    assert line.height > line.today_y > max(one.label.y for one in line.bars if one.label)
