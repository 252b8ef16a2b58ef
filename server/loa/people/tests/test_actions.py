# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from loa.areas.actions import VillageInput
from loa.audit.actor import SYSTEM
from loa.audit.models import Entry
from loa.config.errors import ConflictError, LoaError, PermissionDeniedError
from loa.people import actions
from loa.people.actions import PersonError, on_password_change, on_password_reset, on_role_change
from loa.people.models import Organisation, OrganisationKind, Person, PostHolding, Role, RoleGrant
from loa.people.queries import holder, may
from loa.people.tests.factories import (
    PASSWORD,
    Cast,
    grant,
    make_cast,
    make_organisation,
    make_person,
    make_post,
)

NEW_PASSWORD = "con-duong-lang-1999"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def add_person(cast: Cast, **fields: object) -> Person:
    given = {
        "actor": cast.administrator,
        "username": "nguyen.moi",
        "full_name": "Nguyễn Văn Mới",
        "password": NEW_PASSWORD,
        "organisation": cast.organisation,
        "role": Role.EDITOR,
        **fields,
    }
    return actions.add_person(**given)  # type: ignore[arg-type]


def test_an_administrator_adds_somebody_with_a_role(cast: Cast) -> None:
    person = add_person(cast)
    assert person.check_password(NEW_PASSWORD)
    assert may(person, "message.write", organisation=cast.organisation)
    assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == [
        "people.add_person",
        "people.grant_role",
    ]
    assert NEW_PASSWORD not in str(list(Entry.objects.values()))


