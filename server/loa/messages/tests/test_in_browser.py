# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing a message on a phone, in Chromium."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from loa.campaigns.entering.tests.typed_sample import page_for
from loa.campaigns.tests.factories import make_campaign, make_key_message
from loa.messages.tests.factories import make_revision
from loa.people.tests.factories import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_link_to_the_sources_shows_their_label_below_the_bar(browser: Browser, live_server: Any) -> None:
    cast = make_cast()
    revision = make_revision(cast)
    campaign = make_campaign(cast.organisation)
    for number in range(9):
        make_key_message(campaign, f"Thông điệp {number}")
    page = page_for(browser, live_server.url, cast.editor)
    page.goto(f"/tin/{revision.message.code}/sua/#id_sources")
    bar = page.locator("header").first.bounding_box()
    label = page.get_by_text("Nguồn", exact=True).bounding_box()
    assert bar is not None
    assert label is not None
    assert label["y"] >= bar["y"] + bar["height"]
    assert label["y"] + label["height"] < 844
    expect(page.get_by_label("Thông điệp 8")).to_be_hidden()
    page.get_by_text("Thuộc thông điệp nào?").click()
    page.get_by_label("Thông điệp 8").check()
