# SPDX-License-Identifier: AGPL-3.0-or-later
"""Calendar addresses, and plans with work of every kind, for tests."""

from datetime import date, timedelta
from typing import Any

from loa.campaigns.actions.calendars import renew_calendar_address
from loa.campaigns.models import Campaign
from loa.campaigns.seeing.address import token_of
from loa.campaigns.tests.factories import make_activity, make_key_message, make_phase
from loa.people.models import Person
from loa.people.tests.factories import Cast


def calendar_arguments(campaign: Campaign, person: Person) -> dict[str, tuple[Any, ...]]:
    """Return what the addresses of a person's calendars take, by what they are about."""
    token = token_of(renew_calendar_address(actor=person))
    return {"own_feed": (token,), "campaign_feed": (token, campaign.key)}


TODAY = date(2026, 11, 24)
UNITS = ("buổi", "tin, bài", "lượt phát", "bản in", "pano", "hộ")


def fill(campaign: Campaign, cast: Cast, count: int, title: str = "Việc") -> None:
    """Add work of every kind: late, coming, undated, done; in villages and in none."""
    phase = campaign.phases.first() or make_phase(
        campaign, "truoc", date(2026, 11, 1), date(2026, 12, 9), name="Trước đại hội"
    )
    message = campaign.key_messages.first() or make_key_message(campaign, "Bầu trực tiếp", priority="top")
    for number in range(count):
        activity = make_activity(
            campaign,
            cast.head_post if number % 2 else cast.vacant_post,
            f"{title} {campaign.activities.count()}",
            organisation=cast.organisation if number % 2 else cast.office,
            phase=phase if number % 3 else None,
            due=(None, TODAY - timedelta(days=2), TODAY + timedelta(days=3))[number % 3],
            state=("planned", "in_progress", "verified", "submitted", "returned")[number % 5],
            quantity=4,
            unit=UNITS[number % len(UNITS)],
            channels=["loudspeaker", "portal"][: 1 + number % 2],
        )
        activity.key_messages.add(message)
        activity.areas.set(cast.villages[: number % 3])
