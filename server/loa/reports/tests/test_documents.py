# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing in documents, making their files, and what stands in them."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import docx
import pdfplumber
import pytest
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from loa.airtime.tests.factories import FIVE, make_placement, make_release
from loa.audit.models import Entry
from loa.campaigns.actions import PlanError
from loa.campaigns.models import BudgetLine, Campaign, LegalDocument, MessagePriority
from loa.campaigns.tests.factories import make_activity, make_campaign, make_key_message, make_phase
from loa.config import clock
from loa.config.errors import PermissionDeniedError
from loa.deliveries.tests.factories import make_delivery
from loa.jobs.models import Job
from loa.jobs.queries import visible_job
from loa.people.tests.factories import Cast, make_cast
from loa.reports import figures
from loa.reports.actions import HeadInput, request_document, write_document
from loa.reports.command import write_file
from loa.reports.jobs import produce
from loa.reports.kinds import ReportError, Span
from loa.reports.layout.tree import Heading, Paper, Paragraph, Table
from loa.reports.models import Document, Kind
from loa.reports.papers import paper_of
from loa.reports.queries import document_of, file_of, job_key, path_of
from loa.reports.wording import BLANK

pytestmark = pytest.mark.django_db
NOW = FIVE + timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def campaign(cast: Cast) -> Campaign:
    made = make_campaign(cast.organisation, key="dai-hoi", purpose="Tạo sự thống nhất.\nTiết kiệm.")
    LegalDocument.objects.create(campaign=made, citation="Luật Báo chí")
    before = make_phase(made, start=TODAY, end=TODAY + timedelta(days=9))
    make_key_message(made, "Điểm mới của Văn kiện")
    BudgetLine.objects.create(campaign=made, name="Băng rôn", source="ngân sách xã", planned=15_000_000)
    work = make_activity(
        made, cast.head_post, phase=before, quantity=5, unit="buổi", due=TODAY + timedelta(days=3)
    )
    work.contributors.add(cast.organisation, cast.office)
    make_activity(made, cast.vacant_post, "Treo băng rôn", due_note="thường xuyên")
    return made


def work() -> None:
    """Do what the worker would."""
    for row in DBTaskResult.objects.order_by("enqueued_at"):
        produce.func(*row.args_kwargs["args"])
    DBTaskResult.objects.all().delete()


def words(paper: Paper) -> list[str]:
    """Return every line of a document's body."""
    return [block.text for block in paper.blocks if isinstance(block, Heading | Paragraph)]


def rows(paper: Paper) -> list[tuple[str, ...]]:
    """Return every row of the tables of a document and its annexes."""
    blocks = [*paper.blocks, *(block for annex in paper.annexes for block in annex.blocks)]
    return [tuple(row.cells) for block in blocks if isinstance(block, Table) for row in block.rows]


def of(campaign: Campaign, kind: Kind, period: str = "") -> Paper:
    return paper_of(document_of(campaign, kind, period), NOW)


def test_a_plan_says_what_the_campaign_holds(campaign: Campaign, cast: Cast) -> None:
    paper = of(campaign, Kind.PLAN)
    said = words(paper)
    assert said[0] == "Căn cứ Luật Báo chí."
    assert [one.text for one in paper.blocks if isinstance(one, Heading) and one.level == 1] == [
        "I. MỤC ĐÍCH, YÊU CẦU",
        "II. NỘI DUNG",
        "III. KINH PHÍ",
        "IV. TỔ CHỨC THỰC HIỆN",
    ]
    assert {"Tạo sự thống nhất.", "Tiết kiệm.", "- Điểm mới của Văn kiện."} <= set(said)
    assert ("1", "Băng rôn", "ngân sách xã", "15.000.000") in rows(paper)


def test_the_assignment_table_says_who_what_when_with_whom_and_what_comes_out(
    campaign: Campaign, cast: Cast
) -> None:
    [annex] = of(campaign, Kind.ASSIGNMENT).annexes
    assert annex.is_landscape
    assert annex.note == "(Kèm theo Kế hoạch số ……/KH-UBND của Ủy ban nhân dân xã Đầm Hà)"
    office = cast.organisation.name
    due = (TODAY + timedelta(days=3)).strftime("%d/%m/%Y")
    leader = f"{cast.head_post.title}: {cast.head.full_name}"
    found = rows(of(campaign, Kind.ASSIGNMENT))
    assert ("I. Trước đại hội",) in found
    assert ("1", "Phát loa hằng ngày", office, cast.office.name, due, "05 buổi", leader, "") in found
    vacant = f"{cast.vacant_post.title} ({cast.office.name})"
    assert ("2", "Treo băng rôn", office, "", "thường xuyên", "", vacant, "") in found


