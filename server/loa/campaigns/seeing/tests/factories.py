# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calendar addresses and plans over two levels for tests."""

from typing import Any

from loa.campaigns.actions.calendars import renew_calendar_address
from loa.campaigns.models import Campaign
from loa.campaigns.seeing.address import token_of
from loa.people.models import Person


def calendar_arguments(campaign: Campaign, person: Person) -> dict[str, tuple[Any, ...]]:
    """Return what the addresses of a person's calendars take, by what they are about."""
    token = token_of(renew_calendar_address(actor=person))
    return {"own_feed": (token,), "campaign_feed": (token, campaign.key)}
