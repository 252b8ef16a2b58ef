# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes the calendar and the airtime rules."""

from collections.abc import Sequence
from datetime import datetime

from loa.airtime.models import AirtimeRule, Placement, RulesList
from loa.areas.models import Area
from loa.people.models import Person
from loa.releases.models import Release


def place(
    *,
    actor: Person,
    release: Release,
    channel: str,
    zones: Sequence[Area],
    starts_at: datetime,
    volume: int = 80,
    cut_off_s: int = 300,
) -> Placement:
    """Place a release on a channel, in zones, at a time."""
    raise NotImplementedError


def cancel(*, actor: Person, placement: Placement) -> Placement:
    """Cancel a placement that has not begun."""
    raise NotImplementedError


def move(*, actor: Person, placement: Placement, starts_at: datetime) -> Placement:
    """Cancel a placement and place the same release anew at another time."""
    raise NotImplementedError


def set_rule(
    *,
    actor: object,
    zone: Area,
    priority_class: str,
    windows: Sequence[tuple[str, str]],
    minutes_per_day: int,
    volume_cap: int = 100,
    note: str = "",
) -> AirtimeRule:
    """Set the airtime rule of a zone and class, and publish the commune's list anew."""
    raise NotImplementedError


def publish_rules(commune: Area, *, above: int = 0) -> RulesList:
    """Sign the commune's airtime rules under the next number; return the present list when nothing changed."""
    raise NotImplementedError