@pytest.mark.parametrize("part", ["viewer", "planner", "editor", "approver_one", "device_keeper", "outsider"])
def test_nobody_else_changes_people_posts_organisations_or_villages(cast: Cast, part: str) -> None:
    actor = cast.people[part]
    attempts = (
        lambda: add_person(cast, actor=actor),
        lambda: actions.grant_role(
            actor=actor, person=cast.head, organisation=cast.organisation, role=Role.EDITOR
        ),
        lambda: actions.end_role(actor=actor, grant=RoleGrant.objects.get(person=cast.head)),
        lambda: actions.add_post(actor=actor, organisation=cast.organisation, title="Văn thư"),
        lambda: actions.hold_post(
            actor=actor, post=cast.vacant_post, person=cast.head, since=date(2026, 11, 1)
        ),
        lambda: actions.vacate_post(actor=actor, post=cast.head_post, since=date(2026, 11, 1)),
        lambda: actions.add_organisation(
            actor=actor, name="Đội", kind="office", area=cast.commune, parent=cast.organisation
        ),
        lambda: actions.add_villages(actor=actor, commune=cast.commune, villages=[VillageInput("Thôn Mới")]),
        lambda: actions.reset_password(actor=actor, person=cast.head, password=NEW_PASSWORD),
    )
    for attempt in attempts:
        with pytest.raises(PermissionDeniedError):
            attempt()
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"username": "Hậu!"}, "username"),
        ({"username": "x"}, "username"),
        ({"full_name": "   "}, "full_name"),
        ({"full_name": "a" * 121}, "full_name"),
        ({"password": "ngan"}, "password"),
        ({"password": "1234567890"}, "password"),
        ({"username": "nguyenvanmoi", "password": "nguyenvanmoi"}, "password"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(cast: Cast, fields: dict[str, str], field: str) -> None:
    people = Person.objects.count()
    with pytest.raises(PersonError) as caught:
        add_person(cast, **fields)
    assert caught.value.field == field
    assert Person.objects.count() == people


def test_a_sign_in_name_is_taken_once_whatever_its_case(cast: Cast) -> None:
    add_person(cast)
    with pytest.raises(ConflictError, match=r"nguyen\.moi đã có"):
        add_person(cast, username="Nguyen.Moi")


def test_nobody_changes_his_own_roles(cast: Cast) -> None:
    with pytest.raises(PermissionDeniedError, match="tự đổi vai trò"):
        actions.grant_role(
            actor=cast.administrator,
            person=cast.administrator,
            organisation=cast.organisation,
            role=Role.APPROVER,
        )
    with pytest.raises(PermissionDeniedError):
        actions.end_role(actor=cast.administrator, grant=RoleGrant.objects.get(person=cast.administrator))


def test_a_role_is_granted_once_and_ended_once(cast: Cast) -> None:
    for _ in range(2):
        role = actions.grant_role(
            actor=cast.administrator, person=cast.head, organisation=cast.organisation, role=Role.EDITOR
        )
    assert may(cast.head, "message.write")
    for _ in range(2):
        actions.end_role(actor=cast.administrator, grant=role)
    assert not may(cast.head, "message.write")
    entries = Entry.objects.order_by("pk").values_list("action", flat=True)
    assert list(entries) == ["people.grant_role", "people.end_role"]


def test_whoever_publishes_roles_hears_of_each_change(cast: Cast) -> None:
    heard: list[tuple[str, bool]] = []

    def listener(role: RoleGrant) -> None:
        heard.append((role.role, role.until is None))

    on_role_change.append(listener)
    try:
        role = actions.grant_role(
            actor=SYSTEM, person=cast.head, organisation=cast.organisation, role=Role.APPROVER
        )
        actions.end_role(actor=SYSTEM, grant=role)
    finally:
        on_role_change.remove(listener)
    assert heard == [("approver", True), ("approver", False)]


def test_a_post_passes_from_one_holder_to_the_next(cast: Cast) -> None:
    day = date(2026, 11, 1)
    actions.hold_post(actor=cast.administrator, post=cast.head_post, person=cast.viewer, since=day)
    assert holder(cast.head_post, day - timedelta(days=1)) == cast.head
    assert holder(cast.head_post, day) == cast.viewer


def test_who_holds_a_post_keeps_it_without_a_second_entry(cast: Cast) -> None:
    actions.hold_post(
        actor=cast.administrator, post=cast.head_post, person=cast.head, since=date(2026, 11, 1)
    )
    assert not Entry.objects.exists()
    assert PostHolding.objects.filter(post=cast.head_post).count() == 1


def test_a_post_is_not_taken_before_its_holder_took_it(cast: Cast) -> None:
    with pytest.raises(ConflictError, match="Phạm Văn Đầu giữ chức danh này từ ngày 01/07/2025"):
        actions.hold_post(
            actor=cast.administrator, post=cast.head_post, person=cast.viewer, since=date(2025, 7, 1)
        )


def test_a_vacated_post_is_vacant_and_vacating_it_again_writes_nothing(cast: Cast) -> None:
    day = date(2026, 11, 1)
    for _ in range(2):
        actions.vacate_post(actor=cast.administrator, post=cast.head_post, since=day)
    assert holder(cast.head_post, day) is None
    assert Entry.objects.count() == 1
    with pytest.raises(ConflictError, match="đến hết ngày 31/10/2026"):
        actions.hold_post(
            actor=cast.administrator, post=cast.head_post, person=cast.viewer, since=date(2026, 10, 31)
        )


def test_a_post_has_one_title_in_its_organisation(cast: Cast) -> None:
    with pytest.raises(ConflictError, match="đã có chức danh"):
        actions.add_post(actor=cast.administrator, organisation=cast.organisation, title=cast.head_post.title)


def test_an_organisation_is_added_below_and_never_at_the_top_by_a_person(cast: Cast) -> None:
    added = actions.add_organisation(
        actor=cast.administrator,
        name="Đội thông tin lưu động",
        kind=OrganisationKind.OFFICE,
        area=cast.commune,
        parent=cast.office,
    )
    assert added.path.startswith(cast.office.path)
    with pytest.raises(PermissionDeniedError, match="cấp trên"):
        actions.add_organisation(actor=cast.administrator, name="Mới", kind="office", area=cast.commune)
    with pytest.raises(PermissionDeniedError):  # it would widen his own reach
        actions.add_organisation(
            actor=cast.administrator,
            name="Mới",
            kind="office",
            area=cast.other_commune,
            parent=cast.organisation,
        )
    assert Organisation.objects.count() == 4


def test_a_changed_password_works_and_seals_are_told(cast: Cast) -> None:
    told: list[tuple[str, str, str]] = []

    def listener(person: Person, old: str, new: str) -> None:
        told.append((person.username, old, new))

    on_password_change.append(listener)
    try:
        actions.change_password(person=cast.editor, old_password=PASSWORD, new_password=NEW_PASSWORD)
    finally:
        on_password_change.remove(listener)
    assert Person.objects.get(pk=cast.editor.pk).check_password(NEW_PASSWORD)
    assert told == [("bien-tap", PASSWORD, NEW_PASSWORD)]


def test_a_seal_that_cannot_be_renewed_keeps_the_old_password(cast: Cast) -> None:
    def listener(person: Person, old: str, new: str) -> None:
        raise ConflictError("không mở được khóa")

    on_password_change.append(listener)
    try:
        with pytest.raises(ConflictError):
            actions.change_password(person=cast.editor, old_password=PASSWORD, new_password=NEW_PASSWORD)
    finally:
        on_password_change.remove(listener)
    assert Person.objects.get(pk=cast.editor.pk).check_password(PASSWORD)


@pytest.mark.parametrize(
    ("old", "new", "field"), [("sai", NEW_PASSWORD, "old_password"), (PASSWORD, "ngan", "new_password")]
)
def test_a_wrong_or_weak_password_changes_nothing(cast: Cast, old: str, new: str, field: str) -> None:
    with pytest.raises(PersonError) as caught:
        actions.change_password(person=cast.editor, old_password=old, new_password=new)
    assert caught.value.field == field
    assert Person.objects.get(pk=cast.editor.pk).check_password(PASSWORD)


def test_a_forgotten_password_is_replaced_and_keys_are_told(cast: Cast) -> None:
    told: list[Person] = []
    on_password_reset.append(told.append)
    try:
        actions.reset_password(actor=cast.administrator, person=cast.editor, password=NEW_PASSWORD)
    finally:
        on_password_reset.remove(told.append)
    assert Person.objects.get(pk=cast.editor.pk).check_password(NEW_PASSWORD)
    assert told == [cast.editor]


def test_a_communes_administrator_cannot_take_over_who_also_works_for_the_province(cast: Cast) -> None:
    province = make_organisation(cast.province, "UBND tỉnh Quảng Ninh")
    grant(cast.editor, province, Role.ADMINISTRATOR)
    with pytest.raises(PermissionDeniedError):
        actions.reset_password(actor=cast.administrator, person=cast.editor, password=NEW_PASSWORD)
    with pytest.raises(PermissionDeniedError):
        actions.reset_password(actor=cast.administrator, person=make_person(), password=NEW_PASSWORD)


class HandingOver(TestCase):
    """Whatever order posts are handed over and left in, each has at most one holder on each day."""

    @given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30), st.booleans()), min_size=1, max_size=8))
    @hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_a_post_has_at_most_one_holder_a_day(self, steps: list[tuple[int, int, bool]]) -> None:
        first = date(2026, 1, 1)
        post = make_post(make_organisation())
        people = [make_person() for _ in range(3)]
        for who, day, leaves in steps:
            since = first + timedelta(days=day)
            try:
                if leaves:
                    actions.vacate_post(actor=SYSTEM, post=post, since=since)
                else:
                    actions.hold_post(actor=SYSTEM, post=post, person=people[who], since=since)
            except LoaError:
                continue
        for day in range(-1, 32):
            on = first + timedelta(days=day)
            running = [
                row
                for row in post.holdings.all()
                if row.since <= on and (row.until is None or row.until >= on)
            ]
            assert len(running) <= 1
