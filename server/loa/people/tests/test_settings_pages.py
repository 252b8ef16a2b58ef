# SPDX-License-Identifier: AGPL-3.0-or-later
from typing import Any

import pytest
from django.test import Client

from loa.areas.models import Area
from loa.areas.tests.test_outlines import BOW_TIE
from loa.people.models import Organisation, Person, Post, PostHolding, Role, RoleGrant
from loa.people.queries import may
from loa.people.tests.factories import (
    PASSWORD,
    Cast,
    grant,
    make_cast,
    make_organisation,
    make_passkey,
    make_person,
)

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "con-duong-lang-1999"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.administrator)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_settings_say_what_is_missing_and_link_to_it(admin: Client, cast: Cast) -> None:
    Area.objects.filter(pk=cast.villages[0].pk).update(households=None)
    page = text(admin.get("/thiet-lap/"))
    assert "1 chức danh chưa ghi người giữ" in page
    assert "1 thôn chưa có số hộ" in page


def test_the_only_commune_is_shown_at_once_and_several_are_listed(admin: Client, cast: Cast) -> None:
    assert admin.get("/thiet-lap/dia-ban/")["Location"] == "/thiet-lap/dia-ban/06895/"
    province = make_organisation(cast.province, "UBND tỉnh Quảng Ninh")
    grant(cast.administrator, province, Role.ADMINISTRATOR)
    page = text(admin.get("/thiet-lap/dia-ban/"))
    assert "Xã Đầm Hà" in page
    assert "Xã Quảng Tân" in page


def test_a_commune_shows_its_villages_with_the_sum_of_households(admin: Client, cast: Cast) -> None:
    page = text(admin.get("/thiet-lap/dia-ban/06895/"))
    assert "3 thôn, 300 hộ." in page


def test_a_village_is_added_through_the_form(admin: Client, cast: Cast) -> None:
    answer = admin.post(
        "/thiet-lap/dia-ban/06895/them/",
        {"name": "Thôn Đồng Sen", "households": "187", "latitude": "21,345", "longitude": "107.601"},
    )
    assert answer["Location"] == "/thiet-lap/dia-ban/06895/"
    village = Area.objects.get(name="Thôn Đồng Sen")
    assert (village.code, village.latitude, village.longitude) == ("06895-04", 21.345, 107.601)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "Thôn 1"}, "đã có Thôn 1"),
        ({"name": "Thôn Mới", "outline": str(BOW_TIE).replace("'", '"')}, "tự cắt nhau"),
        ({"name": "Thôn Mới", "latitude": "21"}, "cả vĩ độ và kinh độ"),
        ({"name": "Thôn Mới", "households": "-1"}, "Nhỏ quá. Ghi từ 0 trở lên."),
    ],
)
def test_what_was_typed_stays_when_a_village_is_refused(
    admin: Client, cast: Cast, typed: dict[str, str], sentence: str
) -> None:
    page = text(admin.post("/thiet-lap/dia-ban/06895/them/", typed))
    assert sentence in page
    assert f'value="{typed["name"]}"' in page
    assert Area.objects.filter(depth=3).count() == 3


def test_pasted_villages_are_stored_and_counted_and_a_bad_line_stores_none(admin: Client, cast: Cast) -> None:
    page = text(admin.post("/thiet-lap/dia-ban/06895/nhap/", {"text": "Thôn A\t12\nThôn B\tnhiều"}))
    assert "Dòng 2: số hộ “nhiều” không phải số" in page
    assert "Thôn A\t12" in page
    answer = admin.post("/thiet-lap/dia-ban/06895/nhap/", {"text": "Thôn A\t12\nThôn B\t13"}, follow=True)
    assert "Đã thêm 2 thôn vào Xã Đầm Hà." in text(answer)
    assert Area.objects.filter(depth=3).count() == 5


def test_an_organisation_and_a_post_are_added_and_the_post_gets_a_holder(admin: Client, cast: Cast) -> None:
    admin.post(
        "/thiet-lap/co-quan/them/",
        {"name": "Đài truyền thanh", "kind": "office", "parent": cast.organisation.pk, "area": "06895"},
    )
    added = Organisation.objects.get(name="Đài truyền thanh")
    answer = admin.post(
        "/thiet-lap/chuc-danh/them/",
        {"organisation": added.pk, "title": "Trưởng đài", "reports_to": cast.head_post.pk},
    )
    post = Post.objects.get(title="Trưởng đài")
    assert answer["Location"] == f"/thiet-lap/chuc-danh/{post.pk}/"
    admin.post(answer["Location"], {"person": cast.editor.pk, "since": "2026-11-01"})
    assert PostHolding.objects.get(post=post).person == cast.editor
    admin.post(answer["Location"], {"person": "", "since": "10/11/2026"})
    assert "Trưởng đài" in text(admin.get("/thiet-lap/chuc-danh/"))
    assert PostHolding.objects.get(post=post).until is not None


