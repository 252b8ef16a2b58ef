# SPDX-License-Identifier: AGPL-3.0-or-later
"""Web push in real Chromium: asked by the button alone, sent as the browser gives it, shown by its worker."""

import json
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from loa.notices.models import Subscription
from loa.notices.tests.factories import AUTH, P256DH
from loa.people.tests.factories import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ENDPOINT = "https://fcm.googleapis.com/fcm/send/trinh-duyet"
REGISTRATION = "navigator.serviceWorker.getRegistration('/thong-bao/')"
# The maker's service cannot be reached from a test: the browser gives what it would have been given.
GIVEN = f"""PushManager.prototype.subscribe = async (options) => {{
  window.asked = options.applicationServerKey.length;
  return {{ toJSON: () => ({json.dumps({"endpoint": ENDPOINT, "keys": {"p256dh": P256DH, "auth": AUTH}})}) }};
}};"""


@pytest.fixture
def reader():
    return make_person()


@pytest.fixture
def page(browser, live_server, reader) -> Iterator[Page]:
    client = Client()
    client.force_login(reader)
    context = browser.new_context(locale="vi")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    context.grant_permissions(["notifications"], origin=live_server.url)
    context.add_init_script(GIVEN)
    opened = context.new_page()
    opened.goto(f"{live_server.url}/thong-bao/cach-nhan/")
    opened.wait_for_selector("html[data-ready]")
    yield opened
    context.close()


def press(page: Page) -> None:
    with page.expect_navigation():
        page.click("#push button")
    page.wait_for_selector("html[data-ready]")


def test_a_browser_is_asked_by_the_button_and_never_before(page, reader):
    assert page.evaluate(f"{REGISTRATION}.then((found) => found === undefined)")
    assert not Subscription.objects.exists()
    press(page)
    held = Subscription.objects.get()
    assert (held.person, held.endpoint, held.p256dh, held.auth) == (reader, ENDPOINT, P256DH, AUTH)
    assert "Chrome trên" in page.inner_text("main")


def test_a_push_is_shown_with_its_title_and_leads_to_its_notice(page, live_server):
    press(page)
    devtools = page.context.new_cdp_session(page)
    known: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: known.extend(one["registrationId"] for one in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.wait_for_function(f"{REGISTRATION}.then((found) => found?.active?.state === 'activated')")
    assert known
    pushed = {"title": "Đến hạn: treo băng rôn", "url": "/thong-bao/", "tag": "mot"}
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": live_server.url, "registrationId": known[-1], "data": json.dumps(pushed)},
    )
    shown = page.wait_for_function(
        f"{REGISTRATION}.then((found) => found.getNotifications())"
        ".then(([one]) => one && [one.title, one.body, one.tag, one.data.url])"
    ).json_value()
    assert shown == ["Đến hạn: treo băng rôn", "", "mot", "/thong-bao/"]
