# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people do at the pages of signing in, for tests."""

from typing import Any

import pyotp
from django.test import Client

from loa.config import clock
from loa.people.models import Person
from loa.people.tests.authenticator import Authenticator
from loa.people.tests.factories import PASSWORD

SIGN_IN = "/tai-khoan/dang-nhap/"


def text(answer: Any) -> str:
    """Return a page as text."""
    return str(answer.content.decode())


def is_signed_in(client: Client) -> bool:
    """Say whether a browser gets to its own account."""
    return client.get("/tai-khoan/").status_code == 200


def type_password(client: Client, username: str = "bien-tap", **more: str) -> Any:
    """Send the right password."""
    return client.post(SIGN_IN, {"username": username, "password": PASSWORD, **more})


def ask(client: Client, address: str) -> dict[str, Any]:
    """Ask an address what to ask the authenticator."""
    options: dict[str, Any] = client.post(address).json()
    return options


def bring(client: Client, address: str, answer: dict[str, Any]) -> Any:
    """Bring an authenticator's answer to an address."""
    return client.post(address, answer, content_type="application/json")


def add_passkey(
    client: Client, authenticator: Authenticator | None = None, name: str = "Điện thoại"
) -> Authenticator:
    """Add a passkey to whoever is signed in."""
    authenticator = authenticator or Authenticator()
    options = ask(client, "/tai-khoan/khoa/hoi/")
    done = bring(client, "/tai-khoan/khoa/them/", authenticator.register(options, name))
    assert done.json() == {"next": "/tai-khoan/bao-ve/"}, done.json()
    return authenticator


def passkey_of(person: Person) -> Authenticator:
    """Return a new passkey of a person, added in a browser of his."""
    client = Client()
    client.force_login(person)
    return add_passkey(client)


def sign_in_by_passkey(client: Client, authenticator: Authenticator) -> Any:
    """Sign in by a passkey that needs no name."""
    options = ask(client, f"{SIGN_IN}khoa/hoi/")
    return bring(client, f"{SIGN_IN}khoa/", authenticator.answer(options))


def code_of(secret: str) -> str:
    """Return what a phone shows now."""
    return pyotp.TOTP(secret).at(clock.now())


def phone_of(person: Person) -> tuple[str, list[str]]:
    """Return the secret of a person's phone, just set up, and his codes on paper."""
    from loa.people import actions

    secret = actions.begin_code_app(person=person)
    return secret, actions.confirm_code_app(person=person, code=code_of(secret))
