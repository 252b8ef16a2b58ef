# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which revisions are released, for apps below releases."""

from django.db.models import QuerySet

from loa.config import clock
from loa.messages.models import Revision
from loa.releases.models import ReleaseState


def released_revisions() -> QuerySet[Revision]:
    """Return the revisions whose release is in force or begins later; their sound stays as it was signed."""
    return Revision.objects.filter(releases__state=ReleaseState.RELEASED, releases__not_after__gt=clock.now())
