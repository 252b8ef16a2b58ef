# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an address can answer, and the parts of the people who ask it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse

from loa.people.models import Role

ANONYMOUS = "anonymous"  # nobody has signed in
OUTSIDER = "outsider"  # holds every role, in another commune
WITHOUT_A_ROLE = "without a role"  # signed in; no part of the table, because nothing is his
PARTS = (ANONYMOUS, OUTSIDER, *(role.value for role in Role))
METHODS = ("GET", "POST")


class Answer(StrEnum):
    """What somebody gets, in the words of the page; several statuses are one answer."""

    SEES = "sees"  # the page, or on to the one that it stands for
    DOES = "does"  # it is done, or the form comes back with what is wrong in it
    SIGNS_IN = "signs in"  # sent to sign in first
    REFUSED = "refused"  # 403: he sees the thing but may not do this
    BARRED = "barred"  # 409: he may be told why he of all people cannot; nothing changed
    NOT_FOUND = "not found"  # 404: as if it were not there
    NO_METHOD = "–"  # 405: the address does not take this method


_STATUSES = {403: Answer.REFUSED, 404: Answer.NOT_FOUND, 405: Answer.NO_METHOD, 409: Answer.BARRED}
_MAY = {"GET": frozenset({200, 302}), "POST": frozenset({200, 201, 204, 302, 400})}


@dataclass(frozen=True)
class Said:
    """What came back, without what made it: small enough to keep a thousand of them."""

    status: int
    headers: Mapping[str, str]
    text: str  # "" for a file

    @property
    def is_page(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")

    def means(self, method: str) -> Answer | int:
        """Return what it means; the status when it means nothing that the table knows."""
        if self.status == 302 and self.headers["Location"].startswith(_sign_in()):
            return Answer.SIGNS_IN
        if self.status in _MAY[method]:
            return Answer.SEES if method == "GET" else Answer.DOES
        return _STATUSES.get(self.status, self.status)


def _sign_in() -> str:
    """Return how an address begins that leads back after signing in; signing out leads to it without."""
    return f"{reverse('people:sign_in')}?next="
