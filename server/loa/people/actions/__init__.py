# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes people, posts, organisations, roles and what they sign in with: one function per verb."""

from loa.people.actions.absence import appoint_deputy, end_deputyship, end_leave, record_leave
from loa.people.actions.checks import PersonError
from loa.people.actions.factors import (
    begin_code_app,
    check_second_factor,
    confirm_code_app,
    drop_code_app,
    renew_recovery_codes,
)
from loa.people.actions.organisations import add_organisation, add_post, hold_post, vacate_post
from loa.people.actions.passkeys import add_passkey, end_passkey, use_passkey
from loa.people.actions.passwords import change_password, reset_password
from loa.people.actions.people import add_person
from loa.people.actions.proposals import (
    Confirmed,
    confirm_proposal,
    give_role,
    propose_recovery,
    propose_role,
    refuse_proposal,
)
from loa.people.actions.roles import TwoPeopleError, end_role, grant_role
from loa.people.actions.seams import (
    on_credential_added,
    on_credential_ended,
    on_leave_change,
    on_password_change,
    on_password_reset,
    on_role_change,
)
from loa.people.actions.sessions import end_sessions
from loa.people.actions.villages import add_villages

__all__ = [
    "Confirmed",
    "PersonError",
    "TwoPeopleError",
    "add_organisation",
    "add_passkey",
    "add_person",
    "add_post",
    "add_villages",
    "appoint_deputy",
    "begin_code_app",
    "change_password",
    "check_second_factor",
    "confirm_code_app",
    "confirm_proposal",
    "drop_code_app",
    "end_deputyship",
    "end_leave",
    "end_passkey",
    "end_role",
    "end_sessions",
    "give_role",
    "grant_role",
    "hold_post",
    "on_credential_added",
    "on_credential_ended",
    "on_leave_change",
    "on_password_change",
    "on_password_reset",
    "on_role_change",
    "propose_recovery",
    "propose_role",
    "record_leave",
    "refuse_proposal",
    "renew_recovery_codes",
    "reset_password",
    "use_passkey",
    "vacate_post",
]
