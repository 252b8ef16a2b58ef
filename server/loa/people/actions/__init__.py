# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes people, posts, organisations and roles: one function per verb."""

from loa.people.actions.checks import PersonError
from loa.people.actions.organisations import add_organisation, add_post, hold_post, vacate_post
from loa.people.actions.passwords import change_password, reset_password
from loa.people.actions.people import add_person, end_role, grant_role
from loa.people.actions.seams import on_password_change, on_password_reset, on_role_change
from loa.people.actions.villages import add_villages

__all__ = [
    "PersonError",
    "add_organisation",
    "add_person",
    "add_post",
    "add_villages",
    "change_password",
    "end_role",
    "grant_role",
    "hold_post",
    "on_password_change",
    "on_password_reset",
    "on_role_change",
    "reset_password",
    "vacate_post",
]
