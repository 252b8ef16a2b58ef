# SPDX-License-Identifier: AGPL-3.0-or-later
"""Villages, added by whoever manages the settings of their commune."""

from collections.abc import Sequence

from loa.areas import actions as areas
from loa.areas.actions import VillageInput
from loa.areas.models import Area
from loa.people.actions.checks import Actors
from loa.people.models import Person
from loa.people.queries import require
from loa.people.rules import Permission


def add_villages(*, actor: Actors, commune: Area, villages: Sequence[VillageInput]) -> list[Area]:
    """Add villages to a commune, all or none.

    Raises:
        PermissionDeniedError: the actor does not manage the settings there.
        VillageError, OutlineError, ConflictError: as ``areas.actions.add_villages``.
    """
    if isinstance(actor, Person):
        require(actor, Permission.SETTINGS_MANAGE, area=commune)
    return areas.add_villages(actor=actor, commune=commune, villages=villages)
