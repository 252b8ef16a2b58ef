# SPDX-License-Identifier: AGPL-3.0-or-later
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loa.audit.models import Entry
from loa.config import checks, clock
from loa.config.errors import ConflictError
from loa.people import actions, codes, throttle
from loa.people.models import CodeApp, RecoveryCode
from loa.people.tests.factories import PASSWORD, Cast, make_cast
from loa.people.tests.steps import (
    SIGN_IN,
    add_passkey,
    code_of,
    is_signed_in,
    passkey_of,
    phone_of,
    sign_in_by_passkey,
    text,
    type_password,
)

pytestmark = pytest.mark.django_db
CODE = f"{SIGN_IN}ma/"
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def phone(cast: Cast) -> str:
    """The secret of the editor's phone, set up a minute before ``NOW``."""
    with clock.frozen(NOW - MINUTE):
        return phone_of(cast.editor)[0]


def send_code(client: Client, code: str, **more: str) -> Any:
    return client.post(CODE, {"code": code, **more})


def test_who_has_a_phone_is_asked_for_its_code_after_the_password(client: Client, phone: str) -> None:
    with clock.frozen(NOW):
        answer = type_password(client, next="/tin/")
        assert answer["Location"].startswith(CODE)
        assert not is_signed_in(client)
        assert "Nguyễn Thị Hậu" in text(client.get(answer["Location"]))
        assert send_code(client, code_of(phone), next="/tin/")["Location"] == "/tin/"
        assert is_signed_in(client)


def test_a_code_without_the_password_before_it_opens_nothing(client: Client, phone: str) -> None:
    with clock.frozen(NOW):
        assert send_code(client, code_of(phone))["Location"] == SIGN_IN
        assert not is_signed_in(client)


def test_a_code_counts_once_and_so_do_those_before_it(client: Client, phone: str) -> None:
    with clock.frozen(NOW):
        code = code_of(phone)
        type_password(client)
        send_code(client, code)
    thief = Client()
    with clock.frozen(NOW + timedelta(seconds=20)):
        type_password(thief)
        assert "đã dùng" in text(send_code(thief, code))
        assert not is_signed_in(thief)
    with clock.frozen(NOW - timedelta(seconds=30)):
        earlier = code_of(phone)
    with clock.frozen(NOW + timedelta(seconds=5)):
        send_code(thief, earlier)
        assert not is_signed_in(thief)


@pytest.mark.parametrize(("seconds", "counts"), [(-61, False), (-30, True), (30, True), (61, False)])
def test_a_phone_may_be_wrong_by_half_a_minute(cast: Cast, seconds: int, counts: bool) -> None:
    secret = codes.new_secret()
    now = datetime(2026, 11, 24, 3, 0, 0, tzinfo=UTC)
    with clock.frozen(now + timedelta(seconds=seconds)):
        code = code_of(secret)
    assert (codes.step_of(secret, code, now) is not None) is counts


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "9" * 5000])
def test_what_is_no_code_is_refused(cast: Cast, code: str) -> None:
    assert codes.step_of(codes.new_secret(), code, NOW) is None


def test_guessing_codes_is_stopped_although_the_password_is_known(client: Client, phone: str) -> None:
    with clock.frozen(NOW):
        for _ in range(throttle.FROM_ONE_ADDRESS_FOR_ONE_ACCOUNT):
            type_password(client)  # a right password forgets no failure before the code is right too
            answer = send_code(client, "000000")
        type_password(client)
        answer = send_code(client, code_of(phone))
        assert answer.status_code == 429
        assert "Thử lại sau" in text(answer)
        assert not is_signed_in(client)


def test_the_right_code_must_come_within_minutes(client: Client, phone: str) -> None:
    with clock.frozen(NOW):
        type_password(client)
    with clock.frozen(NOW + timedelta(minutes=11)):
        assert send_code(client, code_of(phone))["Location"] == SIGN_IN


def test_a_password_that_was_changed_meanwhile_leads_nowhere(client: Client, cast: Cast, phone: str) -> None:
    with clock.frozen(NOW):
        type_password(client)
        cast.editor.set_password("con-duong-lang-1999")
        cast.editor.save()
        assert send_code(client, code_of(phone))["Location"] == SIGN_IN


