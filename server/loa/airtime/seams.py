# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the ledger, which is above the calendar, says what became of placements."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from loa.airtime.models import Placement


@dataclass(frozen=True)
class Result:
    """What became of a placement at one place."""

    place_name: str
    state: str  # key of a state badge
    started_at: datetime | None
    seconds: float
    proof: str  # key of a proof strength; empty when nothing sounded


@dataclass(frozen=True)
class Readiness:
    """How many devices a placement is for, and how many of them hold it by their own word."""

    ready: int
    devices: int


# Each returns, for coming placements (with zones and releases), how many devices are ready for them.
readiness: list[Callable[["Sequence[Placement]"], Mapping[UUID, Readiness]]] = []

# Each returns, for the placements that it knows of, the key of a state badge ("played", "missed").
outcomes: list[Callable[[Collection[UUID]], Mapping[UUID, str]]] = []

# Each returns what became of one placement, place by place.
results: list[Callable[[UUID], Sequence[Result]]] = []


def readiness_of(placements: "Sequence[Placement]") -> dict[UUID, Readiness]:
    """Return how many devices are ready for coming placements; one that is for no devices is absent."""
    known: dict[UUID, Readiness] = {}
    for ask in readiness if placements else ():
        known |= ask(placements)
    return known


def results_of(placement: UUID) -> list[Result]:
    """Return what became of a placement at each place that sent news."""
    return [result for ask in results for result in ask(placement)]


def outcomes_of(placements: Collection[UUID]) -> dict[UUID, str]:
    """Return what became of placements; one of which nobody knows anything is absent."""
    known: dict[UUID, str] = {}
    for ask in outcomes:
        known |= ask(placements)
    return known
