# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pages do in real Chromium: choosing places, being told what is missing, jumping through a sound."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from loa.devices.tests.factories import make_device
from loa.messages.links import hearing_place, message_page
from loa.messages.models import Revision
from loa.messages.tests.factories import make_revision
from loa.people.models import Person
from loa.people.tests.factories import Cast, make_cast
from loa.releases.tests.factories import make_key, make_release, make_request
from loa.voice.models import SpokenRendition
from loa.voice.tests.factories import make_heard, make_spoken

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def open_as(browser: Browser, live_server: Any, person: Person, path: str) -> Page:
    client = Client()
    client.force_login(person)
    context = browser.new_context(locale="en")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}{path}")
    page.wait_for_selector("html[data-ready]")
    return page


def submit_page(revision: Revision) -> str:
    return reverse("releases:submit", args=[revision.message.code])


def test_ticking_a_place_chooses_the_ticked_places(browser: Browser, live_server: Any, cast: Cast) -> None:
    revision = make_revision(cast)
    make_spoken(revision)
    page = open_as(browser, live_server, cast.editor, submit_page(revision))
    everywhere, some = page.locator("[name=scope][value=all]"), page.locator("[name=scope][value=some]")
    places = page.locator("[name=zones]")
    expect(everywhere).not_to_be_checked()
    everywhere.check()
    places.first.check()
    expect(some).to_be_checked()
    everywhere.check()
    expect(places.first).not_to_be_checked()
    some.check()
    expect(places.first).to_be_checked()
    expect(places.nth(1)).not_to_be_checked()


def test_empty_fields_are_said_in_vietnamese_on_the_page(
    browser: Browser, live_server: Any, cast: Cast
) -> None:
    revision = make_revision(cast)
    make_spoken(revision)
    page = open_as(browser, live_server, cast.editor, submit_page(revision))
    page.locator("[name=repeat_limit]").fill("")
    page.locator("[name=first_day]").fill("")
    page.get_by_role("button", name="Gửi duyệt").click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Có 3 chỗ cần sửa")  # nobody chose where


def test_the_chosen_places_without_a_loudspeaker_are_named(
    browser: Browser, live_server: Any, cast: Cast
) -> None:
    make_device(cast.villages[0])
    revision = make_revision(cast)
    make_spoken(revision)
    page = open_as(browser, live_server, cast.editor, submit_page(revision))
    note = page.locator("[data-lacking=loudspeaker]")
    expect(note).to_be_hidden()
    page.locator("[name=zones]").nth(0).check()
    expect(note).to_be_hidden()
    page.locator("[name=zones]").nth(1).check()
    expect(note).to_contain_text(f"1 nơi bạn chọn chưa có loa: {cast.villages[1].name}.")
    page.locator("[name=scope][value=all]").check()
    expect(note).to_contain_text("2 nơi bạn chọn chưa có loa")


def test_hearing_it_on_the_send_page_keeps_the_choices_and_takes_the_warning_away(
    browser: Browser, live_server: Any, cast: Cast
) -> None:
    revision = make_revision(cast)
    sound = make_spoken(revision).sound
    assert sound is not None
    page = open_as(browser, live_server, cast.editor, submit_page(revision))
    page.locator("[name=zones]").nth(1).check()
    expect(page.get_by_role("button", name="Gửi duyệt, chưa nghe")).to_be_visible()
    make_heard(cast.editor, sound)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('loa:heard-saved'))")
    expect(page.get_by_role("button", name="Gửi duyệt", exact=True)).to_be_visible()
    expect(page.locator("#da-nghe")).to_have_text("")
    expect(page.locator("[name=zones]").nth(1)).to_be_checked()


def test_on_a_phone_the_way_down_to_the_signature_goes_away_where_it_leads(
    browser: Browser, live_server: Any, cast: Cast
) -> None:
    release = make_request(cast)
    make_key(cast.approver_one)
    where = reverse("releases:release", args=[release.pk])
    page = open_as(browser, live_server, cast.approver_one, where)
    page.set_viewport_size({"width": 390, "height": 844})
    way = page.get_by_role("link", name="Xuống chỗ ký")
    expect(way).to_be_visible()
    way.click()
    expect(page.get_by_role("button", name="Ký", exact=True)).to_be_in_viewport()
    expect(way).to_be_hidden()


def test_on_a_phone_withdrawing_needs_no_scrolling(browser: Browser, live_server: Any, cast: Cast) -> None:
    release = make_release(cast)
    page = open_as(browser, live_server, cast.approver_one, message_page(release.revision.message.code))
    page.set_viewport_size({"width": 390, "height": 844})
    way = page.get_by_role("link", name="Thu hồi…").first
    expect(way).to_be_in_viewport(ratio=1)
    way.click()
    expect(page.get_by_role("button", name="Thu hồi tin")).to_be_in_viewport(ratio=1)


def test_after_saving_the_focus_stays_at_the_sound_while_it_comes(
    browser: Browser, live_server: Any, cast: Cast
) -> None:
    revision = make_revision(cast)  # its sound is being made
    page = open_as(browser, live_server, cast.editor, hearing_place(revision.message.code))
    expect(page.locator("#nghe")).to_be_focused()
    make_spoken(revision)
    expect(page.locator("#nghe").get_by_role("button", name="Phát", exact=True)).to_be_in_viewport()
    expect(page.locator("#nghe")).to_be_focused()


def test_who_jumps_to_the_end_reads_that_skipped_parts_do_not_count(
    browser: Browser, live_server: Any, cast: Cast
) -> None:
    release = make_request(cast)
    make_key(cast.approver_one)
    where = reverse("releases:release", args=[release.pk])
    page = open_as(browser, live_server, cast.approver_one, where)
    page.locator("[data-player] audio").evaluate("audio => audio.dispatchEvent(new Event('ended'))")
    expect(page.locator("[data-player-error]")).to_contain_text("Còn đoạn chưa nghe")


def test_after_a_bad_recording_sending_is_offered_again_by_itself(
    browser: Browser, live_server: Any, cast: Cast
) -> None:
    revision = make_revision(cast)  # its sound is being made
    page = open_as(browser, live_server, cast.editor, reverse("voice:spoken", args=[revision.message.code]))
    send = page.locator("#gui-duyet a")
    expect(send).to_have_count(0)
    make_spoken(revision)
    SpokenRendition.objects.filter(revision=revision).update(error="Tệp không phải âm thanh.")
    expect(send).to_have_text("Gửi duyệt")
