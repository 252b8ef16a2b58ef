# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked again at the moment of sending, and how often it is tried: e-mail by Django's own test server."""

import itertools
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import transaction

from loa.config import clock
from loa.jobs import outbox
from loa.jobs.models import OutboxEntry
from loa.notices import actions, jobs, rules
from loa.notices.actions.telling import TOPICS
from loa.notices.models import DeliveryAttempt, Notice, Use, Way, Ways
from loa.notices.tests.factories import KIND, NOW, make_notice
from loa.people.tests.factories import make_person

pytestmark = pytest.mark.django_db
EMAIL = TOPICS[Way.EMAIL]
NIGHT = datetime(2026, 11, 24, 16, tzinfo=UTC)  # 23:00 in Vietnam
MORNING = datetime(2026, 11, 24, 23, tzinfo=UTC)  # 06:00


@pytest.fixture(autouse=True)
def _frozen(settings):
    settings.EMAIL_HOST = "localhost"
    settings.DEFAULT_FROM_EMAIL = "loa@xa.example"
    settings.BASE_URL = "https://loa.xa.example"
    with clock.frozen(NOW):
        yield


@pytest.fixture
def reader():
    person = make_person()
    Ways.objects.create(person=person, email="hau@xa.example")
    return person


def tell(reader, **values):
    with transaction.atomic():
        (notice,) = actions.tell(
            to=[reader], kind=KIND.key, title="Đến hạn: treo 12 băng rôn", body="Hạn là ngày mai.", url="/",
            about=None, dedupe="viec:1", by=None, **values,
        )  # fmt: skip
    return notice


def run(at=NOW):
    with clock.frozen(at):
        return outbox.run_due([EMAIL])


def outcomes():
    rows = DeliveryAttempt.objects.filter(way=Way.EMAIL).exclude(outcome="started").order_by("pk")
    return list(rows.values_list("outcome", flat=True))


def test_a_letter_says_what_who_why_and_where_to_answer(reader):
    notice = tell(reader, links=[("Đầu mối", "/chien-dich/x/")])
    run()
    (letter,) = mail.outbox
    assert letter.subject == "[Loa] Đến hạn: treo 12 băng rôn"
    assert (letter.to, letter.from_email) == (["hau@xa.example"], "loa@xa.example")
    for words in (
        "Hạn là ngày mai.",
        "Đầu mối: https://loa.xa.example/chien-dich/x/",
        f"https://loa.xa.example/thong-bao/{notice.pk}/",
        "Người gửi: Hệ thống, qua Loa",
        "Bạn nhận thông báo này vì bạn đang thử.",
        "https://loa.xa.example/thong-bao/cach-nhan/",
    ):
        assert words in letter.body
    headers = letter.message()
    assert headers["Message-ID"] == f"<notice-{notice.pk}@loa.xa.example>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Importance"] is None
    assert outcomes() == ["sent"]


def test_an_urgent_letter_says_so_to_the_mail_program(reader):
    tell(reader, urgent=True)
    run()
    assert mail.outbox[0].message()["Importance"] == "high"


def test_an_effect_that_comes_twice_sends_one_letter(reader):
    notice = tell(reader)
    run()
    with transaction.atomic():
        outbox.put(EMAIL, key=str(notice.pk))
    run()
    assert len(mail.outbox) == 1
    assert outcomes() == ["sent"]


@pytest.mark.parametrize(
    "change",
    [
        lambda reader, notice: actions.acknowledge(actor=reader, notice=notice),
        lambda reader, notice: Ways.objects.update(email_use=Use.OFF),
        lambda reader, notice: Ways.objects.update(email=""),
        lambda reader, notice: type(reader).objects.filter(pk=reader.pk).update(is_active=False),
    ],
)
def test_what_is_not_wanted_any_more_is_not_sent(reader, change):
    change(reader, tell(reader))
    run()
    assert mail.outbox == []
    assert outcomes() == ["not_needed"]


def test_a_worker_that_comes_back_at_night_waits_until_morning(reader):
    tell(reader)
    run(NIGHT)
    assert mail.outbox == []
    run(MORNING)
    assert len(mail.outbox) == 1
    assert outcomes() == ["sent"]


def test_beyond_the_days_limit_only_what_is_urgent_is_sent(reader):
    for _ in range(rules.DAY_LIMIT):
        DeliveryAttempt.objects.create(
            notice=make_notice(reader),
            person=reader,
            way="email",
            outcome="sent",
            at=NOW - timedelta(hours=1),
        )
    tell(reader)
    run()
    assert mail.outbox == []
    assert outcomes()[-1] == "over_limit"
    with transaction.atomic():
        actions.tell(
            to=[reader], kind=KIND.key, title="Khẩn", body="", url="", about=None, dedupe="khan", by=None, urgent=True
        )  # fmt: skip
    run()
    assert len(mail.outbox) == 1


def test_yesterdays_letters_do_not_count(reader):
    for _ in range(rules.DAY_LIMIT):
        DeliveryAttempt.objects.create(
            notice=make_notice(reader),
            person=reader,
            way="email",
            outcome="sent",
            at=NOW - timedelta(hours=25),
        )
    tell(reader)
    run()
    assert len(mail.outbox) == 1


def test_a_failed_letter_is_tried_with_growing_pauses_and_then_given_up(reader, monkeypatch):
    def refuse(self):
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    tell(reader)
    tried = []
    for _ in range(20):
        waiting = OutboxEntry.objects.filter(topic=EMAIL, done_at=None).first()
        if waiting is None:
            break
        tried.append(waiting.not_before)
        run(waiting.not_before)
    assert outcomes() == ["failed"] * (rules.ATTEMPTS - 1) + ["gave_up"]
    assert len(tried) == rules.ATTEMPTS
    pauses = [later - sooner for sooner, later in itertools.pairwise(tried)]
    assert pauses == sorted(pauses)
    assert "SMTPServerDisconnected" in DeliveryAttempt.objects.filter(outcome="failed")[0].detail


def test_a_retry_waits_for_the_morning_too(reader, monkeypatch):
    late = datetime(2026, 11, 24, 13, 59, 30, tzinfo=UTC)  # 20:59:30
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda self: (_ for _ in ()).throw(OSError()))
    tell(reader)
    run(late)
    assert OutboxEntry.objects.get(done_at=None).not_before == MORNING


@pytest.mark.parametrize(("code", "expected"), [(550, "gave_up"), (451, "failed")])
def test_an_address_that_does_not_exist_is_not_asked_again(reader, monkeypatch, code, expected):
    def refuse(self):
        raise SMTPRecipientsRefused({"hau@xa.example": (code, b"no")})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    tell(reader)
    run()
    assert outcomes() == [expected]


def test_a_letter_to_one_never_keeps_the_next_from_its_turn(reader, monkeypatch):
    other = make_person()
    Ways.objects.create(person=other, email="uoc@xa.example")
    sent = []

    def send(self):
        if self.to == ["hau@xa.example"]:
            raise OSError("no route")
        sent.append(self.to)

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)
    tell(reader)
    tell(other)
    run()
    assert sent == [["uoc@xa.example"]]


def test_an_effect_of_a_notice_that_is_gone_is_settled():
    with transaction.atomic():
        outbox.put(EMAIL, key="00000000-0000-0000-0000-000000000001")
    assert run() == 1


def test_each_way_has_a_thread_of_its_own():
    assert {EMAIL, TOPICS[Way.PUSH], jobs.CONFIRM_TOPIC} <= set(outbox.slow_topics())
    assert not set(outbox.slow_topics()) & set(outbox.handled_topics())
    assert Notice.objects.count() == 0
