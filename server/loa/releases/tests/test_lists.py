# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists that wait for two administrators: who may sign, what counts, and what the pages say."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.test import Client
from django.urls import reverse

from loa.config.errors import ConflictError
from loa.config.home import Home
from loa.messages.tests.factories import make_revision
from loa.notices.models import Notice
from loa.people.models import Person
from loa.people.tests.factories import Cast, make_cast, make_member
from loa.releases import authority, proposals
from loa.releases.approvers import publish_approvers, statement_in
from loa.releases.errors import ListNotSignedError, MayNotSignError
from loa.releases.list_telling import WAITS
from loa.releases.list_words import changes, contents
from loa.releases.models import ListOutcome, ListProposal, ReleaseState
from loa.releases.proposals import sign_list
from loa.releases.tests.factories import (
    make_key,
    make_list_proposal,
    make_passkey,
    make_release,
    make_request,
    name_administrators,
    sign,
    write_root,
)
from loa_protocol.demo_authenticator import DemoAuthenticator
from loa_protocol.statements import AirtimeRule, RulesStatement
from loa_protocol.webauthn import challenge_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Home:
    settings.HOME = Home(tmp_path / "home")
    settings.HOME.make()
    return settings.HOME


@pytest.fixture
def cast() -> Cast:
    return make_cast()


class Two:
    """Two administrators with passkeys whom the root names; the first one has two passkeys."""

    def __init__(self, cast: Cast) -> None:
        self.one = cast.administrator
        self.two = make_member(cast.organisation, "administrator", "quan-tri-hai", "Trần Thị Hai")
        self.first, self.spare = make_passkey(self.one), make_passkey(self.one, seed=2)
        self.second = make_passkey(self.two)
        name_administrators(self.one, self.two)


@pytest.fixture
def two(cast: Cast) -> Two:
    return Two(cast)


@pytest.fixture
def proposal(cast: Cast, two: Two) -> ListProposal:
    return make_list_proposal(cast.commune)


def as_person(person: Person) -> Client:
    client = Client(HTTP_HOST="localhost:8420")
    client.force_login(person)
    return client


def sign_on_page(person: Person, proposal: ListProposal, signer: DemoAuthenticator) -> Any:
    """Have a browser ask the page what to sign, and bring back the passkey's answer."""
    client = as_person(person)
    asked = client.post(reverse("releases:sign_list_options", args=[proposal.pk]))
    if asked.status_code != 200:
        return asked
    pae = proposals.unsigned(proposal).pae()
    answer = json.dumps(signer.authenticate(challenge_of(pae)))
    url = reverse("releases:sign_list", args=[proposal.pk])
    return client.post(url, answer, content_type="application/json")


def test_two_administrators_sign_on_the_page_and_the_list_holds(two: Two, proposal: ListProposal) -> None:
    assert sign_on_page(two.one, proposal, two.first).status_code == 200
    proposal.refresh_from_db()
    assert proposal.outcome == ListOutcome.WAITING
    assert sign_on_page(two.two, proposal, two.second).status_code == 200
    proposal.refresh_from_db()
    assert proposal.outcome == ListOutcome.SIGNED
    assert authority.is_signed(proposals.signed(proposal))


def test_two_passkeys_of_one_administrator_are_one_person(two: Two, proposal: ListProposal) -> None:
    sign_list(actor=two.one, proposal=proposal, signer=two.first)
    with pytest.raises(ConflictError, match="đã ký"):
        sign_list(actor=two.one, proposal=proposal, signer=two.spare)
    assert sign_on_page(two.one, proposal, two.spare).status_code == 400


def test_nobody_signs_with_the_key_of_another_one(two: Two, proposal: ListProposal, cast: Cast) -> None:
    with pytest.raises(MayNotSignError):
        sign_list(actor=two.two, proposal=proposal, signer=two.first)
    with pytest.raises(MayNotSignError):
        sign_list(actor=cast.approver_one, proposal=proposal, signer=make_passkey(cast.approver_one))
    assert not proposal.signatures.exists()


def test_a_signature_over_other_bytes_or_of_no_administrator_is_not_taken(
    two: Two, proposal: ListProposal, cast: Cast
) -> None:
    other = two.first.sign(b"something else")
    with pytest.raises(ConflictError, match="wrong_challenge"):
        proposals.take_signature(actor=two.one, proposal=proposal, value=other)
    stranger = make_passkey(cast.approver_one).sign(proposals.unsigned(proposal).pae())
    with pytest.raises(MayNotSignError):
        proposals.take_signature(actor=two.one, proposal=proposal, value=stranger)


def test_somebody_who_manages_settings_and_holds_no_key_sees_and_does_not_sign(
    two: Two, proposal: ListProposal, cast: Cast
) -> None:
    third = make_member(cast.organisation, "administrator", "quan-tri-ba", "Lê Thị Ba")
    page = as_person(third).get(reverse("releases:proposed_list", args=[proposal.pk]))
    assert "17:00–18:00" in page.content.decode()
    assert "data-passkey" not in page.content.decode()
    assert sign_on_page(third, proposal, make_passkey(third)).status_code == 400


