# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which policy holds for an organisation, and who may change it: never one person."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from loa.areas.models import Area
from loa.areas.tests.factories import make_province
from loa.audit.actor import SYSTEM
from loa.audit.models import Entry
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.messages.tests.factories import make_revision
from loa.people import fresh
from loa.people.models import Organisation, Person, Role, RoleGrant
from loa.people.tests.factories import Cast, grant, make_cast, make_member, make_organisation
from loa.releases.actions import (
    confirm_policy,
    propose_policy,
    refuse_policy,
    set_policy,
    sign_release_with,
)
from loa.releases.actions.policies import nearest_policy, policy_of
from loa.releases.approvers import publish_approvers, statement_in
from loa.releases.authority import trust
from loa.releases.errors import BadRequestError, MayNotSignError
from loa.releases.models import Policy, PolicyKind, PolicyProposal, Release, ReleaseState
from loa.releases.queries import envelope, waiting_for, why_not
from loa.releases.rules import WhyNot, fitting_policy
from loa.releases.standings import who_may_sign
from loa.releases.statements import unsigned_envelope
from loa.releases.tests.factories import make_heard, make_passkey, make_policy_proposal, make_request
from loa_protocol.envelope import decode
from loa_protocol.envelope import sign as seal
from loa_protocol.errors import ThresholdError
from loa_protocol.verify import verify_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def second(cast: Cast) -> Person:
    return make_member(cast.organisation, Role.ADMINISTRATOR, "quan-tri-hai", "Phan Thị Hai")


def hold(organisation: Organisation, kind: str, *partners: Organisation) -> Policy:
    return set_policy(actor=SYSTEM, organisation=organisation, kind=kind, is_weak=False, partners=partners)


def signed(release: Release, person: Person) -> Release:
    make_heard(person, release.sound)
    return sign_release_with(actor=person, release=release, signer=make_passkey(person))


def accepted(release: Release, commune: Area) -> str:
    """Return the kind of the policy under which a device of the commune accepts it."""
    approvers = statement_in(publish_approvers(commune))
    return verify_release(decode(envelope(release)), trust(commune.code), approvers).policy.kind


def test_nobody_sets_it_alone(cast: Cast) -> None:
    for person in (cast.administrator, cast.editor):
        with pytest.raises(PermissionDeniedError):
            set_policy(actor=person, organisation=cast.organisation, kind=PolicyKind.SMALL_OFFICE)
    assert not Policy.objects.exists()


def test_one_administrator_proposes_and_another_one_confirms(cast: Cast, second: Person) -> None:
    proposal = propose_policy(
        actor=cast.administrator, organisation=cast.organisation, kind="small_office", is_weak=False
    )
    assert nearest_policy(cast.organisation) is None
    with pytest.raises(PermissionDeniedError, match="người quản trị khác"):
        confirm_policy(actor=cast.administrator, proposal=proposal)
    made = confirm_policy(actor=second, proposal=proposal)
    assert nearest_policy(cast.organisation) == made
    assert (made.kind, made.is_weak) == (PolicyKind.SMALL_OFFICE, False)
    with pytest.raises(ConflictError):
        confirm_policy(actor=second, proposal=proposal)
    assert Entry.objects.filter(action__in=["releases.propose_policy", "releases.decide_policy"]).count() == 2


@pytest.mark.parametrize("who", ["editor", "approver_one", "planner", "viewer", "outsider"])
def test_only_administrators_of_the_organisation_propose_and_confirm(
    cast: Cast, second: Person, who: str
) -> None:
    person = getattr(cast, who)
    with pytest.raises(PermissionDeniedError):
        propose_policy(actor=person, organisation=cast.organisation, kind="strict", is_weak=False)
    proposal = make_policy_proposal(cast.organisation, second)
    for act in (confirm_policy, refuse_policy):
        with pytest.raises(PermissionDeniedError):
            act(actor=person, proposal=proposal)


def test_a_refused_proposal_changes_nothing_and_a_newer_one_takes_its_place(
    cast: Cast, second: Person
) -> None:
    first = make_policy_proposal(cast.organisation, second)
    propose_policy(actor=cast.administrator, organisation=cast.organisation, kind="strict", is_weak=True)
    newest = PolicyProposal.objects.get(outcome="waiting")
    assert newest != first
    refuse_policy(actor=second, proposal=newest)
    newest.refresh_from_db()
    assert newest.outcome == "refused"
    assert nearest_policy(cast.organisation) is None


def test_a_joined_policy_names_another_organisation(cast: Cast) -> None:
    for partners in ([], [cast.organisation]):
        with pytest.raises(BadRequestError):
            propose_policy(
                actor=cast.administrator,
                organisation=cast.organisation,
                kind="joined",
                is_weak=False,
                partners=partners,
            )


