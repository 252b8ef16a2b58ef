# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest
from click.testing import CliRunner

from loa.audit.models import Entry
from loa.config.cli import cli
from loa.config.errors import ConflictError, NotFoundError
from loa.people.actions.first import add_first_administrator, begin_anew_on_the_machine
from loa.people.models import Organisation, Person, Role
from loa.people.queries import may
from loa.people.rules import Permission
from loa.people.tests.factories import make_member, make_passkey

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


def test_the_second_one_is_not_asked_for_the_authority_again() -> None:
    words = ["--username", "tri", "--name", "Lê Văn Trị", "--password", GIVEN["password"]]
    first = CliRunner().invoke(
        cli, ["setup", "06895", *words], input="UBND xã Đầm Hà\n", catch_exceptions=False
    )
    assert "Tên cơ quan" in first.output
    words[1] = "hai"
    second = CliRunner().invoke(cli, ["setup", "06895", *words], input="", catch_exceptions=False)
    assert (second.exit_code, "Tên cơ quan" in second.output) == (0, False)
    assert Organisation.objects.filter(grants__role=Role.ADMINISTRATOR).distinct().count() == 1


def test_an_unknown_unit_changes_nothing() -> None:
    with pytest.raises(NotFoundError, match="99999"):
        add_first_administrator(**{**GIVEN, "area_code": "99999"})
    assert not Person.objects.exists()


def test_the_operator_lets_the_last_administrators_begin_anew_and_no_more() -> None:
    first = add_first_administrator(**GIVEN)
    passkey = make_passkey(first)
    add_first_administrator(**{**GIVEN, "username": "hai"})
    password = begin_anew_on_the_machine(username=" Tri ")
    first.refresh_from_db()
    passkey.refresh_from_db()
    assert first.check_password(password)
    assert passkey.end_reason == "replaced"
    assert may(first, Permission.SETTINGS_MANAGE)
    assert Entry.objects.filter(action="people.begin_anew", actor_id="system").exists()
    make_member(first.grants.get(until=None).organisation, Role.ADMINISTRATOR, "ba")
    with pytest.raises(ConflictError, match="hai người quản trị khác"):
        begin_anew_on_the_machine(username="tri")
    with pytest.raises(NotFoundError, match="khong-co"):
        begin_anew_on_the_machine(username="khong-co")
