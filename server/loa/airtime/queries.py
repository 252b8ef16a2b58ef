# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages and jobs read from the calendar and the airtime rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from loa.airtime.models import Placement, RulesList
from loa.areas.models import Area
from loa.people.models import Person
from loa.releases.models import Release


@dataclass(frozen=True)
class Rule:
    """The effective airtime rule of a zone and class."""

    zone: Area
    priority_class: str
    windows: tuple[tuple[str, str], ...]  # local "HH:MM"; the end may be "24:00"
    minutes_per_day: int
    volume_cap: int  # percent
    note: str


@dataclass(frozen=True)
class Conflict:
    """Two placements that want the same loudspeakers at the same time."""

    first: Placement
    second: Placement
    village_ids: frozenset[int]


def placement(person: Person, placement_id: object) -> Placement:
    """Return a placement that ``person`` may see, or raise NotFoundError."""
    raise NotImplementedError


def rules_for(commune: Area) -> list[Rule]:
    """Return the commune's effective rules: every class of the commune, then those of its villages."""
    raise NotImplementedError


def rules_envelope(commune: Area) -> RulesList | None:
    """Return the newest signed list of rules."""
    raise NotImplementedError


def placements_between(areas: Iterable[Area], start: datetime, end: datetime) -> QuerySet[Placement]:
    """Return placements aimed at, above or below ``areas`` that start in [start, end), cancelled ones left out."""
    raise NotImplementedError


def allowed_windows(zone: Area, priority_class: str, day: date) -> list[tuple[datetime, datetime]]:
    """Return the moments (UTC) of a local day between which the class may sound in the whole zone."""
    raise NotImplementedError


def conflicts(areas: Iterable[Area], start: datetime, end: datetime) -> list[Conflict]:
    """Return the pairs of placements that clash."""
    raise NotImplementedError


def nearest_allowed(
    release: Release, channel: str, zones: Sequence[Area], wanted: datetime
) -> datetime | None:
    """Return the first moment at or after ``wanted`` at which the release may be placed."""
    raise NotImplementedError


def placements_of(release: Release) -> QuerySet[Placement]:
    """Return a release's placements by start, cancelled ones too."""
    raise NotImplementedError
