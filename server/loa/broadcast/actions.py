# SPDX-License-Identifier: AGPL-3.0-or-later
"""Place a release on loudspeakers on several days at once."""

from collections.abc import Sequence
from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _

from loa.airtime import actions as airtime
from loa.airtime.models import Placement
from loa.airtime.week import local_moment
from loa.areas.models import Area
from loa.broadcast.channel import KEY
from loa.config.errors import ConflictError
from loa.people.models import Person
from loa.releases.models import Release

MAX_DAYS = 31


class DaysConflictError(ConflictError):
    """Some of the days cannot be had; nothing was placed. ``by_day`` has each day's own error."""

    def __init__(self, by_day: dict[date, ConflictError]) -> None:
        self.by_day = by_day
        first = next(iter(by_day.values()))
        super().__init__(first.message, field=first.field, **first.data)


def place_on_days(
    *,
    actor: Person,
    release: Release,
    zones: Sequence[Area],
    days: Sequence[date],
    at: time,
    volume: int = 80,
) -> list[Placement]:
    """Place a release in zones at one local time on several days: all of them or none.

    Args:
        volume: percent.

    Raises:
        PermissionDeniedError: the actor may not place in one of the zones.
        DaysConflictError: says for each day what is in the way.
    """
    if not days:
        raise ConflictError(_("Chưa chọn ngày. Chọn ít nhất một ngày."), field="days")
    if len(days) > MAX_DAYS:
        raise ConflictError(_("Chọn nhiều nhất 31 ngày một lần."), field="days")
    refused: dict[date, ConflictError] = {}
    placed = []
    with transaction.atomic():
        for day in sorted(set(days)):
            try:
                placed.append(
                    airtime.place(
                        actor=actor,
                        release=release,
                        channel=KEY,
                        zones=zones,
                        starts_at=local_moment(day, at),
                        volume=volume,
                    )
                )
            except ConflictError as error:
                refused[day] = error
        if refused:
            raise DaysConflictError(refused)
    return placed