def test_vacant_posts_are_counted_and_marked(admin: Client, cast: Cast) -> None:
    page = text(admin.get("/thiet-lap/chuc-danh/"))
    assert "1 chưa ghi người giữ" in page
    assert "person-vacant" in page


def test_a_person_is_added_gets_another_role_and_loses_it(admin: Client, cast: Cast) -> None:
    typed = {
        "full_name": "Nguyễn Văn Mới",
        "username": "van.moi",
        "password": NEW_PASSWORD,
        "organisation": cast.organisation.pk,
        "role": "editor",
    }
    address = admin.post("/thiet-lap/nguoi/them/", typed)["Location"]
    person = Person.objects.get(username="van.moi")
    assert address == f"/thiet-lap/nguoi/{person.pk}/"
    admin.post(f"{address}vai-tro/", {"organisation": cast.office.pk, "role": "planner"})
    assert may(person, "plan.edit", organisation=cast.office)
    role = RoleGrant.objects.get(person=person, role="planner")
    admin.post(f"/thiet-lap/vai-tro/{role.pk}/ket-thuc/")
    assert not may(person, "plan.edit")


def test_a_taken_name_is_refused_beside_its_field_and_nothing_typed_is_lost(
    admin: Client, cast: Cast
) -> None:
    typed = {
        "full_name": "Nguyễn Văn Mới",
        "username": "bien-tap",
        "password": NEW_PASSWORD,
        "organisation": cast.organisation.pk,
        "role": "editor",
    }
    page = text(admin.post("/thiet-lap/nguoi/them/", typed))
    assert "đã có người dùng" in page
    assert 'value="Nguyễn Văn Mới"' in page


def test_an_organisation_elsewhere_cannot_be_chosen(admin: Client, cast: Cast) -> None:
    elsewhere = {"organisation": cast.other_organisation.pk, "role": "administrator"}
    answer = admin.post(f"/thiet-lap/nguoi/{cast.editor.pk}/vai-tro/", elsewhere)
    assert answer.status_code == 200
    assert not may(cast.editor, "view", organisation=cast.other_organisation)


def test_an_administrator_sees_no_buttons_on_his_own_page_and_is_refused(admin: Client, cast: Cast) -> None:
    own = f"/thiet-lap/nguoi/{cast.administrator.pk}/"
    assert "Kết thúc" not in text(admin.get(own))
    refused = admin.post(f"{own}vai-tro/", {"organisation": cast.organisation.pk, "role": "approver"})
    assert refused.status_code == 403
    assert "Không ai tự đổi vai trò của mình" in text(refused)
    assert not may(cast.administrator, "release.sign")


def test_a_forgotten_password_is_replaced(admin: Client, cast: Cast) -> None:
    address = f"/thiet-lap/nguoi/{cast.editor.pk}/mat-khau/"
    assert "10" in text(admin.post(address, {"password": "ngan"}))
    admin.post(address, {"password": NEW_PASSWORD})
    editor = Person.objects.get(pk=cast.editor.pk)
    assert editor.check_password(NEW_PASSWORD)
    assert not editor.check_password(PASSWORD)


@pytest.mark.parametrize("count", [1, 12])
def test_the_lists_take_few_queries_however_long(
    admin: Client, cast: Cast, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        person = make_person()
        grant(person, cast.organisation, Role.EDITOR)
        post = Post.objects.create(organisation=cast.organisation, title=f"Chức danh {number}")
        PostHolding.objects.create(post=post, person=person, since="2025-07-01")
    for address in ("/thiet-lap/", "/thiet-lap/nguoi/", "/thiet-lap/chuc-danh/", "/thiet-lap/co-quan/"):
        with django_assert_max_num_queries(20):
            admin.get(address)


def test_the_frame_shows_the_unit_and_the_settings_to_administrators_alone(
    client: Client, cast: Cast
) -> None:
    for person, sees in ((cast.administrator, True), (cast.editor, False)):
        client.force_login(person)
        page = text(client.get("/tai-khoan/"))
        assert "Xã Đầm Hà" in page
        assert ('href="/thiet-lap/"' in page) is sees


def test_a_key_is_named_by_the_digits_that_lists_say(client: Client) -> None:
    cast = make_cast()
    passkey = make_passkey(cast.administrator)
    client.force_login(cast.administrator)
    assert passkey.keyid[:16] in client.get("/tai-khoan/bao-ve/").content.decode()
