# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of who may release: who is on it, its number, and that old releases stay valid."""

from datetime import timedelta

import pytest

from loa.areas.tests.factories import make_province
from loa.audit.actor import SYSTEM
from loa.config import clock
from loa.jobs.models import OutboxEntry
from loa.people.actions import change_password, end_role, grant_role, reset_password
from loa.people.models import Role
from loa.people.tests.factories import PASSWORD, Cast, make_cast, make_member, make_organisation
from loa.releases.actions import set_policy, sign_release
from loa.releases.approvers import latest, publish_approvers, statement_in
from loa.releases.authority import trust
from loa.releases.errors import WrongPasswordError
from loa.releases.jobs import renew_approvers
from loa.releases.models import ApproversList, PolicyKind, SigningKey
from loa.releases.queries import envelope
from loa.releases.signing import unlock
from loa.releases.tests.factories import make_heard, make_key, make_release, make_request
from loa_protocol.envelope import decode
from loa_protocol.errors import ProtocolError
from loa_protocol.verify import verify_approvers, verify_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def names(published: ApproversList) -> set[str]:
    return {one.name for one in statement_in(published).people}


def test_a_device_accepts_the_list(cast: Cast) -> None:
    make_key(cast.approver_one)
    published = publish_approvers(cast.commune)
    statement = verify_approvers(
        decode(bytes(published.envelope)), trust(cast.commune.code), now=clock.now(), at_least=0
    )
    assert [one.name for one in statement.people] == [cast.approver_one.full_name]


def test_it_names_approvers_with_keys_from_the_commune_and_above_and_nobody_else(cast: Cast) -> None:
    province = make_organisation(make_province(), "UBND tỉnh")
    above = make_member(province, Role.APPROVER)
    for person in (above, cast.approver_one, cast.outsider, cast.editor):
        make_key(person)
    assert names(publish_approvers(cast.commune)) == {above.full_name, cast.approver_one.full_name}


def test_nothing_new_is_published_while_nothing_changes(cast: Cast) -> None:
    make_key(cast.approver_one)
    first = publish_approvers(cast.commune)
    assert publish_approvers(cast.commune) == first
    make_key(cast.approver_two)
    assert publish_approvers(cast.commune).number == first.number + 1


def test_a_restore_continues_above_what_devices_have_seen(cast: Cast) -> None:
    publish_approvers(cast.commune)
    assert publish_approvers(cast.commune, above=41).number == 42
    assert publish_approvers(cast.commune, above=41).number == 42


def test_it_is_renewed_long_before_it_ends(cast: Cast) -> None:
    first = publish_approvers(cast.commune)
    with clock.frozen(clock.now() + timedelta(days=31)):
        renew_approvers()
        assert latest(cast.commune) != first
    assert OutboxEntry.objects.filter(topic="publish", key=cast.commune.code).exists()


def test_an_ended_role_leaves_what_was_signed_in_office_valid(cast: Cast) -> None:
    release = make_release(cast)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        end_role(actor=cast.administrator, grant=cast.approver_one.grants.get())
    with clock.frozen(clock.now() + timedelta(hours=2)):
        published = publish_approvers(cast.commune)
    assert cast.approver_one.full_name in names(published)
    verify_release(decode(envelope(release)), trust(cast.commune.code), statement_in(published))
    with clock.frozen(release.not_after + timedelta(days=1)):
        assert cast.approver_one.full_name not in names(publish_approvers(cast.commune))


def test_a_revoked_key_voids_what_it_signed(cast: Cast) -> None:
    release = make_release(cast)
    SigningKey.objects.filter(person=cast.approver_one).update(revoked_at=clock.now())
    published = publish_approvers(cast.commune)
    with pytest.raises(ProtocolError):
        verify_release(decode(envelope(release)), trust(cast.commune.code), statement_in(published))


def test_a_release_stays_valid_when_the_policy_changes(cast: Cast) -> None:
    release = make_release(cast)
    set_policy(actor=SYSTEM, organisation=cast.organisation, kind=PolicyKind.SMALL_OFFICE)
    published = statement_in(publish_approvers(cast.commune))
    assert {policy.kind for policy in published.policies} == {"strict", "small_office"}
    verified = verify_release(decode(envelope(release)), trust(cast.commune.code), published)
    assert verified.policy.kind == "strict"


def test_changes_of_roles_keys_and_policies_ask_for_new_files(cast: Cast) -> None:
    publish_approvers(cast.commune)
    newcomer = make_member(cast.organisation, Role.VIEWER)
    changes = (
        lambda: grant_role(actor=SYSTEM, person=newcomer, organisation=cast.organisation, role=Role.APPROVER),
        lambda: make_key(newcomer),
        lambda: set_policy(actor=SYSTEM, organisation=cast.organisation, kind=PolicyKind.SMALL_OFFICE),
    )
    for change in changes:
        OutboxEntry.objects.all().delete()
        change()
        assert OutboxEntry.objects.filter(topic="publish", key=cast.commune.code).exists()


def test_a_changed_password_opens_the_same_key_and_the_old_one_does_not(cast: Cast) -> None:
    key = make_key(cast.approver_one)
    change_password(person=cast.approver_one, old_password=PASSWORD, new_password="mot-mat-khau-khac-2026")
    assert unlock(cast.approver_one, "mot-mat-khau-khac-2026").keyid == key.keyid
    with pytest.raises(WrongPasswordError):
        unlock(cast.approver_one, PASSWORD)


def test_a_forgotten_password_retires_the_key_and_keeps_its_releases(cast: Cast) -> None:
    release = make_release(cast)
    reset_password(actor=cast.administrator, person=cast.approver_one, password="mat-khau-moi-cap-2026")
    key = SigningKey.objects.get(person=cast.approver_one)
    assert key.retired_at is not None
    published = statement_in(publish_approvers(cast.commune))
    verify_release(decode(envelope(release)), trust(cast.commune.code), published)


def test_a_new_key_beside_a_retired_one_signs(cast: Cast) -> None:
    make_release(cast)
    reset_password(actor=cast.administrator, person=cast.approver_one, password=PASSWORD + "x")
    cast.approver_one.set_password(PASSWORD)
    cast.approver_one.save()
    make_key(cast.approver_one)
    other = make_request(cast)
    make_heard(cast.approver_one, other.sound)
    sign_release(actor=cast.approver_one, release=other, password=PASSWORD)
    assert other.signatures.count() == 1
