# SPDX-License-Identifier: AGPL-3.0-or-later
"""Self-test keys release a marked test item on one device, whatever role their people have; nothing else."""

from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from django.conf import settings

from loa.config import clock
from loa.config.errors import ConflictError
from loa.config.home import Home
from loa.people.models import Person, Role
from loa.people.tests.factories import Cast, make_cast, make_member
from loa.releases.actions import publish_approvers, sign_release_with
from loa.releases.approvers import SELFTEST_PERSON, statement_in
from loa.releases.authority import SelftestKeys, selftest_keys, trust
from loa.releases.models import Release, ReleaseState, SigningKey
from loa.releases.queries import envelope
from loa.releases.statements import unsigned_envelope
from loa.releases.tests.factories import make_heard, make_request
from loa_protocol.envelope import decode, sign
from loa_protocol.errors import ProtocolError
from loa_protocol.keys import Ed25519Signer
from loa_protocol.verify import verify_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(settings, "HOME", Home(tmp_path))  # its keys are no other test's
    return make_cast()


def admit(cast: Cast, device: str) -> tuple[SelftestKeys, list[Person]]:
    """Make the two signers as ``loa selftest`` does: with the role of an approver."""
    keys = selftest_keys(cast.commune.code, device)
    people = []
    for number, public in enumerate(keys.public_keys, start=1):
        name = SELFTEST_PERSON.format(commune=cast.commune.code, number=number)
        person = make_member(cast.organisation, Role.APPROVER, name)
        SigningKey.objects.create(
            person=person,
            keyid=public.keyid,
            keytype=public.keytype,
            public=msgspec.to_builtins(public),
            created_at=clock.now(),
        )
        people.append(person)
    return keys, people


def sign_all(release: Release, keys: SelftestKeys, people: list[Person]) -> Release:
    for person, private in zip(people, keys.private_keys, strict=True):
        make_heard(person, release.sound)
        release = sign_release_with(actor=person, release=release, signer=Ed25519Signer(private))
    return release


def test_a_test_item_is_released_and_names_its_one_device(cast: Cast) -> None:
    device = str(uuid4())
    keys, people = admit(cast, device)
    release = sign_all(make_request(cast, is_test=True), keys, people)
    assert release.state == ReleaseState.RELEASED
    approvers = statement_in(publish_approvers(cast.commune))
    verified = verify_release(decode(envelope(release)), trust(cast.commune.code), approvers)
    assert [signer.devices for signer in verified.signers] == [[device], [device]]


def test_the_server_takes_no_last_signature_of_theirs_on_a_live_item(cast: Cast) -> None:
    keys, people = admit(cast, str(uuid4()))
    release = make_request(cast)
    with pytest.raises(ConflictError, match="không đạt"):
        sign_all(release, keys, people)
    release.refresh_from_db()
    assert release.state == ReleaseState.AWAITING


def test_a_device_counts_none_of_them_on_a_live_item(cast: Cast) -> None:
    keys, _people = admit(cast, str(uuid4()))
    forged = unsigned_envelope(make_request(cast))
    for private in keys.private_keys:
        forged = sign(forged, Ed25519Signer(private))
    with pytest.raises(ProtocolError):
        verify_release(forged, trust(cast.commune.code), statement_in(publish_approvers(cast.commune)))


def test_they_are_listed_for_tests_alone_and_keep_their_keys_for_another_device(cast: Cast) -> None:
    admit(cast, str(uuid4()))
    first = publish_approvers(cast.commune)
    other = str(uuid4())
    selftest_keys(cast.commune.code, other)
    second = publish_approvers(cast.commune)
    assert {tuple(one.may) for one in statement_in(second).people} == {("test",)}
    assert {device for one in statement_in(second).people for device in one.devices} == {other}
    assert [one.keys for one in statement_in(first).people] == [
        one.keys for one in statement_in(second).people
    ]
    assert publish_approvers(cast.commune) == second
