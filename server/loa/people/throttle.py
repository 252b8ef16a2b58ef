# SPDX-License-Identifier: AGPL-3.0-or-later
"""Slow down the guessing of passwords, per account and per address."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.config.errors import LoaError
from loa.people.models import SignInFailure

WINDOW = timedelta(minutes=15)
FROM_ONE_ADDRESS_FOR_ONE_ACCOUNT = 5
# Higher, so that a stranger cannot lock a colleague out, nor one colleague a whole office.
FOR_ONE_ACCOUNT = 30
FROM_ONE_ADDRESS = 50


class TooManyAttemptsError(LoaError):
    """Signing in must wait."""

    code = "too_many_attempts"
    status = 429


def _wait(failures: "QuerySet[SignInFailure]", limit: int, now: datetime) -> timedelta | None:
    """Return how long until fewer than ``limit`` failures are left in the window; None when fewer are."""
    newest = list(failures.order_by("-at").values_list("at", flat=True)[:limit])
    return newest[-1] + WINDOW - now if len(newest) == limit else None


@transaction.atomic
def attempt(username: str, address: str, now: datetime) -> None:
    """Count one more attempt before its password is looked at, so that parallel guesses count too.

    Raises:
        TooManyAttemptsError: says after how many minutes to try again; this attempt is not counted.
    """
    username, address = username[:80], address[:45]
    SignInFailure.objects.filter(at__lte=now - WINDOW).delete()
    of_account = SignInFailure.objects.filter(username=username)
    of_address = SignInFailure.objects.filter(address=address)
    waits = (
        _wait(of_account.filter(address=address), FROM_ONE_ADDRESS_FOR_ONE_ACCOUNT, now),
        _wait(of_account, FOR_ONE_ACCOUNT, now),
        _wait(of_address, FROM_ONE_ADDRESS, now),
    )
    longest = max((wait for wait in waits if wait is not None), default=None)
    if longest is not None:
        minutes = max(1, -(-int(longest.total_seconds()) // 60))
        raise TooManyAttemptsError(
            _("Sai mật khẩu nhiều lần. Thử lại sau %(minutes)s phút.") % {"minutes": minutes}
        )
    SignInFailure.objects.create(username=username, address=address, at=now)


def succeeded(username: str, address: str) -> None:
    """Forget the failures of an account from an address after a right password."""
    SignInFailure.objects.filter(username=username[:80], address=address[:45]).delete()
