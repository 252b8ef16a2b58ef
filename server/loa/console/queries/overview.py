# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a campaign stands: phases on a line of time, key messages by village, what is late and who answers."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from loa.areas.models import Area
from loa.campaigns.models import Activity, ActivityState, Campaign, Phase
from loa.people.models import PostHolding
from loa.reach.queries import Cell, Coverage, Row, VillageState, coverage, states_in

WINDOW = timedelta(days=7)


@dataclass(frozen=True)
class KeyMessageLine:
    """One key message and its coverage bar, in villages."""

    row: Row
    reached: int
    unknown: int
    total: int
    promised: int | None  # villages that the plan wants told each week; None where the plan is silent

    @property
    def is_below_promise(self) -> bool:
        return self.promised is not None and self.reached < self.promised


@dataclass(frozen=True)
class ActivityLine:
    """An activity with who answers for it today."""

    activity: Activity
    holder: str  # "" when the post is vacant
    initials: str
    days_late: int  # 0 when it is not late


@dataclass(frozen=True)
class Overview:
    campaign: Campaign
    phases: tuple[Phase, ...]
    current: Phase | None
    coverage: Coverage
    lines: tuple[KeyMessageLine, ...]
    villages: tuple[VillageState, ...]
    activities: tuple[ActivityLine, ...]
    late_by_organisation: dict[str, int]

    @property
    def late_count(self) -> int:
        return sum(line.days_late > 0 for line in self.activities)

    @property
    def matrix(self) -> list[tuple[Area, list[Cell]]]:
        """Return per village what could be heard there of each key message, in the order of ``lines``."""
        return [
            (village, [line.row.cells[village.pk] for line in self.lines])
            for village in self.coverage.villages
        ]

    @property
    def below_promise_count(self) -> int:
        return sum(line.is_below_promise for line in self.lines)


def overview(campaign: Campaign, now: datetime, today: date) -> Overview:
    """Read what the campaign page shows, each thing once."""
    phases = tuple(campaign.phases.all())
    table = coverage(campaign, now - WINDOW, now=now)
    activities = tuple(activity_lines(campaign, today))
    late: Counter[str] = Counter(line.activity.organisation.name for line in activities if line.days_late)
    total = len(table.villages)
    return Overview(
        campaign=campaign,
        phases=phases,
        current=next(
            (one for one in phases if one.start and one.end and one.start <= today <= one.end), None
        ),
        coverage=table,
        lines=tuple(
            KeyMessageLine(
                row=row,
                reached=row.sums.villages_could,
                unknown=row.sums.villages_unknown,
                total=total,
                promised=total if row.key_message.wanted_per_week else None,
            )
            for row in table.rows
        ),
        villages=tuple(states_in(table)),
        activities=activities,
        late_by_organisation={
            name: late[name] for name in dict.fromkeys(line.activity.organisation.name for line in activities)
        },
    )


def activity_lines(campaign: Campaign, today: date) -> list[ActivityLine]:
    """Return the campaign's activities, those that are due first on top, with the holder of each post today."""
    activities = list(
        campaign.activities.select_related("organisation", "accountable_post", "phase")
        .exclude(state=ActivityState.CANCELLED)
        .order_by("due", "id")
    )
    holdings = PostHolding.objects.filter(
        post__in={one.accountable_post_id for one in activities}, until=None
    ).select_related("person")
    holders = {holding.post_id: holding.person for holding in holdings}
    return [
        ActivityLine(
            activity=one,
            holder=holders[one.accountable_post_id].full_name if one.accountable_post_id in holders else "",
            initials=holders[one.accountable_post_id].initials if one.accountable_post_id in holders else "",
            days_late=days_late(one, today),
        )
        for one in activities
    ]


def days_late(activity: Activity, today: date) -> int:
    """Return by how many days an activity is late; what is submitted or verified is not."""
    if activity.due is None or activity.state in {ActivityState.SUBMITTED, ActivityState.VERIFIED}:
        return 0
    return max(0, (today - activity.due).days)
