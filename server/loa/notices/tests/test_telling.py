# SPDX-License-Identifier: AGPL-3.0-or-later
"""Telling: one row for each person, once; what follows the commit; what the audit log keeps."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import transaction

from loa.audit.models import Entry
from loa.config import clock
from loa.jobs.models import OutboxEntry
from loa.notices import actions, queries
from loa.notices.actions import Telling
from loa.notices.models import Answer, DeliveryAttempt, Notice, Use, Way, Ways
from loa.notices.tests.factories import KIND, NOW, make_subscription
from loa.people.tests.factories import make_cast, make_organisation, make_person

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 24, 16, tzinfo=UTC)  # 23:00 in Vietnam
MORNING = datetime(2026, 11, 24, 23, tzinfo=UTC)  # 06:00


@pytest.fixture(autouse=True)
def _frozen(settings):
    settings.EMAIL_HOST = "localhost"
    with clock.frozen(NOW):
        yield


def tell(*people, **values):
    defaults = {
        "kind": KIND.key, "title": "Đến hạn", "body": "Ngày mai.", "url": "/", "about": None, "dedupe": "viec:1",
        "by": None,
    }  # fmt: skip
    with transaction.atomic():
        return actions.tell(to=people, **{**defaults, **values})


def reached_by_email(**values):
    person = make_person()
    Ways.objects.create(person=person, email=f"{person.username}@xa.example", **values)
    return person


def effects():
    return list(OutboxEntry.objects.order_by("pk").values_list("topic", "key", "not_before"))


def test_each_person_is_told_once_whatever_is_told_twice():
    one, two = make_person(), make_person()
    assert len(tell(one, one)) == 1
    (new,) = tell(one, two)
    assert new.person == two
    assert tell(one, two) == []
    assert len(tell(one, dedupe="viec:2")) == 1
    assert Notice.objects.count() == 3


def test_what_another_process_told_meanwhile_is_left_to_it(monkeypatch):
    person = make_person()
    (first,) = tell(person)
    monkeypatch.setattr("loa.notices.actions.telling.told", lambda dedupes: set())
    assert tell(person) == []
    assert list(Notice.objects.all()) == [first]
    assert Entry.objects.filter(action="notices.tell").count() == 1


def test_it_needs_the_transaction_of_what_it_tells_of(monkeypatch):
    class Outside:
        in_atomic_block = False

    monkeypatch.setattr("loa.notices.actions.telling.transaction.get_connection", Outside)
    with pytest.raises(RuntimeError):
        actions.tell_many([])


def test_whoever_left_is_told_nothing():
    assert tell(make_person(is_active=False)) == []


def test_a_kind_that_nobody_registered_and_a_foreign_address_are_mistakes():
    person = make_person()
    with pytest.raises(ValueError):
        tell(person, kind="nobody.knows")
    with pytest.raises(ValueError):
        tell(person, url="https://example.com/")
    with pytest.raises(ValueError):
        tell(person, links=[("xem", "//example.com/")])


def test_a_notice_says_who_what_and_what_may_be_answered():
    sender, about = make_person(full_name="Trần Thế Ước"), make_organisation()
    (notice,) = tell(make_person(), by=sender, about=about, answers=[Answer.OBJECT], title="Dòng\nhai")
    assert (notice.sent_by, notice.sent_by_name, notice.title) == (sender, "Trần Thế Ước", "Dòng hai")
    assert (notice.about_type, notice.about_id) == ("people.organisation", str(about.pk))
    assert notice.answers == ["acknowledge", "object"]
    assert not notice.allows(Answer.PASS_ON)
    assert notice.allows(Answer.ACKNOWLEDGE)
    assert list(queries.notices_about(about)) == [notice]
    assert list(queries.notices_about(about, "notices.digest")) == []


def test_that_it_stands_in_the_console_is_an_attempt_too_and_each_telling_one_audit_entry():
    about = make_organisation()
    tell(make_person(), make_person(), about=about)
    assert {(row.way, row.outcome) for row in queries.attempts_about(about)} == {("console", "sent")}
    assert DeliveryAttempt.objects.count() == 2
    entry = Entry.objects.get(action="notices.tell")
    assert (entry.actor_name, entry.details["people"]) == ("Hệ thống", 2)


def test_nothing_follows_for_who_chose_no_other_way():
    tell(make_person())
    assert effects() == []


def test_mail_and_push_follow_the_commit_as_each_person_chose():
    letters, both, none = reached_by_email(), reached_by_email(), reached_by_email(email_use=Use.OFF)
    make_subscription(both)
    make_subscription(none, ended_at=NOW)
    notices = {notice.person: notice for notice in tell(letters, both, none)}
    assert sorted((topic, key) for topic, key, _when in effects()) == sorted(
        [
            ("notice-email", str(notices[letters].pk)),
            ("notice-email", str(notices[both].pk)),
            ("notice-push", str(notices[both].pk)),
        ]
    )
    assert {when for *_rest, when in effects()} == {NOW}


def test_an_address_that_is_not_confirmed_is_not_used(settings):
    person = make_person()
    Ways.objects.create(person=person, pending_email="cho@xa.example")
    tell(person)
    assert effects() == []


def test_without_a_mail_server_no_letter_is_planned(settings):
    settings.EMAIL_HOST = ""
    tell(reached_by_email())
    assert effects() == []


def test_at_night_it_waits_for_six_unless_it_is_urgent():
    person = reached_by_email(email_use=Use.URGENT)
    always = reached_by_email()
    with clock.frozen(NIGHT):
        tell(person, always)
        tell(person, dedupe="khan", urgent=True)
    assert [when for *_rest, when in effects()] == [MORNING, NIGHT]


def test_three_hundred_notices_take_at_most_twenty_queries(django_assert_max_num_queries):
    people = [make_person() for _ in range(30)]
    telling = Telling(tuple(people), KIND.key, "Đến hạn", "", "/", None, "x")
    with transaction.atomic(), django_assert_max_num_queries(20):
        assert len(actions.tell_many(replace(telling, dedupe=f"x{number}") for number in range(10))) == 300


def test_answers_are_found_by_the_name_of_the_thing_also_of_those_to_whom_it_was_passed_on():
    cast = make_cast()
    (notice,) = tell(cast.editor, answers=[Answer.PASS_ON, Answer.ANSWER])
    actions.pass_on(actor=cast.editor, notice=notice, to=cast.planner)
    (passed,) = Notice.objects.filter(person=cast.planner)
    actions.pass_on(actor=cast.planner, notice=passed, to=cast.viewer)
    (further,) = Notice.objects.filter(person=cast.viewer)
    actions.answer(actor=cast.viewer, notice=further, text="Xong rồi")
    found = queries.responses_to(["viec:1", "viec:9", ""])
    assert {name: [(one.person, one.kind) for one in rows] for name, rows in found.items()} == {
        "viec:1": [(cast.editor, "pass_on"), (cast.planner, "pass_on"), (cast.viewer, "answer")]
    }
    assert queries.responses_to([]) == {}


def test_who_was_told_what_and_how_he_is_reached():
    (notice,) = tell(make_person())
    assert queries.told(["viec:1", "viec:9"]) == {(notice.person_id, "viec:1")}
    assert queries.ways_of([notice.person_id])[notice.person_id].has(Way.EMAIL, is_urgent=True) is False
