# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of another origin: one file that opens from a disk, asks nobody, and believes no package."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from loa.audit.actor import SYSTEM
from loa.config.cli import cli
from loa.messages.tests.factories import make_revision
from loa.people.tests.factories import Cast, make_cast
from loa.releases.actions import set_policy, sign_release_with
from loa.releases.approvers import publish_approvers
from loa.releases.authority import installation
from loa.releases.models import PolicyKind, Release
from loa.releases.second_look.bundles import bundle, short_code
from loa.releases.second_look.writing import page, write
from loa.releases.tests.factories import make_passkey, make_request, sign
from loa.voice.storage import media_path
from loa.voice.tests.factories import make_heard
from loa_protocol.demo_authenticator import DemoAuthenticator
from loa_protocol.envelope import RELEASE_TYPE, Envelope, decode, encode
from loa_protocol.envelope import sign as seal
from loa_protocol.keys import Ed25519Signer, new_ed25519
from loa_protocol.statements import Administrators
from loa_protocol.webauthn import RelyingParty

Change = Callable[[dict[str, Any]], None]
pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def held(cast: Cast) -> DemoAuthenticator:
    return make_passkey(cast.approver_one)


@pytest.fixture
def release(cast: Cast, held: DemoAuthenticator) -> Release:
    """What one signed with a passkey, and another with a key that the server keeps."""
    set_policy(actor=SYSTEM, organisation=cast.organisation, kind=PolicyKind.STRICT, is_weak=True)
    made = make_request(cast, revision=make_revision(cast))
    make_heard(cast.approver_one, made.sound)
    made = sign_release_with(actor=cast.approver_one, release=made, signer=held)
    return sign(cast.approver_two, made)


