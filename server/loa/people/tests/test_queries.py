# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from loa.areas.models import Area
from loa.config import clock
from loa.config.errors import NotFoundError, PermissionDeniedError
from loa.people import queries
from loa.people.models import Organisation, Person, PostHolding, Role, RoleGrant
from loa.people.rules import PERMISSIONS, Permission
from loa.people.scope import remember
from loa.people.tests.factories import Cast, grant, make_cast, make_organisation, make_person

pytestmark = pytest.mark.django_db
PARTS = {
    "viewer": Role.VIEWER,
    "planner": Role.PLANNER,
    "editor": Role.EDITOR,
    "approver_one": Role.APPROVER,
    "device_keeper": Role.DEVICE_KEEPER,
    "administrator": Role.ADMINISTRATOR,
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.mark.parametrize("permission", list(Permission))
def test_each_role_may_what_the_table_says_in_its_commune_and_nothing_in_another(
    cast: Cast, permission: Permission
) -> None:
    for part, role in PARTS.items():
        person = cast.people[part]
        expected = permission in PERMISSIONS[role]
        assert queries.may(person, permission) is expected
        assert queries.may(person, permission, organisation=cast.organisation) is expected
        assert queries.may(person, permission, area=cast.villages[0]) is expected
        assert not queries.may(person, permission, organisation=cast.other_organisation)
        assert not queries.may(person, permission, area=cast.other_commune)


def test_a_role_covers_the_organisations_below_but_not_above(cast: Cast) -> None:
    clerk = make_person()
    grant(clerk, cast.office, Role.EDITOR)
    assert queries.may(cast.editor, "message.write", organisation=cast.office)
    assert queries.may(clerk, "message.write", organisation=cast.office)
    assert not queries.may(clerk, "message.write", organisation=cast.organisation)


def test_a_role_covers_the_areas_that_lower_organisations_serve(cast: Cast) -> None:
    top = make_organisation(cast.commune, "Cơ quan cấp trên")
    make_organisation(cast.other_commune, "Cơ quan trực thuộc", parent=top)
    top.refresh_from_db()
    person = make_person()
    grant(person, top, Role.VIEWER)
    assert queries.may(person, "view", area=cast.other_commune)
    assert {area.code for area in queries.areas_for(person)} == {"06895", "06913"}


def test_a_role_does_not_cover_the_province_above_its_commune(cast: Cast) -> None:
    assert not queries.may(cast.editor, "view", area=cast.province)


def test_one_role_must_cover_both_organisation_and_area(cast: Cast) -> None:
    grant(cast.editor, cast.other_organisation, Role.VIEWER)
    assert not queries.may(
        cast.editor, "message.write", organisation=cast.organisation, area=cast.other_commune
    )


def test_a_role_counts_from_its_beginning_to_its_end(cast: Cast) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    RoleGrant.objects.filter(person=cast.editor).update(since=now, until=now + timedelta(hours=1))
    seen = {}
    for minutes in (-1, 0, 59, 60):
        with clock.frozen(now + timedelta(minutes=minutes)):
            seen[minutes] = queries.may(cast.editor, "message.write")
    assert seen == {-1: False, 0: True, 59: True, 60: False}


def test_whoever_is_switched_off_may_nothing(cast: Cast) -> None:
    cast.editor.is_active = False
    assert not queries.may(cast.editor, "view")
    assert queries.areas_for(cast.editor) == []


def test_an_unknown_permission_is_a_mistake_of_the_program(cast: Cast) -> None:
    with pytest.raises(ValueError):
        queries.may(cast.editor, "message.delete")


def test_require_names_what_is_missing_and_where(cast: Cast) -> None:
    queries.require(cast.editor, "message.write", organisation=cast.organisation)
    with pytest.raises(PermissionDeniedError, match="ký duyệt phát hành ở UBND xã Đầm Hà"):
        queries.require(cast.editor, "release.sign", organisation=cast.organisation)
    with pytest.raises(PermissionDeniedError, match="Hỏi người quản trị"):
        queries.require(cast.editor, "release.sign")


def test_absent_and_forbidden_look_the_same(cast: Cast) -> None:
    sentences = set()
    for pk in (cast.organisation.pk, 999_999):
        with pytest.raises(NotFoundError) as caught:
            queries.access_organisation(cast.outsider, pk)
        sentences.add(caught.value.message)
    for code in (cast.commune.code, "99999"):
        with pytest.raises(NotFoundError) as caught:
            queries.access_area(cast.outsider, code)
        sentences.add(caught.value.message)
    assert len(sentences) == 2


def test_what_one_sees_but_may_not_change_is_forbidden(cast: Cast) -> None:
    assert queries.access_organisation(cast.viewer, cast.organisation.pk) == cast.organisation
    assert queries.access_area(cast.viewer, cast.villages[0].code) == cast.villages[0]
    with pytest.raises(PermissionDeniedError):
        queries.access_organisation(cast.viewer, cast.organisation.pk, Permission.SETTINGS_MANAGE)
    with pytest.raises(PermissionDeniedError):
        queries.access_area(cast.viewer, cast.commune.code, Permission.SETTINGS_MANAGE)


def test_covered_filters_to_the_areas_of_a_person(cast: Cast) -> None:
    seen = Area.objects.filter(queries.covered(cast.editor, field="path"))
    assert {area.code for area in seen} == {"06895", "06895-01", "06895-02", "06895-03"}
    nobody = make_person()
    assert not Organisation.objects.filter(queries.covered(nobody)).exists()


def test_organisations_where_a_permission_is_held_include_those_below(cast: Cast) -> None:
    assert list(queries.organisations_for(cast.editor, "message.write")) == [cast.organisation, cast.office]
    assert not queries.organisations_for(cast.viewer, "message.write").exists()


def test_people_with_a_permission_hold_it_there_or_above(cast: Cast) -> None:
    assert set(queries.people_with("release.sign", cast.office)) == {cast.approver_one, cast.approver_two}
    assert list(queries.people_with("release.sign", cast.other_organisation)) == [cast.outsider]
    Person.objects.filter(pk=cast.outsider.pk).update(is_active=False)
    assert not queries.people_with("release.sign", cast.other_organisation).exists()


def test_a_scope_takes_two_queries_and_is_kept_for_a_requests_person(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        queries.may(cast.editor, "view")
    remember(cast.editor)
    with django_assert_num_queries(2):
        for village in cast.villages:
            queries.may(cast.editor, "message.write", area=village)


def test_a_post_is_held_by_one_person_at_a_time_and_a_vacant_one_by_nobody(cast: Cast) -> None:
    today = date(2026, 11, 24)
    assert queries.holder(cast.head_post, today) == cast.head
    assert queries.holder(cast.head_post, date(2025, 6, 30)) is None
    assert queries.holder(cast.vacant_post, today) is None
    PostHolding.objects.filter(post=cast.head_post).update(until=today)
    assert queries.holder(cast.head_post, today) == cast.head
    assert queries.holder(cast.head_post, today + timedelta(days=1)) is None


def test_holders_of_many_posts_take_one_query(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = queries.holders([cast.head_post, cast.vacant_post], date(2026, 11, 24))
    assert found == {cast.head_post.pk: cast.head}
