# SPDX-License-Identifier: AGPL-3.0-or-later
"""Passkeys that sign: what counts, what is refused before it is stored, and what ends with a passkey."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from loa.audit.actor import SYSTEM
from loa.config import clock
from loa.config.errors import ConflictError
from loa.people.actions import end_passkey
from loa.people.models import Passkey, PasskeyEnd, Person
from loa.people.tests.factories import PASSWORD, Cast, make_cast
from loa.releases.actions import set_policy, sign_release, sign_release_with, withdraw_with
from loa.releases.actions.withdraw import Order
from loa.releases.approvers import publish_approvers, statement_in
from loa.releases.authority import trust
from loa.releases.errors import MayNotSignError
from loa.releases.models import PolicyKind, Release, ReleaseState, SigningKey, Withdrawal
from loa.releases.queries import envelope
from loa.releases.statements import unsigned_envelope
from loa.releases.tests.factories import make_heard, make_key, make_passkey, make_request
from loa_protocol.envelope import decode
from loa_protocol.errors import ProtocolError
from loa_protocol.verify import verify_release
from loa_protocol.webauthn import challenge_of

pytestmark = pytest.mark.django_db
ATTACKS: dict[str, dict[str, Any]] = {
    "wrong_relying_party": {"rp_id": "evil.example"},
    "wrong_origin": {"origin": "http://evil.example"},
    "wrong_ceremony": {"ceremony": "webauthn.create"},
    "user_not_verified": {"user_verified": False},
    "user_not_present": {"user_present": False},
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def release(cast: Cast) -> Release:
    """A request at an office that counts passkeys alone, which both approvers have heard."""
    set_policy(actor=SYSTEM, organisation=cast.organisation, kind=PolicyKind.STRICT, is_weak=False)
    made = make_request(cast)
    for person in (cast.approver_one, cast.approver_two):
        make_heard(person, made.sound)
    return made


def as_person(person: Person) -> Client:
    client = Client(HTTP_HOST="localhost:8420")
    client.force_login(person)
    return client


def ask(client: Client, name: str, release: Release, body: Any = None) -> Any:
    url = reverse(f"releases:{name}", args=[release.pk])
    return client.post(url, json.dumps(body or {}), content_type="application/json")


def test_two_passkeys_release_and_a_device_accepts_it(cast: Cast, release: Release) -> None:
    for person in (cast.approver_one, cast.approver_two):
        release = sign_release_with(actor=person, release=release, signer=make_passkey(person))
    assert release.state == ReleaseState.RELEASED
    approvers = statement_in(publish_approvers(cast.commune))
    verified = verify_release(decode(envelope(release)), trust(cast.commune.code), approvers)
    assert not verified.policy.weak
    assert [party.rp_id for party in approvers.relying_parties] == ["localhost"]


def sites(cast: Cast) -> dict[str, list[str]]:
    parties = statement_in(publish_approvers(cast.commune)).relying_parties
    return {party.rp_id: party.origins for party in parties}


def test_what_was_signed_at_a_former_address_still_sounds_and_no_longer_than_it_holds(
    cast: Cast, release: Release, settings: Any
) -> None:
    sign_release_with(actor=cast.approver_one, release=release, signer=make_passkey(cast.approver_one))
    make_passkey(cast.approver_two)  # added there, used for nothing
    settings.BASE_URL = "https://loa.dam-ha.vn"
    assert sites(cast) == {"loa.dam-ha.vn": ["https://loa.dam-ha.vn"], "localhost": ["http://localhost:8420"]}
    held = make_passkey(cast.approver_two, seed=2)
    release = sign_release_with(actor=cast.approver_two, release=release, signer=held)
    approvers = statement_in(publish_approvers(cast.commune))
    verified = verify_release(decode(envelope(release)), trust(cast.commune.code), approvers)
    assert len(verified.people) == 2
    with clock.frozen(release.not_after):
        assert sites(cast) == {"loa.dam-ha.vn": ["https://loa.dam-ha.vn"]}


def test_another_port_of_the_same_site_is_one_more_page_of_it(
    cast: Cast, release: Release, settings: Any
) -> None:
    sign_release_with(actor=cast.approver_one, release=release, signer=make_passkey(cast.approver_one))
    settings.BASE_URL = "http://localhost:9000"
    assert sites(cast) == {"localhost": ["http://localhost:9000", "http://localhost:8420"]}


def test_the_page_of_a_withdrawal_stays_accepted_too(cast: Cast, release: Release, settings: Any) -> None:
    for person in (cast.approver_one, cast.approver_two):
        release = sign_release_with(actor=person, release=release, signer=make_passkey(person))
    settings.BASE_URL = "https://loa.dam-ha.vn"
    held = make_passkey(cast.approver_one, seed=3)
    withdraw_with(actor=cast.approver_one, release=release, signer=held, order=Order("Sai giờ.", clock.now()))
    settings.BASE_URL = "https://moi.vn"
    release.signatures.all().delete()
    assert sites(cast) == {"moi.vn": ["https://moi.vn"], "loa.dam-ha.vn": ["https://loa.dam-ha.vn"]}


def test_where_passkeys_alone_count_a_server_kept_key_signs_nothing(cast: Cast, release: Release) -> None:
    make_key(cast.approver_one)
    with pytest.raises(MayNotSignError, match="chỉ nhận chữ ký bằng khóa truy cập"):
        sign_release(actor=cast.approver_one, release=release, password=PASSWORD)
    make_passkey(cast.approver_one)
    with pytest.raises(ConflictError, match="chỉ nhận chữ ký bằng khóa truy cập"):
        sign_release(actor=cast.approver_one, release=release, password=PASSWORD)
    assert not release.signatures.exists()


@pytest.mark.parametrize("code", ATTACKS)
def test_a_refused_assertion_is_never_stored(cast: Cast, release: Release, code: str) -> None:
    held = make_passkey(cast.approver_one)
    bent = replace(held, **ATTACKS[code])
    bent.public_key = held.public_key  # what the server knows
    with pytest.raises(ConflictError) as refused:
        sign_release_with(actor=cast.approver_one, release=release, signer=bent)
    assert refused.value.data["protocol_code"] == code
    assert not release.signatures.exists()


def test_an_assertion_over_another_release_is_refused(cast: Cast, release: Release) -> None:
    held = make_passkey(cast.approver_one)

    class Replayed:
        keyid = held.keyid

        def sign(self, pae: bytes) -> Any:
            return held.sign(b"another release")

    with pytest.raises(ConflictError) as refused:
        sign_release_with(actor=cast.approver_one, release=release, signer=Replayed())
    assert refused.value.data["protocol_code"] == "wrong_challenge"
    assert not release.signatures.exists()


def test_the_page_asks_for_the_hash_of_the_bytes_and_takes_the_answer(cast: Cast, release: Release) -> None:
    held = make_passkey(cast.approver_one)
    client = as_person(cast.approver_one)
    options = ask(client, "sign_passkey_options", release).json()
    challenge = challenge_of(unsigned_envelope(release).pae())
    assert options["userVerification"] == "required"
    answer = ask(client, "sign_passkey", release, held.authenticate(challenge))
    assert answer.json() == {"next": reverse("releases:release", args=[release.pk])}
    assert release.signatures.get().person == cast.approver_one


@pytest.mark.parametrize("who", ["editor", "viewer", "administrator"])
def test_whoever_may_not_sign_is_not_even_asked(cast: Cast, release: Release, who: str) -> None:
    person = getattr(cast, who)
    held = make_passkey(person)
    client = as_person(person)
    assert ask(client, "sign_passkey_options", release).status_code == 409
    challenge = challenge_of(unsigned_envelope(release).pae())
    assert ask(client, "sign_passkey", release, held.authenticate(challenge)).status_code == 409
    assert not release.signatures.exists()


def test_somebody_elses_passkey_is_refused(cast: Cast, release: Release) -> None:
    make_passkey(cast.approver_one)
    held = make_passkey(cast.approver_two)
    challenge = challenge_of(unsigned_envelope(release).pae())
    answer = ask(as_person(cast.approver_one), "sign_passkey", release, held.authenticate(challenge))
    assert answer.status_code == 400
    with pytest.raises(ConflictError, match="không phải khóa đang dùng"):
        sign_release_with(actor=cast.approver_one, release=release, signer=held)
    assert not release.signatures.exists()


def test_nobody_signs_before_hearing_it_unless_the_office_says_so(cast: Cast) -> None:
    set_policy(actor=SYSTEM, organisation=cast.organisation, kind="strict", is_weak=False, must_hear=True)
    held, first = make_passkey(cast.approver_one), make_request(cast)
    with pytest.raises(MayNotSignError, match="Nghe hết"):
        sign_release_with(actor=cast.approver_one, release=first, signer=held)
    first.delete()
    set_policy(actor=SYSTEM, organisation=cast.organisation, kind="strict", is_weak=False, must_hear=False)
    second = make_request(cast)
    sign_release_with(actor=cast.approver_one, release=second, signer=held)
    assert second.signatures.count() == 1


def test_the_page_says_that_a_second_passkey_is_missing(cast: Cast, release: Release) -> None:
    make_passkey(cast.approver_one)
    client, url = as_person(cast.approver_one), reverse("releases:release", args=[release.pk])
    assert "Bạn mới có một khóa truy cập" in client.get(url).content.decode()
    make_passkey(cast.approver_one, seed=2)
    page = client.get(url).content.decode()
    assert "Bạn mới có một khóa truy cập" not in page
    assert "Ký bằng khóa truy cập" in page
    assert 'name="password"' not in page
    assert "khóa không nằm trên máy chủ" in page


@pytest.mark.parametrize(
    ("reason", "is_valid"),
    [
        (PasskeyEnd.LOST, True),
        (PasskeyEnd.RETIRED, True),
        (PasskeyEnd.REPLACED, True),
        (PasskeyEnd.SHARED, False),
    ],
)
def test_what_a_passkey_signed_outlives_it_unless_somebody_else_used_it(
    cast: Cast, release: Release, reason: PasskeyEnd, is_valid: bool
) -> None:
    for person in (cast.approver_one, cast.approver_two):
        release = sign_release_with(actor=person, release=release, signer=make_passkey(person))
    passkey = Passkey.objects.get(person=cast.approver_one)
    end_passkey(actor=cast.approver_one, passkey=passkey, reason=reason)
    key = SigningKey.objects.get(passkey=passkey)
    assert (key.retired_at is not None) is is_valid
    assert (key.revoked_at is not None) is not is_valid
    approvers = statement_in(publish_approvers(cast.commune))
    if is_valid:
        verify_release(decode(envelope(release)), trust(cast.commune.code), approvers)
    else:
        with pytest.raises(ProtocolError):
            verify_release(decode(envelope(release)), trust(cast.commune.code), approvers)


def test_an_ended_passkey_signs_nothing_more(cast: Cast, release: Release) -> None:
    held = make_passkey(cast.approver_one)
    make_passkey(cast.approver_one, seed=2)
    passkey = Passkey.objects.get(keyid=held.keyid)
    end_passkey(actor=cast.approver_one, passkey=passkey, reason=PasskeyEnd.LOST)
    with pytest.raises(ConflictError, match="không phải khóa đang dùng"):
        sign_release_with(actor=cast.approver_one, release=release, signer=held)


def test_a_passkey_withdraws_the_words_that_were_asked_for(cast: Cast, release: Release) -> None:
    held = {person: make_passkey(person) for person in (cast.approver_one, cast.approver_two)}
    for person, signer in held.items():
        release = sign_release_with(actor=person, release=release, signer=signer)
    client, signer = as_person(cast.approver_one), held[cast.approver_one]
    asked = ask(client, "withdraw_passkey_options", release, {"reason": "Lịch họp đã đổi"})
    assert asked.status_code == 200, asked.content
    reason, at, _alone = client.session[f"withdrawing {release.pk}"]
    moment = parse_datetime(at)
    assert moment is not None
    challenge = challenge_of(Order(reason, moment).pae(release))
    answer = ask(client, "withdraw_passkey", release, signer.authenticate(challenge))
    assert answer.status_code == 200, answer.content
    release.refresh_from_db()
    assert release.state == ReleaseState.WITHDRAWN
    assert "Đã thu hồi." in client.get(answer.json()["next"]).content.decode()
    assert ask(client, "withdraw_passkey", release, signer.authenticate(challenge)).status_code == 409


def test_an_old_order_ends_nothing(cast: Cast, release: Release) -> None:
    held = {person: make_passkey(person) for person in (cast.approver_one, cast.approver_two)}
    for person, signer in held.items():
        release = sign_release_with(actor=person, release=release, signer=signer)
    order = Order("Lịch họp đã đổi", clock.now().replace(year=2020))
    with pytest.raises(ConflictError, match="soạn đã lâu"):
        withdraw_with(actor=cast.approver_one, release=release, signer=held[cast.approver_one], order=order)
    assert not Withdrawal.objects.exists()
