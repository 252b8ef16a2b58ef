# SPDX-License-Identifier: AGPL-3.0-or-later
"""A large plan is written by the worker, for the person who asked, and kept for a day."""

import io
import os
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from loa.campaigns.importing import exporting
from loa.campaigns.importing.tests.plans import Offices, make_offices
from loa.campaigns.tests.factories import make_activity
from loa.config import clock
from loa.jobs.models import Job, JobState
from loa.jobs.queries import visible_job
from loa.people.models import Person, Role
from loa.people.tests.factories import make_member

pytestmark = pytest.mark.django_db
PAGE = "/chien-dich/dai-hoi/xuat/"
FILE = "/chien-dich/dai-hoi/xuat.xlsx"
WRITTEN = f"{FILE}?da-viet"


@pytest.fixture(autouse=True)
def _three_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)


@pytest.fixture
def offices() -> Offices:
    found = make_offices()
    for number in range(3):
        make_activity(found.campaign, found.posts["culture"], f"Treo cờ {number}", organisation=found.culture)
    return found


@pytest.fixture
def planner(client: Client, offices: Offices) -> Client:
    client.force_login(offices.cast.planner)
    return client


def work(offices: Offices) -> None:
    exporting.write_export.func(offices.campaign.pk, offices.cast.planner.pk)


def key_of(offices: Offices) -> str:
    return exporting.job_key(offices.campaign.pk, offices.cast.planner.pk)


def test_a_large_plan_is_written_by_the_worker_and_then_given(
    planner: Client, offices: Offices, django_capture_on_commit_callbacks: Any
) -> None:
    assert planner.get(FILE)["Location"] == PAGE
    with django_capture_on_commit_callbacks(execute=True) as queued:
        assert planner.post(PAGE)["Location"] == PAGE
    assert len(queued) == 1
    assert "Đang viết bảng tính" in planner.get(PAGE).content.decode()
    work(offices)
    page = planner.get(PAGE).content.decode()
    assert "Viết xong lúc" in page
    assert WRITTEN in page
    assert planner.get(FILE)["Location"] == PAGE  # which says how old the file is
    answer = planner.get(WRITTEN)
    assert answer["Content-Disposition"] == 'attachment; filename="ke-hoach-dai-hoi.xlsx"'
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet.max_row == 1 + 3
    assert Job.objects.get(key=key_of(offices)).state == JobState.DONE


def test_a_small_plan_is_given_at_once(planner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 3)
    assert b"".join(planner.get(FILE).streaming_content).startswith(b"PK")


def test_nobody_gets_the_file_that_another_asked_for(offices: Offices, client: Client) -> None:
    exporting.begin_export(actor=offices.cast.planner, campaign=offices.campaign)
    work(offices)
    other: Person = make_member(offices.campaign.organisation, Role.PLANNER)
    client.force_login(other)
    assert client.get(WRITTEN)["Location"] == PAGE
    assert visible_job(offices.cast.planner, key_of(offices)) is not None
    assert visible_job(other, key_of(offices)) is None


def test_a_file_that_could_not_be_written_is_said_and_can_be_asked_for_again(
    planner: Client, offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_about: object) -> None:
        raise OSError("No space left on device")

    planner.post(PAGE)
    with monkeypatch.context() as broken:
        broken.setattr(exporting, "write_private", full)
        with pytest.raises(OSError, match="No space"):
            work(offices)
    page = planner.get(PAGE).content.decode()
    assert "Chưa viết được bảng tính" in page
    assert "Viết bảng tính" in page
    planner.post(PAGE)
    work(offices)
    assert "Viết xong lúc" in planner.get(PAGE).content.decode()


def test_a_file_is_kept_for_a_day(offices: Offices) -> None:
    exporting.begin_export(actor=offices.cast.planner, campaign=offices.campaign)
    work(offices)
    path = exporting.path_of(offices.campaign.pk, offices.cast.planner.pk)
    exporting.forget_exports()
    assert path.exists()
    assert path.stat().st_mode & 0o077 == 0
    old = (clock.now() - exporting.KEPT - timedelta(minutes=1)).timestamp()
    os.utime(path, (old, old))
    exporting.forget_exports()
    assert not path.exists()


def test_work_on_a_plan_that_was_deleted_meanwhile_ends(offices: Offices) -> None:
    exporting.write_export.func(0, offices.cast.planner.pk)
    assert not exporting.path_of(0, offices.cast.planner.pk).exists()
