# SPDX-License-Identifier: AGPL-3.0-or-later
"""What this app hangs into the frame of every page: the place of what waits for a signature."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from loa.people.models import Person
from loa.people.queries import may
from loa.people.rules import Permission
from loa.releases.queries import waiting_for, withdrawals_waiting_for
from loa.ui.frame import Place, register_place


def _count(request: HttpRequest) -> int:
    if not isinstance(request.user, Person) or not may(request.user, Permission.RELEASE_SIGN):
        return 0
    return len(waiting_for(request.user)) + len(withdrawals_waiting_for(request.user))


def register() -> None:
    """Register the place; called once while Django starts."""
    register_place(
        Place(
            key="releases",
            name=_("Chờ duyệt"),
            short=_("Chờ duyệt"),
            icon="signature",
            url_name="releases:waiting",
            order=40,
            count=_count,
            is_urgent=True,
        )
    )
