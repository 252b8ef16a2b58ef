# SPDX-License-Identifier: AGPL-3.0-or-later
"""Work by place: the areas right below a campaign's own, and what stands in no smaller place."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Case, CharField, QuerySet, Value, When
from django.db.models.functions import Coalesce, Length, Substr
from django.db.models.lookups import GreaterThan
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.areas import tree
from loa.areas.geometry import geometry
from loa.areas.models import Area
from loa.campaigns.models import Activity, Campaign
from loa.campaigns.rollup import FEW, Line, Tally, tallies
from loa.campaigns.seeing.rows import PlanFilter, Seen
from loa.ui.village_maps import Village

MOST_ON_MAP = 300  # beyond that a map of names says nothing; the table has them all


def place_of(campaign: Campaign) -> Case:
    """Return the expression of the path of an activity's place, one step below the campaign's area.

    What stands in no smaller place, or elsewhere, has the path of the campaign's own area.
    """
    own = campaign.area.path
    path = Coalesce("areas__path", "campaign__area__path")
    below = Substr(path, 1, len(own) + tree.STEP_LENGTH)
    is_smaller = GreaterThan(Length(path), len(own))
    return Case(When(is_smaller, then=below), default=Value(own), output_field=CharField())


def areas_at(campaign: Campaign, paths: Iterable[str]) -> list[Area]:
    """Return the areas of some paths in tree order. One query."""
    wanted = set(paths)
    rows = Area.objects.filter(depth__in=(campaign.area.depth, campaign.area.depth + 1)).order_by("path")
    if len(wanted) <= FEW:
        rows = rows.filter(path__in=wanted)
    return [area for area in rows if area.path in wanted]


def by_place(campaign: Campaign, rows: QuerySet[Activity], today: date) -> list[Line]:
    """Return the tally of each place, in tree order; work in several places stands in each. Two queries."""
    tallied = tallies(rows, today, distinct=True, where=place_of(campaign))
    found = {path: tally for (path,), tally in tallied}
    return [Line(area.code, area.name, found[area.path]) for area in areas_at(campaign, found)]


def on_map(seen: Seen, chosen: PlanFilter, lines: Iterable[Line]) -> list[Village]:
    """Return the places below the campaign's area for the map and its table. One query."""
    tallied = {line.key: line.tally for line in lines}
    own = seen.campaign.area
    below = Area.objects.filter(path__startswith=own.path, depth=own.depth + 1).order_by("path")
    areas = list(below[: MOST_ON_MAP + 1])
    if len(areas) > MOST_ON_MAP:
        areas = list(below.filter(code__in=list(tallied)[:FEW]))
    address = reverse("campaigns:activities", args=[seen.campaign.key])
    most = max((tallied[area.code].late for area in areas if area.code in tallied), default=0)
    return [_on_map(area, tallied.get(area.code), most, (address, chosen)) for area in areas]


def _on_map(area: Area, tally: Tally | None, most_late: int, link: tuple[str, PlanFilter]) -> Village:
    address, chosen = link
    if tally is None or not tally.total:
        return Village(area.name, geometry(area), words=_("chưa giao việc nào"), is_sample=area.is_sample)
    words = _("%(done)d/%(total)d đầu mối xong") % {"done": tally.verified, "total": tally.total}
    value = f"{tally.verified}/{tally.total}"
    if tally.late:
        value = _("%(count)d trễ") % {"count": tally.late}
    return Village(
        name=area.name,
        geometry=geometry(area),
        ramp=0 if not tally.late else max(1, round(4 * tally.late / most_late)),
        value=value,
        words=words,
        url=f"{address}{chosen.but(area=area.code).query()}",
        is_sample=area.is_sample,
    )
