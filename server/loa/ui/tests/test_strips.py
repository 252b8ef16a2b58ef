# SPDX-License-Identifier: AGPL-3.0-or-later
"""What lies on a strip of time keeps its length, its order and its room."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from loa.ui.strips import COLUMNS, Item, Stretch, Window, place, place_stretches, ticks, window_around

START = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(minutes=72))
ITEMS = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(10, 900)).map(
        lambda pair: Item("tin", START + timedelta(seconds=pair[0]), START + timedelta(seconds=sum(pair)))
    ),
    max_size=4,
)


def test_an_item_stands_where_its_time_is():
    [placed] = place([Item("tin", START + timedelta(minutes=2), START + timedelta(minutes=5))], WINDOW)
    assert (placed.first, placed.last, placed.lane) == (4, 10, 1)


def test_a_short_item_is_drawn_short_though_its_words_need_room():
    [placed] = place([Item("tin", START, START + timedelta(seconds=20))], WINDOW)
    assert placed.last - placed.first == 1
    assert placed.card_last - placed.card_first >= 20


def test_the_bar_is_as_long_as_the_item():
    [placed] = place([Item("tin", START + timedelta(minutes=18), START + timedelta(minutes=19))], WINDOW)
    assert placed.bar == ("25.00%", "1.39%")  # a minute of 72


@given(ITEMS)
def test_a_bar_never_leaves_the_strip_and_is_always_seen(items):
    for one in place(items, WINDOW):
        assert 0 <= one.begins <= one.begins + one.length <= 1 + 1e-9
        assert one.length > 0


def test_an_item_at_the_end_keeps_its_words_inside():
    start = START + timedelta(minutes=70)
    [placed] = place([Item("tin", start, start + timedelta(minutes=1))], WINDOW)
    assert placed.card_last == COLUMNS
    assert placed.card_first < placed.first


def test_what_lies_outside_is_left_out():
    assert place([Item("tin", START - timedelta(hours=2), START - timedelta(hours=1))], WINDOW) == []


@given(ITEMS)
def test_no_two_items_of_one_lane_cover_each_other(items):
    placed = place(items, WINDOW)
    for lane in {one.lane for one in placed}:
        row = [one for one in placed if one.lane == lane]
        for before, after in itertools.pairwise(row):
            assert before.last <= after.first
            assert before.card_last <= after.first


@given(ITEMS)
def test_every_item_keeps_its_columns_on_the_strip(items):
    for one in place(items, WINDOW):
        assert 0 <= one.card_first <= one.first < one.last <= COLUMNS
        assert one.card_last <= COLUMNS


def test_the_window_begins_on_a_whole_step_before_now():
    window = window_around(
        START + timedelta(minutes=4),
        before=timedelta(minutes=3),
        length=timedelta(minutes=72),
        step=timedelta(minutes=10),
    )
    assert window.start == START
    assert [moment.minute for _, moment in ticks(window, timedelta(minutes=10))] == [0, 10, 20, 30, 40, 50, 0]


def test_a_stretch_over_the_edge_is_cut():
    [part] = place_stretches([Stretch(START - timedelta(hours=1), START + timedelta(minutes=36))], WINDOW)
    assert (part.first, part.last) == (0, 72)
