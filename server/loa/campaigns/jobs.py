# SPDX-License-Identifier: AGPL-3.0-or-later
"""Background work of a plan: looking for photos sent twice, purging what was deleted a month ago."""

from django.db import transaction

from loa.campaigns import files
from loa.campaigns.actions.evidence import COMPARE
from loa.campaigns.actions.removal import purge
from loa.campaigns.actions.uploads import forget_stale_uploads
from loa.campaigns.importing.exporting import forget_exports
from loa.campaigns.importing.jobs import forget_imports
from loa.campaigns.matching import compare
from loa.campaigns.models import StoredFile
from loa.campaigns.urging import jobs as urging_jobs  # noqa: F401  (its periodic work and digests)
from loa.config import clock
from loa.jobs import outbox, periodic
from loa.jobs.models import OutboxEntry

DAY = 24 * 3600.0  # seconds


@outbox.handler(COMPARE)
def compare_photo(entry: OutboxEntry) -> None:
    """Look for the picture among all others; again does no harm."""
    row = StoredFile.objects.filter(sha256=entry.key).first()
    if row is not None and row.is_photo:
        compare(row)


@periodic.every(DAY, "campaigns.purge")
def purge_removed() -> None:
    """Delete for good what was removed or imported more than 30 days ago, with the files that only it showed."""
    purge(clock.now())
    for row in list(files.unused()):
        with transaction.atomic():
            if files.unused().filter(pk=row.pk).exists() and row.stored_at < clock.now() - files.KEPT_UNUSED:
                files.forget(row)
    forget_stale_uploads()
    forget_imports()
    forget_exports()
