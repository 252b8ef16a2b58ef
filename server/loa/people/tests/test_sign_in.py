# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loa.config import clock
from loa.people import throttle
from loa.people.http import address_of
from loa.people.models import Person
from loa.people.tests.factories import PASSWORD, Cast, make_cast

pytestmark = pytest.mark.django_db
SIGN_IN = "/tai-khoan/dang-nhap/"
NEW_PASSWORD = "con-duong-lang-1999"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def sign_in(client: Client, username: str = "bien-tap", password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("people:account")).status_code == 200


def test_the_right_password_signs_in_whatever_case_the_name_is_typed_in(client: Client, cast: Cast) -> None:
    answer = sign_in(client, " Bien-Tap ")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("username", "password"), [("bien-tap", "sai"), ("khong-co", PASSWORD), ("bien-tap", "x" * 5000)]
)
def test_a_wrong_name_and_a_wrong_password_look_the_same(
    client: Client, cast: Cast, username: str, password: str
) -> None:
    answer = sign_in(client, username, password)
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in answer.content.decode()
    assert not is_signed_in(client)


def test_whoever_is_switched_off_cannot_sign_in_and_is_out_at_once(client: Client, cast: Cast) -> None:
    sign_in(client)
    Person.objects.filter(pk=cast.editor.pk).update(is_active=False)
    assert not is_signed_in(client)
    assert "chưa đúng" in sign_in(client).content.decode()


def test_empty_fields_are_named_and_cost_no_attempt(client: Client, cast: Cast) -> None:
    page = client.post(SIGN_IN, {}).content.decode()
    assert "Gõ tên đăng nhập." in page
    assert "Gõ mật khẩu." in page


def test_guessing_is_stopped_and_then_even_the_right_password_waits(client: Client, cast: Cast) -> None:
    now = datetime(2026, 11, 24, 10, tzinfo=UTC)
    with clock.frozen(now):
        for _ in range(throttle.FROM_ONE_ADDRESS_FOR_ONE_ACCOUNT):
            sign_in(client, password="sai")
        answer = sign_in(client)
        assert answer.status_code == 429
        assert "Thử lại sau 15 phút" in answer.content.decode()
    with clock.frozen(now + timedelta(minutes=15)):
        assert sign_in(client).status_code == 302


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/chien-dich/", "/chien-dich/"),
        ("/tin/T-0147/?xem=1", "/tin/T-0147/?xem=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("no-view-of-ours", "/"),
        ("", "/"),
    ],
)
def test_only_a_page_of_ours_is_the_next_one(client: Client, cast: Cast, wanted: str, goes_to: str) -> None:
    assert sign_in(client, next=wanted)["Location"] == goes_to
    assert client.get(SIGN_IN, {"next": wanted})["Location"] == goes_to


def test_a_page_asked_for_without_signing_in_is_the_next_one(client: Client, cast: Cast) -> None:
    answer = client.get("/thiet-lap/nguoi/")
    assert answer["Location"] == f"{SIGN_IN}?next=/thiet-lap/nguoi/"
    assert 'name="next" value="/thiet-lap/nguoi/"' in client.get(answer["Location"]).content.decode()


def test_signing_out_takes_a_post_and_ends_the_session(client: Client, cast: Cast) -> None:
    sign_in(client)
    assert client.get("/tai-khoan/dang-xuat/").status_code == 405
    assert client.post("/tai-khoan/dang-xuat/")["Location"] == SIGN_IN
    assert not is_signed_in(client)


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(client: Client, cast: Cast) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    answer = client.post(
        "/tai-khoan/mat-khau/",
        {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "again": NEW_PASSWORD},
    )
    assert answer["Location"] == "/tai-khoan/"
    assert is_signed_in(client)
    assert not is_signed_in(other)


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("sai", NEW_PASSWORD, NEW_PASSWORD, "Mật khẩu hiện tại chưa đúng"),
        (PASSWORD, NEW_PASSWORD, NEW_PASSWORD + "x", "Hai lần gõ khác nhau"),
        (PASSWORD, "ngan", "ngan", "10"),
    ],
)
def test_a_password_that_cannot_be_taken_is_refused_beside_its_field(
    client: Client, cast: Cast, old: str, new: str, again: str, sentence: str
) -> None:
    sign_in(client)
    page = client.post("/tai-khoan/mat-khau/", {"old_password": old, "new_password": new, "again": again})
    assert sentence in page.content.decode()
    assert Person.objects.get(pk=cast.editor.pk).check_password(PASSWORD)


def test_an_open_session_is_no_place_to_guess_the_password(client: Client, cast: Cast) -> None:
    sign_in(client)

    def change(old: str, new: str = NEW_PASSWORD) -> str:
        typed = {"old_password": old, "new_password": new, "again": new}
        return client.post("/tai-khoan/mat-khau/", typed).content.decode()

    for _ in range(throttle.FROM_ONE_ADDRESS_FOR_ONE_ACCOUNT):
        change(PASSWORD, "ngan")  # a weak new one is no guess
    for _ in range(throttle.FROM_ONE_ADDRESS_FOR_ONE_ACCOUNT):
        assert "Mật khẩu hiện tại chưa đúng" in change("sai")
    assert "Sai mật khẩu nhiều lần" in change(PASSWORD)
    assert Person.objects.get(pk=cast.editor.pk).check_password(PASSWORD)


def test_the_demo_sign_ins_stand_on_the_page_of_a_demo_alone(
    client: Client, cast: Cast, settings: Any
) -> None:
    Person.objects.filter(pk=cast.editor.pk).update(is_sample=True)
    assert "loa-demo-2026" not in client.get(SIGN_IN).content.decode()
    settings.DEMO = True
    page = client.get(SIGN_IN).content.decode()
    assert "loa-demo-2026" in page
    assert "bien-tap" in page
    assert "duyet-mot" not in page  # no sample


@pytest.mark.parametrize(
    ("direct", "forwarded", "address"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "10.0.0.1", "203.0.113.9"),
        ("127.0.0.1", "10.0.0.1, 203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_only_a_proxy_on_this_machine_is_believed(rf: Any, direct: str, forwarded: str, address: str) -> None:
    request = rf.get("/", REMOTE_ADDR=direct, HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(request) == address
