# SPDX-License-Identifier: AGPL-3.0-or-later
"""End sessions: with the next request a browser is signed out."""

from django.db import transaction

from loa.audit import actions as audit
from loa.people.actions.checks import Actors
from loa.people.actions.passkeys import require_managed
from loa.people.models import Person, Session


@transaction.atomic
def end_sessions(*, actor: Person, person: Person, label: str = "", keep: str = "") -> int:
    """End one session of a person, or all but one; return how many ended.

    Args:
        label: of the only one to end; all when left out.
        keep: key of a session that stays: the actor's own.

    Raises:
        PermissionDeniedError: it is another person, who has no role that the actor manages.
    """
    if actor.pk != person.pk:
        require_managed(actor, person)
    keys = [row.session_key for row in Session.objects.filter(person=person) if label in {"", row.label}]
    return _end(actor, person, [key for key in keys if key != keep])


def _end(actor: Actors, person: Person, keys: list[str]) -> int:
    ended, _tables = Session.objects.filter(person=person, pk__in=keys).delete()
    if ended:
        audit.record(actor=actor, action="people.end_sessions", obj=person, details={"count": ended})
    return ended


def close_sessions(person: Person, *, keep: str = "") -> None:
    """Delete a person's sessions but one; the action that does so writes the entry."""
    Session.objects.filter(person=person).exclude(pk=keep).delete()
