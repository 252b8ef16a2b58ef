# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an address can answer, and the parts of the people who ask it."""

from enum import StrEnum

from django.http import HttpResponse
from django.urls import reverse

from loa.people.models import Role

ANONYMOUS = "anonymous"  # nobody has signed in
OUTSIDER = "outsider"  # holds every role, in another commune
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


def answer_of(response: HttpResponse, method: str) -> Answer | int:
    """Return what a response means; its status when it means nothing that the table knows."""
    if response.status_code == 302 and response.headers["Location"].startswith(_sign_in()):
        return Answer.SIGNS_IN
    if response.status_code in _MAY[method]:
        return Answer.SEES if method == "GET" else Answer.DOES
    return _STATUSES.get(response.status_code, response.status_code)


def _sign_in() -> str:
    """Return how an address begins that leads back after signing in; signing out leads to it without."""
    return f"{reverse('people:sign_in')}?next="
