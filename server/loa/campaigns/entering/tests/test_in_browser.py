# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real campaign is entered in real Chromium as its report has it; photos go on after a cut."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from loa.campaigns.entering.tests.typed_sample import TypedSample, page_for
from loa.campaigns.models import Evidence
from loa.campaigns.tests.factories import make_activity, make_campaign
from loa.campaigns.tests.pictures import jpeg, picture
from loa.campaigns.words import CHANNEL_NAMES
from loa.people.tests.factories import Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_the_sample_campaign_is_entered_through_the_interface_as_its_facts_are(
    browser: Browser, live_server: Any, cast: Cast
) -> None:
    sample = TypedSample(cast)
    campaign = sample.enter(page_for(browser, live_server.url, cast.planner))
    facts = sample.facts
    assert (campaign.title, campaign.event_name) == (facts.campaign.title, facts.campaign.event.name)
    assert campaign.steering_head.title == facts.campaign.steering_body.head  # type: ignore[union-attr]
    phases = [(one.name, one.start, one.end) for one in campaign.phases.all()]
    assert phases == [(one.name, one.start, one.end) for one in facts.campaign.phases]
    typed = [(one.text, one.phase.name if one.phase else None) for one in campaign.key_messages.all()]
    names = {phase.key: phase.name for phase in facts.campaign.phases}
    assert typed == [(one.text, names.get(one.phase or "")) for one in facts.key_messages]
    assert {one.key: one.name for one in campaign.planned_channels} == {
        one.key: one.name for one in facts.channels
    }
    citations = [one.citation for one in campaign.legal_documents.all()]
    assert citations == [*facts.campaign.follows, "Kế hoạch của Tỉnh ủy"]
    assert campaign.legal_documents.last().file is not None  # type: ignore[union-attr]
    assert str(campaign.objectives.get().target) == "1200.50"
    assert (campaign.audiences.get().size, campaign.budget_lines.get().planned) == (2067, 15_000_000)
    work = [(one.organisation.name, one.title, one.channels) for one in campaign.activities.order_by("pk")]
    assert work == [(one.organisation, one.work[0], _order(one.channels)) for one in facts.assignments]


def _order(channels: list[str]) -> list[str]:
    """Return channels in the order of the form."""
    return [key for key in CHANNEL_NAMES if key in channels]


def photo(number: int, size: tuple[int, int] = (1400, 1050)) -> dict[str, Any]:
    return {"name": f"anh-{number}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(picture(number, size), 95)}


class Line:
    """A line that is cut after the first block of a photo, and again when told; it counts what arrived."""

    def __init__(self, page: Page, cuts: float = 1) -> None:
        self.blocks: list[int] = []
        self.is_cut = False
        self._cuts: float = cuts
        page.route("**/gui/*/?tu=*", self._block)

    def _block(self, route: Route) -> None:
        body = route.request.post_data_buffer or b""
        if self.blocks and self._cuts:
            self._cuts -= 1
            self.is_cut = True
            route.abort("connectionreset")
            return
        self.blocks.append(len(body))
        route.continue_()


def test_photos_that_are_cut_in_the_middle_go_on_and_one_tap_submits(
    browser: Browser, live_server: Any, cast: Cast
) -> None:
    campaign = make_campaign(cast.organisation, key="dai-hoi")
    activity = make_activity(campaign, cast.head_post, "Treo cờ", evidence_required=["photo"])
    page = page_for(browser, live_server.url, cast.head)
    page.goto(f"/chien-dich/dai-hoi/dau-moi/{activity.pk}/")
    page.get_by_role("button", name="Bắt đầu làm").click()
    submit = page.locator("#buoc").get_by_role("button", name="Nộp kết quả")
    expect(submit).to_be_disabled()
    line = Line(page)
    large = photo(1, (3000, 2200))
    files = [large, photo(2), photo(3)]
    page.set_input_files("[name=sent]", files)
    expect(page.locator("[data-upload-status]")).to_have_text("Đã lưu 3/3 ảnh, tệp", timeout=20_000)
    assert line.is_cut
    assert sum(line.blocks) == sum(len(one["buffer"]) for one in files)  # nothing was sent twice
    assert {one.file_name for one in Evidence.objects.all()} == {"anh-1.jpg", "anh-2.jpg", "anh-3.jpg"}
    page.set_input_files("[name=sent]", [large])  # once more, as after a closed page
    expect(page.locator("[data-upload-status]")).to_have_text("Đã lưu 1/1 ảnh, tệp")
    assert Evidence.objects.count() == 3
    expect(page.locator("#live .photo")).to_have_count(3)
    expect(submit).to_be_enabled()
    submit.click()
    expect(page.locator("#live")).to_contain_text("Chờ kiểm tra")
    activity.refresh_from_db()
    assert (activity.state, activity.submitted_by) == ("submitted", cast.head)


def test_a_page_that_was_closed_sends_the_rest_when_it_is_opened_again(
    browser: Browser, live_server: Any, cast: Cast
) -> None:
    campaign = make_campaign(cast.organisation, key="dai-hoi")
    activity = make_activity(campaign, cast.head_post, "Treo cờ", state="in_progress")
    page = page_for(browser, live_server.url, cast.head)
    address = f"/chien-dich/dai-hoi/dau-moi/{activity.pk}/"
    page.goto(address)
    page.get_by_text("Ghi thêm về ảnh").click()
    page.get_by_label("Ghi chú").fill("Cổng chợ")
    line = Line(page, cuts=float("inf"))
    large = photo(1, (3000, 2200))
    page.set_input_files("[name=sent]", [large, photo(2)])
    expect(page.locator("[data-upload-status]")).to_contain_text("Mất mạng. Đã lưu 0/2")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.unroute("**/gui/*/?tu=*")
    expect(page.locator("[data-upload-status]")).to_contain_text("Phiên đăng nhập đã hết", timeout=20_000)
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # what the same browser gave
    page.goto(address)
    expect(page.locator("[data-upload-status]")).to_have_text("Đã lưu 2/2 ảnh, tệp", timeout=20_000)
    assert len(line.blocks) == 1
    assert {(one.file_name, one.note) for one in Evidence.objects.all()} == {
        ("anh-1.jpg", "Cổng chợ"),
        ("anh-2.jpg", "Cổng chợ"),
    }
    page.goto(address)  # nothing waits any more
    expect(page.locator("#live .photo")).to_have_count(2)
    assert page.locator("[data-upload-status]").inner_text() == ""
