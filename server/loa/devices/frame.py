# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the frame of every page asks about devices."""

from django.http import HttpRequest

from loa.config import clock
from loa.devices.queries import count_to_look_at
from loa.people.models import Person
from loa.people.queries import may
from loa.people.rules import Permission


def may_see(request: HttpRequest) -> bool:
    """Say whether the reader may open the page of devices."""
    return isinstance(request.user, Person) and may(request.user, Permission.DEVICE_VIEW)


def to_look_at(request: HttpRequest) -> int:
    """Return how many devices need a look from the reader. One query."""
    return count_to_look_at(request.user, clock.now()) if isinstance(request.user, Person) else 0
