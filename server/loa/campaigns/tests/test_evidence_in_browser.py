# SPDX-License-Identifier: AGPL-3.0-or-later
"""Evidence from a phone: the line goes away among three photos; another village sends one of them cut anew."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from loa.campaigns import jobs
from loa.campaigns.entering.tests.typed_sample import page_for
from loa.campaigns.models import Evidence, PhotoMatch
from loa.campaigns.tests.factories import make_activity, make_campaign
from loa.campaigns.tests.pictures import CANON, cut, exif, jpeg, picture, recoded
from loa.jobs import outbox
from loa.people.tests.factories import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LARGE = (2600, 1900)


def photo(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


class GoesAway:
    """The phone loses its network at a block in the middle of the second photo."""

    def __init__(self, page: Page) -> None:
        self.blocks = 0
        self._page = page
        page.route("**/gui/*/?tu=*", self._block)

    def _block(self, route: Route) -> None:
        self.blocks += 1
        if self.blocks == 3:
            self._page.context.set_offline(True)
        route.continue_()


def status(page: Page) -> Any:
    return page.locator("[data-upload-status]")


def test_photos_outlive_a_lost_network_and_one_that_another_village_sends_cut_anew_is_found(
    browser: Browser, live_server: Any
) -> None:
    cast = make_cast()
    campaign = make_campaign(cast.organisation, key="dai-hoi")
    asked: dict[str, Any] = {"state": "in_progress", "evidence_required": ["photo"], "unit": "ảnh"}
    first = make_activity(campaign, cast.head_post, "Treo cờ thôn 1", quantity=10, **asked)
    second = make_activity(campaign, cast.head_post, "Treo cờ thôn 2", **asked)
    head = page_for(browser, live_server.url, cast.head)
    head.goto(f"/chien-dich/dai-hoi/dau-moi/{first.pk}/")
    line = GoesAway(head)
    flags = picture(1, LARGE)
    sent = [
        photo("cong-cho.jpg", jpeg(flags, 90, exif=exif(**CANON))),
        *(photo(f"{n}.jpg", jpeg(picture(n, LARGE), 90)) for n in (2, 3)),
    ]
    head.set_input_files("[name=sent]", sent)
    expect(status(head)).to_contain_text("Mất mạng. Đã lưu", timeout=20_000)
    kept = Evidence.objects.count()
    assert kept < 3
    head.context.set_offline(False)
    expect(status(head)).to_have_text("Đã lưu 3/3 ảnh, tệp", timeout=20_000)
    assert line.blocks > 3
    live = head.locator("#live")
    expect(live).to_contain_text("07:30")  # what its camera says
    expect(live).to_contain_text("0/10 ảnh")  # a photo counts what its sender says
    submit = head.locator("#buoc").get_by_role("button", name="Nộp kết quả")
    expect(submit).to_be_disabled()

    head.goto(f"/chien-dich/dai-hoi/dau-moi/{second.pk}/")
    again = jpeg(recoded(cut(flags, 0.06, 0.04, 0.08, 0.05)), 75)
    head.set_input_files("[name=sent]", [photo("thon-2.jpg", again)])
    expect(status(head)).to_have_text("Đã lưu 1/1 ảnh, tệp", timeout=20_000)
    assert not PhotoMatch.objects.exists()
    outbox.run_due([jobs.COMPARE])  # as the worker does
    assert PhotoMatch.objects.count() == 1
    head.reload()
    expect(head.locator("#live")).to_contain_text("Ảnh giống ảnh khác")
    expect(head.locator("#live")).to_contain_text("Treo cờ thôn 1")
    assert head.evaluate("document.documentElement.scrollWidth <= innerWidth")
