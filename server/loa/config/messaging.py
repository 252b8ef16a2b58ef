# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may say and hear what over NATS: short-lived tokens for devices, browsers and our own processes.

Each client may use subjects of its own and one inbox prefix of its own, nothing else.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from loa.audit.actor import PersonLike
from loa.config import clock, nats_server, nkey_tokens
from loa.releases import authority
from loa_protocol import wire

BROWSER_LIFE = timedelta(minutes=10)
SERVER_LIFE = timedelta(hours=24)  # our own processes connect again with a new token
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 (hosts that mean: listen on all addresses)
DEVICE_LIFE = timedelta(days=30)  # a device renews well before; agendas reach it as files even without


@dataclass(frozen=True)
class Permissions:
    """Subjects that a client may publish to and subscribe to, and where replies to it go."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    inbox_prefix: str


@dataclass(frozen=True)
class Credentials:
    """What a client signs in with."""

    url: str
    seed: str
    jwt: str
    inbox_prefix: str
    expires_at: datetime


def nats_url() -> str:
    """Return the address at which this installation's own processes reach messaging."""
    return _nats_url("localhost")


def device_nats_url() -> str:
    """Return the address at which loudspeakers on other machines reach messaging, too."""
    is_open = settings.ENVIRONMENT.host in EVERYWHERE
    return _nats_url((urlsplit(settings.BASE_URL).hostname if is_open else None) or "localhost")


def _nats_url(local: str) -> str:
    environment = settings.ENVIRONMENT
    if environment.nats_url:
        return str(environment.nats_url)
    host = local if environment.host in {*EVERYWHERE, "127.0.0.1"} else environment.host
    return f"nats://{f'[{host}]' if ':' in host else host}:{environment.nats_port}"


def device_permissions(installation: str, commune: str, device_id: str) -> Permissions:
    """Return what one device may do: its own subjects, its commune's "look again", its own inbox."""
    inbox = f"_INBOX.{device_id}"

    def subject(verb: wire.Verb) -> str:
        return wire.device_subject(installation, commune, device_id, verb)

    return Permissions(
        publish=(subject("log"), subject("beat"), subject("held"), subject("sound"), subject("time")),
        subscribe=(wire.look_subject(installation, commune), subject("listen"), f"{inbox}.>"),
        inbox_prefix=inbox,
    )


def user_jwt(
    public_key: str, *, name: str, publish: Iterable[str], subscribe: Iterable[str], expires: datetime
) -> str:
    """Return the token for the holder of ``public_key`` ("U…"), signed with the account's key."""
    return nkey_tokens.user_token(
        nats_server.keys(settings.HOME).account,
        public_key,
        name=name,
        publish=tuple(publish),
        subscribe=tuple(subscribe),
        issued=clock.now(),
        expires=expires,
    )


def device_jwt(public_key: str, *, name: str, installation: str, commune: str, device_id: str) -> str:
    """Return a device's token, valid for ``DEVICE_LIFE`` from now."""
    allowed = device_permissions(installation, commune, device_id)
    return user_jwt(
        public_key,
        name=name,
        publish=allowed.publish,
        subscribe=allowed.subscribe,
        expires=clock.now() + DEVICE_LIFE,
    )


def revoke_device(public_key: str) -> None:
    """Withdraw a device's key; its connection is closed within a second or two."""
    nats_server.revoke(settings.HOME, settings.ENVIRONMENT, public_key)


def browser_credentials(
    person: PersonLike, communes: Iterable[str], *, url: str = "", installation: str = ""
) -> Credentials:
    """Return what a person's browser signs in with for ten minutes.

    It hears events and sound of these communes' devices and may ask a device to let it listen.

    Args:
        person: whoever is signed in; the caller has checked which communes he may see.
        communes: codes of communes.
        url: how the browser reaches the WebSocket; the setting or this host's port when left out.
        installation: name inside the subjects; this installation when left out.
    """
    installation = installation or authority.installation()
    publish: list[str] = []
    subscribe: list[str] = []
    for commune in communes:
        publish.append(wire.device_subject(installation, commune, "*", "listen"))
        subscribe.append(wire.device_subject(installation, commune, "*", "sound"))
        subscribe.append(wire.events_subject(installation, commune))
    environment = settings.ENVIRONMENT
    default = environment.nats_websocket_url or f"ws://localhost:{environment.websocket_port}"
    return _credentials(url or default, f"browser {person.pk}", publish, subscribe, BROWSER_LIFE)


def server_credentials(name: str = "server") -> Credentials:
    """Return what our own processes sign in with: everything below ``loa`` and the inboxes."""
    everything = ("loa.>", "_INBOX.>")
    return _credentials(nats_url(), name, everything, everything, SERVER_LIFE)


def connect_options(credentials: Credentials) -> dict[str, Any]:
    """Return the arguments of ``nats.connect`` for ``credentials``."""
    return {
        "servers": credentials.url,
        "user_jwt_cb": lambda: bytearray(credentials.jwt.encode()),
        "signature_cb": lambda nonce: _signature(credentials.seed, nonce),
        "inbox_prefix": credentials.inbox_prefix,
    }


def _credentials(
    url: str, name: str, publish: Iterable[str], subscribe: Iterable[str], life: timedelta
) -> Credentials:
    seed = nkey_tokens.new_seed("user")
    public = nkey_tokens.public_key(seed)
    inbox = f"_INBOX.{public}"
    expires = clock.now() + life
    token = user_jwt(
        public, name=name, publish=publish, subscribe=(*subscribe, f"{inbox}.>"), expires=expires
    )
    return Credentials(url, seed, token, inbox, expires)


def _signature(seed: str, nonce: str) -> bytes:
    return base64.b64encode(nkey_tokens.sign(seed, nonce.encode()))
