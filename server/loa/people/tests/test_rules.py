# SPDX-License-Identifier: AGPL-3.0-or-later
from pathlib import Path

import pytest

import loa
from loa.people.models import Role
from loa.people.roles_page import page
from loa.people.rules import PERMISSION_NAMES, PERMISSIONS, ROLE_NAMES, Permission, allows, roles_with

DOCS = Path(loa.__file__).parents[2] / "docs"


def test_every_role_and_permission_is_in_the_tables() -> None:
    assert set(PERMISSIONS) == set(ROLE_NAMES) == set(Role)
    assert set(PERMISSION_NAMES) == set(Permission)
    assert all(roles_with(permission) for permission in Permission)


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        (Role.EDITOR, Permission.RELEASE_SIGN),
        (Role.APPROVER, Permission.MESSAGE_WRITE),
        (Role.ADMINISTRATOR, Permission.RELEASE_SIGN),
        (Role.ADMINISTRATOR, Permission.MESSAGE_WRITE),
        (Role.VIEWER, Permission.PLAN_EDIT),
    ],
)
def test_duties_that_must_stay_apart_are_in_no_one_role(role: Role, permission: Permission) -> None:
    assert not allows(role, permission)


def test_the_page_of_roles_is_the_table() -> None:
    assert (DOCS / "roles.md").read_text(encoding="utf-8") == page(), (
        "Write it anew: python -m loa.people.roles_page > docs/roles.md"
    )
