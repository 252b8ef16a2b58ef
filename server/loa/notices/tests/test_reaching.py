# SPDX-License-Identifier: AGPL-3.0-or-later
"""How somebody wants to be reached: an address counts once its reader confirmed it, a browser is its owner's."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail

from loa.audit.models import Entry
from loa.config import clock
from loa.config.errors import ConflictError, NotFoundError
from loa.jobs import outbox
from loa.notices import actions
from loa.notices.actions.reaching import (
    ASK_AGAIN_AFTER,
    BROWSERS,
    CONFIRM_TOPIC,
    BadLinkError,
    BadSubscriptionError,
    NoMailServerError,
    TooSoonError,
    confirmation_token,
)
from loa.notices.models import Subscription, Ways
from loa.notices.tests.factories import AUTH, NOW, P256DH
from loa.people.tests.factories import make_person

pytestmark = pytest.mark.django_db
KEYS = {"p256dh": P256DH, "auth": AUTH}
ENDPOINT = "https://fcm.googleapis.com/fcm/send/mot"


@pytest.fixture(autouse=True)
def _frozen(settings):
    settings.EMAIL_HOST = "localhost"
    settings.BASE_URL = "https://loa.xa.example"
    with clock.frozen(NOW):
        yield


@pytest.fixture
def person():
    return make_person(full_name="Nguyễn Thị Hậu")


def choose(person, email="hau@xa.example", **values):
    return actions.choose_ways(actor=person, email=email, **{"email_use": "all", "push_use": "all", **values})


def token_of(letter):
    address = re.search(r"https://\S+", letter.body).group()
    assert address.startswith("https://loa.xa.example/thong-bao/cach-nhan/thu/?")
    return parse_qs(urlsplit(address).query)["ma"][0]


def test_an_address_is_used_once_its_reader_said_so(person):
    assert choose(person).email == ""
    outbox.run_due([CONFIRM_TOPIC])
    (letter,) = mail.outbox
    assert letter.to == ["hau@xa.example"]
    assert "Nguyễn Thị Hậu" in letter.body
    token = token_of(letter)
    actions.confirm_email(actor=person, token=token)
    actions.confirm_email(actor=person, token=token)
    ways = Ways.objects.get(person=person)
    assert (ways.email, ways.pending_email) == ("hau@xa.example", "")
    assert Entry.objects.filter(action="notices.confirm_email").count() == 1


def test_the_old_address_stays_until_the_new_one_is_confirmed_and_an_empty_one_ends_both(person):
    Ways.objects.create(person=person, email="cu@xa.example")
    ways = choose(person, "moi@xa.example")
    assert (ways.email, ways.pending_email) == ("cu@xa.example", "moi@xa.example")
    assert choose(person, "cu@xa.example").pending_email == ""
    ways = choose(person, "")
    assert (ways.email, ways.pending_email) == ("", "")


def test_a_link_of_another_person_or_address_or_of_last_week_is_refused(person):
    token, other = confirmation_token(choose(person)), make_person()
    choose(other)  # the same address
    for actor, text in ((other, token), (make_person(), token), (person, token + "x"), (person, "")):
        with pytest.raises(BadLinkError):
            actions.confirm_email(actor=actor, token=text)
    Ways.objects.update(pending_email="khac@xa.example")
    with pytest.raises(BadLinkError):
        actions.confirm_email(actor=person, token=token)


def test_a_link_ends_after_two_days(person, monkeypatch):
    token = confirmation_token(choose(person))
    later = NOW.timestamp() + 10**10
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    with pytest.raises(BadLinkError):
        actions.confirm_email(actor=person, token=token)


def test_nobody_can_be_flooded_with_confirmations(person):
    choose(person)
    with pytest.raises(TooSoonError):
        choose(person, "khac@xa.example")
    choose(person)  # the same again asks nothing
    outbox.run_due([CONFIRM_TOPIC])
    assert len(mail.outbox) == 1
    with clock.frozen(NOW + ASK_AGAIN_AFTER):
        assert choose(person, "khac@xa.example").pending_email == "khac@xa.example"


def test_an_address_that_was_changed_meanwhile_is_not_asked(person):
    choose(person)
    with clock.frozen(NOW + ASK_AGAIN_AFTER):
        choose(person, "khac@xa.example")
        outbox.run_due([CONFIRM_TOPIC])
    assert [letter.to for letter in mail.outbox] == [["khac@xa.example"]]


def test_without_a_mail_server_an_address_is_not_taken(person, settings):
    settings.EMAIL_HOST = ""
    with pytest.raises(NoMailServerError):
        choose(person)
    assert choose(person, "", push_use="urgent").push_use == "urgent"


def subscribe(person, endpoint=ENDPOINT, **values):
    return actions.subscribe(actor=person, endpoint=endpoint, browser="Chrome", **{**KEYS, **values})


def test_a_browser_is_subscribed_once(person):
    assert subscribe(person) == subscribe(person)
    assert Entry.objects.filter(action="notices.subscribe").count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"endpoint": "http://127.0.0.1:8420/"},
        {"endpoint": "https://example.com/x"},
        {"endpoint": f"{ENDPOINT}/{'x' * 1000}"},
        {"p256dh": "abc"},
        {"auth": "abc"},
    ],
)
def test_what_is_no_subscription_is_refused(person, values):
    with pytest.raises(BadSubscriptionError):
        subscribe(person, **values)
    assert not Subscription.objects.exists()


def test_a_person_has_at_most_ten_browsers(person):
    for number in range(BROWSERS):
        subscribe(person, f"{ENDPOINT}/{number}")
    with pytest.raises(ConflictError):
        subscribe(person, f"{ENDPOINT}/x")


def test_a_browser_ends_by_its_owners_word_alone_and_can_come_back(person):
    held = subscribe(person)
    with pytest.raises(NotFoundError):
        actions.end_subscription(actor=make_person(), pk=held.pk)
    with clock.frozen(NOW + timedelta(minutes=1)):
        actions.end_subscription(actor=person, pk=held.pk)
    actions.end_subscription(actor=person, pk=held.pk)
    assert Subscription.objects.get().ended_at == NOW + timedelta(minutes=1)
    assert Entry.objects.filter(action="notices.end_subscription").count() == 1
    assert subscribe(person).ended_at is None
