# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ports where channels meet the shared parts: what devices do, where a channel stands, who holds a release."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from loa_protocol.statements import AgendaItem


@dataclass(frozen=True)
class Place:
    """One place that may hold a release: a device, a page, a panel.

    Args:
        key: stable within its channel, e.g. the device id; at most 64 characters.
        name: as people call it now.
        village_id: primary key of the village in which it stands.
        silent_by: the moment from which it is silent even without news; None when nothing ends it.
    """

    key: str
    name: str
    village_id: int
    silent_by: datetime | None


class AgendaSource(Protocol):
    """A channel whose placements are carried out by devices."""

    def items(self, commune: Any, since: datetime, until: datetime) -> Sequence[AgendaItem]:
        """Return the commune's items that end after ``since`` and start before ``until``, by start."""
        ...


class Holders(Protocol):
    """A channel that can say which places may hold a release."""

    def places(self, release: Any) -> Sequence[Place]:
        """Return every place that may hold ``release`` now."""
        ...


class Sounded(Protocol):
    """A channel that can say where a release was played: an apology goes there and nowhere else."""

    def villages(self, release: Any) -> Collection[int]:
        """Return the primary keys of the villages in which any part of ``release`` was played."""
        ...


class TestPlaces(Protocol):
    """A channel that can say which of its devices people set to test after they were let in."""

    def ids(self, commune: Any) -> Collection[str]:
        """Return the ids of the commune's devices that may play test messages though they began as live ones."""
        ...


class Stations(Protocol):
    """A channel that stands in some villages and not in others: who asks for a release is told so before."""

    def counts(self, areas: Sequence[Any], *, is_test: bool) -> Mapping[int, int]:
        """Return how many places it has in each village at or below ``areas``, by the village's primary key.

        A village without any may be left out.

        Args:
            is_test: count only those that a test message may use.
        """
        ...
