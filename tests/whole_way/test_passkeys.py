# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole way with passkeys, once for each policy: authors and approvers at real browsers, loudspeakers play."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.installation import DEVICES, Installation, running, wait_for
from tests.support.sound import decode, find
from tests.whole_way.steps import LONG, PASSWORD, VILLAGES, Desk, Placed

pytestmark = [pytest.mark.whole_way, pytest.mark.browser, pytest.mark.timeout(420)]
TEXT = "Họp thôn lúc 19h30 ngày 27/11."
OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# People whom the demo does not have: a second administrator, an approver of the commune beside, an editor who also
# approves, and one who is on duty for emergencies.
PEOPLE = f"""
import django; django.setup()
from loa.areas.models import Area
from loa.config import clock
from loa.people.models import Organisation, OrganisationKind, Person, Role, RoleGrant
from loa.areas.folding import fold
office = Organisation.objects.get(is_sample=True, kind="authority", area__kind="commune")
area = Area.objects.filter(depth=office.area.depth).exclude(pk=office.area.pk).first()
if area is None:
    area = office.area.get_parent().add_child(code="99999", kind="commune", name="Xã Bên", name_key=fold("Xã Bên"))
beside = Organisation.add_root(name="UBND xã Bên", kind=OrganisationKind.AUTHORITY, area=area)
def give(username, name, organisation, role):
    person, new = Person.objects.get_or_create(username=username, defaults={{"full_name": name, "is_sample": True}})
    if new:
        person.set_password({PASSWORD!r}); person.save()
    RoleGrant.objects.create(
        person=person, organisation=organisation, role=role, since=clock.now(), granted_by="kiểm thử")
give("quan-tri-hai", "Phan Thị Hai", office, Role.ADMINISTRATOR)
give("ben", "Lý Thị Bên", beside, Role.APPROVER)
give("hau", "", office, Role.APPROVER)
give("truc", "Vi Văn Trực", office, Role.EDITOR)
give("truc", "", office, Role.BREAK_GLASS)
"""
ALONE = "Lũ về trong đêm, không gọi được ai"