def test_a_bare_title_names_its_organisation_held_or_vacant(campaign: Campaign, cast: Cast) -> None:
    cast.head_post.title = cast.vacant_post.title = "Người đứng đầu"
    cast.head_post.save()
    cast.vacant_post.save()
    leaders = {row[6] for row in rows(of(campaign, Kind.ASSIGNMENT)) if len(row) > 6}
    assert leaders == {
        f"Người đứng đầu {cast.organisation.name}: {cast.head.full_name}",
        f"Người đứng đầu {cast.office.name}",
    }


def test_a_plan_prints_no_mark_of_ours_and_no_zero_where_nothing_is_known(
    campaign: Campaign, cast: Cast
) -> None:
    campaign.key_messages.update(priority=MessagePriority.TOP)
    campaign.budget_lines.update(planned=0)
    paper = of(campaign, Kind.PLAN)
    assert "- Điểm mới của Văn kiện." in words(paper)
    assert ("1", "Băng rôn", "ngân sách xã") in rows(paper)
    assert not any("Tổng cộng" in row for row in rows(paper))
    BudgetLine.objects.create(campaign=campaign, name="Cờ", planned=1_000)
    found = rows(of(campaign, Kind.PLAN))
    assert ("1", "Băng rôn", "ngân sách xã", "") in found
    assert ("", "Tổng cộng", "", "1.000") in found


@pytest.mark.parametrize(("kind", "unwritten"), [(Kind.PLAN, 3), (Kind.FINAL, 7)])
def test_a_part_that_nobody_wrote_shows_dots_to_fill_by_hand(
    campaign: Campaign, cast: Cast, kind: Kind, unwritten: int
) -> None:
    """A plan's opening and purpose are never blank: they are taken from the campaign."""
    assert words(of(campaign, kind)).count(BLANK) == unwritten
    key = "organisation" if kind is Kind.PLAN else "tasks"
    write_document(actor=cast.planner, document=document_of(campaign, kind, ""), texts={key: "Đã phân công."})
    said = words(of(campaign, kind))
    assert (said.count(BLANK), "Đã phân công." in said) == (unwritten - 1, True)


def test_narratives_stand_in_their_sections_and_figures_around_them(campaign: Campaign, cast: Cast) -> None:
    document = document_of(campaign, Kind.MONTHLY, "2026-11")
    texts = {"strengths": "Các thôn vào cuộc sớm.", "requests": "Cấp thêm loa."}
    write_document(actor=cast.planner, document=document, texts=texts)
    paper = of(campaign, Kind.MONTHLY, "2026-11")
    said = words(paper)
    assert said[said.index("1. Ưu điểm") + 1] == "Các thôn vào cuộc sớm."
    assert said[-1] == "Cấp thêm loa."
    assert any("kế hoạch có 2 đầu mối công việc; đã xong 0 (0%)" in line for line in said)
    assert words(of(campaign, Kind.MONTHLY, "2026-10")).count("Cấp thêm loa.") == 0


def test_airtime_equals_a_recount_of_the_ledger_and_leaves_other_days_out(
    campaign: Campaign, cast: Cast
) -> None:
    message = make_key_message(campaign)
    release = make_release(cast.organisation, cast.editor, [cast.commune])
    release.revision.message.key_messages.add(message)
    sequence = iter(range(1, 99))

    def deliver(due: datetime, outcome: str, seconds: float, village: Any, placement: Any) -> None:
        make_delivery(
            village,
            placement_id=placement.pk,
            release_id=release.pk,
            sequence=next(sequence),
            outcome=outcome,
            seconds=seconds,
            due_at=due,
        )

    first, second = (make_placement(release, [cast.commune], FIVE + timedelta(hours=at)) for at in (0, 1))
    deliver(FIVE, "delivered", 60, cast.villages[0], first)
    deliver(FIVE, "delivered", 61, cast.villages[1], first)
    deliver(FIVE, "missed", 0, cast.villages[2], first)
    deliver(FIVE + timedelta(hours=1), "partial", 29, cast.villages[0], second)
    old = make_placement(release, [cast.commune], FIVE - timedelta(days=40))
    deliver(FIVE - timedelta(days=40), "delivered", 60, cast.villages[0], old)
    today = FIVE.date()
    found = figures.airtime(campaign, Span(today - timedelta(days=2), today + timedelta(days=2)))
    assert found == figures.Airtime(1, 2, Decimal("1.5"), deliveries=2, not_whole=2, villages=2)
    assert figures.airtime(campaign, Span()).rounds == 3


