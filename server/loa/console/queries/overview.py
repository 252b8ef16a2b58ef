# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a campaign's villages could have heard: its key messages by village, from the ledger."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from loa.areas.models import Area
from loa.campaigns.models import Campaign
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
class Overview:
    campaign: Campaign
    coverage: Coverage
    lines: tuple[KeyMessageLine, ...]
    villages: tuple[VillageState, ...]

    def matrix(self, villages: list[Area]) -> list[tuple[Area, list[Cell]]]:
        """Return per village what could be heard there of each key message, in the order of ``lines``."""
        return [(village, [line.row.cells[village.pk] for line in self.lines]) for village in villages]

    @property
    def below_promise_count(self) -> int:
        return sum(line.is_below_promise for line in self.lines)


def overview(campaign: Campaign, now: datetime) -> Overview:
    """Read what the villages of a campaign could have heard in the last days. At most eight queries."""
    table = coverage(campaign, now - WINDOW, now=now)
    total = len(table.villages)
    lines = (
        KeyMessageLine(
            row=row,
            reached=row.sums.villages_could,
            unknown=row.sums.villages_unknown,
            total=total,
            promised=total if row.key_message.wanted_per_week else None,
        )
        for row in table.rows
    )
    return Overview(campaign, table, tuple(lines), tuple(states_in(table)))
