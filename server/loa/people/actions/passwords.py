# SPDX-License-Identifier: AGPL-3.0-or-later
"""Passwords: one's own, and a forgotten one."""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.config.errors import PermissionDeniedError
from loa.people.actions.checks import Actors, PersonError, check_password, refuse_own, require_settings
from loa.people.actions.roles import TwoPeopleError
from loa.people.actions.seams import on_password_change, on_password_reset
from loa.people.actions.sessions import close_sessions
from loa.people.models import Person, RoleGrant
from loa.people.queries import has_second_factor
from loa.people.rules import needs_two


@transaction.atomic
def change_password(*, person: Person, old_password: str, new_password: str, keep_session: str = "") -> None:
    """Change one's own password; what is sealed with the old one is sealed anew, and other sessions end.

    Args:
        keep_session: key of the session that goes on.

    Raises:
        PersonError: the old password is wrong or the new one too weak.
    """
    if not person.check_password(old_password):
        raise PersonError(_("Mật khẩu hiện tại chưa đúng. Gõ lại."), field="old_password")
    check_password(new_password, person, field="new_password")
    person.set_password(new_password)
    person.save(update_fields=["password"])
    for listener in on_password_change:
        listener(person, old_password, new_password)
    close_sessions(person, keep=keep_session)
    audit.record(actor=person, action="people.change_password", obj=person)


@transaction.atomic
def reset_password(*, actor: Actors, person: Person, password: str) -> None:
    """Give a person who forgot his password a new one; a signing key sealed with the old one is lost.

    Raises:
        PermissionDeniedError: the person has a role somewhere that the actor does not manage.
        TwoPeopleError: the password would be all that is needed to sign in with a role that takes two people.
        PersonError: the password is too weak.
    """
    refuse_own(actor, person)
    grants = list(person.grants.filter(until__isnull=True).select_related("organisation__area"))
    for grant in grants:
        require_settings(actor, grant.organisation)  # all of them, or a commune could take over a province
    if isinstance(actor, Person) and not grants:
        raise PermissionDeniedError(_("Người này không có vai trò nào ở cơ quan bạn quản trị."))
    if isinstance(actor, Person) and settings.SECOND_FACTOR and not has_second_factor(person):
        _refuse_alone(grants)
    check_password(password, person, field="password")
    person.set_password(password)
    person.save(update_fields=["password"])
    close_sessions(person)
    for listener in on_password_reset:
        listener(person)
    audit.record(actor=actor, action="people.reset_password", obj=person)


def _refuse_alone(grants: Iterable[RoleGrant]) -> None:
    """Refuse one administrator what would let him sign in as somebody who releases or manages.

    Raises:
        TwoPeopleError: one of the roles takes two people.
    """
    if any(needs_two(grant.role) for grant in grants):
        raise TwoPeopleError(
            _("Người này chưa có bước thứ hai, mà vai trò cần hai người giao. Dùng “Bắt đầu lại đăng nhập”.")
        )
