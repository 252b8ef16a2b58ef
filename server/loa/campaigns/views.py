# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages of the plan: the list of campaigns, activities, key messages; making them is ``entering``."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from loa.campaigns import queries
from loa.campaigns.listings import campaign_lines
from loa.campaigns.models import Campaign
from loa.config import clock
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import may
from loa.people.rules import Permission

EDIT = Permission.PLAN_EDIT


@require_GET
def campaigns(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List the campaigns that the reader sees, with what is late in each."""
    lines = campaign_lines(queries.campaigns_for(request.user), localdate(clock.now()))
    context = {"lines": lines, "may_edit": may(request.user, EDIT)}
    return render(request, "campaigns/campaigns.html", context)


def _context(request: AuthenticatedHttpRequest, campaign: Campaign, **more: object) -> dict[str, object]:
    """Return what every page of one campaign shows."""
    return {
        "campaign": campaign,
        "may_edit": may(request.user, EDIT, organisation=campaign.organisation),
        **more,
    }


@require_GET
def key_messages(request: AuthenticatedHttpRequest, key: str) -> HttpResponse:
    """Show the key messages in their order."""
    campaign = queries.campaign(request.user, key)
    listed = list(queries.key_messages_of(campaign))
    silent = sum(message.wanted_per_week is None for message in listed)
    context = _context(request, campaign, key_messages=listed, silent=silent)
    return render(request, "campaigns/key_messages.html", context)
