# SPDX-License-Identifier: AGPL-3.0-or-later
"""Passkeys of people: added by themselves, ended by themselves or an administrator, for a reason."""

import logging

from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas.folding import nfc
from loa.audit import actions as audit
from loa.audit.actor import as_actor
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.people.actions.checks import Actors, require_settings
from loa.people.actions.seams import on_credential_added, on_credential_ended
from loa.people.models import Passkey, PasskeyEnd, Person
from loa.people.passkeys import Registered, Site, check_assertion, refused

logger = logging.getLogger(__name__)
NAME_LENGTH = 60
DEFAULT_NAME = "Khóa truy cập"
AT_MOST = 10  # passkeys in use by one person


@transaction.atomic
def add_passkey(*, person: Person, registered: Registered, name: str, site: Site) -> Passkey:
    """Add a passkey to one's own account; it signs in at once, and signs releases once a list names it.

    Raises:
        ConflictError: the passkey is somebody's already, or the person has ten.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    if Passkey.objects.filter(keyid=registered.public_key.keyid).exists() or (
        Passkey.objects.filter(credential_id=registered.credential_id).exists()
    ):
        raise ConflictError(_("Khóa truy cập này đã được thêm trước đây. Dùng khóa khác."))
    if Passkey.objects.filter(person=person, ended_at=None).count() >= AT_MOST:
        raise ConflictError(_("Bạn đã có %(count)s khóa. Bỏ bớt một khóa trước.") % {"count": AT_MOST})
    passkey = Passkey.objects.create(
        person=person,
        credential_id=registered.credential_id,
        name=nfc(name)[:NAME_LENGTH] or DEFAULT_NAME,
        cose=registered.cose,
        spki=registered.spki,
        algorithm=registered.algorithm,
        rp_id=site.rp_id,
        keyid=registered.public_key.keyid,
        transports=",".join(registered.transports),
        is_synced=registered.is_synced,
        sign_count=registered.sign_count,
        created_at=clock.now(),
    )
    audit.record(
        actor=person,
        action="people.add_passkey",
        obj=person,
        details={"name": passkey.name, "keyid": passkey.keyid, "synced": passkey.is_synced},
    )
    for listener in on_credential_added:
        listener(passkey)
    return passkey


@transaction.atomic
def use_passkey(
    *, given: dict[str, object], site: Site, challenge: bytes, person: Person | None = None
) -> Passkey:
    """Check a passkey's answer and note its use; a counter that did not rise is noted, never refused.

    Copies of synced passkeys count badly or not at all, so a counter proves a theft as little as it disproves one.

    Args:
        person: whose passkey it must be; anybody's when left out.

    Raises:
        PasskeyError: it is not known, has ended, or its answer cannot be taken.
    """
    passkey = (
        Passkey.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(credential_id=str(given.get("id", "")), ended_at=None, person__is_active=True)
        .first()
    )
    if passkey is None or (person is not None and passkey.person_id != person.pk):
        raise refused()
    count = check_assertion(given, passkey, site, challenge)
    if count <= passkey.sign_count and (count or passkey.sign_count):
        logger.warning("The counter of passkey %s fell from %s to %s.", passkey.pk, passkey.sign_count, count)
        audit.record(
            actor=passkey.person,
            action="people.passkey_counter_fell",
            obj=passkey.person,
            details={"name": passkey.name, "was": passkey.sign_count, "is": count},
        )
    passkey.sign_count, passkey.last_used_at = max(count, passkey.sign_count), clock.now()
    passkey.save(update_fields=["sign_count", "last_used_at"])
    return passkey


@transaction.atomic
def end_passkey(*, actor: Actors, passkey: Passkey, reason: PasskeyEnd | str) -> None:
    """End a passkey at once, one's own or as an administrator; one that has ended stays as it is.

    Raises:
        PermissionDeniedError: it is somebody else's, who has a role that the actor does not manage.
    """
    if isinstance(actor, Person) and actor.pk != passkey.person_id:
        require_managed(actor, passkey.person)
    close_passkey(actor=actor, passkey=passkey, reason=PasskeyEnd(reason))


def require_managed(actor: Actors, person: Person) -> None:
    """Check that an actor manages some organisation where a person has a role; it can only take away.

    Raises:
        PermissionDeniedError: he manages none of them.
    """
    grants = list(person.grants.filter(until__isnull=True).select_related("organisation__area"))
    last = None
    for grant in grants:
        try:
            require_settings(actor, grant.organisation)
        except PermissionDeniedError as error:
            last = error
        else:
            return
    raise last or PermissionDeniedError(_("Người này không có vai trò nào ở cơ quan bạn quản trị."))


def close_passkey(*, actor: Actors, passkey: Passkey, reason: PasskeyEnd) -> None:
    """Store the end of a passkey whose ender was checked, and ask that lists be published anew."""
    by, now = as_actor(actor).name, clock.now()
    rows = Passkey.objects.filter(pk=passkey.pk, ended_at=None)
    if not rows.update(ended_at=now, end_reason=reason, ended_by=by[:200]):
        return
    passkey.ended_at, passkey.end_reason, passkey.ended_by = now, reason, by
    audit.record(
        actor=actor,
        action="people.end_passkey",
        obj=passkey.person,
        details={"name": passkey.name, "keyid": passkey.keyid, "reason": reason.value},
    )
    for listener in on_credential_ended:
        listener(passkey)
