# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where sessions are kept: Django's own kind, in rows that also say whose they are and from where.

Rows of our own beside Django's table would cost one more query on every page to take effect at once; these are
the rows that each request reads anyway, so that a deleted one ends with the next request.
"""

from datetime import timedelta
from typing import Any, cast

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from loa.config import clock
from loa.people.http import address_of
from loa.people.models import Person, Session

PERSON, ADDRESS, DEVICE, SINCE = "_auth_user_id", "loa_address", "loa_device", "loa_since"
SEEN_EVERY = timedelta(minutes=5)  # how often a row is written only because its person was seen


class SessionStore(DatabaseStore):
    """A session whose row names its person, its device and when it was last seen."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row of this session; what the list of sessions shows comes from what it holds."""
        row = cast(Session, super().create_model_instance(data))
        if data.get(PERSON):
            row.person_id = int(data[PERSON])
            row.address, row.device = data.get(ADDRESS, ""), data.get(DEVICE, "")
            row.since, row.last_seen = parse_datetime(data.get(SINCE, "")), clock.now()
        return row

    def _get_session_from_db(self) -> Session | None:
        row: Session | None = super()._get_session_from_db()  # type: ignore[misc]  # not in the stubs
        if row is None or row.person_id is None:
            return row
        now = clock.now()
        if row.last_seen is None or now - row.last_seen >= SEEN_EVERY:
            Session.objects.filter(pk=row.pk).update(last_seen=now)
        return row


def begin(sender: object, request: HttpRequest, user: Person, **_rest: Any) -> None:
    """Note in a new session from where somebody signed in; Django says that he has (``user_logged_in``)."""
    request.session[ADDRESS] = address_of(request)[:45]
    request.session[DEVICE] = request.META.get("HTTP_USER_AGENT", "")[:200]
    request.session[SINCE] = clock.now().isoformat()
