# SPDX-License-Identifier: AGPL-3.0-or-later
"""Passkeys in real Chromium, with its virtual authenticator: adding one, signing in by it, showing it again."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from loa.config import clock
from loa.people import fresh
from loa.people.models import Passkey, Session
from loa.people.queries import passkeys_of
from loa.people.tests.factories import PASSWORD, Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """Where the pages are: by name, for a passkey cannot be bound to a number."""
    settings.BASE_URL = live_server.url.replace("127.0.0.1", "localhost")
    return str(settings.BASE_URL)


class Visitor:
    """A browser with a security key of its own."""

    def __init__(self, browser: Browser, site: str, *, verifies: bool = True) -> None:
        self.site = site
        self.context: BrowserContext = browser.new_context(base_url=site, locale="vi-VN")
        self.page: Page = self.context.new_page()
        self._devtools: CDPSession = self.context.new_cdp_session(self.page)
        self._devtools.send("WebAuthn.enable")
        self._authenticator = self._devtools.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": verifies,
                    "automaticPresenceSimulation": True,
                }
            },
        )["authenticatorId"]

    def verify(self, is_verified: bool) -> None:
        """Let the person show himself to his key, or fail to."""
        named = {"authenticatorId": self._authenticator, "isUserVerified": is_verified}
        self._devtools.send("WebAuthn.setUserVerified", named)

    def held(self) -> list[dict[str, Any]]:
        """Return what the key holds."""
        named = {"authenticatorId": self._authenticator}
        found: list[dict[str, Any]] = self._devtools.send("WebAuthn.getCredentials", named)["credentials"]
        return found

    def sign_in(self, username: str) -> None:
        """Sign in by password."""
        self.page.goto("/tai-khoan/dang-nhap/")
        self.page.get_by_label(re.compile("Tên đăng nhập")).fill(username)
        self.page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Đăng nhập").click()

    def add_passkey(self, name: str) -> None:
        """Add a passkey at the account's page."""
        self.page.goto("/tai-khoan/bao-ve/")
        self.page.get_by_label("Tên của khóa").fill(name)
        self.page.get_by_role("button", name="Thêm khóa truy cập").click()
        expect(self.page.get_by_text(f"Đã thêm khóa {name}")).to_be_visible()

    def sign_out(self) -> None:
        """Leave without a trace but the key."""
        self.context.clear_cookies()


@pytest.fixture
def visitor(browser: Browser, site: str, cast: Cast) -> Iterator[Visitor]:
    made = Visitor(browser, site)
    yield made
    made.context.close()


def test_a_passkey_is_added_and_signs_in_with_one_tap(visitor: Visitor, cast: Cast) -> None:
    visitor.sign_in("bien-tap")
    visitor.add_passkey("Máy tính")
    assert [key["rpId"] for key in visitor.held()] == ["localhost"]
    assert passkeys_of(cast.editor).get().name == "Máy tính"
    visitor.sign_out()
    visitor.page.goto("/tai-khoan/dang-nhap/?next=/tai-khoan/phien/")
    visitor.page.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(visitor.page.get_by_role("heading", name="Nơi đang đăng nhập")).to_be_visible()
    passkey = passkeys_of(cast.editor).get()
    assert passkey.last_used_at is not None
    assert passkey.sign_count == visitor.held()[0]["signCount"]


def test_after_the_password_the_key_is_the_second_step(visitor: Visitor, cast: Cast) -> None:
    visitor.sign_in("bien-tap")
    visitor.add_passkey("Máy tính")
    visitor.sign_out()
    visitor.sign_in("bien-tap")
    expect(visitor.page.get_by_role("heading", name="Bước thứ hai")).to_be_visible()
    assert not Session.objects.filter(person=cast.editor, last_seen__isnull=True).exists()
    visitor.page.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(visitor.page.get_by_role("heading", name="Việc của tôi")).to_be_visible()


def test_a_key_whose_person_does_not_show_himself_opens_nothing(visitor: Visitor, cast: Cast) -> None:
    visitor.sign_in("bien-tap")
    visitor.add_passkey("Máy tính")
    visitor.sign_out()
    visitor.verify(False)
    visitor.page.goto("/tai-khoan/dang-nhap/")
    visitor.page.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(visitor.page.get_by_text("Chưa hỏi được khóa")).to_be_visible()
    assert "/dang-nhap/" in visitor.page.url


def test_a_key_that_was_marked_lost_opens_nothing_with_the_next_tap(
    visitor: Visitor, browser: Browser, site: str, cast: Cast
) -> None:
    visitor.sign_in("bien-tap")
    visitor.add_passkey("Máy tính")
    admin = Visitor(browser, site)
    admin.sign_in("quan-tri")
    admin.page.goto(f"/thiet-lap/nguoi/{cast.editor.pk}/dang-nhap/")
    admin.page.get_by_role("button", name="Kết thúc khóa Máy tính").click()
    admin.page.get_by_label("Vì sao").select_option("lost")
    admin.page.get_by_role("button", name="Kết thúc khóa này").click()
    expect(admin.page.get_by_text("Bị mất; Lê Văn Trị kết thúc")).to_be_visible()
    admin.context.close()
    visitor.sign_out()
    visitor.page.goto("/tai-khoan/dang-nhap/")
    visitor.page.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(visitor.page.get_by_text("Khóa truy cập này không mở được")).to_be_visible()


def test_what_is_dangerous_asks_for_the_key_again_and_leads_back(
    visitor: Visitor, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.sign_in("quan-tri")
    visitor.add_passkey("Máy tính")
    page = visitor.page
    page.goto(f"/thiet-lap/nguoi/{cast.editor.pk}/dang-nhap/")
    monkeypatch.setattr(fresh, "is_fresh", _only_after(clock.now()))
    page.get_by_role("button", name="Đề nghị bắt đầu lại đăng nhập").click()
    expect(page.get_by_role("heading", name="Xác nhận là bạn")).to_be_visible()
    page.get_by_role("button", name="Xác nhận bằng khóa truy cập").click()
    expect(page.get_by_role("button", name="Đề nghị bắt đầu lại đăng nhập")).to_be_visible()
    page.get_by_role("button", name="Đề nghị bắt đầu lại đăng nhập").click()
    expect(page.get_by_text("Đã đề nghị cho Nguyễn Thị Hậu bắt đầu lại")).to_be_visible()


def _only_after(moment: Any) -> Any:
    """Return what calls every verification before a moment too old."""

    def is_fresh(request: Any, minutes: int = 5) -> bool:
        at = fresh.verified_at(request)
        return at is not None and at > moment

    return is_fresh


def test_the_same_key_is_not_added_twice(visitor: Visitor) -> None:
    visitor.sign_in("bien-tap")
    visitor.add_passkey("Máy tính")
    visitor.page.get_by_role("button", name="Thêm khóa truy cập").click()
    expect(visitor.page.get_by_text("Khóa này đã được thêm")).to_be_visible()
    assert Passkey.objects.count() == 1