class KeyDesk(Desk):
    """People whose browsers hold a passkey each."""

    def __init__(self, browser: Browser, installation: Installation) -> None:
        super().__init__(browser, installation)
        self._with_key: set[str] = set()

    def with_passkey(self, username: str) -> Page:
        """Return a person's page with an authenticator, the passkey added to the account."""
        page = self.page_of(username)
        if username not in self._with_key:
            self._with_key.add(username)
            devtools = page.context.new_cdp_session(page)
            devtools.send("WebAuthn.enable")
            devtools.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})
            page.goto("/tai-khoan/bao-ve/")
            page.get_by_label("Tên của khóa").fill("Máy tính")
            page.get_by_role("button", name="Thêm khóa truy cập").click()
            expect(page.get_by_text("Đã thêm khóa Máy tính")).to_be_visible()
        return page

    def send_emergency(self, username: str, code: str, *, is_prepared: bool = False, alone: str = "") -> None:
        """Send a message as an emergency of the three villages: prepared, or for one person who says why alone."""
        page = self.page_of(username)
        page.goto(f"/tin/{code}/")
        page.get_by_role("link", name="Gửi duyệt").click()
        page.get_by_role("radio", name=re.compile("Chỉ những nơi")).check()
        for village in VILLAGES:
            page.get_by_role("checkbox", name=re.compile(village)).check()
        page.locator("input[name=priority_class][value=emergency]").check()
        page.get_by_label(re.compile("Chuẩn bị sẵn")).set_checked(is_prepared)
        if alone:
            page.get_by_label(re.compile("Ký một mình, vì")).fill(alone)
        page.get_by_role("button", name="Gửi duyệt").click()
        page.wait_for_url(lambda address: "/gui/" not in address)

    def withdraw_with_passkey(self, username: str, code: str, *, reason: str = "", alone: str = "") -> Page:
        """Sign the end of a message; the first one gives the reason, one alone says why alone."""
        page = self.with_passkey(username)
        page.goto(f"/tin/{code}/")
        page.get_by_role("link", name=re.compile("Thu hồi…|Ký thu hồi…")).first.click()
        if reason:
            page.get_by_label("Lý do", exact=True).fill(reason)
        if alone:
            page.get_by_label(re.compile("Thu hồi một mình, vì")).fill(alone)
        page.get_by_role("button", name="Thu hồi bằng khóa truy cập").click()
        page.wait_for_url(lambda address: "/thu-hoi/" not in address)
        return page

    def agree(self, kind: str, partner: str = "") -> None:
        """Let two administrators set the policy, with passkeys alone."""
        page = self.page_of("quan-tri")
        page.goto("/duyet/cach-ky/")
        page.get_by_role("link", name=re.compile("UBND|Ủy ban")).first.click()
        page.locator(f"input[name=kind][value={kind}]").check()
        if partner:
            page.get_by_role("checkbox", name=partner).check()
        page.locator("input[name=is_weak]").uncheck()
        page.get_by_role("button", name="Đề nghị").click()
        expect(page.get_by_text("Đã đề nghị")).to_be_visible()
        second = self.page_of("quan-tri-hai")
        second.goto(page.url)
        second.get_by_role("button", name="Đồng ý").click()
        expect(second.get_by_text("Đã đồng ý")).to_be_visible()

    def sign_with_passkey(self, username: str, title: str) -> None:
        """Hear the sound to its end and sign by one tap."""
        page = self.with_passkey(username)
        page.goto("/duyet/")
        page.get_by_role("link", name=title).first.click()
        expect(page.get_by_text(re.compile("Ký được khi bạn nghe hết"))).to_be_visible()
        expect(page.get_by_role("button", name="Ký bằng khóa truy cập")).to_have_count(0)
        page.get_by_role("button", name="Phát", exact=True).click()
        page.evaluate("document.querySelectorAll('audio').forEach(a => { a.playbackRate = 8; })")
        button = page.get_by_role("button", name="Ký bằng khóa truy cập")
        expect(button).to_be_visible(timeout=LONG)
        expect(page.get_by_label("Mật khẩu của bạn")).to_have_count(0)
        button.click()
        expect(button).to_have_count(0)
        expect(page.get_by_text(re.compile("đã ký")).first).to_be_visible()
        expect(page.get_by_text("khóa không nằm trên máy chủ")).to_be_visible()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation of its own: whoever has a passkey signs in with it from then on."""
    with running(tmp_path_factory.mktemp("loa")) as made:
        environ: dict[str, Any] = {**made.environ, "DJANGO_SETTINGS_MODULE": "loa.config.settings"}
        subprocess.run([sys.executable, "-c", PEOPLE], env=environ, check=True, timeout=120)
        yield made


@pytest.fixture(scope="module")
def keys(browser: Browser, installation: Installation) -> KeyDesk:
    """Everybody at a browser with an authenticator."""
    return KeyDesk(browser, installation)


@pytest.mark.parametrize(
    ("kind", "partner", "signers", "said", "words"),
    [
        ("strict", "", ("uoc", "on"), "không ai trong số đó viết, sửa hoặc gửi tin", "Đây là đợt một."),
        ("joined", "UBND xã Bên", ("uoc", "ben"), "một của UBND xã Bên", "Đây là đợt hai."),
        ("small_office", "", ("hau", "on"), "một trong số đó có thể là người viết", "Đây là đợt ba."),
    ],
)
def test_a_message_signed_with_passkeys_plays_on_time(
    keys: KeyDesk,
    installation: Installation,
    kind: str,
    partner: str,
    signers: tuple[str, str],
    said: str,
    words: str,
) -> None:
    with keys.photographed(f"passkeys-{kind}"):
        for username in signers:
            keys.with_passkey(username)
        keys.agree(kind, partner)
        title = f"Họp thôn, {words}"
        code = keys.write(title, f"{TEXT} {words}")
        keys.submit(code)
        for username in signers:
            keys.sign_with_passkey(username, title)
            expect(keys.page_of(username).get_by_text(said)).to_be_visible()
        placed = keys.place(code, 8)
        wait_for(lambda: keys.states(code) == ["played"] * 3, "the proof of three loudspeakers", 90)
        heard_everywhere(installation, placed)


def test_one_tap_lets_a_prepared_emergency_sound_everywhere(
    keys: KeyDesk, installation: Installation
) -> None:
    with keys.photographed("prepared"):
        title = "Đun sôi nước trước khi uống"
        code = keys.write(title, "Thông báo khẩn. Bà con đun sôi nước trước khi uống.")
        keys.send_emergency("hau", code, is_prepared=True)
        for username in ("uoc", "on"):
            keys.sign_with_passkey(username, title)
        page = keys.page_of("uoc")
        page.goto("/duyet/khan-cap/")
        page.get_by_role("link", name="Phát ngay…").click()
        page.get_by_role("button", name="Phát ngay bằng khóa truy cập").click()
        expect(page.get_by_text("Đang phát ở mọi nơi của tin này")).to_be_visible()
        wait_for(lambda: keys.states(code).count("played") == 3, "the proof of three loudspeakers", 90)


def heard_everywhere(installation: Installation, placed: Placed) -> None:
    """Find the released sound in what each loudspeaker played."""
    for name in DEVICES:
        found = find(installation.wav(name), decode(placed.sound), placed.epoch)
        assert found is not None, installation.log(f"device-{name}")
        assert found.likeness > 0.99, (name, found)


def is_red(page: Page, title: str) -> bool:
    """Say whether what is done first on the reader's first page is to look at this emergency, in red."""
    page.goto("/")
    tile = page.locator("li.item", has_text=title).filter(has_text="ký một mình").locator(".tile-stop")
    return tile.count() == 1


