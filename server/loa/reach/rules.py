# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether a village could have heard something. Silence counts as unknown: never as done, never as failed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Heard(StrEnum):
    COULD = "could"  # a loudspeaker there played it to the end
    NOT = "not"  # it is known that none did
    UNKNOWN = "unknown"  # a proof is still awaited


@dataclass(frozen=True)
class Cell:
    """One key message in one village."""

    heard: Heard
    times: int = 0  # placements that sounded there to their end
    last: datetime | None = None
    days_since: int | None = None  # local days since then


def cell(played: Mapping[UUID, datetime], is_awaited: bool, last_day: date | None, today: date) -> Cell:
    """Decide one cell.

    Args:
        played: placements that sounded there to their end, with when they were due.
        is_awaited: a loudspeaker there owes the proof of a placement whose time has come.
        last_day: local day of the last of ``played``.
        today: the local day.
    """
    if played and last_day is not None:
        return Cell(Heard.COULD, len(played), max(played.values()), (today - last_day).days)
    return Cell(Heard.UNKNOWN if is_awaited else Heard.NOT)


@dataclass(frozen=True)
class Sums:
    """Villages and households by what they could have heard; villages without a number are counted apart."""

    villages_could: int
    villages_unknown: int
    villages_not: int
    households_could: int
    households_unknown: int
    households_not: int
    villages_without_households: int

    @property
    def households_total(self) -> int:
        """Return the households of all villages whose number is known."""
        return self.households_could + self.households_unknown + self.households_not

    @property
    def villages_total(self) -> int:
        """Return how many villages there are."""
        return self.villages_could + self.villages_unknown + self.villages_not


def sums(found: Iterable[tuple[Heard, int | None]]) -> Sums:
    """Count villages, each given by what it could have heard and its households (None when not known)."""
    villages = dict.fromkeys(Heard, 0)
    households = dict.fromkeys(Heard, 0)
    without = 0
    for heard, number in found:
        villages[heard] += 1
        households[heard] += number or 0
        without += number is None
    return Sums(
        villages_could=villages[Heard.COULD],
        villages_unknown=villages[Heard.UNKNOWN],
        villages_not=villages[Heard.NOT],
        households_could=households[Heard.COULD],
        households_unknown=households[Heard.UNKNOWN],
        households_not=households[Heard.NOT],
        villages_without_households=without,
    )
