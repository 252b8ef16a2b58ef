# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from loa.areas import official
from loa.areas.actions import load_official_units
from loa.areas.models import Area, AreaKind
from loa.areas.official import OfficialUnitsError, official_units
from loa.audit.models import Entry

pytestmark = pytest.mark.django_db


def test_the_package_has_34_provinces_and_3321_communes_with_distinct_codes() -> None:
    units = official_units()
    provinces = [unit for unit in units if not unit.parent_code]
    assert len(provinces) == 34
    assert len(units) - len(provinces) == 3321
    assert len({unit.code for unit in units}) == len(units)


def test_every_unit_has_a_point_in_or_near_viet_nam() -> None:
    assert all(8 < unit.latitude < 24 and 102 < unit.longitude < 115 for unit in official_units())


def test_codes_and_names_are_corrected_where_the_package_departs_from_the_official_list() -> None:
    names = {unit.code: unit.name for unit in official_units()}
    assert names["06978"] == "Xã Ba Chẽ"
    assert "06970" not in names
    assert names["75"] == "Thành phố Đồng Nai"


def test_one_province_is_loaded_with_its_54_communes() -> None:
    assert load_official_units("22") == 55
    quang_ninh = Area.objects.get(code="22")
    assert (quang_ninh.name, quang_ninh.depth, quang_ninh.numchild) == ("Tỉnh Quảng Ninh", 1, 54)
    dam_ha = Area.objects.get(code="06895")
    assert (dam_ha.name, dam_ha.name_key, dam_ha.kind) == ("Xã Đầm Hà", "xa dam ha", AreaKind.COMMUNE)
    assert dam_ha.path.startswith(quang_ninh.path)


def test_the_whole_country_is_loaded_and_the_tree_is_sound() -> None:
    load_official_units("22")
    assert load_official_units() == 34 + 3321 - 55
    assert Area.objects.find_problems() == ([], [], [], [], [])
    assert list(Area.objects.filter(depth=1).values_list("code", flat=True)) == sorted(
        Area.objects.filter(depth=1).values_list("code", flat=True)
    )


def test_loading_twice_adds_nothing_and_writes_no_second_entry() -> None:
    load_official_units("22")
    assert load_official_units("22") == 0
    assert Entry.objects.filter(action="areas.load_official_units").count() == 1


def test_a_renamed_unit_gets_its_new_name() -> None:
    load_official_units("75")
    Area.objects.filter(code="75").update(name="Tỉnh Đồng Nai", name_key="tinh dong nai")
    assert load_official_units("75") == 0
    assert Area.objects.get(code="75").name_key == "thanh pho dong nai"


def test_loading_a_province_takes_few_queries(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(12):
        load_official_units("22")


def test_an_unknown_province_is_named_in_the_error() -> None:
    with pytest.raises(OfficialUnitsError, match="mã 99"):
        official_units("99")


def test_a_missing_package_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(official, "PACKAGE", "not_installed_here")
    with pytest.raises(OfficialUnitsError, match="make install"):
        official_units("22")
