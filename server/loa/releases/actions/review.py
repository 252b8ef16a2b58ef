# SPDX-License-Identifier: AGPL-3.0-or-later
"""After the glass was broken: everybody concerned is told at once, and another person looks at it."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.people.models import Person
from loa.people.queries import may
from loa.people.rules import Permission
from loa.releases.actions.change import locked, record
from loa.releases.errors import BadRequestError
from loa.releases.models import Broken, Release, Review
from loa.releases.telling import tell_of_broken_glass

DUE = timedelta(hours=24)
FINDING_LIMIT = 2000  # characters


def open_review(release: Release, what: Broken, person: Person, reason: str) -> Review:
    """Note in the caller's transaction that one person acted alone, and tell everybody concerned."""
    now = clock.now()
    made = Review.objects.create(
        release=release, what=what, person=person, reason=reason, opened_at=now, due_at=now + DUE
    )
    tell_of_broken_glass(made)
    return made


def review(*, actor: Person, review: Review, finding: str) -> Review:
    """Say what somebody else thinks of an emergency that one person handled alone.

    Raises:
        PermissionDeniedError: the actor may not, or acted himself.
        BadRequestError: nothing was found.
        ConflictError: it was reviewed already.
    """
    finding = finding.strip()
    if not finding or len(finding) > FINDING_LIMIT:
        raise BadRequestError(
            _("Ghi nhận xét: việc làm một mình có đúng lúc, đúng nội dung không."), field="finding"
        )
    with transaction.atomic():
        release = locked(review.release)
        found = Review.objects.get(pk=review.pk)
        if not may_review(actor, release, found):
            raise PermissionDeniedError(_("Người khác xem lại: không phải người đã ký một mình."))
        if found.reviewed_at is not None:
            raise ConflictError(_("Việc này đã được xem lại."))
        found.reviewed_by, found.reviewed_at, found.finding = actor, clock.now(), finding
        found.save(update_fields=["reviewed_by", "reviewed_at", "finding"])
        record(release, actor, "releases.review", {"what": found.what, "finding": finding})
    return found


def may_review(person: Person, release: Release, review: Review) -> bool:
    """Say whether the person may look at it: an approver or administrator there who did not act himself."""
    return review.person_id != person.pk and may_look_at(person, release)


def may_look_at(person: Person, release: Release) -> bool:
    """Say whether the person approves or manages where the release comes from."""
    able = (Permission.RELEASE_SIGN, Permission.RELEASE_EMERGENCY, Permission.SETTINGS_MANAGE)
    return any(may(person, permission, organisation=release.organisation) for permission in able)
