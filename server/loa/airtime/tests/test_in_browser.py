# SPDX-License-Identifier: AGPL-3.0-or-later
"""A programme and the week in real Chromium: made by its form, it sounds every day, and a drag moves one round."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from loa.airtime.models import Placement
from loa.airtime.tests.factories import FIVE, NOON, make_release
from loa.channels.registry import channel
from loa.config import clock
from loa.people.models import Person
from loa.people.tests.factories import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


def open_as(browser: Browser, site: str, person: Person, width: int) -> Page:
    client = Client()
    client.force_login(person)
    context = browser.new_context(base_url=site, viewport={"width": width, "height": 900}, locale="vi-VN")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    return context.new_page()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_daily_programme_is_made_and_a_drag_moves_one_of_its_rounds(
    browser: Browser, live_server: Any
) -> None:
    cast = make_cast()
    make_release(cast.organisation, cast.editor, [cast.commune], title="Lịch cắt điện")
    page = open_as(browser, live_server.url, cast.editor, 1440)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(reverse("airtime:programmes", args=[cast.commune.code]))
    page.get_by_role("link", name="Lập chương trình").click()
    page.get_by_label("Tên chương trình").fill("Bản tin chiều")
    page.get_by_label("Giờ bắt đầu").fill("17h00")
    page.get_by_role("checkbox", name="Lịch cắt điện").check()
    page.get_by_role("button", name="Lưu chương trình").click()
    expect(page.get_by_text("Phát lúc 17:00:00, hằng ngày.")).to_be_visible()
    items = channel("loudspeaker").agenda.items(cast.commune, NOON, NOON + timedelta(days=7))
    assert [item.starts for item in items] == [f"2026-11-{day}T17:00:00" for day in range(24, 31)]
    assert fits(page)

    page.goto(f"{reverse('airtime:calendar')}?tuan=2026-11-23")
    page.wait_for_selector("html[data-ready]")
    tuesday = page.locator("table.week [data-move]").first
    row = tuesday.locator("xpath=ancestor::tr")
    Placement.objects.filter(starts_at=FIVE + timedelta(days=1)).update(cancelled_at=NOON)
    tuesday.drag_to(row.locator("td").nth(2))
    expect(page.get_by_text("Đã dời sang 17:00 ngày mai.")).to_be_visible()
    assert Placement.objects.filter(starts_at=FIVE, cancelled_by=cast.editor).exists()
    assert Placement.objects.filter(starts_at=FIVE + timedelta(days=1), cancelled_at=None).exists()
    assert errors == []


def test_on_a_phone_the_week_is_a_list_and_every_page_fits(browser: Browser, live_server: Any) -> None:
    cast = make_cast()
    make_release(cast.organisation, cast.editor, [cast.commune], title="Lịch cắt điện")
    page = open_as(browser, live_server.url, cast.editor, 390)
    for address in (
        reverse("airtime:calendar"),
        reverse("airtime:programmes", args=[cast.commune.code]),
        reverse("airtime:make_programme", args=[cast.commune.code]),
        reverse("airtime:make_group", args=[cast.commune.code]),
    ):
        page.goto(address)
        assert fits(page)
