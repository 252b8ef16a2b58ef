# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every page of one campaign shows around its content."""

from loa.campaigns.models import Campaign
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import may
from loa.people.rules import Permission


def context_of(request: AuthenticatedHttpRequest, campaign: Campaign, **more: object) -> dict[str, object]:
    """Return the campaign, whether the reader plans it, or anything, and what the page adds."""
    may_edit = may(request.user, Permission.PLAN_EDIT, organisation=campaign.organisation)
    may_plan = may(request.user, Permission.PLAN_EDIT)
    return {"campaign": campaign, "may_edit": may_edit, "may_plan": may_plan, **more}