def test_setting_it_twice_is_one_entry(cast: Cast) -> None:
    first = hold(cast.organisation, PolicyKind.STRICT)
    assert hold(cast.organisation, PolicyKind.STRICT) == first
    assert Entry.objects.filter(action="releases.set_policy").count() == 1


def test_the_nearest_one_above_holds_and_without_any_the_strict_one_for_passkeys(cast: Cast) -> None:
    with transaction.atomic():
        made = policy_of(cast.office)
    assert (made.kind, made.is_weak) == (PolicyKind.STRICT, False)
    Policy.objects.all().delete()
    above = hold(cast.organisation, PolicyKind.SMALL_OFFICE)
    with transaction.atomic():
        assert policy_of(cast.office) == above


def test_no_policy_lets_one_person_release(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Policy.objects.create(organisation=cast.organisation, key="one", kind=PolicyKind.STRICT, threshold=1)


def test_a_request_goes_on_under_the_policy_that_its_bytes_name(cast: Cast) -> None:
    release = make_request(cast)
    hold(cast.organisation, PolicyKind.SMALL_OFFICE)
    release.refresh_from_db()
    assert release.policy_kind == release.policy.kind == PolicyKind.STRICT
    assert make_request(cast).policy_kind == PolicyKind.SMALL_OFFICE


@pytest.mark.parametrize(
    ("officers", "has_partner", "kind"),
    [
        (1, True, "small_office"),
        (1, False, "small_office"),
        (2, True, "joined"),
        (2, False, "small_office"),
        (3, True, "strict"),
        (40, False, "strict"),
    ],
)
def test_the_policy_that_suits_so_many_people(officers: int, has_partner: bool, kind: str) -> None:
    assert fitting_policy(officers, has_partner=has_partner) == kind


def test_in_a_small_office_the_author_is_one_of_two(cast: Cast) -> None:
    hold(cast.organisation, PolicyKind.SMALL_OFFICE)
    release = make_request(cast)
    grant(cast.editor, cast.organisation, Role.APPROVER)
    release.delete()
    release = signed(make_request(cast), cast.editor)
    assert accepted(signed(release, cast.approver_one), cast.commune) == "small_office"


def test_under_a_joined_policy_two_of_one_house_are_not_enough(cast: Cast) -> None:
    hold(cast.organisation, PolicyKind.JOINED, cast.other_organisation)
    release = signed(make_request(cast), cast.approver_one)
    make_heard(cast.approver_two, release.sound)
    with pytest.raises(MayNotSignError, match="cấp trên hoặc"):
        sign_release_with(actor=cast.approver_two, release=release, signer=make_passkey(cast.approver_two))
    assert release in waiting_for(cast.outsider)
    assert who_may_sign(release) == [cast.outsider]
    release = signed(release, cast.outsider)
    assert release.state == ReleaseState.RELEASED
    assert accepted(release, cast.commune) == "joined"


def test_under_a_joined_policy_the_parent_signs_too(cast: Cast) -> None:
    province = make_organisation(make_province(), "UBND tỉnh")
    above = make_member(province, Role.APPROVER, "tinh", "Ngô Văn Tỉnh")
    hold(cast.organisation, PolicyKind.JOINED, province)
    release = signed(make_request(cast), above)
    assert accepted(signed(release, cast.approver_one), cast.commune) == "joined"


def test_a_neighbour_signs_nothing_where_the_policy_does_not_name_him(cast: Cast) -> None:
    hold(cast.organisation, PolicyKind.STRICT)
    release = make_request(cast)
    assert release not in waiting_for(cast.outsider)
    with pytest.raises(MayNotSignError):
        signed(release, cast.outsider)
    people = statement_in(publish_approvers(cast.commune)).people
    assert cast.outsider.full_name not in {person.name for person in people}


@pytest.mark.parametrize(
    ("names", "is_accepted"),
    [
        (("approver_one", "approver_two"), True),  # of the organisation above it
        (("approver_one", "outsider"), False),
        (("outsider", "neighbour"), False),
    ],
)
def test_a_partner_counts_under_the_joined_policy_alone_for_the_server_and_for_a_device(
    cast: Cast, names: tuple[str, str], is_accepted: bool
) -> None:
    neighbour = make_member(cast.other_organisation, Role.APPROVER, "lang-gieng", "Lý Thị Giềng")
    hold(cast.organisation, PolicyKind.JOINED, cast.other_organisation)
    strict = hold(cast.office, PolicyKind.STRICT)
    grant(cast.editor, cast.office, Role.EDITOR)
    release = make_request(cast, revision=make_revision(cast, organisation=cast.office))
    assert release.policy == strict
    people = [{"neighbour": neighbour}.get(name) or getattr(cast, name) for name in names]
    refused = [why_not(person, release) == WhyNot.NOT_APPROVER for person in people]
    assert any(refused) is not is_accepted
    forged = unsigned_envelope(release)  # by whoever holds the server and asks people past its checks
    for person in people:
        forged = seal(forged, make_passkey(person))
    approvers = statement_in(publish_approvers(cast.commune))
    assert {person.full_name for person in people} <= {one.name for one in approvers.people}
    if is_accepted:
        assert verify_release(forged, trust(cast.commune.code), approvers).policy.policy_id == strict.key
        return
    with pytest.raises(ThresholdError) as caught:
        verify_release(forged, trust(cast.commune.code), approvers)
    assert caught.value.code == "too_few_people"


def test_who_moved_to_the_neighbour_counts_as_the_neighbours_alone(cast: Cast) -> None:
    hold(cast.organisation, PolicyKind.JOINED, cast.other_organisation)
    moved = cast.approver_two
    RoleGrant.objects.filter(person=moved).update(until=clock.now())
    grant(moved, cast.other_organisation, Role.APPROVER)
    release = make_request(cast)
    forged = seal(seal(unsigned_envelope(release), make_passkey(moved)), make_passkey(cast.outsider))
    approvers = statement_in(publish_approvers(cast.commune))
    listed = next(one for one in approvers.people if one.person_id == str(moved.pk))
    assert listed.organisations == [str(cast.other_organisation.pk)]
    with pytest.raises(ThresholdError) as caught:
        verify_release(forged, trust(cast.commune.code), approvers)
    assert caught.value.code == "no_partner"


def test_a_role_of_next_week_signs_nothing_now_and_takes_nothing_away(cast: Cast) -> None:
    hold(cast.organisation, PolicyKind.STRICT)
    make_passkey(cast.approver_one)
    later = clock.now() + timedelta(days=7)
    grant(cast.approver_one, cast.organisation, Role.EMERGENCY, since=later)
    (listed,) = statement_in(publish_approvers(cast.commune)).people
    assert listed.may == ["release"]
    RoleGrant.objects.filter(person=cast.approver_one, role=Role.APPROVER).update(
        until=clock.now() + timedelta(days=1)
    )
    (listed,) = statement_in(publish_approvers(cast.commune)).people
    assert listed.may == ["release"]
    assert why_not(cast.approver_one, make_request(cast)) == WhyNot.NOT_HEARD
    with clock.frozen(later):
        (listed,) = statement_in(publish_approvers(cast.commune)).people
        assert listed.may == ["emergency"]


def test_a_policy_names_those_who_release_under_it_those_above_and_its_partners(cast: Cast) -> None:
    hold(cast.organisation, PolicyKind.JOINED, cast.other_organisation)
    union = make_organisation(cast.commune, "Hội Nông dân", parent=cast.organisation)
    hold(cast.office, PolicyKind.STRICT)
    made = {one.kind: one for one in statement_in(publish_approvers(cast.commune)).policies}
    joined = {cast.organisation, union, cast.other_organisation}
    assert set(made["joined"].organisations) == {str(one.pk) for one in joined}
    assert set(made["strict"].organisations) == {str(cast.organisation.pk), str(cast.office.pk)}


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_asks_how_many_there_are_and_marks_what_suits(cast: Cast) -> None:
    client, url = as_person(cast.administrator), reverse("releases:policy", args=[cast.organisation.pk])
    assert "Với 2 người" in text(client.get(url, {"officers": 2}))
    chosen = client.get(url, {"officers": 2}).context["form"]
    assert chosen.initial["kind"] == PolicyKind.JOINED
    assert cast.other_organisation in chosen.fields["partners"].queryset


def test_two_administrators_change_it_on_the_page(cast: Cast, second: Person) -> None:
    url = reverse("releases:policy", args=[cast.organisation.pk])
    client = as_person(cast.administrator)
    assert client.post(url, {"kind": "small_office", "must_hear": "on"}).status_code == 302
    proposal = PolicyProposal.objects.get()
    shown = text(client.get(url))
    assert "Chờ người thứ hai đồng ý" in shown
    assert reverse("releases:confirm_policy", args=[proposal.pk]) not in shown
    assert as_person(second).post(reverse("releases:confirm_policy", args=[proposal.pk])).status_code == 302
    held = nearest_policy(cast.organisation)
    assert held is not None
    assert (held.kind, held.is_weak, held.must_hear) == (PolicyKind.SMALL_OFFICE, False, True)
    assert "một trong số đó có thể là người viết" in text(client.get(reverse("releases:policies")))


def test_both_steps_ask_who_sits_there(cast: Cast, second: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "is_fresh", lambda request, minutes=5: False)
    proposal = make_policy_proposal(cast.organisation, second)
    client = as_person(cast.administrator)
    for url in (
        reverse("releases:policy", args=[cast.organisation.pk]),
        reverse("releases:confirm_policy", args=[proposal.pk]),
    ):
        answer = client.post(url, {"kind": "small_office"})
        assert answer.status_code == 302
        assert reverse("people:verify") in answer.headers["Location"]
    proposal.refresh_from_db()
    assert proposal.outcome == "waiting"
