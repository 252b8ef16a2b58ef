# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loa.config import clock
from loa.people import fresh, throttle
from loa.people.fresh import FreshVerificationError
from loa.people.models import RoleGrant
from loa.people.queries import may, passkeys_of
from loa.people.tests.authenticator import Authenticator
from loa.people.tests.factories import PASSWORD, Cast, make_cast, make_proposal
from loa.people.tests.steps import add_passkey, ask, bring, code_of, passkey_of, phone_of, text

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5, seconds=1)
VERIFY = "/tai-khoan/xac-nhan/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    with clock.frozen(NOW):
        client.force_login(cast.administrator)
    return client


def dangerous(cast: Cast) -> dict[str, dict[str, Any]]:
    """Return the addresses that ask again, with what is sent to each."""
    person, place = cast.editor.pk, cast.organisation.pk
    passkey = passkeys_of(cast.editor).get().pk
    proposal = make_proposal(cast.viewer, cast.organisation, cast.head).pk
    typed = {"full_name": "A B", "username": "ab", "password": "con-duong-lang-1999"}
    return {
        "/thiet-lap/nguoi/them/": {**typed, "organisation": place, "role": "editor"},
        f"/thiet-lap/nguoi/{person}/vai-tro/": {"organisation": place, "role": "planner"},
        f"/thiet-lap/nguoi/{person}/mat-khau/": {"password": "con-duong-lang-1999"},
        f"/thiet-lap/nguoi/{person}/khoa/": {"passkey": passkey, "reason": "lost"},
        f"/thiet-lap/nguoi/{person}/phien/": {},
        f"/thiet-lap/nguoi/{person}/bat-dau-lai/": {},
        f"/thiet-lap/nguoi/{person}/nghi/ket-thuc/": {},
        f"/thiet-lap/cho-nguoi-thu-hai/{proposal}/dong-y/": {},
        f"/thiet-lap/chuc-danh/{cast.head_post.pk}/nguoi-thay/": {"deputy": person},
        "/tai-khoan/khoa/ket-thuc/": {},
        "/tai-khoan/dien-thoai/": {"code": "1"},
        "/tai-khoan/dien-thoai/bo/": {},
        "/tai-khoan/ma-du-phong/": {},
    }


def test_what_is_dangerous_asks_again_after_five_minutes_and_changes_nothing(
    admin: Client, cast: Cast
) -> None:
    passkey_of(cast.editor)
    before = RoleGrant.objects.count()
    with clock.frozen(LATER):
        for address, sent in dangerous(cast).items():
            answer = admin.post(address, sent)
            assert answer.status_code == 302, address
            assert answer["Location"].startswith(VERIFY), address
    assert RoleGrant.objects.count() == before
    assert passkeys_of(cast.editor).exists()


def test_within_five_minutes_of_signing_in_nothing_is_asked(admin: Client, cast: Cast) -> None:
    with clock.frozen(NOW + timedelta(minutes=5)):
        admin.post(
            f"/thiet-lap/nguoi/{cast.editor.pk}/vai-tro/",
            {"organisation": cast.organisation.pk, "role": "planner"},
        )
        assert may(cast.editor, "plan.edit")


def test_looking_is_never_asked(admin: Client, cast: Cast) -> None:
    with clock.frozen(LATER):
        assert admin.get(f"/thiet-lap/nguoi/{cast.editor.pk}/dang-nhap/").status_code == 200


def test_it_leads_back_to_the_page_with_the_form_and_never_to_another_site(admin: Client, cast: Cast) -> None:
    address = f"/thiet-lap/nguoi/{cast.editor.pk}/vai-tro/"
    page = f"/thiet-lap/nguoi/{cast.editor.pk}/"
    with clock.frozen(LATER):
        answer = admin.post(address, {}, headers={"referer": f"http://testserver{page}"})
        assert answer["Location"] == f"{VERIFY}?next={page.replace('/', '%2F')}"
        answer = admin.post(address, {}, headers={"referer": "http://evil.example/x/"})
        assert "evil" not in answer["Location"]
        done = admin.post(VERIFY, {"password": PASSWORD, "next": "https://evil.example/"})
        assert done["Location"] == "/"


