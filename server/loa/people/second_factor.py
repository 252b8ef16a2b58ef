# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a session remembers between the steps of signing in, and of what was shown in it."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from loa.config import clock
from loa.people.models import Person
from loa.people.passkeys import PasskeyError, new_challenge

_SHOWN = "loa_second_factor"
_PENDING = "loa_pending"
_CHALLENGE = "loa_challenge"
PENDING_LASTS = timedelta(minutes=10)  # between the right password and the code
CHALLENGE_LASTS = timedelta(minutes=5)


def mark_shown(request: HttpRequest) -> None:
    """Note that a second factor was shown, or set up, in this session."""
    request.session[_SHOWN] = True


def was_shown(request: HttpRequest) -> bool:
    """Say whether a second factor was shown in this session."""
    return bool(request.session.get(_SHOWN))


def _is_young(at: str, lasts: timedelta) -> bool:
    moment = parse_datetime(at)
    return moment is not None and timedelta(0) <= clock.now() - moment <= lasts


def begin_pending(request: HttpRequest, person: Person) -> None:
    """Note whose password was right; it signs nobody in yet."""
    request.session.cycle_key()
    request.session[_PENDING] = {
        "person": person.pk,
        "password": person.get_session_auth_hash(),
        "at": clock.now().isoformat(),
    }


def pending(request: HttpRequest) -> Person | None:
    """Return whose password was right some minutes ago; None when nobody's, or it was changed since."""
    noted: dict[str, Any] = request.session.get(_PENDING) or {}
    if not noted or not _is_young(noted["at"], PENDING_LASTS):
        return None
    person = Person.objects.filter(pk=noted["person"], is_active=True).first()
    return person if person and person.get_session_auth_hash() == noted["password"] else None


def end_pending(request: HttpRequest) -> None:
    """Forget whose password was right."""
    request.session.pop(_PENDING, None)


def begin_challenge(request: HttpRequest, purpose: str) -> bytes:
    """Return fresh bytes for one answer of a passkey; a newer one takes the place of the last."""
    challenge = new_challenge()
    request.session[_CHALLENGE] = {
        "purpose": purpose,
        "challenge": challenge.hex(),
        "at": clock.now().isoformat(),
    }
    return challenge


def take_challenge(request: HttpRequest, purpose: str) -> bytes:
    """Return the bytes that this session asked with, once: whatever comes of the answer, they are spent.

    Raises:
        PasskeyError: it asked for nothing, for something else, or too long ago.
    """
    noted: dict[str, str] = request.session.pop(_CHALLENGE, None) or {}
    if noted.get("purpose") != purpose or not _is_young(noted["at"], CHALLENGE_LASTS):
        raise PasskeyError(_("Lần hỏi khóa này đã cũ hoặc đã dùng. Bấm lại nút để hỏi lần mới."))
    return bytes.fromhex(noted["challenge"])
