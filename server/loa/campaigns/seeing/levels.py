# SPDX-License-Identifier: AGPL-3.0-or-later
"""The campaigns below one, as far as the reader sees them: their lines add up to the whole, nothing twice."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from loa.campaigns.models import Activity, Campaign
from loa.campaigns.rollup import Tally, tallies
from loa.campaigns.seeing.rows import Seen


@dataclass(frozen=True)
class Level:
    """A campaign with the work that it holds itself.

    Args:
        depth: how far below: 0 is the campaign that is looked at.
    """

    campaign: Campaign
    tally: Tally
    depth: int


def lower_levels(seen: Seen, rows: QuerySet[Activity], today: date) -> list[Level]:
    """Return the campaign and those below it that hold work which the reader sees, in order. Two queries.

    A campaign below without any work is listed too, where the reader sees everything.
    """
    found = {key[0]: tally for key, tally in tallies(rows, today, of=F("campaign"))}
    below = Campaign.objects.filter(lineage__startswith=seen.campaign.lineage)
    if not seen.is_whole:
        below = below.filter(pk__in=list(found))
    top = seen.campaign.lineage.count("/")
    return [
        Level(one, found.get(one.pk, Tally()), one.lineage.count("/") - top)
        for one in below.select_related("area", "organisation").order_by("lineage")
    ]
