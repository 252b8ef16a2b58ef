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
from tests.whole_way.steps import LONG, PASSWORD, VILLAGES, Desk

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
# People whom the demo does not have: a second administrator, an approver of the commune beside, and an editor
# who also approves.
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
"""


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
        for name in DEVICES:
            found = find(installation.wav(name), decode(placed.sound), placed.epoch)
            assert found is not None, installation.log(f"device-{name}")
            assert found.likeness > 0.99, (name, found)


def test_one_tap_lets_a_prepared_emergency_sound_everywhere(
    keys: KeyDesk, installation: Installation
) -> None:
    with keys.photographed("prepared"):
        title = "Đun sôi nước trước khi uống"
        code = keys.write(title, "Thông báo khẩn. Bà con đun sôi nước trước khi uống.")
        page = keys.page_of("hau")
        page.goto(f"/tin/{code}/")
        page.get_by_role("link", name="Gửi duyệt").click()
        page.get_by_role("radio", name=re.compile("Chỉ những nơi")).check()
        for village in VILLAGES:
            page.get_by_role("checkbox", name=re.compile(village)).check()
        page.locator("input[name=priority_class][value=emergency]").check()
        page.get_by_label(re.compile("Chuẩn bị sẵn")).check()
        page.get_by_role("button", name="Gửi duyệt").click()
        page.wait_for_url(lambda address: "/gui/" not in address)
        for username in ("uoc", "on"):
            keys.sign_with_passkey(username, title)
        page = keys.page_of("uoc")
        page.goto("/duyet/khan-cap/")
        page.get_by_role("link", name="Phát ngay…").click()
        page.get_by_role("button", name="Phát ngay bằng khóa truy cập").click()
        expect(page.get_by_text("Đang phát ở mọi nơi của tin này")).to_be_visible()
        wait_for(lambda: keys.states(code).count("played") == 3, "the proof of three loudspeakers", 90)
