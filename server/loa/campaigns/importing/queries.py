# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pages of an import read; whoever plans for the campaign sees it."""

from typing import Any

from django.utils.translation import gettext as _

from loa.campaigns.importing.actions import KIND
from loa.campaigns.models import Campaign, ImportState, PlanImport
from loa.campaigns.queries import campaign as campaign_of
from loa.config.errors import LoaError, NotFoundError
from loa.config.numbers import whole
from loa.jobs.queries import guard
from loa.people.models import Person
from loa.people.rules import Permission

RECENT = 5  # imports that the first page lists


def plan_import(person: Person, key: str, pk: int) -> PlanImport:
    """Return an import of a campaign that the person plans for.

    Raises:
        NotFoundError: it is not there, or the person may not see the campaign.
        PermissionDeniedError: the person does not plan for the campaign's organisation.
    """
    campaign = campaign_of(person, key, Permission.PLAN_EDIT)
    found = PlanImport.objects.filter(campaign=campaign, pk=pk).select_related("made_by").first()
    if found is None:
        raise NotFoundError(_("Không tìm thấy lần nhập này. Gửi lại tệp."))
    found.campaign = campaign
    return found


def recent(campaign: Campaign) -> list[PlanImport]:
    """Return the last imports that were not dropped. One query."""
    found = campaign.imports.exclude(state=ImportState.DROPPED).select_related("made_by")
    return list(found.order_by("-pk")[:RECENT])


@guard(KIND)
def may_see_import(person: Any, key: str) -> bool:
    """Say whether a person may see how far an import is: whoever may see the import."""
    found = PlanImport.objects.filter(pk=whole(key) or 0).select_related("campaign").first()
    if found is None:
        return False
    try:
        campaign_of(person, found.campaign.key, Permission.PLAN_EDIT)
    except LoaError:
        return False
    return True
