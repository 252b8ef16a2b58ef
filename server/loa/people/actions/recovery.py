# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new beginning for somebody who has nothing left to sign in with."""

import secrets

from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.people.actions.checks import Actors
from loa.people.actions.factors import drop_second_factors
from loa.people.actions.passkeys import close_passkey
from loa.people.actions.roles import close_grant, write_grant
from loa.people.actions.seams import on_password_reset
from loa.people.actions.sessions import close_sessions
from loa.people.models import PasskeyEnd, Person, Role
from loa.people.queries import passkeys_of
from loa.people.rules import needs_two

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


def first_password() -> str:
    """Return a password to read out: four groups of four letters, 79 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _letter in range(_GROUP)) for _group in range(_GROUPS))
    return "-".join(groups)


def begin_anew(*, actor: Actors, person: Person, proposed_by: str = "") -> str:
    """End everything that a person signed in with and grant anew the roles that take two.

    Who may was checked: ``confirm_proposal`` by two administrators, ``begin_anew_on_the_machine`` by the operator.

    Returns:
        The password for his first sign-in, which is kept nowhere.
    """
    for passkey in passkeys_of(person):
        close_passkey(actor=actor, passkey=passkey, reason=PasskeyEnd.REPLACED)
    drop_second_factors(person)
    close_sessions(person)
    password = first_password()
    person.set_password(password)
    person.save(update_fields=["password"])
    for listener in on_password_reset:
        listener(person)
    for grant in person.grants.filter(until__isnull=True).select_related("organisation__area"):
        if needs_two(grant.role):
            close_grant(actor=actor, grant=grant)
            write_grant(
                actor=actor,
                person=person,
                organisation=grant.organisation,
                role=Role(grant.role),
                proposed_by=proposed_by,
            )
    audit.record(
        actor=actor,
        action="people.begin_anew",
        obj=person,
        details={"proposed_by": proposed_by, "what": _("khóa, mã, phiên, mật khẩu")},
    )
    return password
