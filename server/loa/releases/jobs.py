# SPDX-License-Identifier: AGPL-3.0-or-later
"""Periodic work on lists of approvers."""

from django.db import transaction

from loa.areas.models import Area
from loa.jobs import outbox, periodic
from loa.releases.approvers import latest, publish_approvers


@periodic.every(3600, "releases.renew_approvers")
def renew_approvers() -> None:
    """Renew the lists that end soon or that roles have outgrown, as when one ends by its date."""
    for commune in Area.objects.filter(approvers_lists__isnull=False).distinct():
        known = latest(commune)
        fresh = publish_approvers(commune)
        if known is None or fresh.pk != known.pk:
            with transaction.atomic():
                outbox.put("publish", key=commune.code)
