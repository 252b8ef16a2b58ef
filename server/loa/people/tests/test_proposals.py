# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from loa.audit.actor import SYSTEM
from loa.audit.models import Entry
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.people import actions
from loa.people.actions import TwoPeopleError, on_password_reset, on_role_change
from loa.people.models import Outcome, PasskeyEnd, Person, Proposal, ProposalKind, Role, RoleGrant
from loa.people.queries import has_second_factor, may, passkeys_of
from loa.people.rules import PERMISSIONS, Permission, needs_two
from loa.people.tests.factories import (
    PASSWORD,
    Cast,
    grant,
    make_cast,
    make_member,
    make_organisation,
    make_proposal,
)
from loa.people.tests.steps import is_signed_in, passkey_of, phone_of, sign_in_by_passkey, text, type_password

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "con-duong-lang-1999"
TAKES_TWO = {
    Role.VIEWER: False,
    Role.PLANNER: False,
    Role.EDITOR: False,
    Role.APPROVER: True,
    Role.DEVICE_KEEPER: False,
    Role.ADMINISTRATOR: True,
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def second(cast: Cast) -> Person:
    return make_member(cast.organisation, Role.ADMINISTRATOR, "quan-tri-hai", "Vi Thị Hai")


def propose(cast: Cast, role: Role = Role.APPROVER, person: Person | None = None) -> Proposal:
    made = actions.propose_role(
        actor=cast.administrator, person=person or cast.head, organisation=cast.organisation, role=role
    )
    assert isinstance(made, Proposal)
    return made


@pytest.mark.parametrize("role", Role)
def test_each_role_takes_as_many_people_as_the_table_says(cast: Cast, second: Person, role: Role) -> None:
    assert needs_two(role) is TAKES_TWO.get(role, True)
    given = actions.give_role(
        actor=cast.administrator, person=cast.outsider, organisation=cast.organisation, role=role
    )
    held = RoleGrant.objects.filter(person=cast.outsider, organisation=cast.organisation, role=role)
    assert held.exists() is not needs_two(role)
    if not needs_two(role):
        assert isinstance(given, RoleGrant)
        return
    with pytest.raises(TwoPeopleError):
        actions.grant_role(
            actor=cast.administrator, person=cast.outsider, organisation=cast.organisation, role=role
        )
    assert isinstance(given, Proposal)
    actions.confirm_proposal(actor=second, proposal=given)
    assert held.get().granted_by == "Lê Văn Trị, Vi Thị Hai"


def test_every_role_that_releases_or_manages_takes_two() -> None:
    dangerous = {Permission.RELEASE_SIGN, Permission.RELEASE_WITHDRAW, Permission.SETTINGS_MANAGE}
    assert {role for role in Role if PERMISSIONS[role] & dangerous} == {
        role for role in Role if needs_two(role)
    }


def test_until_the_second_one_confirms_the_role_gives_nothing(cast: Cast, second: Person) -> None:
    heard: list[RoleGrant] = []
    on_role_change.append(heard.append)
    try:
        proposal = propose(cast)
        assert not may(cast.head, "release.sign")
        assert not heard
        confirmed = actions.confirm_proposal(actor=second, proposal=proposal)
    finally:
        on_role_change.remove(heard.append)
    assert may(cast.head, "release.sign", organisation=cast.organisation)
    assert heard == [confirmed.grant]
    assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == [
        "people.propose",
        "people.confirm",
        "people.grant_role",
    ]


def test_neither_who_proposed_nor_who_gains_confirms(cast: Cast, second: Person) -> None:
    with pytest.raises(PermissionDeniedError, match="Bạn đã đề nghị"):
        actions.confirm_proposal(actor=cast.administrator, proposal=propose(cast))
    about_second = propose(cast, person=second)
    with pytest.raises(PermissionDeniedError, match="tự đổi vai trò"):
        actions.confirm_proposal(actor=second, proposal=about_second)
    with pytest.raises(PermissionDeniedError, match="tự đổi vai trò"):
        propose(cast, person=cast.administrator)
    assert not RoleGrant.objects.filter(role=Role.APPROVER, person__in=[cast.head, second]).exists()


def test_the_database_itself_refuses_one_person_for_both(cast: Cast, second: Person) -> None:
    proposal = propose(cast)
    for both in (proposal.proposed_by_id, proposal.person_id):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(outcome=Outcome.CONFIRMED, decided_by=both)


@pytest.mark.parametrize("part", ["viewer", "planner", "editor", "approver_one", "device_keeper", "outsider"])
def test_nobody_else_proposes_confirms_or_refuses(cast: Cast, part: str) -> None:
    proposal, actor = propose(cast), cast.people[part]
    for attempt in (
        lambda: actions.propose_role(
            actor=actor, person=cast.head, organisation=cast.organisation, role=Role.ADMINISTRATOR
        ),
        lambda: actions.propose_recovery(actor=actor, person=cast.head),
        lambda: actions.confirm_proposal(actor=actor, proposal=proposal),
        lambda: actions.refuse_proposal(actor=actor, proposal=proposal),
    ):
        with pytest.raises(PermissionDeniedError):
            attempt()
    assert Proposal.objects.get().outcome == Outcome.WAITING


def test_an_administrator_of_the_parent_counts_and_one_of_elsewhere_does_not(cast: Cast) -> None:
    province = make_organisation(cast.province, "UBND tỉnh Quảng Ninh")
    commune = make_organisation(cast.commune, "UBND xã Mới", parent=province)
    province.refresh_from_db()
    first = make_member(commune, Role.ADMINISTRATOR)
    above = make_member(province, Role.ADMINISTRATOR)
    proposal = actions.propose_role(actor=first, person=cast.head, organisation=commune, role=Role.APPROVER)
    assert isinstance(proposal, Proposal)
    with pytest.raises(PermissionDeniedError):
        actions.confirm_proposal(actor=cast.administrator, proposal=proposal)
    actions.confirm_proposal(actor=above, proposal=proposal)
    assert may(cast.head, "release.sign", organisation=commune)


def test_who_proposed_must_still_manage_when_it_is_confirmed(cast: Cast, second: Person) -> None:
    proposal = propose(cast)
    RoleGrant.objects.filter(person=cast.administrator).update(until=clock.now())
    with pytest.raises(PermissionDeniedError):
        actions.confirm_proposal(actor=second, proposal=proposal)
    assert not may(cast.head, "release.sign")


def test_a_proposal_is_decided_once_and_is_over_after_two_weeks(cast: Cast, second: Person) -> None:
    proposal = propose(cast)
    actions.refuse_proposal(actor=second, proposal=proposal)
    with pytest.raises(ConflictError):
        actions.confirm_proposal(actor=second, proposal=proposal)
    late = propose(cast)
    with clock.frozen(clock.now() + timedelta(days=14, minutes=1)):
        with pytest.raises(ConflictError):
            actions.confirm_proposal(actor=second, proposal=late)
        anew = propose(cast)
        assert anew.pk != late.pk
        actions.confirm_proposal(actor=second, proposal=anew)
    assert [one.outcome for one in Proposal.objects.order_by("pk")] == ["refused", "withdrawn", "confirmed"]


def test_the_same_is_proposed_once_and_what_somebody_has_is_not_proposed(cast: Cast, second: Person) -> None:
    assert propose(cast).pk == propose(cast).pk
    held = actions.propose_role(
        actor=cast.administrator,
        person=cast.approver_one,
        organisation=cast.organisation,
        role=Role.APPROVER,
    )
    assert isinstance(held, RoleGrant)
    assert Entry.objects.count() == 1


def test_who_proposed_takes_it_back_and_it_counts_as_no_refusal(cast: Cast) -> None:
    proposal = propose(cast)
    actions.refuse_proposal(actor=cast.administrator, proposal=proposal)
    assert Proposal.objects.get().outcome == Outcome.WITHDRAWN


def test_the_system_gives_every_role_for_installation_and_demo(cast: Cast) -> None:
    actions.grant_role(actor=SYSTEM, person=cast.head, organisation=cast.organisation, role=Role.APPROVER)
    assert may(cast.head, "release.sign")


def test_two_administrators_do_it_at_their_pages(cast: Cast, second: Person) -> None:
    one, two = Client(), Client()
    one.force_login(cast.administrator)
    two.force_login(second)
    typed = {"organisation": cast.organisation.pk, "role": "approver"}
    page = text(one.post(f"/thiet-lap/nguoi/{cast.head.pk}/vai-tro/", typed, follow=True))
    assert "Đã đề nghị vai trò cho Phạm Văn Đầu" in page
    assert "chờ người thứ hai" in page
    assert "chờ người khác: bạn đã đề nghị" in text(one.get("/thiet-lap/cho-nguoi-thu-hai/"))
    proposal = Proposal.objects.get()
    assert one.post(f"/thiet-lap/cho-nguoi-thu-hai/{proposal.pk}/dong-y/").status_code == 403
    assert "Lê Văn Trị đề nghị" in text(two.get("/thiet-lap/cho-nguoi-thu-hai/"))
    done = two.post(f"/thiet-lap/cho-nguoi-thu-hai/{proposal.pk}/dong-y/", follow=True)
    assert "Phạm Văn Đầu có vai trò từ bây giờ" in text(done)
    assert may(cast.head, "release.sign")


def test_somebody_new_waits_for_his_first_role_and_is_listed(client: Client, cast: Cast) -> None:
    client.force_login(cast.administrator)
    typed: dict[str, Any] = {"full_name": "Nguyễn Văn Mới", "username": "van.moi", "password": NEW_PASSWORD}
    typed |= {"organisation": cast.organisation.pk, "role": "approver"}
    page = text(client.post("/thiet-lap/nguoi/them/", typed, follow=True))
    assert "vai trò chờ một người quản trị khác đồng ý" in page
    assert not Person.objects.get(username="van.moi").grants.exists()
    assert "Nguyễn Văn Mới" in text(client.get("/thiet-lap/nguoi/"))


# A new beginning: everything to sign in with is lost.


def test_a_new_beginning_by_two_ends_everything_and_grants_the_roles_anew(cast: Cast, second: Person) -> None:
    approver = cast.approver_one
    authenticator = passkey_of(approver)
    phone_of(approver)
    approver.refresh_from_db()
    client, told = Client(), []
    sign_in_by_passkey(client, authenticator)
    before = RoleGrant.objects.get(person=approver)
    proposal = actions.propose_recovery(actor=cast.administrator, person=approver)
    assert is_signed_in(client)
    on_password_reset.append(told.append)
    try:
        confirmed = actions.confirm_proposal(actor=second, proposal=proposal)
    finally:
        on_password_reset.remove(told.append)
    assert told == [approver]
    assert not is_signed_in(client)
    assert not passkeys_of(approver).exists()
    assert approver.passkeys.get().end_reason == PasskeyEnd.REPLACED
    assert not has_second_factor(approver)
    before.refresh_from_db()
    assert before.until is not None
    anew = RoleGrant.objects.get(person=approver, until=None)
    assert (anew.role, anew.granted_by) == ("approver", "Lê Văn Trị, Vi Thị Hai")
    assert type_password(Client(), approver.username).status_code == 200  # the old one opens nothing
    other = Client()
    typed = {"username": approver.username, "password": confirmed.password}
    other.post("/tai-khoan/dang-nhap/", typed)
    assert is_signed_in(other)
    assert confirmed.password not in str(list(Entry.objects.values()))


def test_roles_that_take_one_go_on_through_a_new_beginning(cast: Cast, second: Person) -> None:
    proposal = actions.propose_recovery(actor=cast.administrator, person=cast.editor)
    before = RoleGrant.objects.get(person=cast.editor)
    actions.confirm_proposal(actor=second, proposal=proposal)
    assert RoleGrant.objects.get(person=cast.editor).pk == before.pk


def test_a_commune_begins_nobody_anew_who_also_works_for_the_province(cast: Cast, second: Person) -> None:
    proposal = actions.propose_recovery(actor=cast.administrator, person=cast.editor)
    grant(cast.editor, make_organisation(cast.province, "UBND tỉnh"), Role.VIEWER)
    with pytest.raises(PermissionDeniedError):
        actions.confirm_proposal(actor=second, proposal=proposal)
    with pytest.raises(PermissionDeniedError):
        actions.propose_recovery(actor=cast.administrator, person=cast.editor)
    cast.editor.refresh_from_db()
    assert cast.editor.check_password(PASSWORD)


def test_the_second_administrator_sees_the_first_password_once(cast: Cast, second: Person) -> None:
    proposal = make_proposal(
        cast.editor, cast.organisation, cast.administrator, role="", kind=ProposalKind.RECOVERY
    )
    client = Client()
    client.force_login(second)
    page = text(client.post(f"/thiet-lap/cho-nguoi-thu-hai/{proposal.pk}/dong-y/"))
    assert "Đọc cho chính Nguyễn Thị Hậu nghe" in page
    assert client.post(f"/thiet-lap/cho-nguoi-thu-hai/{proposal.pk}/dong-y/").status_code == 409


def test_one_administrator_cannot_become_an_approver_who_has_only_a_password(
    cast: Cast, settings: Any
) -> None:
    settings.SECOND_FACTOR = True
    with pytest.raises(TwoPeopleError):
        actions.reset_password(actor=cast.administrator, person=cast.approver_one, password=NEW_PASSWORD)
    phone_of(cast.approver_one)
    actions.reset_password(actor=cast.administrator, person=cast.approver_one, password=NEW_PASSWORD)
    actions.reset_password(actor=cast.administrator, person=cast.editor, password=NEW_PASSWORD)