def test_the_password_again_is_enough_for_who_has_nothing_else(admin: Client, cast: Cast) -> None:
    with clock.frozen(LATER):
        assert "chưa đúng" in text(admin.post(VERIFY, {"password": "sai"}))
        assert admin.post("/tai-khoan/ma-du-phong/").status_code == 302
        assert admin.post(VERIFY, {"password": PASSWORD, "next": "/tin/"})["Location"] == "/tin/"
        assert admin.post("/tai-khoan/ma-du-phong/").status_code == 200


def test_who_has_a_phone_shows_its_code_too(admin: Client, cast: Cast) -> None:
    with clock.frozen(NOW):
        secret, paper = phone_of(cast.administrator)
    with clock.frozen(LATER):
        assert "Gõ mã." in text(admin.post(VERIFY, {"password": PASSWORD}))
        assert "Mã chưa đúng" in text(admin.post(VERIFY, {"password": PASSWORD, "code": "000000"}))
        admin.post(VERIFY, {"password": "sai", "code": paper[0]})
        assert admin.post("/tai-khoan/ma-du-phong/").status_code == 302
        done = admin.post(VERIFY, {"password": PASSWORD, "code": code_of(secret)})
        assert done["Location"] == "/"
    with clock.frozen(LATER + timedelta(minutes=6)):
        typed = {"password": PASSWORD, "code": paper[0]}  # the wrong password before did not spend it
        assert admin.post(VERIFY, typed).status_code == 302


def test_guessing_there_is_stopped_as_at_signing_in(admin: Client, cast: Cast) -> None:
    with clock.frozen(LATER):
        for _ in range(throttle.FROM_ONE_ADDRESS_FOR_ONE_ACCOUNT):
            admin.post(VERIFY, {"password": "sai"})
        assert "Thử lại sau" in text(admin.post(VERIFY, {"password": PASSWORD}))


def test_a_passkey_verifies_and_only_ones_own(admin: Client, cast: Cast) -> None:
    with clock.frozen(NOW):
        own, other = add_passkey(admin), passkey_of(cast.editor)
    with clock.frozen(LATER):
        for authenticator, status in ((other, 400), (own, 200)):
            options = ask(admin, f"{VERIFY}khoa/hoi/")
            assert len(options["allowCredentials"]) == 1
            done = bring(admin, f"{VERIFY}khoa/", authenticator.answer(options))
            assert done.status_code == status
        assert admin.post("/tai-khoan/ma-du-phong/").status_code == 200


def test_who_has_a_passkey_is_not_verified_by_the_password_alone(admin: Client, cast: Cast) -> None:
    with clock.frozen(NOW):
        add_passkey(admin)
    with clock.frozen(LATER):
        assert "Gõ mã." in text(admin.post(VERIFY, {"password": PASSWORD}))
        assert admin.post("/tai-khoan/ma-du-phong/").status_code == 302


def test_a_new_passkey_is_asked_for_only_after_a_fresh_verification(admin: Client) -> None:
    with clock.frozen(LATER):
        answer = admin.post("/tai-khoan/khoa/hoi/").json()
    assert answer["next"].startswith(VERIFY)


def test_a_new_passkey_is_taken_only_while_the_verification_is_fresh(admin: Client, cast: Cast) -> None:
    with clock.frozen(LATER - timedelta(minutes=1)):
        answer = Authenticator().register(ask(admin, "/tai-khoan/khoa/hoi/"))
    with clock.frozen(LATER):
        assert bring(admin, "/tai-khoan/khoa/them/", answer).json()["next"].startswith(VERIFY)
    assert not passkeys_of(cast.administrator).exists()


def test_a_clock_that_was_set_back_verifies_nobody(admin: Client) -> None:
    with clock.frozen(NOW - timedelta(hours=1)):
        assert admin.post("/tai-khoan/ma-du-phong/").status_code == 302


def test_what_answers_programs_gets_an_error_that_names_the_page(rf: Any, admin: Client) -> None:
    request = rf.post(reverse("people:account"))
    request.session = admin.session
    with clock.frozen(NOW):
        fresh.require(request)
    with clock.frozen(LATER), pytest.raises(FreshVerificationError) as caught:
        fresh.require(request)
    assert caught.value.data["url"].startswith(VERIFY)
    with clock.frozen(LATER):
        fresh.require(request, minutes=6)
