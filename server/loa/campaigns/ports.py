# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where deliveries become evidence without this app knowing who records them.

A higher app registers a ``DeliverySource`` in its ``ready``. Amounts are asked for each time and never
stored: progress is computed from deliveries, and a corrected delivery corrects it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from loa.campaigns.models import Activity


@dataclass(frozen=True)
class DeliveryFact:
    """What a source knows of one thing that it recorded.

    Args:
        reference: what the source knows it by, at most 120 characters.
        title: for people ("Bản tin sáng, 10 cụm loa").
        on: the day that it happened.
        amount: how much it counts, in ``unit``.
        proof: strength of its proof (a value of ``deliveries.ProofStrength``).
    """

    reference: str
    title: str
    on: date
    amount: Decimal
    unit: str
    proof: str = "stated"


class DeliverySource(Protocol):
    """A part of the system that records deliveries: play logs, published pages, meetings."""

    key: str
    name: Any

    def facts(self, references: Collection[str]) -> Mapping[str, DeliveryFact]:
        """Return what is known of each reference; an unknown one is absent and counts nothing."""
        ...

    def suggestions(self, activity: Activity) -> Sequence[DeliveryFact]:
        """Return what the source recorded that may belong to an activity, newest first."""
        ...


_sources: dict[str, DeliverySource] = {}


def register_source(source: DeliverySource) -> None:
    """Make a source known; registering its key again replaces it."""
    _sources[source.key] = source


def sources() -> list[DeliverySource]:
    """Return every source in the order of registration."""
    return list(_sources.values())


def source(key: str) -> DeliverySource | None:
    """Return the source of a key; None when no installed app brings it."""
    return _sources.get(key)


def facts_of(references: Mapping[str, Collection[str]]) -> dict[tuple[str, str], DeliveryFact]:
    """Return what the sources know, by source key and reference. One question to each source."""
    found = {}
    for key, wanted in references.items():
        known = source(key)
        if known is not None and wanted:
            for reference, fact in known.facts(wanted).items():
                found[key, reference] = fact
    return found
