# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seams for apps above: what they keep under a password, and what they publish about roles.

Each listener is called inside the action's transaction; an error that it raises undoes the whole change.
"""

from collections.abc import Callable

from loa.people.models import Passkey, Person, RoleGrant

on_password_change: list[Callable[[Person, str, str], None]] = []  # (person, old password, new password)
on_password_reset: list[Callable[[Person], None]] = []  # the old password is not known
on_role_change: list[Callable[[RoleGrant], None]] = []  # granted, or ended
on_credential_added: list[Callable[[Passkey], None]] = []  # a new passkey, which may sign once lists name it
on_credential_ended: list[Callable[[Passkey], None]] = []  # lost, retired, shared or replaced: see its reason
on_leave_change: list[Callable[[Person], None]] = []  # somebody goes on leave, comes back, or another day