def test_two_people_release_an_emergency_and_two_end_it(keys: KeyDesk, installation: Installation) -> None:
    with keys.photographed("emergency"):
        title = "Nước lên, rời chỗ trũng"
        for username in ("uoc", "on"):
            keys.with_passkey(username)
        code = keys.write(title, "Thông báo khẩn. Nước đang lên, bà con rời chỗ trũng.")
        keys.send_emergency("hau", code)
        keys.sign_with_passkey("uoc", title)
        expect(keys.page_of("uoc").get_by_text("1/2", exact=True)).to_be_visible()
        keys.sign_with_passkey("on", title)
        placed = keys.place(code, 8)
        wait_for(lambda: keys.states(code) == ["played"] * 3, "the proof of three loudspeakers", 90)
        heard_everywhere(installation, placed)
        keys.withdraw_with_passkey("uoc", code, reason="Nước đã rút")
        page = keys.page_of("hau")
        page.goto(f"/tin/{code}/")
        expect(page.locator("[data-place]")).to_have_count(0)  # one of two who end it
        page = keys.withdraw_with_passkey("on", code)
        wait_for(lambda: confirmed(page, code) == ["1"] * 3, "three loudspeakers that confirm the end")


def test_one_on_duty_releases_alone_with_a_reason_and_somebody_else_looks_at_it(
    keys: KeyDesk, installation: Installation
) -> None:
    with keys.photographed("alone"):
        title = "Lũ quét, lên chỗ cao"
        duty = keys.with_passkey("truc")
        code = keys.write(title, "Thông báo khẩn. Lũ quét đang về, bà con lên chỗ cao.")
        keys.send_emergency("truc", code, alone=ALONE)
        duty.get_by_role("button", name="Ký bằng khóa truy cập").click()
        expect(duty.get_by_text("Một người phát hành khẩn cấp")).to_be_visible()
        expect(duty.get_by_text(ALONE).first).to_be_visible()
        for username in ("uoc", "on", "quan-tri", "hau"):  # everybody concerned, at once
            page = keys.page_of(username)
            page.goto("/thong-bao/")
            expect(page.get_by_text(f"Vi Văn Trực một mình phát hành khẩn cấp: {title}")).to_be_visible()
        assert is_red(keys.page_of("uoc"), title)
        assert not is_red(duty, title)
        placed = keys.place(code, 8)
        wait_for(lambda: keys.states(code) == ["played"] * 3, "the proof of three loudspeakers", 90)
        heard_everywhere(installation, placed)
        page = keys.page_of("uoc")
        page.goto("/")
        page.locator("li.item", has_text=title).get_by_role("link", name="Xem lại").click()
        page.get_by_label("Nhận xét của bạn").fill("Đúng lúc, đúng nội dung.")
        page.get_by_role("button", name="Ghi là đã xem lại").click()
        expect(page.get_by_text("Đúng lúc, đúng nội dung.")).to_be_visible()
        assert not is_red(page, title)
        keys.withdraw_with_passkey("truc", code, reason="Lũ đã qua", alone="Không gọi được ai")
        wait_for(lambda: confirmed(duty, code) == ["1"] * 3, "three loudspeakers that confirm the end")
        assert is_red(keys.page_of("on"), title)


def confirmed(page: Page, code: str) -> list[str]:
    """Return for each place of a message that was ended whether it confirmed the end."""
    page.goto(f"/tin/{code}/")
    return [one.get_attribute("data-confirmed") or "" for one in page.locator("[data-place]").all()]
