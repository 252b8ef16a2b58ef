# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first page of a campaign, the plan on two pages, and what its villages could have heard."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from loa.campaigns.queries import campaign as campaign_of
from loa.campaigns.seeing.rows import seen_by
from loa.config import clock
from loa.console.maps import villages_on_map
from loa.console.queries.overview import overview
from loa.console.queries.plan import plan_page
from loa.people.http import AuthenticatedHttpRequest

ON_MAP = 300  # villages; beyond that a map of names says nothing
A_PAGE = 60


@require_GET
def campaign(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show where a campaign stands."""
    today = localdate(clock.now())
    seen = seen_by(request.user, campaign_of(request.user, key))
    context = {"page": plan_page(seen, today), "campaign": seen.campaign, "today": today}
    return render(request, "console/campaign.html", context)


@require_GET
def campaign_coverage(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show which villages could have heard which key message; the bars alone to the first page."""
    page = overview(campaign_of(request.user, key), clock.now())
    if request.htmx:
        asked = set(request.GET.getlist("tren"))
        shown = [line for line in page.lines if str(line.row.key_message.pk) in asked]
        hidden = page.below_promise_count - sum(line.is_below_promise for line in shown)
        return render(request, "console/campaign_bars.html", {"page": page, "shown": shown, "hidden": hidden})
    villages = page.coverage.villages
    found = Paginator(villages, A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "page": page,
        "campaign": page.campaign,
        "found": found,
        "matrix": page.matrix(list(found)),
        "map": villages_on_map(page) if len(villages) <= ON_MAP else [],
    }
    return render(request, "console/campaign_coverage.html", context)
