# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is behind a request."""

from django.contrib.auth.backends import ModelBackend

from loa.people.models import Person
from loa.people.scope import remember


class PersonBackend(ModelBackend):
    """Sign-in by password; the person of a request keeps what his roles cover until the request ends."""

    def get_user(self, user_id: int) -> Person | None:
        """Return the person of a session, None when he may no longer sign in."""
        person = super().get_user(user_id)
        if not isinstance(person, Person):
            return None
        remember(person)
        return person
