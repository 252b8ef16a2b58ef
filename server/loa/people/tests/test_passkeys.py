# SPDX-License-Identifier: AGPL-3.0-or-later
import json
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from webauthn import base64url_to_bytes
from webauthn.helpers import bytes_to_base64url

from loa.audit.models import Entry
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.people import actions, passkeys
from loa.people.actions import on_credential_added, on_credential_ended
from loa.people.models import Passkey, PasskeyEnd, Role
from loa.people.passkeys import PasskeyError, site_of
from loa.people.queries import passkeys_of, passkeys_of_people
from loa.people.tests.authenticator import Authenticator
from loa.people.tests.factories import Cast, grant, make_cast, make_organisation
from loa.people.tests.steps import (
    SIGN_IN,
    add_passkey,
    ask,
    bring,
    is_signed_in,
    passkey_of,
    sign_in_by_passkey,
)
from loa_protocol.keys import check_signature, passkey_signature
from loa_protocol.webauthn import RelyingParty

pytestmark = pytest.mark.django_db
REFUSED = "Khóa truy cập này không mở được"
ADD = "/tai-khoan/khoa/them/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def editor(client: Client, cast: Cast) -> Client:
    client.force_login(cast.editor)
    return client


def test_a_passkey_is_added_with_its_name_and_its_key_for_lists(editor: Client, cast: Cast) -> None:
    add_passkey(editor, name="Điện thoại")
    passkey = passkeys_of(cast.editor).get()
    assert (passkey.name, passkey.transports, passkey.algorithm) == ("Điện thoại", "hybrid,internal", -7)
    assert (passkey.public_key.keyid, passkey.public_key.keytype) == (passkey.keyid, "webauthn")
    assert "Điện thoại" in editor.get("/tai-khoan/bao-ve/").content.decode()
    assert Entry.objects.filter(action="people.add_passkey").exists()


def test_what_is_asked_of_a_new_passkey_makes_it_found_without_a_name_and_verify_its_person(
    editor: Client,
) -> None:
    options = ask(editor, "/tai-khoan/khoa/hoi/")
    assert options["rp"]["id"] == "localhost"
    assert options["attestation"] == "none"
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert [one["alg"] for one in options["pubKeyCredParams"]] == [-7, -8, -257]
    assert "bien-tap" not in options["user"]["id"]


def test_no_process_loads_the_library_before_somebody_uses_a_passkey() -> None:
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'loa.config.settings_test'\n"
        "django.setup(); import loa.config.urls\n"
        "print([name for name in ('webauthn', 'cbor2', 'pyotp', 'segno') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_one_tap_signs_in_without_a_name(cast: Cast) -> None:
    authenticator = passkey_of(cast.editor)
    client = Client()
    done = sign_in_by_passkey(client, authenticator)
    assert done.json() == {"next": "/"}
    assert is_signed_in(client)
    assert passkeys_of(cast.editor).get().last_used_at is not None


def test_the_same_passkey_signs_what_a_loudspeaker_checks(cast: Cast) -> None:
    authenticator = passkey_of(cast.approver_one)
    key = passkeys_of(cast.approver_one).get().public_key
    data = b"DSSEv1 what is signed"
    challenge = bytes_to_base64url(sha256(data).digest())
    given = authenticator.answer({"challenge": challenge})["response"]
    raw = {name: base64url_to_bytes(value) for name, value in given.items() if value}
    signature = passkey_signature(
        key.keyid,
        authenticator_data=raw["authenticatorData"],
        client_data=raw["clientDataJSON"],
        signature=raw["signature"],
    )
    check_signature(
        key, signature, data, [RelyingParty(rp_id="localhost", origins=["http://localhost:8420"])]
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://loa.example"},
        {"origin": "http://localhost:8421"},
        {"rp_id": "example.org"},
        {"is_verified": False},
        {"is_inside": True},
    ],
    ids=str,
)
def test_a_passkey_for_another_site_or_without_its_person_is_not_added(
    editor: Client, cast: Cast, wrong: dict[str, Any]
) -> None:
    options = ask(editor, "/tai-khoan/khoa/hoi/")
    done = bring(editor, ADD, Authenticator(**wrong).register(options))
    assert done.status_code == 400
    assert not passkeys_of(cast.editor).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://loa.example"},
        {"rp_id": "example.org"},
        {"is_verified": False},
        {"is_inside": True},
        {"handle": "AAAA"},
        {"private": Authenticator().private},
        {"credential_id": b"another" * 4},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_an_answer_that_is_wrong_in_one_thing_signs_nobody_in(cast: Cast, wrong: dict[str, Any]) -> None:
    authenticator = passkey_of(cast.editor)
    for name, value in wrong.items():
        setattr(authenticator, name, value)
    client = Client()
    done = sign_in_by_passkey(client, authenticator)
    assert (done.status_code, REFUSED in done.json()["error"]) == (400, True)
    assert not is_signed_in(client)


