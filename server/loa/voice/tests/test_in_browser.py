# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a writer does about a reading in real Chromium: answer a question, override a place by keyboard, listen."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from loa.messages.models import Revision
from loa.messages.tests.factories import make_revision
from loa.people.models import Person
from loa.people.tests.factories import Cast, make_cast
from loa.voice.models import LexiconWord
from loa.voice.queries import reading_for, spoken
from loa.voice.tests.factories import make_spoken

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
TEXT = "BTV họp lúc 7h30 tại UBND xã. Sau đó UBND họp dân."


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def revision(cast: Cast) -> Revision:
    revision = make_revision(cast, text=TEXT)
    make_spoken(revision)
    return revision


def open_as(browser: Browser, live_server: Any, person: Person, path: str) -> Page:
    client = Client()
    client.force_login(person)
    context = browser.new_context(viewport=PHONE, locale="en")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}{path}")
    page.wait_for_selector("html[data-ready]")
    return page


def test_a_question_is_answered_by_one_button(
    browser: Browser, live_server: Any, cast: Cast, revision: Revision
) -> None:
    page = open_as(browser, live_server, cast.editor, reverse("voice:spoken", args=[revision.message.code]))
    group = page.get_by_role("group", name="Đọc “BTV” thế nào?")
    group.get_by_role("button", name="“Ban Thường vụ”").click()
    expect(page.get_by_text("Đã ghi: “BTV” đọc là “Ban Thường vụ”.")).to_be_visible()
    expect(page.locator("#hoi")).to_have_count(0)
    assert spoken(revision).is_ready  # the sound said so already


def test_a_place_is_read_otherwise_by_keyboard_alone(
    browser: Browser, live_server: Any, cast: Cast, revision: Revision
) -> None:
    page = open_as(browser, live_server, cast.editor, reverse("voice:spoken", args=[revision.message.code]))
    marks = page.locator("a.said-reading", has_text="Ủy ban nhân dân")
    marks.first.focus()
    page.keyboard.press("Enter")
    form = page.locator("#cach-doc form")
    expect(form.locator("input[name=spoken]").first).to_be_focused()
    form.get_by_label("Cách đọc khác").fill("Ủy ban")
    form.get_by_label("Cả 2 chỗ “UBND” trong tin này").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã ghi: “UBND” đọc là “Ủy ban”.")).to_be_visible()
    assert reading_for(revision).spoken.count("Ủy ban họp") == 1
    assert LexiconWord.objects.get().occurrence == 0


def test_a_sentence_is_heard_before_its_word_is_saved(browser: Browser, live_server: Any, cast: Cast) -> None:
    address = f"{reverse('lexicon:add')}?tu=Ba+Ch%E1%BA%BD"
    page = open_as(browser, live_server, cast.editor, address)
    page.get_by_label("Đọc là").fill("Ba Chẹ")
    page.get_by_role("button", name="Nghe thử").click()
    player = page.locator("#nghe-thu [data-player]")
    expect(player).to_be_visible(timeout=20_000)
    expect(page.locator("#nghe-thu mark")).to_have_text("Ba Chẹ")
    sound = page.request.get(live_server.url + str(player.locator("audio").get_attribute("src")))
    assert sound.body()[:4] == b"OggS"
    assert not LexiconWord.objects.exists()
