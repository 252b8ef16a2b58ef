# SPDX-License-Identifier: AGPL-3.0-or-later
"""When somebody is urged about an activity, without database. All spans are days of work."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from loa.campaigns.models import Activity, ActivityState
from loa.campaigns.rules import OPEN_STATES
from loa.campaigns.workdays import DAY, add_workdays, is_workday, workday_before

BEFORE, LATE, ABOVE, BY_HAND = "before", "late", "above", "hand"
MOST_BEFORE = 20  # days of work before the due date, at most
MOST_AFTER = 60
MOST_LEVELS = 5  # posts above one another that hear of the same activity


@dataclass(frozen=True)
class Days:
    """When a campaign urges.

    Args:
        before: days of work before the due date; 0 is the due date itself.
        after: days of work after it.
        escalate_after: after so many the next post above is told, after twice as many the one above that.
    """

    before: tuple[int, ...] = (5, 1)
    after: tuple[int, ...] = (1, 3)
    escalate_after: int = 5
    is_on: bool = True


@dataclass(frozen=True)
class Sent:
    """What an activity's people were told already by itself, for its present due date.

    Args:
        stages: names of stages.
        first_late: the day of the first reminder after the due date.
    """

    stages: Collection[str] = ()
    first_late: date | None = None


def is_about_lateness(stage: str) -> bool:
    """Say whether a stage comes after the due date."""
    return stage.partition("_")[0] in {LATE, ABOVE}


def level_of(stage: str) -> int:
    """Return how many posts above the urged one a stage reaches; 0 for the urged one itself."""
    kind, _line, number = stage.partition("_")
    return int(number) if kind == ABOVE else 0


def stage_of(activity: Activity, today: date, days: Days, sent: Sent) -> str | None:
    """Return the stage at which somebody is urged about an activity today; None for none.

    Only the last stage reached counts: what passed while nobody worked is not made up for one by one. The
    spans after the due date run from the first reminder if that came later than planned, so that a plan which
    came in late does not reach the highest post at once.
    """
    if activity.due is None or activity.state not in OPEN_STATES or not days.is_on:
        return None
    if today <= activity.due:
        if activity.state == ActivityState.SUBMITTED:
            return None
        stage = _before(activity.due, today, days)
    else:
        stage = _after(activity.due, today, days, sent.first_late)
    return None if stage is None or stage in sent.stages else stage


def _before(due: date, today: date, days: Days) -> str | None:
    reached = [count for count in days.before if _day_before(due, count) <= today]
    return f"{BEFORE}_{min(reached)}" if reached else None


def _day_before(due: date, count: int) -> date:
    return add_workdays(due, -count) if count else workday_before(due)


def _after(due: date, today: date, days: Days, first_late: date | None) -> str | None:
    stages = sorted(_later_stages(days))
    most = stages[-1][0]
    if first_late is None:
        return stages[0][2] if _passed(due, today, most) >= stages[0][0] else None
    passed = _passed(max(due, add_workdays(first_late, -stages[0][0])), today, most)
    reached = [name for count, _order, name in stages if count <= passed]
    return reached[-1] if reached else None


@lru_cache(maxsize=4096)
def _passed(since: date, today: date, most: int) -> int:
    """Return how many days of work have come after a day; counting ends at ``most``."""
    count = 0
    while since < today and count < most:
        since += DAY
        count += is_workday(since)
    return count


def _later_stages(days: Days) -> Iterator[tuple[int, int, str]]:
    """Yield the stages after the due date: after how many days of work, order on one day, name."""
    for count in days.after:
        yield count, 0, f"{LATE}_{count}"
    for level in range(1, MOST_LEVELS + 1):
        yield level * days.escalate_after, level, f"{ABOVE}_{level}"
