# SPDX-License-Identifier: AGPL-3.0-or-later
"""A plan goes in through the console in steps, and comes out again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from loa.audit.models import Entry
from loa.campaigns import files
from loa.campaigns.history import history_of_campaign
from loa.campaigns.importing import actions, jobs
from loa.campaigns.importing.columns import Choice, Column
from loa.campaigns.importing.export import to_xlsx
from loa.campaigns.importing.reasons import Reason
from loa.campaigns.importing.tests.plans import (
    HEAD,
    Offices,
    checked,
    document,
    good,
    make_offices,
    row_of,
    workbook,
)
from loa.campaigns.importing.tests.test_rows import FULL
from loa.campaigns.models import Activity, ImportRowState, ImportState, PlanImport
from loa.campaigns.tests.factories import make_activity
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.jobs.models import Job
from loa.jobs.queries import visible_job

pytestmark = pytest.mark.django_db
ADDRESS = "/chien-dich/dai-hoi/nhap/"


@pytest.fixture
def offices() -> Offices:
    return make_offices()


@pytest.fixture
def planner(client: Client, offices: Offices) -> Client:
    client.force_login(offices.cast.planner)
    return client


def work() -> None:
    """Do what the worker would: every queued task once, in order."""
    for row in DBTaskResult.objects.order_by("enqueued_at"):
        getattr(jobs, row.task_path.rsplit(".", 1)[1]).func(*row.args_kwargs["args"])
    DBTaskResult.objects.all().delete()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def send(client: Client, path: Path) -> PlanImport:
    """Send a file and let the worker read it."""
    client.post(ADDRESS, {"file": SimpleUploadedFile(path.name, path.read_bytes())})
    work()
    return PlanImport.objects.latest("pk")


def columns_of(found: PlanImport, **more: str) -> dict[str, str]:
    """Return what the form of columns sends as it was proposed."""
    return {f"cot-{at}": column for column, at in found.choice["columns"].items()} | more


def plan_file(folder: Path) -> Path:
    """Write a plan of three rows under a section; the last one is bad."""
    rows = [
        HEAD,
        ["I", "TRƯỚC ĐẠI HỘI"],
        row_of(FULL),
        row_of(good(title="Họp thôn", due="15/4")),
        row_of(good(title="")),
    ]
    return workbook(folder / "ke-hoach.xlsx", rows)


def test_a_plan_goes_in_step_by_step_and_only_after_somebody_said_so(
    planner: Client, offices: Offices, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    found = send(planner, plan_file(tmp_path))
    assert found.state == ImportState.COLUMNS
    page = text(planner.get(f"{ADDRESS}{found.pk}/"))
    assert "Cột nào là gì" in page
    assert '<option value="contributors" selected>' in page
    planner.post(f"{ADDRESS}{found.pk}/cot/", columns_of(found, year="2020"))
    work()
    found.refresh_from_db()
    assert (found.state, found.accepted, found.refused) == (ImportState.CHECKED, 2, 1)
    assert "Nhập 2 đầu mối" in text(planner.get(f"{ADDRESS}{found.pk}/"))
    refused = text(planner.get(f"{ADDRESS}{found.pk}/?xem=refused"))
    assert "Thiếu tên việc" in refused
    assert "Họp thôn" not in refused
    assert not offices.campaign.activities.exists()
    planner.post(f"{ADDRESS}{found.pk}/xac-nhan/")
    with django_capture_on_commit_callbacks(execute=True):
        work()
    found.refresh_from_db()
    assert (found.state, found.imported) == (ImportState.DONE, 2)
    assert "Đã nhập 2 đầu mối" in text(planner.get(f"{ADDRESS}{found.pk}/"))
    assert not files.part_path(found.file_key).exists()
    _is_full(offices.campaign.activities.get(title=FULL[Column.TITLE]), offices)


def _is_full(activity: Activity, offices: Offices) -> None:
    assert activity.accountable_post == offices.posts["culture"]
    assert activity.organisation == offices.culture
    assert {one.name for one in activity.contributors.all()} == {offices.media.name, offices.twins.name}
    assert [one.name for one in activity.areas.order_by("path")] == ["Thôn 1", "Thôn 2"]
    assert activity.key_messages.count() == 1
    assert activity.phase is not None
    assert (activity.phase.key, activity.due_note, str(activity.due)) == ("truoc", "Quý I/2020", "2020-03-31")
    assert (activity.quantity, activity.unit, activity.channels) == (
        1200,
        "lượt",
        ["loudspeaker", "portal", "flags"],
    )
    entries = Entry.objects.filter(action="campaigns.add_activity", object_id=str(activity.pk))
    assert entries.get().actor_name == offices.cast.planner.full_name


def test_a_page_that_waits_is_loaded_anew_when_the_worker_is_done(planner: Client, tmp_path: Path) -> None:
    path = plan_file(tmp_path)
    planner.post(ADDRESS, {"file": SimpleUploadedFile(path.name, path.read_bytes())})
    address = f"{ADDRESS}{PlanImport.objects.get().pk}/"
    waiting = planner.get(address, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in waiting.headers
    assert 'hx-trigger="every 1s"' in text(waiting)
    work()
    assert planner.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_pressing_twice_imports_once(planner: Client, offices: Offices, tmp_path: Path) -> None:
    found = send(planner, plan_file(tmp_path))
    planner.post(f"{ADDRESS}{found.pk}/cot/", columns_of(found, year="2020"))
    work()
    for _press in range(2):
        planner.post(f"{ADDRESS}{found.pk}/xac-nhan/")
    assert DBTaskResult.objects.count() == 1
    work()
    jobs.import_rows.func(found.pk, offices.cast.planner.pk)  # a worker that died comes round again
    assert offices.campaign.activities.count() == 2


def test_a_plan_that_changed_since_somebody_looked_is_shown_again(
    planner: Client, offices: Offices, tmp_path: Path
) -> None:
    found = send(planner, plan_file(tmp_path))
    planner.post(f"{ADDRESS}{found.pk}/cot/", columns_of(found, year="2020"))
    work()
    planner.post(f"{ADDRESS}{found.pk}/xac-nhan/")
    offices.campaign.phases.filter(key="truoc").update(name="Giai đoạn một")
    work()
    found.refresh_from_db()
    assert (found.state, found.imported) == (ImportState.CHECKED, 0)
    assert not offices.campaign.activities.exists()
    assert "Kế hoạch đã đổi" in text(planner.get(f"{ADDRESS}{found.pk}/"))


def test_when_one_row_cannot_be_stored_none_is(offices: Offices, tmp_path: Path) -> None:
    rows = checked(
        workbook(tmp_path / "k.xlsx", [HEAD, row_of(good()), row_of(good(title="Hai"))]), offices.campaign
    )
    offices.posts["culture"].delete()
    with pytest.raises(Exception, match="ngoài địa bàn"):
        actions.take_rows(actor=None, campaign=offices.campaign, rows=rows, file_name="k.xlsx")
    assert not Activity.objects.exists()


def test_columns_that_say_the_same_are_refused_and_what_was_chosen_stays(
    planner: Client, tmp_path: Path
) -> None:
    found = send(planner, plan_file(tmp_path))
    answer = planner.post(f"{ADDRESS}{found.pk}/cot/", {"cot-1": "title", "cot-2": "title", "year": "2019"})
    assert answer.status_code == 400
    assert "Hai cột cùng là Nội dung công việc" in text(answer)
    assert 'value="2019"' in text(answer)
    answer = planner.post(f"{ADDRESS}{found.pk}/cot/", {"cot-1": "title"})
    assert "Chưa biết cột nào là cơ quan" in text(answer)


def test_a_file_that_is_refused_at_the_door_is_not_kept(planner: Client) -> None:
    before = set((files.folder() / "parts").glob("*"))
    answer = planner.post(ADDRESS, {"file": SimpleUploadedFile("k.xls", b"%PDF-1.7")})
    assert "Đây là tệp PDF" in text(answer)
    assert "Chưa chọn tệp" in text(planner.post(ADDRESS))
    assert not PlanImport.objects.exists()
    assert set((files.folder() / "parts").glob("*")) == before


def test_a_file_that_went_is_said_to_be_gone(planner: Client, tmp_path: Path) -> None:
    found = send(planner, plan_file(tmp_path))
    files.part_path(found.file_key).unlink()
    planner.post(f"{ADDRESS}{found.pk}/cot/", columns_of(found))
    work()
    found.refresh_from_db()
    assert found.state == ImportState.FAILED
    assert "đã xóa sau 3 ngày" in text(planner.get(f"{ADDRESS}{found.pk}/"))


def test_imports_of_a_month_ago_are_forgotten_and_what_they_added_stays(
    planner: Client, offices: Offices, tmp_path: Path
) -> None:
    found = send(planner, plan_file(tmp_path))
    make_activity(offices.campaign, offices.posts["culture"])
    PlanImport.objects.update(made_at=clock.now() - jobs.KEPT + timedelta(hours=1))
    jobs.forget_imports()
    assert PlanImport.objects.filter(pk=found.pk).exists()
    PlanImport.objects.update(made_at=clock.now() - jobs.KEPT - timedelta(hours=1))
    jobs.forget_imports()
    assert not PlanImport.objects.exists()
    assert offices.campaign.activities.count() == 1


def test_the_history_of_a_campaign_says_what_came_from_a_file(offices: Offices, tmp_path: Path) -> None:
    rows = checked(workbook(tmp_path / "k.xlsx", [HEAD, row_of(good())]), offices.campaign)
    actions.take_rows(actor=None, campaign=offices.campaign, rows=rows, file_name="k.xlsx")
    assert "nhập kế hoạch từ tệp" in {line.verb for line in history_of_campaign(offices.campaign)}


def test_a_dropped_import_leaves_nothing(
    planner: Client, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    found = send(planner, plan_file(tmp_path))
    with django_capture_on_commit_callbacks(execute=True):
        planner.post(f"{ADDRESS}{found.pk}/bo/")
    assert not files.part_path(found.file_key).exists()
    assert "Tệp này đã bỏ" in text(planner.get(f"{ADDRESS}{found.pk}/"))
    planner.post(f"{ADDRESS}{found.pk}/cot/", columns_of(found))
    assert PlanImport.objects.get().state == ImportState.DROPPED


def test_only_who_plans_may_import_and_see_its_work(offices: Offices, tmp_path: Path) -> None:
    cast, campaign = offices.cast, offices.campaign
    with plan_file(tmp_path).open("rb") as file:
        with pytest.raises(PermissionDeniedError):
            actions.begin_import(actor=cast.viewer, campaign=campaign, file=file, name="k.xlsx")
        made = actions.begin_import(actor=cast.planner, campaign=campaign, file=file, name="k.xlsx")
    work()
    made.refresh_from_db()
    choice = Choice.from_dict(made.choice)
    for refused in (
        lambda: actions.choose_columns(actor=cast.viewer, plan_import=made, choice=choice),
        lambda: actions.confirm_import(actor=cast.viewer, plan_import=made),
        lambda: actions.drop_import(actor=cast.viewer, plan_import=made),
        lambda: actions.take_rows(actor=cast.viewer, campaign=campaign, rows=[], file_name=""),
    ):
        with pytest.raises(PermissionDeniedError):
            refused()
    with pytest.raises(ConflictError):
        actions.confirm_import(actor=cast.planner, plan_import=made)
    key = actions.job_key(made)
    assert Job.objects.get(key=key).state == "done"
    assert visible_job(cast.planner, key) is not None
    assert visible_job(cast.viewer, key) is None
    assert visible_job(cast.outsider, key) is None


def test_roman_sections_become_phases_only_when_asked(offices: Offices, tmp_path: Path) -> None:
    rows = [
        HEAD,
        ["I", "TRƯỚC ĐẠI HỘI (đến 15/4/2020)"],
        row_of(good(title="Một")),
        ["II.", "TUYÊN TRUYỀN TRỰC QUAN"],
        row_of(good(title="Hai")),
        row_of(good(title="Ba", phase="Trong đại hội")),
        ["III", "SAU ĐẠI HỘI"],
    ]
    path = document(tmp_path / "k.docx", [[*row, *[""] * len(HEAD)][: len(HEAD)] for row in rows])
    one, two, three = (row.given for row in checked(path, offices.campaign) if row.given)
    assert one.phase is not None
    assert one.phase.key == "truoc"
    assert (two.phase, two.new_phase, two.note) == (None, "", "Nhóm: TUYÊN TRUYỀN TRỰC QUAN")
    assert three.phase is not None
    found = checked(path, offices.campaign, new_phases=True)
    assert [row.state for row in found].count(ImportRowState.SECTION) == 3
    assert found[3].given is not None
    assert (found[3].given.new_phase, found[3].given.note) == ("Tuyên truyền trực quan", "")
    actions.take_rows(actor=None, campaign=offices.campaign, rows=found, file_name="k.docx")
    assert Activity.objects.get(title="Hai").phase.name == "Tuyên truyền trực quan"
    assert "Sau đại hội" not in set(offices.campaign.phases.values_list("name", flat=True))


def test_a_phase_that_contradicts_its_section_is_refused(offices: Offices, tmp_path: Path) -> None:
    rows = [HEAD, ["I", "Trước đại hội"], row_of(good(phase="Trong đại hội"))]
    row = checked(workbook(tmp_path / "k.xlsx", rows), offices.campaign)[-1]
    assert [problem.reason for problem in row.problems] == [Reason.PHASE_CONFLICT]


def test_what_was_exported_is_there_already_and_goes_into_a_copy_unchanged(
    offices: Offices, tmp_path: Path
) -> None:
    rows = [
        HEAD,
        row_of(FULL),
        row_of(good(title="=Treo cờ", due="thường xuyên", note="@ghi\n-chú")),
        row_of(good(title="Ba")),
    ]
    given = checked(workbook(tmp_path / "k.xlsx", rows), offices.campaign)
    actions.take_rows(actor=None, campaign=offices.campaign, rows=given, file_name="k.xlsx")
    out = tmp_path / "xuat.xlsx"
    out.write_bytes(to_xlsx(offices.campaign))
    again = checked(out, offices.campaign)
    assert {row.problems[0].reason for row in again} == {Reason.ALREADY_THERE}
    offices.campaign.activities.all().delete()
    fresh = {row.fields["title"]: dict(row.fields) for row in checked(out, offices.campaign)}
    assert fresh == {row.fields["title"]: dict(row.fields) for row in given}


def test_nothing_in_an_export_is_calculated(offices: Offices, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    for title in ("=HYPERLINK(1)", "+84 203", "-1", "@SUM"):
        make_activity(offices.campaign, offices.posts["culture"], title, organisation=offices.culture)
    path = tmp_path / "xuat.xlsx"
    path.write_bytes(to_xlsx(offices.campaign))
    cells = [row[2] for row in load_workbook(path).active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)


def test_an_export_asks_as_often_for_many_activities_as_for_few(planner: Client, offices: Offices) -> None:
    counts = []
    for _round in range(2):
        for number in range(5):
            make_activity(offices.campaign, offices.posts["culture"], f"Việc {number}")
        with CaptureQueriesContext(connection) as queries:
            assert planner.get("/chien-dich/dai-hoi/xuat.xlsx").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_pages_of_an_import_ask_at_most_twenty_times(planner: Client, tmp_path: Path) -> None:
    found = send(planner, plan_file(tmp_path))
    planner.post(f"{ADDRESS}{found.pk}/cot/", columns_of(found, year="2020"))
    work()
    for address in (ADDRESS, f"{ADDRESS}{found.pk}/", f"{ADDRESS}{found.pk}/?cot=1"):
        with CaptureQueriesContext(connection) as queries:
            planner.get(address)
        assert len(queries) <= 20
