# SPDX-License-Identifier: AGPL-3.0-or-later
"""The summary of each morning: one for each person and day, whatever stops or fails on the way."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from loa.config import clock
from loa.notices import actions, digest, jobs
from loa.notices.digest import Section
from loa.notices.models import DigestDay, Notice
from loa.people.tests.factories import make_person

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 25)
AT_SIX_THIRTY = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # in Vietnam on the 25th


@pytest.fixture(autouse=True)
def sections(monkeypatch):
    fresh = {}
    monkeypatch.setattr(digest, "_sections", fresh)
    return fresh


@pytest.fixture
def asked():
    """Return the people who were asked about; each has one line."""
    people = []

    @digest.section("test.lines", 20)
    def lines(person, now):
        people.append(person.pk)
        return Section("Đến hạn hôm nay", ("Treo băng rôn",), "/chien-dich/x/")

    return people


def go(at=AT_SIX_THIRTY):
    with clock.frozen(at):
        jobs.make_digests()


def digests():
    return Notice.objects.filter(kind="notices.digest").order_by("person")


def test_each_person_gets_one_in_the_morning_and_no_second(asked):
    one, two = make_person(), make_person()
    make_person(is_active=False)
    go()
    go()
    go(AT_SIX_THIRTY + timedelta(hours=2))
    assert [notice.person for notice in digests()] == [one, two]
    assert asked == [one.pk, two.pk]
    notice = digests()[0]
    assert notice.title == "Việc ngày 25/11/2026: 1 mục"
    assert notice.body == "Đến hạn hôm nay (1)\n• Treo băng rôn"
    assert notice.links == [["Đến hạn hôm nay", "/chien-dich/x/"]]
    go(AT_SIX_THIRTY + timedelta(days=1))
    assert digests().count() == 4


@pytest.mark.parametrize("minutes", [-1, 330, 600])
def test_nobody_is_asked_before_half_past_six_or_after_noon(asked, minutes):
    make_person()
    go(AT_SIX_THIRTY + timedelta(minutes=minutes))
    assert asked == []
    assert not DigestDay.objects.exists()


def test_who_has_nothing_gets_nothing(sections):
    digest.section("test.none")(lambda person, now: None)
    digest.section("test.empty")(lambda person, now: Section("Trễ hạn", ()))
    make_person()
    go()
    assert not digests().exists()
    assert DigestDay.objects.get().done_at == AT_SIX_THIRTY
    with transaction.atomic():
        assert actions.digest(person=make_person(), sections=[Section("x", ())], day=DAY) is None


def test_a_section_that_fails_takes_no_other_along(asked, caplog):
    def broken(person, now):
        raise KeyError("a mistake")

    digest.section("test.broken", 1)(broken)
    make_person()
    go()
    assert digests().count() == 1
    assert "test.broken" in caplog.text


def test_what_was_cut_short_goes_on_where_it_stopped(asked, monkeypatch):
    people = [make_person() for _ in range(5)]
    monkeypatch.setattr(jobs, "BUDGET", 0)
    monkeypatch.setattr(jobs.time, "monotonic", iter(range(1000)).__next__)
    go()
    monkeypatch.setattr(jobs, "BUDGET", 1.5)
    for _ in range(10):
        go()
    assert asked == [person.pk for person in people]
    assert digests().count() == 5


def test_a_restart_after_the_notice_was_made_makes_no_second(asked):
    make_person()
    go()
    DigestDay.objects.update(up_to=0, done_at=None)
    go()
    assert digests().count() == 1


def test_sections_stand_in_their_order_and_long_ones_are_counted(asked):
    @digest.section("test.long", 10)
    def long(person, now):
        return Section("Trễ hạn", tuple(f"Việc {number}" for number in range(25)))

    make_person()
    go()
    body = digests()[0].body
    assert body.startswith("Trễ hạn (25)\n• Việc 0\n")
    assert "• Việc 19\nvà 5 mục nữa\n\nĐến hạn hôm nay (1)" in body
    assert digests()[0].title.endswith("26 mục")
