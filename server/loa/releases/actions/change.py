# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every change of a release has in common: its row is held, and the change is written down and told."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.config.errors import ConflictError, NotFoundError
from loa.jobs import outbox
from loa.people.models import Person
from loa.releases.errors import MayNotSignError
from loa.releases.models import Release, SigningKey


def locked(release: Release) -> Release:
    """Return the release as it is stored now, held until the caller's transaction ends.

    Raises:
        NotFoundError: it is gone.
    """
    found = (
        Release.objects.select_for_update(of=("self",))
        .select_related(
            "revision__message", "revision__author", "organisation__area", "policy", "sound", "submitted_by"
        )
        .filter(pk=release.pk)
        .first()
    )
    if found is None:
        raise NotFoundError(_("Không có yêu cầu duyệt này."))
    return found


def key_of(actor: Person, keyid: str) -> SigningKey:
    """Return the actor's key with this id, if it is in use.

    Raises:
        ConflictError: it is not.
    """
    key = SigningKey.objects.filter(person=actor, keyid=keyid, retired_at=None, revoked_at=None).first()
    if key is None:
        raise ConflictError(_("Khóa ký không phải khóa đang dùng của bạn. Chưa ký gì."))
    return key


def refuse(sentence: str) -> None:
    """Stop where something stands against the step.

    Raises:
        MayNotSignError: there is a sentence.
    """
    if sentence:
        raise MayNotSignError(sentence)


def record(release: Release, actor: Person | None, action: str, details: Mapping[str, object]) -> None:
    """Write the audit entry of a change, and have the pages that show the release renew themselves."""
    code = release.organisation.area.code
    audit.record(
        actor=actor,
        action=action,
        obj=release,
        details={"message": release.revision.message.code, "revision": release.revision.number, **details},
        area_code=code,
    )
    outbox.put("event", key=code, payload={"kind": "release", "id": str(release.pk)})
