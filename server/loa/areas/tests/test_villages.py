# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from loa.areas.actions import VillageError, VillageInput, add_village, add_villages
from loa.areas.imports import parse_villages
from loa.areas.models import Area
from loa.areas.outlines import OutlineError
from loa.areas.tests.factories import SQUARE, make_commune, make_province, make_village
from loa.areas.tests.test_outlines import BOW_TIE
from loa.audit.actor import SYSTEM
from loa.audit.models import Entry
from loa.config.errors import ConflictError

pytestmark = pytest.mark.django_db


def test_a_village_gets_the_next_number_of_its_commune() -> None:
    commune = make_commune()
    codes = [add_village(actor=SYSTEM, commune=commune, name=f"Thôn {i}").code for i in (1, 2)]
    assert codes == ["06895-01", "06895-02"]
    assert commune.numchild == 2
    assert Area.objects.find_problems() == ([], [], [], [], [])


def test_each_added_village_has_an_audit_entry() -> None:
    village = add_village(actor=SYSTEM, commune=make_commune(), name="Thôn Đồng Sen", households=187)
    entry = Entry.objects.get()
    assert (entry.action, entry.object_id, entry.area_code) == (
        "areas.add_village",
        str(village.pk),
        "06895-01",
    )


def test_the_number_of_a_removed_village_in_the_middle_is_not_given_again() -> None:
    commune = make_commune()
    make_village(commune, 1)
    make_village(commune, 7)
    assert add_village(actor=SYSTEM, commune=commune, name="Thôn Mới").code == "06895-08"


def test_a_name_is_taken_once_a_commune_however_its_tone_mark_stands() -> None:
    commune = make_commune()
    add_village(actor=SYSTEM, commune=commune, name="Thôn Hòa Bình")
    with pytest.raises(ConflictError, match="đã có Thôn Hoà Bình"):
        add_village(actor=SYSTEM, commune=commune, name="Thôn Hoà Bình")
    add_village(actor=SYSTEM, commune=make_commune("06913", "Xã Quảng Tân"), name="Thôn Hòa Bình")


def test_an_outline_gives_the_point_when_none_is_typed() -> None:
    village = add_village(actor=SYSTEM, commune=make_commune(), name="Thôn Đồng Sen", outline=SQUARE)
    assert village.latitude == pytest.approx(21.345, abs=0.005)
    assert village.outline is not None


def test_a_crossing_outline_stores_nothing() -> None:
    with pytest.raises(OutlineError):
        add_village(actor=SYSTEM, commune=make_commune(), name="Thôn Đồng Sen", outline=BOW_TIE)
    assert not Area.objects.filter(depth=3).exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "  "}, "Thiếu tên thôn"),
        ({"name": "x" * 121}, "dài quá 120"),
        ({"name": "Thôn", "latitude": 21.0}, "cả vĩ độ và kinh độ"),
        ({"name": "Thôn", "latitude": 121.0, "longitude": 107.0}, "ngoài khoảng"),
    ],
)
def test_a_wrong_value_is_refused_with_what_to_do(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(VillageError, match=sentence):
        add_village(actor=SYSTEM, commune=make_commune(), **fields)  # type: ignore[arg-type]


def test_a_village_belongs_to_a_commune_only() -> None:
    with pytest.raises(VillageError, match="Chọn xã trước"):
        add_village(actor=SYSTEM, commune=make_province(), name="Thôn Đồng Sen")


def test_an_import_is_stored_whole_or_not_at_all() -> None:
    commune = make_commune()
    villages = [VillageInput("Thôn Một"), VillageInput("Thôn Hai"), VillageInput("Thôn Một")]
    with pytest.raises(ConflictError):
        add_villages(actor=SYSTEM, commune=commune, villages=villages)
    assert not Area.objects.filter(depth=3).exists()
    assert len(add_villages(actor=SYSTEM, commune=commune, villages=villages[:2])) == 2


def test_lines_pasted_from_a_spreadsheet_are_read() -> None:
    text = "Tên thôn\tSố hộ\tSố dân\nThôn Đồng Sen\t1.204\t4 500\t21,345\t107,6\n\nThôn Cầu Đá\t\t"
    assert parse_villages(text) == [
        VillageInput("Thôn Đồng Sen", 1204, 4500, 21.345, 107.6),
        VillageInput("Thôn Cầu Đá"),
    ]


@pytest.mark.parametrize(
    ("text", "villages"),
    [
        (
            "Thôn Đồng Sen;187\r\nThôn Cầu Đá",
            [VillageInput("Thôn Đồng Sen", 187), VillageInput("Thôn Cầu Đá")],
        ),
        ("Thôn Đồng Sen,187,650", [VillageInput("Thôn Đồng Sen", 187, 650)]),
    ],
)
def test_semicolons_and_commas_separate_too(text: str, villages: list[VillageInput]) -> None:
    assert parse_villages(text) == villages


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Chưa có dòng nào"),
        ("Thôn A;nhiều", "Dòng 1: số hộ “nhiều” không phải số"),
        ("Thôn A\n;12", "Dòng 2 thiếu tên thôn"),
        ("Thôn A;1;2;bắc;nam", "Dòng 1: tọa độ “bắc”"),
        ("\n".join(f"Thôn {i}" for i in range(501)), "hơn 500 dòng"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text: str, sentence: str) -> None:
    with pytest.raises(VillageError, match=sentence):
        parse_villages(text)