def test_an_answer_counts_once(cast: Cast) -> None:
    authenticator = passkey_of(cast.editor)
    client = Client()
    answer = authenticator.answer(ask(client, f"{SIGN_IN}khoa/hoi/"))
    assert bring(client, f"{SIGN_IN}khoa/", answer).status_code == 200
    client.post("/tai-khoan/dang-xuat/")
    assert "đã dùng" in bring(client, f"{SIGN_IN}khoa/", answer).json()["error"]
    assert not is_signed_in(client)


def test_an_answer_counts_once_in_a_session_that_goes_on(editor: Client, cast: Cast) -> None:
    authenticator = add_passkey(editor)
    for is_spoilt in (False, True):
        answer = authenticator.answer(ask(editor, "/tai-khoan/xac-nhan/khoa/hoi/"))
        first = {**answer, "id": "khac"} if is_spoilt else answer
        assert bring(editor, "/tai-khoan/xac-nhan/khoa/", first).status_code == (400 if is_spoilt else 200)
        assert "đã dùng" in bring(editor, "/tai-khoan/xac-nhan/khoa/", answer).json()["error"]


def test_a_question_is_answered_within_five_minutes(cast: Cast) -> None:
    authenticator, client, now = passkey_of(cast.editor), Client(), clock.now()
    with clock.frozen(now):
        answer = authenticator.answer(ask(client, f"{SIGN_IN}khoa/hoi/"))
    with clock.frozen(now + timedelta(minutes=5, seconds=1)):
        assert bring(client, f"{SIGN_IN}khoa/", answer).status_code == 400
    assert not is_signed_in(client)


def test_an_answer_to_another_browsers_question_is_refused(cast: Cast) -> None:
    authenticator = passkey_of(cast.editor)
    victim, thief = Client(), Client()
    answer = authenticator.answer(ask(victim, f"{SIGN_IN}khoa/hoi/"))
    ask(thief, f"{SIGN_IN}khoa/hoi/")
    assert bring(thief, f"{SIGN_IN}khoa/", answer).status_code == 400
    assert not is_signed_in(thief)


def test_a_question_for_one_purpose_answers_no_other(editor: Client, cast: Cast) -> None:
    authenticator = add_passkey(editor)
    answer = authenticator.answer(ask(editor, "/tai-khoan/xac-nhan/khoa/hoi/"))
    assert bring(editor, f"{SIGN_IN}khoa/", answer).status_code == 400


def test_a_counter_that_fell_is_noted_and_not_refused(cast: Cast) -> None:
    authenticator = passkey_of(cast.editor)
    authenticator.count = 40
    sign_in_by_passkey(Client(), authenticator)
    authenticator.count = 7
    client = Client()
    assert sign_in_by_passkey(client, authenticator).status_code == 200
    entry = Entry.objects.get(action="people.passkey_counter_fell")
    assert entry.details == {"name": "Điện thoại", "was": 41, "is": 8}
    assert passkeys_of(cast.editor).get().sign_count == 41


@pytest.mark.parametrize("reason", [PasskeyEnd.LOST, PasskeyEnd.RETIRED, PasskeyEnd.SHARED])
def test_a_passkey_that_is_lost_retired_or_shared_opens_nothing_at_once_and_lists_are_told(
    editor: Client, cast: Cast, reason: PasskeyEnd
) -> None:
    authenticator, told = add_passkey(editor), []
    passkey = passkeys_of(cast.editor).get()
    on_credential_ended.append(told.append)
    try:
        editor.post("/tai-khoan/khoa/ket-thuc/", {"passkey": passkey.pk, "reason": reason})
    finally:
        on_credential_ended.remove(told.append)
    assert [(one.pk, one.end_reason) for one in told] == [(passkey.pk, reason)]
    client = Client()
    assert sign_in_by_passkey(client, authenticator).status_code == 400
    assert not is_signed_in(client)
    ended = passkeys_of_people([cast.editor])[cast.editor.pk][0]
    assert (ended.end_reason, ended.ended_by) == (reason, cast.editor.full_name)
    assert not passkeys_of(cast.editor).exists()


def test_whoever_publishes_lists_hears_of_a_new_passkey(editor: Client, cast: Cast) -> None:
    told: list[Passkey] = []
    on_credential_added.append(told.append)
    try:
        add_passkey(editor)
    finally:
        on_credential_added.remove(told.append)
    assert [one.person for one in told] == [cast.editor]


