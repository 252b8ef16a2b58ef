# SPDX-License-Identifier: AGPL-3.0-or-later
"""Areas by channels: where a plan does what, and where nothing is planned."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from loa.areas.models import Area
from loa.campaigns.models import Activity
from loa.campaigns.rollup import Tally, sum_of, tallies
from loa.campaigns.seeing.places import areas_at, place_of
from loa.campaigns.seeing.rows import NO_CHANNEL, PlanFilter, Seen
from loa.campaigns.words import CHANNEL_NAMES, Words

NO_CHANNEL_NAME = _("không ghi kênh")


@dataclass(frozen=True)
class Cell:
    """What is planned in one place on one channel; ``query`` finds its rows."""

    tally: Tally
    query: str


@dataclass(frozen=True)
class Matrix:
    channels: tuple[tuple[str, Words], ...]  # those that are used, the most work first
    places: tuple[Area, ...]
    cells: dict[tuple[str, str], Tally]  # by path and channel

    def row(self, area: Area, chosen: PlanFilter) -> list[Cell]:
        """Return the cells of a place in the order of the channels."""
        return [
            Cell(
                self.cells.get((area.path, channel), Tally()),
                chosen.but(area=area.code, channel=channel).query(),
            )
            for channel, _words in self.channels
        ]


def matrix(seen: Seen, rows: QuerySet[Activity], today: date) -> Matrix:
    """Return the matrix; work in several places or on several channels stands in each. Two queries."""
    parts: dict[tuple[str, str], list[Tally]] = {}
    totals: Counter[str] = Counter()
    place = place_of(seen.campaign)
    for (path, channels), tally in tallies(rows, today, distinct=True, where=place, on=F("channels")):
        for channel in channels or [NO_CHANNEL]:
            parts.setdefault((path, channel), []).append(tally)
            totals[channel] += tally.total
    columns = sorted(totals, key=lambda channel: (channel == NO_CHANNEL, -totals[channel], channel))
    return Matrix(
        channels=tuple(
            (channel, NO_CHANNEL_NAME if channel == NO_CHANNEL else CHANNEL_NAMES.get(channel, channel))
            for channel in columns
        ),
        places=tuple(areas_at(seen.campaign, {path for path, _channel in parts})),
        cells={key: sum_of(of) for key, of in parts.items()},
    )