def test_a_session_that_was_planted_before_is_another_one_afterwards(client: Client, phone: str) -> None:
    with clock.frozen(NOW):
        client.post(f"{SIGN_IN}khoa/hoi/")
        planted = client.session.session_key
        type_password(client)
        between = client.session.session_key
        send_code(client, code_of(phone))
        assert len({planted, between, client.session.session_key}) == 3
        thief = Client()
        for key in (planted, between):
            thief.cookies["loa_session_8420"] = key
            assert not is_signed_in(thief)


def test_a_session_that_was_planted_before_a_passkey_is_another_one_afterwards(cast: Cast) -> None:
    authenticator, client = passkey_of(cast.editor), Client()
    client.post(f"{SIGN_IN}khoa/hoi/")
    planted = client.session.session_key
    sign_in_by_passkey(client, authenticator)
    assert client.session.session_key != planted


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_no_way_of_signing_in_leads_to_another_site(
    client: Client, cast: Cast, phone: str, wanted: str
) -> None:
    with clock.frozen(NOW):
        assert "evil" not in type_password(client, next=wanted)["Location"]
        assert send_code(client, code_of(phone), next=wanted)["Location"] == "/"
    client.post("/tai-khoan/dang-xuat/")
    authenticator = passkey_of(cast.viewer)
    options = client.post(f"{SIGN_IN}khoa/hoi/").json()
    done = client.post(
        f"{SIGN_IN}khoa/?next={wanted}", authenticator.answer(options), content_type="application/json"
    )
    assert done.json() == {"next": "/"}


def test_a_code_on_paper_opens_once(client: Client, cast: Cast) -> None:
    with clock.frozen(NOW):
        _secret, paper = phone_of(cast.editor)
        assert len(set(paper)) == 10
        type_password(client)
        send_code(client, paper[3].upper().replace("-", " "))
        assert is_signed_in(client)
        assert Entry.objects.get(action="people.use_recovery_code").details == {"left": 9}
        other = Client()
        type_password(other)
        assert "đã dùng" in text(send_code(other, paper[3]))
        assert not is_signed_in(other)


def test_codes_on_paper_are_shown_once_and_kept_as_hashes_of_their_person(client: Client, cast: Cast) -> None:
    client.force_login(cast.editor)
    page = text(client.post("/tai-khoan/ma-du-phong/"))
    stored = set(RecoveryCode.objects.filter(person=cast.editor).values_list("digest", flat=True))
    assert len(stored) == 10
    assert not [digest for digest in stored if digest in page]
    paper = re.findall(r"<code[^>]*>([a-z0-9-]{14})</code>", page)
    assert len(paper) == 10
    assert codes.recovery_digest(paper[0], cast.editor.pk) in stored
    assert codes.recovery_digest(paper[0], cast.viewer.pk) not in stored


def test_new_codes_on_paper_end_the_old_ones(cast: Cast) -> None:
    old = actions.renew_recovery_codes(person=cast.editor)
    actions.renew_recovery_codes(person=cast.editor)
    assert not actions.check_second_factor(person=cast.editor, code=old[0])


def test_a_phone_is_set_up_by_its_square_and_first_code(client: Client, cast: Cast) -> None:
    client.force_login(cast.editor)
    page = text(client.get("/tai-khoan/dien-thoai/"))
    assert 'src="data:image/svg+xml' in page
    assert page == text(client.get("/tai-khoan/dien-thoai/")) or "data:image/svg+xml" in page
    wrong = text(client.post("/tai-khoan/dien-thoai/", {"code": "000000"}))
    assert "Mã chưa đúng" in wrong
    assert not CodeApp.objects.filter(confirmed_at__isnull=False).exists()
    secret = actions.begin_code_app(person=cast.editor)
    done = text(client.post("/tai-khoan/dien-thoai/", {"code": code_of(secret)}))
    assert "Mười mã dự phòng" in done
    assert CodeApp.objects.get().confirmed_at is not None


