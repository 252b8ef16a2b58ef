# SPDX-License-Identifier: AGPL-3.0-or-later
"""How often every page of the sample asks the database: at most twenty times, and no more for more rows."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from loa.config import clock
from loa.console.tests.permissions import sample as sample_rows
from loa.console.tests.permissions.sample import Sample
from loa.console.tests.permissions.table import TABLE
from loa.console.tests.permissions.world import NOW
from loa.people.models import Person

pytestmark = pytest.mark.django_db
QUERIES_AT_MOST = 20  # with session and person

Case = tuple[str, str]  # an address and what it is about
PAGES: list[Case] = [
    (name, entry.about) for name, entry in TABLE.items() if entry.takes("GET") and not entry.is_public
]
CASES: list[Case] = [
    *PAGES,
    ("console:message", "released_message"),
    ("console:message", "withdrawn_message"),
    ("releases:release", "release"),
    ("releases:release", "withdrawn"),
    ("releases:withdraw", "withdrawn"),
]
OWN = {"notice"}  # the reader's: to everybody else it is not there
FRAMES_OWN = ("SAVEPOINT", "RELEASE SAVEPOINT")  # the tests' transaction around a request


@pytest.fixture(scope="module")
def sample(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Sample]:
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        clock.frozen(NOW),
        override_settings(DEMO=True),
    ):
        yield sample_rows.load()
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Counts:
    """The queries of each page: with the sample, with twice its rows, and for an approver."""

    once: dict[Case, int]
    twice: dict[Case, int]
    approver: dict[Case, int]


@pytest.fixture(scope="module")
def counts(sample: Sample) -> Counts:
    once, approver = _count(sample, sample.reader), _count(sample, sample.approver)
    sample_rows.fill(sample)
    return Counts(once, _count(sample, sample.reader), approver)


def _count(sample: Sample, reader: Person) -> dict[Case, int]:
    client = Client()
    client.force_login(reader)
    for address in ("/", reverse("voice:spoken", args=sample.arguments["draft"])):
        client.get(address)  # what a process reads once belongs to no page
    return {case: count for case in CASES if (count := _queries(client, sample, case))}


def _queries(client: Client, sample: Sample, case: Case) -> int:
    """Return how often a page asks; nothing when it is not for this reader."""
    name, about = case
    with CaptureQueriesContext(connection) as captured:
        response = client.get(reverse(name, args=sample.arguments[about]))
    refusals = {404} if about in OWN else {403}
    assert response.status_code in {200, 302, *refusals}, case
    if response.status_code in refusals:
        return 0
    return sum(not query["sql"].startswith(FRAMES_OWN) for query in captured)


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_it_asks_at_most_twenty_times(counts: Counts, case: Case) -> None:
    assert counts.once.get(case, 0) <= QUERIES_AT_MOST


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_it_asks_no_more_often_when_there_are_twice_as_many_rows(counts: Counts, case: Case) -> None:
    assert counts.twice.get(case, 0) == counts.once.get(case, 0)


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_an_approvers_frame_asks_at_most_twenty_times(counts: Counts, case: Case) -> None:
    assert counts.approver.get(case, 0) <= QUERIES_AT_MOST


def test_every_page_of_the_table_was_counted(counts: Counts) -> None:
    assert {*counts.once, *counts.approver} == set(CASES)
