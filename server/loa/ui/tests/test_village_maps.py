# SPDX-License-Identifier: AGPL-3.0-or-later
"""The map is true to shape and never loses a village."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.ui.village_maps import WIDTH, Village, draw, short_name

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[107.0, 21.0], [107.1, 21.0], [107.1, 21.1], [107.0, 21.1], [107.0, 21.0]]],
}
COORDINATES = st.tuples(st.floats(102, 110), st.floats(8, 24))


def test_a_village_without_a_place_stands_in_the_table_only():
    drawn = draw([Village("Thôn Một", SQUARE), Village("Thôn Hai", None)])
    assert [one.village.name for one in drawn.villages] == ["Thôn Một"]
    assert [row.name for row in drawn.rows] == ["Thôn Một", "Thôn Hai"]


def test_north_is_up():
    north, south = ({"type": "Point", "coordinates": [107.0, y]} for y in (21.2, 21.0))
    drawn = draw([Village("Bắc", north), Village("Nam", south)])
    assert drawn.villages[0].y < drawn.villages[1].y


def test_the_name_stands_in_the_middle_of_the_outline():
    [one] = draw([Village("Thôn Một", SQUARE)]).villages
    corners = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+),([\d.]+)", one.path)]
    assert one.x == pytest.approx((min(c[0] for c in corners) + max(c[0] for c in corners)) / 2, abs=1)
    assert one.y == pytest.approx((min(c[1] for c in corners) + max(c[1] for c in corners)) / 2, abs=1)


def test_the_chosen_village_is_drawn_over_its_neighbours():
    drawn = draw([Village("Một", SQUARE, is_current=True), Village("Hai", SQUARE)])
    assert drawn.villages[-1].village.name == "Một"


def test_an_unknown_value_is_hatched_and_has_no_colour_of_the_ramp():
    [one] = draw([Village("Nà Lúa", SQUARE, ramp=5, value="?")]).villages
    assert one.is_hatched
    assert not one.has_high_ink


@given(st.lists(COORDINATES, min_size=1, max_size=12))
def test_every_point_lies_inside_the_drawing(points):
    drawn = draw([Village("Thôn", {"type": "Point", "coordinates": list(point)}) for point in points])
    assert len(drawn.villages) == len(points)
    for one in drawn.villages:
        assert 0 <= one.x <= WIDTH
        assert 0 <= one.y <= drawn.height


def test_one_place_stands_in_the_middle_and_near_ones_near_each_other():
    one, near = ({"type": "Point", "coordinates": [107.0, y]} for y in (21.0, 21.0001))  # 11 m
    drawn = draw([Village("Ảnh", one)])
    assert (drawn.villages[0].x, drawn.villages[0].y) == (WIDTH / 2, drawn.height / 2)
    first, second = draw([Village("Ảnh 1", one), Village("Ảnh 2", near)]).villages
    assert 0 < first.y - second.y < 20


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Thôn Gò Vàng", "Gò Vàng"),
        ("Khu phố Chợ Mới", "Chợ Mới"),
        ("Khu phố 3", "Khu phố 3"),
        ("Đầm Sậy", "Đầm Sậy"),
    ],
)
def test_the_map_leaves_out_what_kind_of_village_it_is(name, short):
    assert short_name(name) == short
