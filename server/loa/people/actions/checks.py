# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every action here checks first."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from loa.areas.folding import nfc
from loa.audit.actor import Actor
from loa.config.errors import LoaError, PermissionDeniedError
from loa.people.models import Organisation, Person
from loa.people.queries import require
from loa.people.rules import Permission

Actors = Person | Actor | None  # None is the system


class PersonError(LoaError):
    """Something about a person, post or organisation cannot be as it was typed."""

    code = "person"


def require_settings(actor: Actors, organisation: Organisation) -> None:
    """Check an actor who is a person; the system itself (installation, demo, command line) may.

    Raises:
        PermissionDeniedError: the person does not manage this organisation.
    """
    if isinstance(actor, Person):
        require(actor, Permission.SETTINGS_MANAGE, organisation=organisation)


def refuse_own(actor: Actors, person: Person) -> None:
    """Refuse whoever would change what he himself may do.

    Raises:
        PermissionDeniedError: actor and person are one.
    """
    if isinstance(actor, Person) and actor.pk == person.pk:
        raise PermissionDeniedError(_("Không ai tự đổi vai trò của mình. Nhờ một người quản trị khác."))


def text(value: str, *, field: str, length: int, missing: str) -> str:
    """Return the text as it is stored.

    Raises:
        PersonError: it is empty (with the sentence ``missing``) or longer than ``length`` characters.
    """
    value = nfc(value)
    if not value:
        raise PersonError(missing, field=field)
    if len(value) > length:
        raise PersonError(_("Dài quá %(count)s chữ. Ghi gọn lại.") % {"count": length}, field=field)
    return value


def check_password(password: str, person: Person, *, field: str) -> None:
    """Hold a new password to the rules of the settings.

    Raises:
        PersonError: with every sentence about what is missing.
    """
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise PersonError(" ".join(error.messages), field=field) from error
