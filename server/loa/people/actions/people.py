# SPDX-License-Identifier: AGPL-3.0-or-later
"""People and their roles."""

import re

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.audit.actor import as_actor
from loa.config import clock
from loa.config.errors import ConflictError
from loa.people.actions.checks import Actors, PersonError, check_password, refuse_own, require_settings, text
from loa.people.actions.seams import on_role_change
from loa.people.models import Organisation, Person, Role, RoleGrant
from loa.people.rules import ROLE_NAMES
from loa.people.scope import forget

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,79}")


@transaction.atomic
def add_person(
    *,
    actor: Actors,
    username: str,
    full_name: str,
    password: str,
    organisation: Organisation,
    role: Role | str,
    is_sample: bool = False,
) -> Person:
    """Add somebody who signs in, with a first role at an organisation.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation.
        ConflictError: the sign-in name is taken.
        PersonError: a value is missing or the password is too weak.
    """
    require_settings(actor, organisation)
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise PersonError(
            _("Tên đăng nhập gồm chữ không dấu, số, dấu chấm hoặc gạch, từ 2 chữ. Ví dụ nguyen.hau."),
            field="username",
        )
    if Person.objects.filter(username=username).exists():
        raise ConflictError(
            _("Tên đăng nhập %(username)s đã có người dùng. Thêm số hoặc tên đệm.") % {"username": username},
            field="username",
        )
    full_name = text(full_name, field="full_name", length=120, missing=_("Thiếu họ và tên."))
    person = Person(username=username, full_name=full_name, is_sample=is_sample)
    check_password(password, person, field="password")
    person.set_password(password)
    person.save()
    audit.record(actor=actor, action="people.add_person", obj=person, area_code=organisation.area.code)
    grant_role(actor=actor, person=person, organisation=organisation, role=role)
    return person


@transaction.atomic
def grant_role(*, actor: Actors, person: Person, organisation: Organisation, role: Role | str) -> RoleGrant:
    """Give a person a role at an organisation; one that he has is returned and nothing is written.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation, or would raise himself.
    """
    require_settings(actor, organisation)
    refuse_own(actor, person)
    role = Role(role)
    now = clock.now()
    running = Q(until__isnull=True) | Q(until__gt=now)
    held = RoleGrant.objects.filter(running, person=person, organisation=organisation, role=role).first()
    if held is not None:
        return held
    grant = RoleGrant.objects.create(
        person=person, organisation=organisation, role=role, since=now, granted_by=as_actor(actor).name
    )
    forget(person)
    audit.record(
        actor=actor,
        action="people.grant_role",
        obj=person,
        details={"role": role.value, "organisation": organisation.name, "name": str(ROLE_NAMES[role])},
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
    now = clock.now()
    if not RoleGrant.objects.filter(pk=grant.pk, until__isnull=True).update(until=now):
        return
    grant.until = now
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