def test_a_report_of_a_time_that_is_over_leaves_out_what_sounded_later(
    campaign: Campaign, cast: Cast
) -> None:
    message = make_key_message(campaign, "Nước sạch")
    release = make_release(cast.organisation, cast.editor, [cast.commune])
    release.revision.message.key_messages.add(message)
    placement = make_placement(release, [cast.commune], FIVE)
    make_delivery(
        cast.villages[0], placement_id=placement.pk, release_id=release.pk, due_at=placement.starts_at
    )
    today = FIVE.date()

    def could(span: Span) -> int:
        return dict(figures.reached(campaign, span, NOW))["Nước sạch"].villages_could

    assert could(Span(today - timedelta(days=2), today + timedelta(days=2))) == 1
    assert could(Span(today - timedelta(days=20), today - timedelta(days=4))) == 0


def test_writing_again_changes_nothing_and_is_recorded_once(campaign: Campaign, cast: Cast) -> None:
    for _ in range(2):
        document = document_of(campaign, Kind.FINAL, "")
        write_document(
            actor=cast.planner,
            document=document,
            head=HeadInput(number="7/BC-UBND", signer="Trần Thế Ước"),
            texts={"direction": "Đã họp."},
        )
    [entry] = Entry.objects.filter(action="reports.write_document")
    assert entry.details["sections"] == ["direction"]
    assert entry.details["changes"]["number"] == ["", "7/BC-UBND"]
    assert Document.objects.get().narratives.get().edited_by == cast.planner.full_name


def test_only_who_plans_writes_and_has_files_made(campaign: Campaign, cast: Cast) -> None:
    document = document_of(campaign, Kind.PLAN, "")
    for person in (cast.viewer, cast.editor, cast.outsider):
        with pytest.raises(PermissionDeniedError):
            write_document(actor=person, document=document, texts={"opening": "x"})
        with pytest.raises(PermissionDeniedError):
            request_document(actor=person, document=document)
    assert not Document.objects.exists()
    assert not Job.objects.exists()


def test_a_section_that_is_not_there_and_a_text_without_end_are_refused(
    campaign: Campaign, cast: Cast
) -> None:
    document = document_of(campaign, Kind.PLAN, "")
    with pytest.raises(ReportError, match="requests"):
        write_document(actor=cast.planner, document=document, texts={"requests": "x"})
    with pytest.raises(PlanError):
        write_document(actor=cast.planner, document=document, texts={"opening": "x" * 20_001})
    assert not Document.objects.exists()


def test_the_worker_makes_both_files_and_says_how_far_it_is(
    campaign: Campaign, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[int, int]] = []
    monkeypatch.setattr("loa.reports.jobs.reporter", lambda _key: lambda *parts: said.append(parts))
    request_document(actor=cast.planner, document=document_of(campaign, Kind.FINAL, ""))
    work()
    document = Document.objects.get()
    assert said == sorted(said)
    assert (said[-1], len(said) > 3) == ((60, 100), True)
    assert (document.produced_by, document.produced_at) == (cast.planner.full_name, NOW)
    assert docx.Document(str(file_of(document, "docx"))).tables
    with pdfplumber.open(file_of(document, "pdf")) as pdf:
        assert "BÁO CÁO" in pdf.pages[0].extract_text()
    job = Job.objects.get(key=job_key(document))
    assert (job.state, visible_job(cast.viewer, job.key), visible_job(cast.outsider, job.key)) == (
        "done",
        job,
        None,
    )


