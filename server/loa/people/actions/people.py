# SPDX-License-Identifier: AGPL-3.0-or-later
"""People."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.config.errors import ConflictError
from loa.people.actions.checks import Actors, PersonError, check_password, require_settings, text
from loa.people.actions.proposals import give_role
from loa.people.models import Organisation, Person, Role

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
    """Add somebody who signs in, with a first role at an organisation; one that takes two people waits.

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
    give_role(actor=actor, person=person, organisation=organisation, role=role)
    return person
