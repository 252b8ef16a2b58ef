# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the ledger, which is above the calendar, says what became of placements."""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

# Each returns, for the placements that it knows of, the key of a state badge ("played", "missed").
outcomes: list[Callable[[Collection[UUID]], Mapping[UUID, str]]] = []


def outcomes_of(placements: Collection[UUID]) -> dict[UUID, str]:
    """Return what became of placements; one of which nobody knows anything is absent."""
    known: dict[UUID, str] = {}
    for ask in outcomes:
        known |= ask(placements)
    return known
