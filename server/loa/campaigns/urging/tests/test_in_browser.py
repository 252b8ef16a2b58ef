# SPDX-License-Identifier: AGPL-3.0-or-later
"""A head on a phone is urged about three things and says something to each; the planner sees what came back."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Browser, Page, expect

from loa.campaigns.entering.tests.typed_sample import page_for
from loa.campaigns.tests.factories import make_activity, make_campaign
from loa.config import clock
from loa.people.tests.factories import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TITLES = ("Treo cờ", "Họp thôn", "Phát loa")


def wide(page: Page) -> int:
    """Return by how many pixels a page is wider than its screen."""
    found: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found


def test_a_head_acknowledges_answers_and_passes_on_and_the_planner_sees_it(
    browser: Browser, live_server: Any
) -> None:
    cast = make_cast()
    campaign = make_campaign(cast.organisation, key="dai-hoi")
    due = localdate(clock.now()) - timedelta(days=3)
    work = {title: make_activity(campaign, cast.head_post, title, due=due) for title in TITLES}

    planner = page_for(browser, live_server.url, cast.planner)
    chosen = "&".join(f"chon={one.pk}" for one in work.values())
    planner.goto(f"/chien-dich/dai-hoi/don-doc/?{chosen}")
    planner.get_by_label("Lời nhắn").fill("Chiều nay báo lại")
    planner.get_by_role("button", name="Đôn đốc 1 người").click()
    expect(planner.locator("main")).to_contain_text("Đã đôn đốc 1 người về 3 việc.")

    head = page_for(browser, live_server.url, cast.head)
    head.goto("/thong-bao/")
    assert wide(head) <= 0
    flag = head.locator("li", has_text="Treo cờ")
    expect(flag).to_have_count(1)
    flag.get_by_role("button", name="Đã nhận").click()
    expect(head.locator("main")).to_contain_text("2 thông báo chờ bạn")
    head.get_by_role("link", name="Họp thôn").click()
    expect(head.locator("main")).to_contain_text("Chiều nay báo lại")
    assert wide(head) <= 0
    head.get_by_role("textbox").fill("Thôn 2 họp tối nay")
    head.get_by_role("button", name="Gửi trả lời").click()
    head.goto("/thong-bao/")
    head.get_by_role("link", name="Phát loa").click()
    head.get_by_role("link", name="Chuyển cho…").click()
    head.get_by_label(cast.editor.full_name).check()
    head.get_by_role("button", name="Chuyển", exact=True).click()
    expect(head.locator("main")).to_contain_text(cast.editor.full_name)

    said = ("đã nhận", "Thôn 2 họp tối nay", cast.editor.full_name)
    for activity, words in zip(work.values(), said, strict=True):
        planner.goto(f"/chien-dich/dai-hoi/dau-moi/{activity.pk}/")
        expect(planner.locator("#don-doc")).to_contain_text(words)
    planner.goto("/thong-bao/")
    expect(planner.locator("main")).to_contain_text(f"{cast.head.full_name} trả lời")
