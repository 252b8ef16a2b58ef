# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the ledger, which is above the calendar, says what became of placements."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Result:
    """What became of a placement at one place."""

    place_name: str
    state: str  # key of a state badge
    started_at: datetime | None
    seconds: float
    proof: str  # key of a proof strength; empty when nothing sounded


# Each returns, for the placements that it knows of, the key of a state badge ("played", "missed").
outcomes: list[Callable[[Collection[UUID]], Mapping[UUID, str]]] = []

# Each returns what became of one placement, place by place.
results: list[Callable[[UUID], Sequence[Result]]] = []


def results_of(placement: UUID) -> list[Result]:
    """Return what became of a placement at each place that sent news."""
    return [result for ask in results for result in ask(placement)]


def outcomes_of(placements: Collection[UUID]) -> dict[UUID, str]:
    """Return what became of placements; one of which nobody knows anything is absent."""
    known: dict[UUID, str] = {}
    for ask in outcomes:
        known |= ask(placements)
    return known
