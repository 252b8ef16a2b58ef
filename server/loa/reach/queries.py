# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who could hear what: questions over the ledger. Silence counts as unknown, never as done or failed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from loa.areas.models import Area
from loa.campaigns.models import Campaign, KeyMessage


class Heard(StrEnum):
    COULD = "could"  # a loudspeaker there played it
    NOT = "not"  # it is known that none did
    UNKNOWN = "unknown"  # a placement's proof is still awaited, or no device reports there


@dataclass(frozen=True)
class Cell:
    """One key message in one village."""

    heard: Heard
    times: int = 0  # complete plays
    last: datetime | None = None
    days_since: int | None = None


@dataclass(frozen=True)
class Row:
    """One key message over the villages."""

    key_message: KeyMessage
    cells: dict[int, Cell]  # by village id
    households_could: int
    households_unknown: int
    households_total: int
    villages_could: int
    villages_unknown: int


@dataclass(frozen=True)
class Coverage:
    """Key messages by villages."""

    villages: list[Area]
    rows: list[Row]
    villages_without_households: int = 0
    totals: dict[str, int] = field(default_factory=dict)


def coverage(campaign: Campaign, since: datetime | None = None, *, now: datetime | None = None) -> Coverage:
    """Return which villages could hear which key message of the campaign since a moment."""
    raise NotImplementedError


@dataclass(frozen=True)
class VillageState:
    """One village over all key messages of a campaign."""

    village: Area
    heard: Heard
    key_messages_could: int
    key_messages_total: int
    last: datetime | None


def villages_state(
    campaign: Campaign, since: datetime | None = None, *, now: datetime | None = None
) -> list[VillageState]:
    """Return each village's state for the map and its table."""
    raise NotImplementedError
