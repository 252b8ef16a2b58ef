# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seams for apps above: what they keep under a password, and what they publish about roles.

Each listener is called inside the action's transaction; an error that it raises undoes the whole change.
"""

from collections.abc import Callable

from loa.people.models import Person, RoleGrant

on_password_change: list[Callable[[Person, str, str], None]] = []  # (person, old password, new password)
on_password_reset: list[Callable[[Person], None]] = []  # the old password is not known
on_role_change: list[Callable[[RoleGrant], None]] = []  # granted, or ended