def test_an_administrator_ends_a_passkey_of_his_people_and_of_nobody_else(client: Client, cast: Cast) -> None:
    passkey_of(cast.editor)
    passkey = passkeys_of(cast.editor).get()
    grant(cast.outsider, cast.other_organisation, Role.ADMINISTRATOR)
    for part in ("viewer", "approver_one", "outsider"):
        with pytest.raises(PermissionDeniedError):
            actions.end_passkey(actor=cast.people[part], passkey=passkey, reason="lost")
    client.force_login(cast.administrator)
    page = client.get(f"/thiet-lap/nguoi/{cast.editor.pk}/dang-nhap/").content.decode()
    assert "Điện thoại" in page
    client.post(f"/thiet-lap/nguoi/{cast.editor.pk}/khoa/", {"passkey": passkey.pk, "reason": "lost"})
    assert not passkeys_of(cast.editor).exists()


def test_nobody_ends_somebody_elses_passkey_through_his_own_page(client: Client, cast: Cast) -> None:
    passkey_of(cast.editor)
    passkey = passkeys_of(cast.editor).get()
    client.force_login(cast.viewer)
    client.post("/tai-khoan/khoa/ket-thuc/", {"passkey": passkey.pk, "reason": "lost"})
    assert passkeys_of(cast.editor).exists()


def test_one_passkey_belongs_to_one_person(editor: Client, cast: Cast) -> None:
    authenticator = add_passkey(editor)
    other = Client()
    other.force_login(cast.viewer)
    options = ask(other, "/tai-khoan/khoa/hoi/")
    assert "đã được thêm" in bring(other, ADD, authenticator.register(options)).json()["error"]
    assert not passkeys_of(cast.viewer).exists()


def test_somebody_has_ten_passkeys_at_most(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.editor)
    for _number in range(10):
        add_passkey(client)
    with pytest.raises(AssertionError, match="10 khóa"):
        add_passkey(client)
    assert passkeys_of(cast.editor).count() == 10


def test_who_is_switched_off_signs_in_by_no_passkey(cast: Cast) -> None:
    authenticator = passkey_of(cast.editor)
    cast.editor.is_active = False
    cast.editor.save(update_fields=["is_active"])
    assert sign_in_by_passkey(Client(), authenticator).status_code == 400


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"\xff", json.dumps({"response": {}}).encode(), b"9" * 40_000]
)
def test_what_is_no_answer_is_refused_and_breaks_nothing(cast: Cast, body: bytes) -> None:
    client = Client()
    ask(client, f"{SIGN_IN}khoa/hoi/")
    done = client.post(f"{SIGN_IN}khoa/", body, content_type="application/json")
    assert done.status_code == 400
    client.force_login(cast.editor)
    ask(client, "/tai-khoan/khoa/hoi/")
    assert client.post(ADD, body, content_type="application/json").status_code == 400


def test_the_site_is_the_set_address_and_in_a_demo_the_visitors(rf: Any, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    request = rf.get("/", HTTP_HOST="evil.example")
    assert site_of(request).origin == settings.BASE_URL
    settings.DEMO = True
    site = site_of(rf.get("/", HTTP_HOST="Loa.Test:8420"))
    assert (site.rp_id, site.origin) == ("loa.test", "http://loa.test:8420")
    with pytest.raises(PasskeyError, match="tên miền"):
        site_of(rf.get("/", HTTP_HOST="127.0.0.1:8420"))


def test_a_passkey_is_no_way_into_a_province_for_a_communes_administrator(cast: Cast) -> None:
    """Ending takes away only; who manages one of the places may."""
    province = make_organisation(cast.province, "UBND tỉnh Quảng Ninh")
    grant(cast.outsider, province, Role.ADMINISTRATOR)
    passkey_of(cast.outsider)
    with pytest.raises(PermissionDeniedError):
        actions.end_passkey(actor=cast.administrator, passkey=passkeys_of(cast.outsider).get(), reason="lost")


def test_the_test_site_is_the_one_of_the_settings() -> None:
    assert Authenticator().origin == settings.BASE_URL


def test_a_passkey_that_was_replaced_by_another_one_stays_refused(editor: Client, cast: Cast) -> None:
    add_passkey(editor)
    passkey = passkeys_of(cast.editor).get()
    for _ in range(2):
        actions.end_passkey(actor=cast.editor, passkey=passkey, reason="retired")
    assert Entry.objects.filter(action="people.end_passkey").count() == 1
    site = passkeys.Site("localhost", "http://localhost:8420")
    with pytest.raises(ConflictError):
        actions.add_passkey(
            person=cast.editor,
            registered=passkeys.Registered(
                credential_id=passkey.credential_id,
                cose=bytes(passkey.cose),
                spki=bytes(passkey.spki),
                public_key=passkey.public_key,
                algorithm=passkey.algorithm,
                transports=(),
                is_synced=False,
                sign_count=0,
            ),
            name="",
            site=site,
        )
