# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the wall shows at the steering body's weekly meeting: what is late, what comes this week, by whom."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from loa.campaigns.listings import ActivityLine, lines_of
from loa.campaigns.models import ActivityState
from loa.campaigns.rollup import Tally, tally_of
from loa.campaigns.rules import OPEN_STATES
from loa.campaigns.seeing.lines import selected
from loa.campaigns.seeing.rows import SOON, Seen

LINES = 5  # of each list: what can be read across a room
OFFICES = 6


@dataclass(frozen=True)
class Wall:
    """One screen.

    Args:
        done_this_week: verified in the last seven days.
        offices: organisations with late work: name, late, open.
    """

    tally: Tally
    late: tuple[ActivityLine, ...]
    coming: tuple[ActivityLine, ...]
    coming_count: int
    done_this_week: int
    offices: tuple[tuple[str, int, int], ...]

    @property
    def more_late(self) -> int:
        """Return how many late ones the screen leaves out."""
        return self.tally.late - len(self.late)

    @property
    def more_coming(self) -> int:
        return self.coming_count - len(self.coming)


def wall(seen: Seen, today: date) -> Wall:
    """Read one screen. Six queries."""
    rows = seen.rows
    is_open = Q(state__in=OPEN_STATES)
    is_late = is_open & Q(due__lt=today)
    is_coming = is_open & Q(due__gte=today, due__lte=today + timedelta(days=SOON))
    is_new = Q(state=ActivityState.VERIFIED, verified_at__date__gt=today - timedelta(days=SOON))
    counts = rows.order_by().aggregate(coming=Count("pk", filter=is_coming), done=Count("pk", filter=is_new))
    shown = [*selected(rows.filter(is_late))[:LINES], *selected(rows.filter(is_coming))[:LINES]]
    lines = lines_of(shown, today)
    offices = (
        rows.filter(is_open)
        .order_by()
        .values_list("organisation__name")
        .annotate(late=Count("pk", filter=is_late), open=Count("pk"))
        .filter(late__gt=0)
        .order_by("-late", "organisation__name")[:OFFICES]
    )
    return Wall(
        tally=tally_of(rows, today),
        late=tuple(line for line in lines if line.is_late),
        coming=tuple(line for line in lines if not line.is_late),
        coming_count=counts["coming"],
        done_this_week=counts["done"],
        offices=tuple(offices),
    )
