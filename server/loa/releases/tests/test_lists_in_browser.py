# SPDX-License-Identifier: AGPL-3.0-or-later
"""An administrator signs a list with a passkey, in real Chromium."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from loa.config.home import Home
from loa.people.models import Role
from loa.people.tests.factories import make_cast, make_member
from loa.people.tests.test_in_browser import Visitor
from loa.releases.tests.factories import make_list_proposal, make_passkey, name_administrators

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_administrator_reads_what_changes_and_signs_it_with_one_tap(
    browser: Browser, live_server: Any, settings: Any, tmp_path: Path
) -> None:
    settings.BASE_URL = live_server.url.replace("127.0.0.1", "localhost")
    settings.HOME = Home(tmp_path)
    settings.HOME.make()
    cast = make_cast()
    second = make_member(cast.organisation, Role.ADMINISTRATOR, "quan-tri-hai", "Trần Thị Hai")
    make_passkey(second)
    visitor = Visitor(browser, settings.BASE_URL)
    visitor.sign_in(cast.administrator.username)
    visitor.add_passkey("Máy tính")
    name_administrators(cast.administrator, second)
    proposal = make_list_proposal(cast.commune)
    visitor.page.goto(reverse("releases:lists"))
    visitor.page.get_by_role("link", name="Quy định giờ phát, Xã Đầm Hà").click()
    expect(visitor.page.get_by_text("17:00–18:00").first).to_be_visible()
    visitor.page.get_by_role("button", name="Ký bằng khóa truy cập").click()
    expect(visitor.page.get_by_text("1/2")).to_be_visible()
    expect(visitor.page.get_by_role("button", name="Ký bằng khóa truy cập")).to_have_count(0)
    assert [one.holder for one in proposal.signatures.all()] == [str(cast.administrator.pk)]
    visitor.context.close()
