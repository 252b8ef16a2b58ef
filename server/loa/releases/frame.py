# SPDX-License-Identifier: AGPL-3.0-or-later
"""What this app hangs into the frame of every page: the place of what waits for a signature."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from loa.people.models import Person
from loa.releases.queries import signs, waiting_for, withdrawals_waiting_for
from loa.ui.frame import Place, register_below, register_pages, register_place


def _count(request: HttpRequest) -> int:
    if not isinstance(request.user, Person) or not signs(request.user):
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
    register_below("settings", "releases:policies")
    register_below("settings", "releases:lists")
    register_pages(
        "messages", "releases:submit", "releases:withdraw", "releases:mishap", "releases:apologise"
    )
