# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from loa.audit.models import Entry
from loa.config import clock
from loa.config.errors import PermissionDeniedError
from loa.people import actions
from loa.people.devices import device_words
from loa.people.jobs import clear_sessions
from loa.people.models import Role, RoleGrant, Session
from loa.people.tests.factories import PASSWORD, Cast, grant, make_cast
from loa.people.tests.steps import is_signed_in, text, type_password

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)
PAGE = "/tai-khoan/phien/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser(agent: str = "", address: str = "203.0.113.7") -> Client:
    return Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)


def test_each_place_is_listed_with_device_address_and_time(cast: Cast) -> None:
    phone, desk = browser(ANDROID), browser("Mozilla/5.0 (Windows NT 10.0) Firefox/133.0", "198.51.100.4")
    with clock.frozen(NOW):
        type_password(phone)
        type_password(desk)
    with clock.frozen(NOW + timedelta(minutes=10)):
        page = text(desk.get(PAGE))
    for words in ("Chrome trên Android", "203.0.113.7", "Firefox trên Windows", "198.51.100.4", "máy này"):
        assert words in page
    assert "Ngoài máy này còn 1 nơi khác" in page
    assert phone.session.session_key not in page


def test_ending_one_place_takes_effect_with_its_next_request(cast: Cast) -> None:
    phone, desk, third = browser(), browser(), browser()
    for one in (phone, desk, third):
        type_password(one)
    label = Session.objects.get(pk=phone.session.session_key).label
    desk.post(f"{PAGE}ket-thuc/", {"label": label})
    assert [is_signed_in(one) for one in (phone, desk, third)] == [False, True, True]
    desk.post(f"{PAGE}ket-thuc/")
    assert [is_signed_in(one) for one in (phone, desk, third)] == [False, True, False]
    assert Entry.objects.filter(action="people.end_sessions").count() == 2


def test_ones_own_place_ends_by_signing_out_alone(cast: Cast) -> None:
    client = browser()
    type_password(client)
    client.post(f"{PAGE}ket-thuc/", {"label": Session.objects.get().label})
    assert is_signed_in(client)
    client.post("/tai-khoan/dang-xuat/")
    assert not Session.objects.filter(person=cast.editor).exists()


def test_an_administrator_ends_those_of_his_people_and_nobody_elses(client: Client, cast: Cast) -> None:
    phone = browser()
    type_password(phone)
    grant(cast.outsider, cast.other_organisation, Role.ADMINISTRATOR)
    for part in ("viewer", "approver_one", "outsider"):
        with pytest.raises(PermissionDeniedError):
            actions.end_sessions(actor=cast.people[part], person=cast.editor)
    assert is_signed_in(phone)
    client.force_login(cast.administrator)
    client.post(f"/thiet-lap/nguoi/{cast.editor.pk}/phien/")
    assert not is_signed_in(phone)
    assert is_signed_in(client)


def test_a_role_that_ends_ends_no_session_but_what_it_allowed(cast: Cast) -> None:
    client = browser()
    type_password(client, "quan-tri")
    assert client.get("/thiet-lap/").status_code == 200
    RoleGrant.objects.filter(person=cast.administrator).update(until=clock.now())
    assert client.get("/thiet-lap/").status_code == 403
    assert is_signed_in(client)


def test_a_new_password_ends_the_other_places(cast: Cast) -> None:
    here, there = browser(), browser()
    type_password(here)
    type_password(there)
    typed = {"old_password": PASSWORD, "new_password": "con-duong-lang-1999", "again": "con-duong-lang-1999"}
    here.post("/tai-khoan/mat-khau/", typed)
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert Session.objects.filter(person=cast.editor).count() == 1


def test_a_page_asks_the_database_no_more_than_before_for_it(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    client = browser()
    with clock.frozen(NOW):
        type_password(client)
        with django_assert_num_queries(4):  # session, person, what he may do
            client.get("/tai-khoan/mat-khau/", headers={"hx-request": "true"})
    with clock.frozen(NOW + timedelta(minutes=6)), django_assert_num_queries(5):  # and when it was seen
        client.get("/tai-khoan/mat-khau/", headers={"hx-request": "true"})


def test_when_it_was_seen_is_known_to_five_minutes(cast: Cast) -> None:
    client = browser()
    with clock.frozen(NOW):
        type_password(client)
    for minutes, seen in ((4, 0), (6, 6), (10, 6), (11, 11)):
        with clock.frozen(NOW + timedelta(minutes=minutes)):
            is_signed_in(client)
        assert Session.objects.get(person=cast.editor).last_seen == NOW + timedelta(minutes=seen)


def test_who_has_not_signed_in_is_listed_nowhere(client: Client, cast: Cast) -> None:
    client.post("/tai-khoan/dang-nhap/khoa/hoi/")
    assert Session.objects.get().person is None


def test_sessions_that_are_over_leave_the_table(cast: Cast) -> None:
    type_password(browser())
    Session.objects.update(expire_date=clock.now() - timedelta(days=1))
    clear_sessions()
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (ANDROID, "Chrome trên Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari trên iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge trên Windows"),
        (
            "Mozilla/5.0 (Windows NT 10.0) coc_coc_browser/131 Chrome/125.0 Safari/537.36",
            "Cốc Cốc trên Windows",
        ),
        ("curl/8.0", "Máy không rõ"),
        ("", "Máy không rõ"),
    ],
)
def test_a_browser_is_named_as_people_name_it(agent: str, words: str) -> None:
    assert device_words(agent) == words