def test_an_administrator_who_is_no_longer_named_signs_no_more(two: Two, proposal: ListProposal) -> None:
    named = authority.administrators()
    left = {keyid: who for keyid, who in named.admin_people.items() if who != str(two.one.pk)}
    kept = [key for key in named.admin_keys if key.keyid in left]
    write_root(msgspec.structs.replace(named, admin_keys=[*kept, kept[0]], admin_people=left))
    with pytest.raises(MayNotSignError):
        sign_list(actor=two.one, proposal=proposal, signer=two.first)
    assert not proposals.waiting_for(two.one)


def test_a_list_that_is_asked_for_twice_waits_once_and_another_one_replaces_it(
    two: Two, proposal: ListProposal, cast: Cast
) -> None:
    assert make_list_proposal(cast.commune) == proposal
    sign_list(actor=two.one, proposal=proposal, signer=two.first)
    fresh = make_list_proposal(cast.commune, note="khác")
    assert fresh != proposal
    with pytest.raises(ConflictError, match="không còn chờ"):
        sign_list(actor=two.two, proposal=proposal, signer=two.second)
    assert not fresh.signatures.exists()


def test_the_administrators_are_told_and_nobody_else(two: Two, proposal: ListProposal) -> None:
    told = Notice.objects.filter(kind=WAITS).values_list("person", flat=True)
    assert set(told) == {two.one.pk, two.two.pk}


def test_the_page_names_who_signed_and_whose_turn_it_is(two: Two, proposal: ListProposal) -> None:
    sign_list(actor=two.one, proposal=proposal, signer=two.first)
    url = reverse("releases:proposed_list", args=[proposal.pk])
    mine, theirs = (as_person(one).get(url).content.decode() for one in (two.one, two.two))
    assert "data-passkey" not in mine
    assert "data-passkey" in theirs
    assert "passkeys.js" in theirs
    assert "1/2" in theirs
    listing = as_person(two.two).get(reverse("releases:lists")).content.decode()
    assert url in listing


def test_the_same_list_is_asked_of_people_once_and_says_who_comes_and_goes(cast: Cast) -> None:
    make_key(cast.approver_one)
    before = statement_in(publish_approvers(cast.commune))
    gone = before.people[0]
    after = msgspec.structs.replace(before, people=[])
    assert changes(before, after) == [f"Bỏ {gone.name}: mọi chữ ký của người này hết hiệu lực trên loa."]
    assert gone.name in changes(after, before)[0]
    raised = msgspec.structs.replace(gone, may=["release", "emergency"])
    words = changes(before, msgspec.structs.replace(before, people=[raised]))
    assert words == [f"{gone.name}: được duyệt tin, duyệt khẩn cấp, trước là duyệt tin"]
    assert len(changes(before, before)) == 1
    assert gone.name in contents(before)[0]


def test_an_approver_whose_list_is_not_signed_yet_is_told_so(two: Two, cast: Cast) -> None:
    with pytest.raises(ListNotSignedError):
        make_release(cast)
    sign_both(two)
    release = make_release(cast, revision=make_revision(cast))
    assert release.state == ReleaseState.RELEASED
    fresh = make_member(cast.organisation, "approver", "duyet-ba", "Đỗ Thị Ba")
    late = make_request(cast, revision=make_revision(cast))
    sign(cast.approver_one, late)
    with pytest.raises(ListNotSignedError, match="chờ hai quản trị ký"):
        sign(fresh, late)
    sign_both(two)
    assert sign(fresh, late).state == ReleaseState.RELEASED


def sign_both(two: Two) -> None:
    for person, signer in ((two.one, two.first), (two.two, two.second)):
        for waiting in proposals.waiting_for(person):
            sign_list(actor=person, proposal=waiting, signer=signer)


def test_home_counts_and_names_a_list_until_one_has_signed_it(two: Two, proposal: ListProposal) -> None:
    url = reverse("releases:proposed_list", args=[proposal.pk])
    assert url in as_person(two.one).get("/").content.decode()
    sign_list(actor=two.one, proposal=proposal, signer=two.first)
    assert url not in as_person(two.one).get("/").content.decode()
    assert url in as_person(two.two).get("/").content.decode()


def test_every_field_of_a_rule_that_changes_is_said() -> None:
    rule = AirtimeRule(
        zone="06895", priority_class="normal", windows=[("17:00", "18:00")], minutes_per_day=30, volume_cap=80
    )
    values = {
        "installation": "test", "commune": "06895", "number": 1, "issued_at": "2026-11-24T00:00:00Z",
        "zone_name": "Asia/Ho_Chi_Minh", "note": "",
    }  # fmt: skip
    before = RulesStatement(**values, rules=[rule])
    changed: list[dict[str, Any]] = [
        {"windows": [("00:00", "24:00")]}, {"minutes_per_day": 31}, {"volume_cap": 81}, {"zone": "x"},
    ]  # fmt: skip
    for change in changed:
        assert changes(
            before, RulesStatement(**values, rules=[msgspec.structs.replace(rule, **change)])
        ) != changes(before, before)
    for more in ({"note": "mọi giờ"}, {"zone_name": "UTC"}, {"test_devices": ["d1"]}):
        assert changes(before, RulesStatement(**{**values, **more}, rules=[rule])) != changes(before, before)


def test_the_self_tests_list_is_signed_once_and_not_for_each_virtual_device(two: Two) -> None:
    first = authority.selftest_keys("00000", "a")
    assert first.device_ids == ()
    assert authority.selftest_keys("00000", "b") == first