def test_a_phone_that_is_not_confirmed_opens_nothing(client: Client, cast: Cast) -> None:
    secret = actions.begin_code_app(person=cast.editor)
    assert type_password(client)["Location"] == "/"
    assert not actions.check_second_factor(person=cast.editor, code=code_of(secret))


def test_a_secret_lies_in_the_database_closed_and_opens_for_its_person_alone(cast: Cast, phone: str) -> None:
    sealed = bytes(CodeApp.objects.get().sealed)
    assert phone.encode() not in sealed
    assert codes.unseal(sealed, cast.editor.pk) == phone
    assert codes.unseal(sealed, cast.viewer.pk) is None


def test_a_passkey_is_the_second_factor_too(client: Client, cast: Cast) -> None:
    authenticator = passkey_of(cast.editor)
    page = text(client.get(type_password(client)["Location"]))
    assert "Dùng khóa truy cập" in page
    options = client.post(f"{SIGN_IN}khoa/hoi/").json()
    assert len(options["allowCredentials"]) == 1
    sign_in_by_passkey(client, authenticator)
    assert is_signed_in(client)


def test_a_stranger_learns_nothing_about_anybodys_passkeys(client: Client, cast: Cast) -> None:
    passkey_of(cast.editor)
    assert client.post(f"{SIGN_IN}khoa/hoi/").json()["allowCredentials"] == []


@pytest.fixture
def _demanded(settings: Any) -> None:
    settings.SECOND_FACTOR = True


@pytest.mark.usefixtures("_demanded")
def test_who_has_only_a_password_is_led_to_set_up_more_where_it_is_demanded(
    client: Client, cast: Cast
) -> None:
    assert type_password(client)["Location"] == "/"
    for address in ("/", "/tin/", "/tai-khoan/", "/tai-khoan/phien/", "/thiet-lap/", "/chien-dich/"):
        assert client.get(address)["Location"] == "/tai-khoan/bao-ve/", address
    page = text(client.get("/tai-khoan/bao-ve/"))
    assert "Máy này đòi hai bước" in page
    add_passkey(client)
    assert client.get("/tai-khoan/").status_code == 200


@pytest.mark.usefixtures("_demanded")
def test_a_phone_is_enough_where_more_is_demanded(client: Client, cast: Cast) -> None:
    type_password(client)
    client.get("/tai-khoan/dien-thoai/")
    secret = actions.begin_code_app(person=cast.editor)
    client.post("/tai-khoan/dien-thoai/", {"code": code_of(secret)})
    assert client.get("/tai-khoan/").status_code == 200


@pytest.mark.usefixtures("_demanded")
def test_who_shows_both_is_led_nowhere(client: Client, cast: Cast, phone: str) -> None:
    with clock.frozen(NOW):
        type_password(client)
        send_code(client, code_of(phone))
        assert is_signed_in(client)
    other = Client()
    sign_in_by_passkey(other, passkey_of_anybody(cast))
    assert is_signed_in(other)


def passkey_of_anybody(cast: Cast) -> Any:
    return passkey_of(cast.viewer)


@pytest.mark.usefixtures("_demanded")
def test_the_last_second_factor_stays_where_one_is_demanded(cast: Cast, phone: str) -> None:
    with pytest.raises(ConflictError, match="khóa truy cập"):
        actions.drop_code_app(person=cast.editor, is_demanded=True)
    actions.drop_code_app(person=cast.editor, is_demanded=False)
    assert not CodeApp.objects.exists()


def test_the_check_says_when_a_password_is_enough(settings: Any) -> None:
    settings.SECOND_FACTOR = False
    assert [one.state for one in checks.check_sign_in()] == ["weak"]
    settings.SECOND_FACTOR = True
    assert [one.state for one in checks.check_sign_in()] == ["ok"]


def test_the_demos_people_still_come_in_by_password_alone(client: Client, cast: Cast) -> None:
    assert client.post(SIGN_IN, {"username": "bien-tap", "password": PASSWORD})["Location"] == "/"
    assert client.get(reverse("people:security")).status_code == 200
