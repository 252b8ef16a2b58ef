# SPDX-License-Identifier: AGPL-3.0-or-later
"""The steps of the whole way as a person takes them in the browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect

from tests.support.installation import Installation

PASSWORD = "loa-demo-2026"  # the demo's, printed at each start
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
VILLAGES = ("Khu phố Chợ Mới", "Thôn Đồng Sen", "Bản Suối Mây")
LONG = 30_000  # milliseconds


@dataclass(frozen=True)
class Placed:
    """A message that is released and placed."""

    code: str
    due: datetime
    sound: Path  # the released Opus file

    @property
    def epoch(self) -> float:
        return self.due.timestamp()


class Desk:
    """The people at their browsers; each has a session of his own."""

    def __init__(self, browser: Browser, installation: Installation) -> None:
        self._browser = browser
        self.installation = installation
        self._pages: dict[str, Page] = {}

    def page_of(self, username: str) -> Page:
        """Return a person's page, signed in."""
        if username not in self._pages:
            context = self._browser.new_context(base_url=self.installation.url, locale="vi-VN")
            page = context.new_page()
            page.goto("/")
            page.get_by_label(re.compile("Tên đăng nhập")).fill(username)
            page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Đăng nhập", exact=True).click()
            expect(page.get_by_role("heading", name="Việc của tôi")).to_be_visible()
            self._pages[username] = page
        return self._pages[username]

    def write(self, title: str, text: str) -> str:
        """Write a message, let it be read aloud, and return its code."""
        page = self.page_of("hau")
        page.goto("/")
        page.get_by_role("link", name="Viết tin").click()
        page.get_by_label("Tên tin").fill(title)
        page.get_by_label("Lời tin").fill(text)
        page.get_by_label("Nguồn", exact=False).first.fill("Kế hoạch của Tỉnh ủy")
        page.get_by_text("Thuộc thông điệp nào?").click()
        page.get_by_label("Nội dung dự thảo Văn kiện Đại hội Đảng bộ huyện lần thứ XXV").check()
        page.get_by_role("button", name="Lưu và nghe thử").click()
        expect(page.get_by_role("button", name="Phát", exact=True).first).to_be_visible(timeout=LONG)
        found = re.search(r"/tin/(T-\d+)/", page.url)
        assert found, page.url
        return found[1]

    def submit(self, code: str) -> None:
        """Send the message for release to the three villages that have a loudspeaker."""
        page = self.page_of("hau")
        page.goto(f"/tin/{code}/")
        page.get_by_role("link", name="Gửi duyệt").click()
        page.get_by_role("radio", name=re.compile("Chỉ những nơi")).check()
        for village in VILLAGES:
            page.get_by_role("checkbox", name=re.compile(village)).check()
        page.get_by_role("button", name="Gửi duyệt").click()
        page.wait_for_url(lambda address: "/gui/" not in address)

    def sign(self, code: str, username: str, title: str) -> None:
        """Hear the sound to its end and sign."""
        page = self.page_of(username)
        page.goto("/duyet/")
        page.get_by_role("link", name=title).first.click()
        page.get_by_role("button", name="Phát", exact=True).click()
        page.evaluate("document.querySelectorAll('audio').forEach(a => { a.playbackRate = 8; })")
        password = page.get_by_label("Mật khẩu của bạn")
        expect(password).to_be_visible(timeout=LONG)
        password.fill(PASSWORD)
        page.get_by_role("button", name="Ký", exact=True).click()
        expect(page.get_by_text(re.compile("đã ký")).first).to_be_visible()

    def place(self, code: str, lead: float, rounds: int = 1) -> Placed:
        """Place the released message ``lead`` seconds from now, to the second; it has ``rounds`` then."""
        page = self.page_of("hau")
        page.goto(f"/tin/{code}/")
        page.get_by_role("link", name="Đặt lịch").click()
        due = (datetime.now(LOCAL) + timedelta(seconds=lead)).replace(microsecond=0)
        day = page.locator(f"input[name=days][value='{due:%Y-%m-%d}']")
        for box in page.locator("input[name=days]").all():
            box.set_checked(False)
        day.check()
        page.get_by_label("Giờ bắt đầu").fill(f"{due:%H:%M:%S}")
        page.get_by_role("button", name="Đặt lịch").click()
        page.goto(f"/tin/{code}/")
        expect(page.locator("[data-round]")).to_have_count(rounds)
        source = page.locator("audio").first.get_attribute("src") or ""
        return Placed(code, due, self.installation.home / "public" / source.lstrip("/"))

    def whole_way(self, title: str, text: str, lead: float = 8) -> Placed:
        """Write, hear, send, sign twice and place."""
        code = self.write(title, text)
        self.submit(code)
        for username in ("uoc", "on"):
            self.sign(code, username, title)
        return self.place(code, lead)

    def withdraw(self, code: str, reason: str) -> None:
        """Let an approver withdraw the message."""
        page = self.page_of("uoc")
        page.goto(f"/tin/{code}/")
        page.get_by_role("link", name=re.compile("Thu hồi")).first.click()
        page.get_by_label(re.compile("[Ll]ý do")).fill(reason)
        page.get_by_label(re.compile("Mật khẩu")).fill(PASSWORD)
        page.get_by_role("button", name=re.compile("Thu hồi")).click()

    def states(self, code: str) -> list[str]:
        """Return the state of each loudspeaker on the message's page."""
        page = self.page_of("hau")
        page.goto(f"/tin/{code}/")
        return [row.get_attribute("data-state") or "" for row in page.locator("[data-round] tbody tr").all()]

    @contextmanager
    def photographed(self, name: str) -> Iterator[None]:
        """Keep a picture of every open page when the test fails."""
        try:
            yield
        except BaseException:
            folder = Path("test-pictures")
            folder.mkdir(exist_ok=True)
            for username, page in self._pages.items():
                page.screenshot(path=folder / f"{name}-{username}.png", full_page=True)
            raise