def as_person(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_package_is_downloaded_by_whoever_sees_the_release(cast: Cast, release: Release) -> None:
    url = reverse("releases:second_look", args=[release.pk])
    answer = as_person(cast.viewer).get(url)
    assert answer.headers["Content-Disposition"].endswith('.loa.json"')
    assert "no-store" in answer.headers["Cache-Control"]
    given = json.loads(answer.content)
    assert given == bundle(release)
    assert decode(given["envelope"].encode()).payload == bytes(release.statement)
    assert base64.b64decode(given["sounds"][0]["data"]) == media_path(release.sound.sha256).read_bytes()
    assert as_person(cast.outsider).get(url).status_code == 404
    media_path(release.sound.sha256).unlink()
    assert json.loads(as_person(cast.viewer).get(url).content)["sounds"] == []


def test_the_code_is_of_the_bytes_that_are_signed_and_stands_on_the_console(
    cast: Cast, release: Release
) -> None:
    assert re.fullmatch(r"([2-9A-HJ-NP-Z]{5}-){3}[2-9A-HJ-NP-Z]{5}", short_code(release))
    shown = as_person(cast.approver_one).get(reverse("releases:release", args=[release.pk])).content.decode()
    assert short_code(release) in shown
    other = make_request(cast, revision=make_revision(cast))
    assert short_code(other) != short_code(release)


def test_the_command_writes_one_file_and_its_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loa.config.cli.set_up_django", lambda: None)
    done = CliRunner().invoke(cli, ["second-look", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    content = (tmp_path / "out" / "xem-lai.html").read_bytes()
    digest = sha256(content).hexdigest()
    assert digest in done.output
    assert (tmp_path / "out" / "xem-lai.html.sha256").read_text() == f"{digest}  xem-lai.html\n"
    assert write(tmp_path / "again")[1] == digest


def test_it_runs_its_own_bytes_alone_and_reaches_nobody() -> None:
    text = page().decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    inside = {"script-src": r'<script type="module">(.*?)</script>', "style-src": r"<style>(.*?)</style>"}
    for kind, element in inside.items():
        found = re.search(element, text, re.DOTALL)
        assert found is not None
        digest = base64.b64encode(sha256(found[1].encode()).digest()).decode()
        assert f"{kind} &#x27;sha256-{digest}&#x27;" in policy[1]
    assert "default-src &#x27;none&#x27;" in policy[1]
    assert "connect-src &#x27;none&#x27;" in policy[1]
    own = text.replace("player.src = URL.createObjectURL", "").replace("player.src", "")
    assert not re.search(r"(src|href)\s*=|https?://|innerHTML|\bfetch\(|\beval\(", own)


def stranger() -> Ed25519Signer:
    return Ed25519Signer(new_ed25519()[0])


def changed_statement(given: dict[str, Any], **changes: Any) -> None:
    """Change what is signed and leave the signatures."""
    envelope = decode(given["envelope"].encode())
    statement = json.loads(envelope.payload) | changes
    payload = json.dumps(statement, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    given["envelope"] = encode(msgspec.structs.replace(envelope, payload=payload)).decode()


def other_sound(given: dict[str, Any]) -> None:
    given["sounds"][0]["data"] = base64.b64encode(b"another sound").decode()


def no_sound(given: dict[str, Any]) -> None:
    given["sounds"] = []


def other_words(given: dict[str, Any]) -> None:
    given["words"]["text"] += " Chuyển tiền trước."


def other_source(given: dict[str, Any]) -> None:
    given["words"]["sources"].append(["Nguồn lạ", ""])


def resigned_list(given: dict[str, Any]) -> None:
    """The list of approvers as somebody else's administrators sign it."""
    envelope = decode(given["approvers"][0].encode())
    bare = msgspec.structs.replace(envelope, signatures=())
    given["approvers"] = [encode(seal(seal(bare, stranger()), stranger())).decode()]


def one_administrator(given: dict[str, Any]) -> None:
    envelope = decode(given["approvers"][0].encode())
    bare = msgspec.structs.replace(envelope, signatures=envelope.signatures[:1])
    given["approvers"] = [encode(bare).decode()]


def spaced(given: dict[str, Any]) -> None:
    given["envelope"] = given["envelope"].replace(":", ": ", 1)


def signed_by_a_stranger(given: dict[str, Any]) -> None:
    given["envelope"] = encode(seal(decode(given["envelope"].encode()), stranger())).decode()


WRONG, RIGHT = "Tiếng hoặc chữ khác", "Tiếng và chữ đúng"
TRICKS: dict[str, tuple[Change, str, str]] = {
    "another sound": (other_sound, WRONG, ""),
    "no sound": (no_sound, WRONG, ""),
    "other words": (other_words, WRONG, ""),
    "one more source": (other_source, WRONG, ""),
    "another title": (lambda given: changed_statement(given, title="Tiêu đề khác"), WRONG, ""),
    "a higher class": (
        lambda given: changed_statement(given, priority_class="emergency"), RIGHT, "chữ ký thuộc về nội dung khác"),
    "a stranger's signature": (signed_by_a_stranger, RIGHT, "không có trong danh sách người duyệt"),
    "a list of others": (resigned_list, RIGHT, "không do hai quản trị mà trang này biết ký"),
    "a list by one administrator": (one_administrator, RIGHT, "không do hai quản trị mà trang này biết ký"),
    "another installation": (
        lambda given: changed_statement(given, installation="hai-phong"), "gói của hệ thống khác", ""),
    "a field that it does not know": (
        lambda given: changed_statement(given, volume=100), "mục mà trang này chưa hiểu", ""),
    "another spelling": (spaced, "không viết đúng dạng chuẩn", ""),
    "no package": (lambda given: given.update(kind="x"), "phiên bản mà trang này chưa hiểu", ""),
}  # fmt: skip


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page as it lies on a disk; a line to anywhere, or an error, fails the test."""
    file, _digest = write(tmp_path)
    context = browser.new_context()
    context.set_offline(True)
    tab = context.new_page()
    troubles: list[str] = []
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    tab.goto(file.as_uri())
    tab.wait_for_selector("html[data-ready]")
    yield tab
    context.close()
    assert troubles == []


def choose(tab: Page, given: dict[str, Any]) -> str:
    """Give the page a package, and return what it says of it."""
    tab.evaluate("document.getElementById('verdict').textContent = ''")
    content = json.dumps(given, ensure_ascii=False).encode()
    tab.set_input_files("#file", {"name": "x.loa.json", "mimeType": "application/json", "buffer": content})
    expect(tab.locator("#verdict")).not_to_have_text("")
    return tab.locator("#verdict").inner_text()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_from_a_disk_and_offline_it_shows_what_is_signed_and_sees_through_every_trick(
    opened: Page, cast: Cast, release: Release
) -> None:
    assert RIGHT in choose(opened, bundle(release))
    expect(opened.locator("#code")).to_have_text(short_code(release))
    expect(opened.locator("#text")).to_have_text(release.revision.text)
    expect(opened.locator("#count")).to_have_text("2/2")
    expect(opened.locator("#signatures")).to_contain_text(f"{cast.approver_one.full_name}")
    expect(opened.locator("#signatures li.of-ok")).to_have_count(2)
    expect(opened.locator("#facts")).to_contain_text(cast.villages[0].name)
    expect(opened.locator("#facts")).to_contain_text(cast.editor.full_name)
    expect(opened.locator("#sounds audio")).to_have_attribute("src", re.compile("^blob:"))
    for name, (trick, verdict, line) in TRICKS.items():
        given = bundle(release)
        trick(given)
        assert verdict in choose(opened, given), name
        if verdict != RIGHT:
            expect(opened.locator("#code")).to_have_text("")
        if line:
            expect(opened.locator("#signatures")).to_contain_text(line)
        if trick is other_words:
            expect(opened.locator("#text")).not_to_contain_text("Chuyển tiền")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_who_may_not_sign_such_a_thing_is_not_counted(opened: Page, cast: Cast, release: Release) -> None:
    signer = make_passkey(cast.approver_two, seed=2)
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, ""),
        ({"excluded": [str(cast.approver_two.pk)]}, "viết, sửa hoặc gửi tin nên không được ký"),
        ({"priority_class": "emergency"}, "không có quyền ký loại tin này"),
        ({"created_at": "2020-01-01T00:00:00Z"}, "chưa được giao quyền lúc gửi duyệt"),
    ]
    for changes, why in cases:
        given = bundle(release)
        given["approvers"] = [bytes(publish_approvers(cast.commune).envelope).decode()]
        changed_statement(given, **changes)
        bare = msgspec.structs.replace(decode(given["envelope"].encode()), signatures=())
        given["envelope"] = encode(seal(bare, signer)).decode()
        choose(opened, given)
        expect(opened.locator("#signatures li")).to_contain_text(why or "chữ ký đúng")
        expect(opened.locator("#count")).to_have_text("0/2" if why else "1/2")


def open_page(browser: Browser, file: Path) -> Page:
    tab = browser.new_page()
    tab.goto(file.as_uri())
    tab.wait_for_selector("html[data-ready]")
    return tab


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("whose", "is_believed"), [({}, True), ({0: "hậu", 1: "hậu"}, False)])
def test_it_believes_two_administrators_who_sign_lists_with_passkeys_and_counts_people(
    browser: Browser,
    tmp_path: Path,
    release: Release,
    monkeypatch: pytest.MonkeyPatch,
    whose: dict[int, str],
    is_believed: bool,
) -> None:
    site = RelyingParty(rp_id="loa.dam-ha.vn", origins=["https://loa.dam-ha.vn"])
    keys = [DemoAuthenticator(seed=bytes([n]) * 32, rp_id=site.rp_id, origin=site.origins[0]) for n in (1, 2)]
    named = Administrators(
        installation=installation(),
        admin_keys=[key.public_key for key in keys],
        admin_threshold=2,
        relying_parties=[site],
        admin_people={keys[index].keyid: name for index, name in whose.items()},
    )
    monkeypatch.setattr("loa.releases.second_look.writing.administrators", lambda home: named)
    given = bundle(release)
    bare = msgspec.structs.replace(decode(given["approvers"][0].encode()), signatures=())
    given["approvers"] = [encode(seal(seal(bare, keys[0]), keys[1])).decode()]
    tab = open_page(browser, write(tmp_path)[0])
    choose(tab, given)
    expect(tab.locator("#count")).to_have_text("2/2" if is_believed else "")
    expect(tab.locator("#signatures")).to_contain_text(
        "chữ ký đúng" if is_believed else "không do hai quản trị"
    )


BENT: dict[str, tuple[dict[str, Any], str]] = {
    "another page": ({"origin": "https://evil.example"}, "ký ở địa chỉ không được nhận"),
    "another site": ({"rp_id": "evil.example"}, "ký ở trang không được nhận"),
    "an enrolment": ({"ceremony": "webauthn.create"}, "khóa truy cập trả lời cho việc khác"),
    "nobody verified": ({"user_verified": False}, "khóa chưa nhận ra người ký"),
    "nobody touched it": ({"user_present": False}, "không ai chạm vào khóa khi ký"),
    "another key": ({"seed": b"x" * 32}, "không phải chữ ký trên nội dung này"),
}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_it_refuses_what_a_device_refuses_of_a_passkey(
    opened: Page, release: Release, held: DemoAuthenticator
) -> None:
    for name, (changes, why) in BENT.items():
        values = {"seed": held.seed, "rp_id": held.rp_id, "origin": held.origin, **changes}
        given = bundle(release)
        bare = Envelope(payload_type=RELEASE_TYPE, payload=bytes(release.statement))
        value = DemoAuthenticator(**values).sign(bare.pae())
        bent = bare.with_signature(msgspec.structs.replace(value, keyid=held.public_key.keyid))
        given["envelope"] = encode(bent).decode()
        assert RIGHT in choose(opened, given), name
        expect(opened.locator("#signatures li.of-stop")).to_contain_text(why)
        expect(opened.locator("#count")).to_have_text("0/2")
