# SPDX-License-Identifier: AGPL-3.0-or-later
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from loa.audit import actions, chain, queries
from loa.audit.actor import Actor
from loa.audit.models import Entry, Segment
from loa.config import clock
from loa.jobs.models import Job

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
DEVICE = Actor("device:1", "Cụm loa 1")


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def job() -> Job:
    return Job.objects.create(key="test:1", title="Đọc tin", created_at=NOON)


def record(job: Job, **details: object) -> None:
    actions.record(actor=DEVICE, action="test.change", obj=job, details=details, area_code="06970")


@pytest.mark.django_db(transaction=True)
def test_an_entry_needs_the_transaction_of_its_change(job: Job) -> None:
    with pytest.raises(RuntimeError):
        record(job)
    assert Entry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_no_entry(job: Job) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(job)
        raise ZeroDivisionError
    assert Entry.objects.count() == 0


@pytest.mark.django_db
def test_an_entry_keeps_its_actor_as_text(job: Job) -> None:
    person = get_user_model().objects.create(username="hau", full_name="Nguyễn Thị Hậu")
    actions.record(actor=person, action="test.change", obj=job)
    key = str(person.pk)
    person.delete()
    entry = Entry.objects.get()
    assert (entry.actor_id, entry.actor_name) == (key, "Nguyễn Thị Hậu")
    assert (entry.object_type, entry.object_id) == ("jobs.job", str(job.pk))
    assert list(queries.entries_of(job)) == [entry]


@pytest.mark.django_db
def test_what_nobody_did_the_system_did(job: Job) -> None:
    actions.record(actor=None, action="test.change", obj=job)
    assert Entry.objects.get().actor_id == "system"


def test_details_come_back_from_a_database_as_they_went_in() -> None:
    day = date(2026, 11, 24)
    details = {
        "share": 0.5,
        "cost": Decimal("1.20"),
        "day": day,
        "ids": {2, 1},
        "more": [{"x": None, 3: True}],
    }
    assert chain.plain(details) == {
        "share": "0.5",
        "cost": "1.20",
        "day": "2026-11-24",
        "ids": [1, 2],
        "more": [{"x": None, "3": True}],
    }


@pytest.mark.django_db
def test_sealing_links_entries_in_order_and_once(job: Job) -> None:
    for number in range(3):
        record(job, number=number)
    first = actions.seal()
    record(job, number=3)
    second = actions.seal()
    assert first is not None
    assert second is not None
    assert (first.count, second.count) == (3, 1)
    assert second.previous == first.head
    assert queries.head() == second.head
    assert actions.seal() is None
    found = queries.verify(witnessed=[first.head, ""])
    assert found.held
    assert (found.segments, found.entries, found.unsealed) == (2, 4, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (lambda: Entry.objects.filter(position=1).update(actor_name="Người khác"), "altered"),
        (lambda: Entry.objects.filter(position=1).update(details={"number": "1"}), "altered"),
        (lambda: Entry.objects.filter(position=1).delete(), "missing"),
        (lambda: Entry.objects.filter(position=0).delete(), "missing"),
    ],
)
def test_a_changed_or_missing_entry_is_found(job: Job, tamper: object, code: str) -> None:
    for number in range(2):
        record(job, number=number)
    actions.seal()
    tamper()  # type: ignore[operator]
    assert [one.code for one in queries.verify().breaks] == [code]


@pytest.mark.django_db
def test_a_missing_segment_is_found(job: Job) -> None:
    for number in range(3):
        record(job, number=number)
        actions.seal()
    Entry.objects.filter(segment__number=2).delete()
    Segment.objects.filter(number=2).delete()
    assert {one.code for one in queries.verify().breaks} == {"number", "previous"}


@pytest.mark.django_db
def test_a_log_recomputed_by_whoever_holds_the_database_is_found_by_the_heads_that_went_out(job: Job) -> None:
    record(job, number=1)
    actions.seal()
    published = queries.head()
    Entry.objects.all().update(actor_name="Người khác")
    segment = Segment.objects.get()
    segment.head = chain.head(1, "", segment.entries.order_by("position"))
    segment.save()
    assert queries.verify().held
    assert [one.code for one in queries.verify(witnessed=[published]).breaks] == ["head_lost"]


@pytest.mark.django_db
def test_heads_lost_in_a_restore_are_explained_by_its_entry(job: Job) -> None:
    actions.record(actor=None, action=queries.RESTORE, obj=job, details={"heads_lost": ["f" * 64]})
    actions.seal()
    assert queries.verify(witnessed=["f" * 64]).held
