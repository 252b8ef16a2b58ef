# SPDX-License-Identifier: AGPL-3.0-or-later
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from loa.jobs import actions, periodic, queries
from loa.jobs.models import JobState

KEY = "test.kind:1"


@pytest.fixture
def client_in() -> Client:
    person = get_user_model().objects.create(username="hau", full_name="Nguyễn Thị Hậu")
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.django_db
def test_a_job_goes_from_waiting_over_working_to_done() -> None:
    actions.begin(KEY, "Đọc tin", total=4)
    assert queries.job(KEY).state == JobState.WAITING  # type: ignore[union-attr]
    actions.progress(KEY, 1, 4)
    job = queries.job(KEY)
    assert job is not None
    assert (job.state, job.done, job.total) == (JobState.WORKING, 1, 4)
    actions.finish(KEY)
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.DONE, 4)
    assert job.started_at is not None
    assert job.ended_at is not None


@pytest.mark.django_db
def test_work_begun_again_starts_over() -> None:
    actions.begin(KEY, "Đọc tin")
    actions.fail(KEY, "Tệp này không phải âm thanh.")
    actions.begin(KEY, "Đọc tin")
    job = queries.job(KEY)
    assert job is not None
    assert (job.state, job.error, job.ended_at) == (JobState.WAITING, "", None)


@pytest.mark.django_db
def test_the_fragment_polls_only_while_the_job_runs(client_in: Client) -> None:
    actions.begin(KEY, "Đọc tin")
    assert "hx-get" in client_in.get(f"/viec/{KEY}/").content.decode()
    actions.fail(KEY, "Tệp này không phải âm thanh.")
    page = client_in.get(f"/viec/{KEY}/").content.decode()
    assert "hx-get" not in page
    assert "Tệp này không phải âm thanh." in page


@pytest.mark.django_db
def test_a_job_that_a_guard_hides_looks_absent(client_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    actions.begin(KEY, "Đọc tin")

    def nobody(person: Any, rest: str) -> bool:
        return False

    monkeypatch.setattr(queries, "_guards", {"test.kind": nobody})
    assert client_in.get(f"/viec/{KEY}/").status_code == 404
    assert client_in.get("/viec/test.other:1/").status_code == 404


def test_periodic_work_comes_round_even_when_it_failed() -> None:
    ran: list[str] = []

    def breaks() -> None:
        ran.append("breaks")
        raise ValueError

    schedule = periodic.Schedule(
        [periodic.Periodic("breaks", 2, breaks), periodic.Periodic("works", 5, lambda: ran.append("works"))],
        now=100,
    )
    assert schedule.run_due(100) == 2
    assert schedule.run_due(101) == 0
    assert schedule.run_due(102.5) == 1
    assert schedule.run_due(105) == 2
    assert ran == ["breaks", "works", "breaks", "breaks", "works"]