def test_an_older_request_makes_nothing_and_old_files_go(campaign: Campaign, cast: Cast) -> None:
    document = request_document(actor=cast.planner, document=document_of(campaign, Kind.PLAN, ""))
    first = DBTaskResult.objects.get().args_kwargs["args"]
    work()
    old = Document.objects.get().docx_sha256
    with clock.frozen(NOW + timedelta(minutes=1)):
        write_document(actor=cast.planner, document=document, texts={"opening": "Như sau:"})
        request_document(actor=cast.planner, document=document)
        produce.func(*first)
        assert Document.objects.get().docx_sha256 == old
        work()
    assert Document.objects.get().docx_sha256 != old
    assert not path_of(old).exists()


def test_a_failure_is_said_and_nothing_written_is_lost(
    campaign: Campaign, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> bytes:
        raise OSError("full")

    monkeypatch.setattr("loa.reports.papers.write", refuse)
    request_document(actor=cast.planner, document=document_of(campaign, Kind.PLAN, ""))
    with pytest.raises(OSError, match="full"):
        work()
    job = Job.objects.get()
    assert (job.state, "Lời văn vẫn được giữ" in job.error) == ("failed", True)


def test_the_list_says_what_fills_itself_and_what_may_be_added(
    campaign: Campaign, cast: Cast, client: Client
) -> None:
    client.force_login(cast.planner)
    page = client.get(reverse("reports:documents", args=["dai-hoi"])).content.decode()
    assert "tự điền từ số liệu, 5 phần có thể viết thêm" in page


def test_the_command_writes_either_format(campaign: Campaign, tmp_path: Any) -> None:
    file = tmp_path / "bao-cao.docx"
    assert write_file("monthly", "dai-hoi", "2026-11", "docx", file) == file.stat().st_size
    assert docx.Document(BytesIO(file.read_bytes())).tables
    assert write_file("plan", "dai-hoi", "", "pdf", tmp_path / "a.pdf") > 10_000
    for kind, key, period, form in (
        ("poster", "dai-hoi", "", "pdf"),
        ("plan", "khac", "", "pdf"),
        ("plan", "dai-hoi", "", "odt"),
        ("weekly", "dai-hoi", "2026-W99", "pdf"),
    ):
        with pytest.raises(ReportError):
            write_file(kind, key, period, form, tmp_path / "khong.pdf")
    assert not (tmp_path / "khong.pdf").exists()


def test_the_page_keeps_what_was_typed_and_makes_files_with_one_button(
    campaign: Campaign, cast: Cast, client: Client
) -> None:
    client.force_login(cast.planner)
    address = reverse("reports:document", args=["dai-hoi", "plan", "ca-chien-dich"])
    typed = {"section_opening": "Ban hành kế hoạch như sau:", "number": "5/KH-UBND"}
    assert client.post(address, typed | {"then": "produce"}).status_code == 302
    work()
    assert "Tải Word (.docx)" in client.get(address).content.decode()
    answer = client.get(reverse("reports:download", args=["dai-hoi", "plan", "ca-chien-dich", "docx"]))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ke-hoach-dai-hoi.docx"'
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    lines = [one.text for one in docx.Document(BytesIO(content)).paragraphs]
    assert "Ban hành kế hoạch như sau:" in lines


def test_who_only_looks_gets_fields_that_cannot_be_changed(
    campaign: Campaign, cast: Cast, client: Client
) -> None:
    client.force_login(cast.viewer)
    address = reverse("reports:document", args=["dai-hoi", "weekly", "2026-W47"])
    page = client.get(address).content.decode()
    fields = re.findall(r"<(?:textarea|input type=.(?:text|date).)[^>]*>", page)
    assert len(fields) > 10
    assert all(" disabled" in field for field in fields)
    assert "Lưu lời văn" not in page
    assert client.post(address, {"section_results": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("kind", "period"), [("plan", "2026-11"), ("weekly", "ca-chien-dich"), ("poster", "ca-chien-dich")]
)
def test_an_address_of_no_document_is_a_sentence(
    campaign: Campaign, cast: Cast, client: Client, kind: str, period: str
) -> None:
    client.force_login(cast.planner)
    assert client.get(reverse("reports:document", args=["dai-hoi", kind, period])).status_code == 400


def test_what_was_not_made_cannot_be_fetched(campaign: Campaign, cast: Cast, client: Client) -> None:
    client.force_login(cast.planner)
    for form in ("docx", "pdf", "exe"):
        address = reverse("reports:download", args=["dai-hoi", "plan", "ca-chien-dich", form])
        assert client.get(address).status_code == 404
