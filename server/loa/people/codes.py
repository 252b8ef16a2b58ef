# SPDX-License-Identifier: AGPL-3.0-or-later
"""Codes of six digits from a phone (TOTP, RFC 6238), and the ten codes on paper for when it is lost."""

import hmac
import os
import secrets
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

STEP = 30  # seconds that a code lasts
WINDOW = 1  # steps before and after ours that count too: phones' clocks are not exact
RECOVERY_CODES = 10
_NONCE = 12  # bytes
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are taken for others
_LENGTH = 12  # letters of a code on paper: 59 bits


def new_secret() -> str:
    """Return a new secret for a phone, in base 32."""
    import pyotp

    return pyotp.random_base32()


def setup_url(secret: str, username: str, issuer: str) -> str:
    """Return the address that a phone's app reads from the square."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def setup_square(url: str) -> str:
    """Return the square (QR code) of an address as an SVG ``data:`` URI, dark on white whatever the page."""
    import segno

    square: str = segno.make(url, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff")
    return square


def step_of(secret: str, code: str, now: datetime, last_step: int = 0) -> int | None:
    """Return the time step whose code this is; None when it is none of them or was used before.

    Args:
        last_step: the newest step whose code was taken; neither it nor those before count again.
    """
    import pyotp

    digits = "".join(code.split())
    if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return None
    present, found, generator = int(now.timestamp()) // STEP, None, pyotp.TOTP(secret)
    for step in range(present - WINDOW, present + WINDOW + 1):
        if hmac.compare_digest(generator.at(step * STEP), digits) and step > last_step:
            found = step
    return found


def _sealing_key() -> bytes:
    return sha256(b"loa.people.codes:" + settings.SECRET_KEY.encode()).digest()


def seal(secret: str, person_id: int) -> bytes:
    """Close a secret with the installation's key, so that a copy of the database alone makes no codes."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_sealing_key()).encrypt(nonce, secret.encode(), str(person_id).encode())


def unseal(sealed: bytes, person_id: int) -> str | None:
    """Open what ``seal`` made; None when it is somebody else's or the installation's key was changed."""
    try:
        opened = AESGCM(_sealing_key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], str(person_id).encode())
    except InvalidTag:
        return None
    return opened.decode()


def new_recovery_codes() -> list[str]:
    """Return ten new codes, in groups of four letters."""
    return [_new_recovery_code() for _number in range(RECOVERY_CODES)]


def _new_recovery_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _letter in range(_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, _LENGTH, 4))


def recovery_digest(code: str, person_id: int) -> str:
    """Return the hash under which a code is kept; 59 random bits need no slow one, but a key of ours."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hmac.new(_sealing_key(), f"{person_id}:{plain}".encode(), sha256).hexdigest()
