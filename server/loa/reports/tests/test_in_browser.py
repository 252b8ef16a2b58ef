# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sample campaign is typed in Chromium, its plan comes out as .docx, and LibreOffice's pages are measured."""

from pathlib import Path
from typing import Any

import docx
import pytest
from django_tasks_db.models import DBTaskResult
from playwright.sync_api import Browser, Page, expect

from loa.campaigns.entering.tests.typed_sample import TypedSample, page_for
from loa.people.tests.factories import make_cast
from loa.reports.jobs import produce
from loa.reports.tests.pages import Sheet, sheets
from tests.support.office import to_pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OPENING = "Huyện ủy Đầm Hà ban hành kế hoạch tuyên truyền Đại hội như sau:"


def test_the_plan_of_the_typed_sample_comes_out_on_paper(
    browser: Browser, live_server: Any, tmp_path: Path
) -> None:
    cast = make_cast()
    sample = TypedSample(cast)
    page = page_for(browser, live_server.url, cast.planner)
    campaign = sample.enter(page)
    page.goto(f"/chien-dich/{campaign.key}/")
    page.get_by_role("link", name="Văn bản", exact=True).click()
    page.get_by_role("link", name="Kế hoạch", exact=True).last.click()
    page.get_by_label("Câu mở đầu").fill(OPENING)
    file = produced(page, tmp_path / "ke-hoach.docx")
    document = docx.Document(str(file))
    lines = [one.text for one in document.paragraphs]
    assert OPENING in lines
    for message in sample.facts.key_messages:
        assert any(message.text in line for line in lines)
    work = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert [one.work[0] in work for one in sample.facts.assignments] == [True] * len(sample.facts.assignments)
    [pdf] = to_pdf([file], tmp_path)
    measured(sheets(pdf))


def produced(page: Page, file: Path) -> Path:
    """Have the document made, wait until the page offers it by itself, and fetch it."""
    page.get_by_role("button", name="Lưu và tạo văn bản").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    for row in DBTaskResult.objects.all():
        produce.func(*row.args_kwargs["args"])
    link = page.get_by_role("link", name="Tải Word (.docx)")
    link.wait_for()
    with page.expect_download() as download:
        link.click()
    download.value.save_as(file)
    return file


def measured(pages: list[Sheet]) -> None:
    """Hold what the rule says of paper, margins, letters and headings."""
    first = pages[0]
    assert (round(first.width), round(first.height)) == (210, 297)
    body = first.line(OPENING[:40])
    assert (body.size, body.left) == (14, pytest.approx(30 + 12.7, abs=0.6))
    assert max(line.right for line in first.body) == pytest.approx(190, abs=0.6)
    for heading in ("I. MỤC ĐÍCH, YÊU CẦU", "II. NỘI DUNG"):
        assert first.line(heading).is_bold
    fonts = {font.partition("-")[0] for page in pages for line in page.lines for font in line.fonts}
    assert fonts == {"LiberationSerif"}
    assert first.number is None
    assert pages[1].number is not None
    assert pages[1].number.text == "2"
