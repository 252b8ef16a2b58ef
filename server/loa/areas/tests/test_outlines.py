# SPDX-License-Identifier: AGPL-3.0-or-later
import json
from typing import Any

import pytest

from loa.areas.outlines import POINTS_AT_MOST, OutlineError, centre_of, check_outline
from loa.areas.tests.factories import SQUARE

BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[107.60, 21.34], [107.61, 21.35], [107.61, 21.34], [107.60, 21.35], [107.60, 21.34]]],
}


def test_a_square_is_kept_with_its_points() -> None:
    checked = check_outline(SQUARE)
    assert checked["type"] == "Polygon"
    assert sorted(checked["coordinates"][0]) == sorted(SQUARE["coordinates"][0])


def test_text_and_a_feature_are_taken_too() -> None:
    feature = json.dumps({"type": "Feature", "properties": {}, "geometry": SQUARE})
    assert check_outline(feature) == check_outline(SQUARE)


def test_heights_are_dropped_and_numbers_are_rounded() -> None:
    ring = [[x + 0.00000004, y, 12.5] for x, y in SQUARE["coordinates"][0]]
    assert check_outline({"type": "Polygon", "coordinates": [ring]}) == check_outline(SQUARE)


def test_several_polygons_are_all_kept() -> None:
    other = [[[x + 0.1, y] for x, y in SQUARE["coordinates"][0]]]
    checked = check_outline({"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], other]})
    assert len(checked["coordinates"]) == 2


def test_an_outline_that_crosses_itself_is_refused_with_the_place() -> None:
    with pytest.raises(OutlineError, match="tự cắt nhau gần kinh độ 107,60500, vĩ độ 21,34500"):
        check_outline(BOW_TIE)


MANY = [[107.6 + i / 1e6, 21.34 + (i % 2) / 1e6] for i in range(POINTS_AT_MOST + 1)]


@pytest.mark.parametrize(
    ("outline", "sentence"),
    [
        ("đây không phải GeoJSON", "không phải GeoJSON"),
        ("[1, 2]", "phải là một vùng"),
        ({"type": "Point", "coordinates": [107.6, 21.3]}, "phải là một vùng"),
        ({"type": "Feature", "geometry": None}, "phải là một vùng"),
        ({"type": "Polygon"}, "thiếu tọa độ"),
        ({"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4], ["a", "b"]]]}, "thiếu tọa độ"),
        ({"type": "Polygon", "coordinates": [[[107.6, 21.3], [107.7, 21.3]]]}, "thiếu tọa độ"),
        ({"type": "Polygon", "coordinates": []}, "không có điểm nào"),
        (
            {"type": "Polygon", "coordinates": [[[y, x] for x, y in SQUARE["coordinates"][0]]]},
            "ngoài Việt Nam",
        ),
        (
            '{"type": "Polygon", "coordinates": [[[107, 21], [NaN, 21], [107, 22], [107, 21]]]}',
            "không phải GeoJSON",
        ),
        ({"type": "Polygon", "coordinates": [[*MANY, MANY[0]]]}, "quá 5.000 điểm"),
        (
            {
                "type": "Polygon",
                "coordinates": [[[107.6, 21.3], [107.7, 21.3], [107.8, 21.3], [107.6, 21.3]]],
            },
            "Đường ranh",
        ),
    ],
)
def test_what_is_no_outline_is_refused_with_what_to_do(outline: Any, sentence: str) -> None:
    with pytest.raises(OutlineError, match=sentence):
        check_outline(outline)


def test_the_centre_of_a_ring_shaped_outline_lies_in_it() -> None:
    from shapely.geometry import Point, shape

    horseshoe = {
        "type": "Polygon",
        "coordinates": [
            [
                [107.0, 21.0],
                [107.3, 21.0],
                [107.3, 21.3],
                [107.2, 21.3],
                [107.2, 21.1],
                [107.1, 21.1],
                [107.1, 21.3],
                [107.0, 21.3],
                [107.0, 21.0],
            ]
        ],
    }
    latitude, longitude = centre_of(check_outline(horseshoe))
    assert shape(horseshoe).contains(Point(longitude, latitude))
