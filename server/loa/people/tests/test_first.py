# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from loa.audit.models import Entry
from loa.config.errors import ConflictError, NotFoundError
from loa.people.actions.first import add_first_administrator
from loa.people.models import Person
from loa.people.queries import may
from loa.people.rules import Permission

pytestmark = pytest.mark.django_db

GIVEN = {
    "area_code": "06895",
    "organisation": "UBND xã Đầm Hà",
    "username": "tri",
    "full_name": "Lê Văn Trị",
    "password": "mot-cau-dai-de-nho",
}


def test_the_operator_adds_the_first_administrator() -> None:
    person = add_first_administrator(**GIVEN)
    assert may(person, Permission.SETTINGS_MANAGE, organisation=person.grants.get().organisation)
    assert person.check_password(GIVEN["password"])
    assert Entry.objects.filter(action="people.add_person", actor_id="system").exists()


def test_the_second_one_joins_the_same_authority_and_a_third_is_refused() -> None:
    first = add_first_administrator(**GIVEN)
    second = add_first_administrator(**{**GIVEN, "username": "hai"})
    assert first.grants.get().organisation == second.grants.get().organisation
    with pytest.raises(ConflictError, match="đã có hai người quản trị"):
        add_first_administrator(**{**GIVEN, "username": "ba"})
    assert Person.objects.count() == 2


def test_an_unknown_unit_changes_nothing() -> None:
    with pytest.raises(NotFoundError, match="99999"):
        add_first_administrator(**{**GIVEN, "area_code": "99999"})
    assert not Person.objects.exists()
