# SPDX-License-Identifier: AGPL-3.0-or-later
"""The plan in real Chromium: it prints on two pages, and nothing is wider than the screen."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pdfplumber
import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils.timezone import localdate
from playwright.sync_api import Page

from loa.campaigns.models import Campaign, Objective
from loa.campaigns.sample import load_sample
from loa.campaigns.seeing.tests.factories import fill
from loa.campaigns.tests.factories import make_campaign, make_key_message, make_phase
from loa.config import clock
from loa.people.models import Person, Role
from loa.people.tests.factories import make_cast, make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
PAGES = ("", "dau-moi/", "trang-thai/", "tien-do/", "lich/", "ban-do/", "ma-tran/", "khoi-luong/",
         "giao-ban/", "do-phu/")  # fmt: skip
LONG = "Phối hợp tổ chức ra quân dọn vệ sinh, treo cờ, băng rôn ở các điểm tập trung đông dân cư, lần"
MESSAGE = "Nhà nào cũng có đèn pin, nước uống và đồ ăn cho ba ngày; nghe loa, không qua ngầm tràn khi có lũ"


@pytest.fixture
def frozen() -> Iterator[None]:
    with clock.frozen(NOW), override_settings(DEMO=True):
        yield


@pytest.fixture
def open_as(browser: Any, live_server: Any, frozen: None) -> Iterator[Callable[[Person], Page]]:
    """Return what opens a page of a browser in which a person has signed in."""
    contexts = []

    def opened(person: Person) -> Page:
        client = Client()
        client.force_login(person)
        context = browser.new_context(locale="vi", base_url=live_server.url)
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page: Page = context.new_page()
        return page

    yield opened
    for context in contexts:
        context.close()


def sample() -> tuple[Campaign, Person]:
    """Return the sample campaign and somebody who sees it."""
    found = load_sample(localdate(NOW))
    return found.campaign, make_member(found.organisation, Role.VIEWER)


def large() -> tuple[Campaign, Person]:
    """Return a campaign of 300 activities with long titles and as much on top as a plan may have."""
    cast = make_cast()
    campaign = make_campaign(cast.organisation, f"{LONG} thứ nhất, trên địa bàn xã", key="ba-tram")
    for number, name in enumerate(("Trước mùa mưa bão", "Trong mùa mưa bão", "Khắc phục sau bão"), start=1):
        make_phase(campaign, f"p{number}", name=name)
    for number in range(7):
        make_key_message(campaign, f"{MESSAGE} {number}", priority="top" if number < 5 else "normal")
        Objective.objects.create(
            campaign=campaign, text=f"Chín mươi phần trăm số hộ biết số cứu nạn, thôn {number}",
            measure="số hộ trả lời đúng khi được hỏi", target=100, unit="hộ", order=number,
        )  # fmt: skip
    fill(campaign, cast, 300, LONG)
    return campaign, cast.viewer


@pytest.mark.parametrize("make", [sample, large])
def test_the_plan_is_printed_on_two_pages(
    open_as: Callable[[Person], Page], make: Callable[[], tuple[Campaign, Person]]
) -> None:
    campaign, person = make()
    page = open_as(person)
    page.goto(f"/chien-dich/{campaign.key}/", wait_until="networkidle")
    with pdfplumber.open(BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
        assert 1 <= len(printed.pages) <= 2
        words = "".join(sheet.extract_text() for sheet in printed.pages)
        assert [round(float(printed.pages[0].width)), round(float(printed.pages[0].height))] == [595, 842]
    for part in ("Giai đoạn", "Điều người dân cần biết", "Mục tiêu", "Đang trễ", "Ai chịu trách nhiệm"):
        assert part in words


@pytest.mark.parametrize("width", [320, 1440])
def test_no_page_of_a_plan_is_wider_than_its_screen_or_breaks_the_policy(
    open_as: Callable[[Person], Page], width: int
) -> None:
    cast = make_cast()
    fill(make_campaign(cast.organisation, key="mua-bao"), cast, 12, LONG)
    page = open_as(cast.viewer)
    page.set_viewport_size({"width": width, "height": 844})
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    for name in PAGES:
        page.goto(f"/chien-dich/mua-bao/{name}")
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, name
    assert [error for error in errors if "WebSocket" not in error] == []
