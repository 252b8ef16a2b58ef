# SPDX-License-Identifier: AGPL-3.0-or-later
"""Roles: given by one administrator where one is enough, and ended by one always."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.audit.actor import as_actor
from loa.config import clock
from loa.config.errors import LoaError
from loa.people.actions.checks import Actors, refuse_own, require_settings
from loa.people.actions.seams import on_role_change
from loa.people.models import Deputyship, Organisation, Person, Role, RoleGrant
from loa.people.rules import ROLE_NAMES, needs_two
from loa.people.scope import forget


class TwoPeopleError(LoaError):
    """One administrator alone may not do this."""

    code = "two_people"
    status = 409


@transaction.atomic
def grant_role(*, actor: Actors, person: Person, organisation: Organisation, role: Role | str) -> RoleGrant:
    """Give a person a role at an organisation; one that he has is returned and nothing is written.

    The system (installation, demo, command line) gives any role; an administrator those that take one person.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation, or would raise himself.
        TwoPeopleError: the role is proposed and confirmed, see ``actions.proposals``.
    """
    require_settings(actor, organisation)
    refuse_own(actor, person)
    role = Role(role)
    held = running_grant(person, organisation, role)
    if held is not None:
        return held
    if isinstance(actor, Person) and needs_two(role):
        raise TwoPeopleError(
            _("Vai trò %(role)s cần hai người quản trị: một người đề nghị, một người khác đồng ý.")
            % {"role": ROLE_NAMES[role]}
        )
    return write_grant(actor=actor, person=person, organisation=organisation, role=role)


def running_grant(person: Person, organisation: Organisation, role: Role) -> RoleGrant | None:
    """Return a role that a person has now, without an end that is known."""
    return RoleGrant.objects.filter(
        person=person, organisation=organisation, role=role, until__isnull=True
    ).first()


def write_grant(
    *,
    actor: Actors,
    person: Person,
    organisation: Organisation,
    role: Role,
    since: datetime | None = None,
    until: datetime | None = None,
    proposed_by: str = "",
    deputyship: Deputyship | None = None,
) -> RoleGrant:
    """Store a role whose givers were checked, with its audit entry, and tell who listens."""
    by = as_actor(actor).name
    grant = RoleGrant.objects.create(
        person=person,
        organisation=organisation,
        role=role,
        since=since or clock.now(),
        until=until,
        granted_by=(f"{proposed_by}, {by}" if proposed_by else by)[:200],
        deputyship=deputyship,
    )
    forget(person)
    details = {"role": role.value, "organisation": organisation.name, "name": str(ROLE_NAMES[role])}
    if proposed_by:
        details["proposed_by"] = proposed_by
    if until is not None:
        details["until"] = until.isoformat()
    audit.record(
        actor=actor,
        action="people.grant_role",
        obj=person,
        details=details,
        area_code=organisation.area.code,
    )
    for listener in on_role_change:
        listener(grant)
    return grant


@transaction.atomic
def end_role(*, actor: Actors, grant: RoleGrant) -> None:
    """End a role now; one that has ended stays so without a second entry.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation, or it is his own role.
    """
    require_settings(actor, grant.organisation)
    refuse_own(actor, grant.person)
    close_grant(actor=actor, grant=grant)


def close_grant(*, actor: Actors, grant: RoleGrant) -> None:
    """Store the end of a role whose ender was checked; one that has not begun never begins."""
    now = clock.now()
    running = Q(until__isnull=True) | Q(until__gt=now)
    end = max(now, grant.since)
    if not RoleGrant.objects.filter(running, pk=grant.pk).update(until=end):
        return
    grant.until = end
    forget(grant.person)
    audit.record(
        actor=actor,
        action="people.end_role",
        obj=grant.person,
        details={"role": grant.role, "organisation": grant.organisation.name},
        area_code=grant.organisation.area.code,
    )
    for listener in on_role_change:
        listener(grant)
