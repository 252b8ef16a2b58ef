# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.areas import queries, tree
from loa.areas.tests.factories import make_commune, make_province, make_village, make_villages
from loa.config.errors import NotFoundError

pytestmark = pytest.mark.django_db


def test_an_area_is_found_by_its_code_and_an_absent_one_is_named() -> None:
    assert queries.area(make_commune().code).name == "Xã Đầm Hà"
    with pytest.raises(NotFoundError, match="mã 99999"):
        queries.area("99999")


def test_villages_of_a_province_commune_and_village() -> None:
    commune = make_commune()
    villages = make_villages(commune, 3)
    make_village(make_commune("06913", "Xã Quảng Tân"), 1)
    assert list(queries.villages_of(commune)) == villages
    assert queries.villages_of(make_province()).count() == 4
    assert list(queries.villages_of(villages[1])) == [villages[1]]


def test_villages_in_overlapping_areas_come_once_and_none_come_for_no_areas() -> None:
    commune = make_commune()
    villages = make_villages(commune, 3)
    assert list(queries.villages_in([villages[2], commune, villages[0]])) == villages
    assert not queries.villages_in([]).exists()


def test_the_hundredth_village_comes_after_the_ninety_ninth() -> None:
    commune = make_commune()
    numbers = (100, 99, 9)
    made = [make_village(commune, number) for number in numbers]
    assert list(queries.villages_of(commune)) == made[::-1]


def test_commune_and_province_of_an_area() -> None:
    commune = make_commune()
    village = make_village(commune)
    assert queries.commune_of(village) == queries.commune_of(commune) == commune
    assert queries.province_of(village).code == "22"
    with pytest.raises(ValueError, match="province"):
        queries.commune_of(make_province())


def test_communes_in_a_mixed_choice() -> None:
    village = make_village(make_commune())
    other = make_commune("06913", "Xã Quảng Tân")
    assert [commune.code for commune in queries.communes_in([village, other])] == ["06895", "06913"]
    assert queries.communes_in([make_province()]).count() == 2


def test_path_codes_go_from_the_province_down(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    villages = make_villages(make_commune(), 3)
    assert queries.path_codes(villages[0]) == ["22", "06895", "06895-01"]
    with django_assert_num_queries(1):
        assert set(queries.path_codes_of(villages)) == {village.code for village in villages}


def test_a_name_is_found_without_marks_and_only_in_the_areas_asked_for() -> None:
    make_commune()
    assert [area.code for area in queries.search("dam ha")] == ["06895"]
    assert [area.code for area in queries.search("ĐẦM HÀ", within=[make_province()])] == ["06895"]
    assert not queries.search("đầm hà", within=[make_commune("06913", "Xã Quảng Tân")]).exists()


@given(st.lists(st.integers(1, 36**4 - 1), min_size=1, max_size=4))
def test_a_path_gives_back_its_step_and_its_ancestors(steps: list[int]) -> None:
    path = ""
    for step in steps:
        path = tree.path_below(path, step)
    above = tree.ancestor_paths(path)
    assert len(above) == len(steps)
    assert all(tree.is_within(path, [ancestor]) for ancestor in above)
    assert tree.topmost(above) == [above[0]]


@pytest.mark.parametrize("step", [0, -1, 36**4])
def test_a_step_that_does_not_fit_is_refused(step: int) -> None:
    with pytest.raises(ValueError):
        tree.path_below("", step)
