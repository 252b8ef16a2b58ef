# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pages of a plan show: activities with who answers and how late, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from loa.campaigns.models import Activity, ActivityState, Campaign, Phase
from loa.campaigns.queries import accountable_people
from loa.campaigns.rules import CHANNEL_NAMES, OPEN_STATES, STATE_NAMES, days_late
from loa.people.models import Person

LOOKS = {
    ActivityState.PLANNED: "to_do",
    ActivityState.IN_PROGRESS: "working",
    ActivityState.SUBMITTED: "to_check",
    ActivityState.VERIFIED: "done",
    ActivityState.RETURNED: "returned",
    ActivityState.CANCELLED: "retired",
}


@dataclass(frozen=True)
class ActivityLine:
    """One activity as a table shows it."""

    activity: Activity
    holder: Person | None  # of the accountable post; None when it is vacant
    days_late: int
    state_name: str | Promise
    channels: list[str | Promise]

    @property
    def is_late(self) -> bool:
        return self.days_late > 0

    @property
    def look(self) -> str:
        """Return the badge that shows the state."""
        return LOOKS[ActivityState(self.activity.state)]


def lines_of(activities: Iterable[Activity], today: date) -> list[ActivityLine]:
    """Return activities as lines; posts and organisations must have been selected. One query more."""
    activities = list(activities)
    people = accountable_people(activities, today)
    return [
        ActivityLine(
            activity=activity,
            holder=people.get(activity.accountable_post_id),
            days_late=days_late(activity, today),
            state_name=STATE_NAMES[ActivityState(activity.state)],
            channels=[CHANNEL_NAMES.get(key, key) for key in activity.channels],
        )
        for activity in activities
    ]


@dataclass(frozen=True)
class CampaignLine:
    """One campaign as the list shows it."""

    campaign: Campaign
    phase: Phase | None  # that runs today
    days_left: int  # of that phase
    late: int
    activity_count: int
    key_message_count: int


def campaign_lines(campaigns: Iterable[Campaign], today: date) -> list[CampaignLine]:
    """Return campaigns (with their counts) as lines. Two queries besides the campaigns."""
    campaigns = list(campaigns)
    running = {
        phase.campaign_id: phase
        for phase in Phase.objects.filter(campaign__in=campaigns, start__lte=today, end__gte=today).order_by(
            "-order"
        )
    }
    late: dict[int, int] = {}
    overdue = Activity.objects.filter(campaign__in=campaigns, due__lt=today, state__in=OPEN_STATES)
    for campaign_id in overdue.values_list("campaign", flat=True):
        late[campaign_id] = late.get(campaign_id, 0) + 1
    lines = []
    for campaign in campaigns:
        phase = running.get(campaign.pk)
        lines.append(
            CampaignLine(
                campaign=campaign,
                phase=phase,
                days_left=(phase.end - today).days if phase and phase.end else 0,
                late=late.get(campaign.pk, 0),
                activity_count=getattr(campaign, "activity_count", 0),
                key_message_count=getattr(campaign, "key_message_count", 0),
            )
        )
    return lines
