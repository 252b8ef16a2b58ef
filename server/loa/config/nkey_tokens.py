# SPDX-License-Identifier: AGPL-3.0-or-later
"""NATS keys and tokens: nkeys as seeds in text, and the signed claims that a NATS server reads.

A token is ``header.claims.signature`` in base64url without padding, the format NATS calls version 2.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import nkeys

Kind = Literal["operator", "account", "user"]
_PREFIXES: dict[str, int] = {
    "operator": nkeys.PREFIX_BYTE_OPERATOR,
    "account": nkeys.PREFIX_BYTE_ACCOUNT,
    "user": nkeys.PREFIX_BYTE_USER,
}
_UNLIMITED = -1


def new_seed(kind: Kind) -> str:
    """Return a new private key as NATS writes it ("SU…" for a user)."""
    seed: bytes = nkeys.encode_seed(os.urandom(32), _PREFIXES[kind])
    return seed.decode()


def public_key(seed: str) -> str:
    """Return the public key of ``seed`` as NATS writes it ("U…" for a user)."""
    key: bytes = nkeys.from_seed(bytearray(seed.encode())).public_key
    return key.decode()


def sign(seed: str, data: bytes) -> bytes:
    """Return the Ed25519 signature over ``data``."""
    signature: bytes = nkeys.from_seed(bytearray(seed.encode())).sign(data)
    return signature


def operator_token(seed: str, *, system_account: str, issued: datetime) -> str:
    """Return the token of the operator, signed by itself."""
    operator = public_key(seed)
    content = {"type": "operator", "version": 2, "system_account": system_account}
    return _token(seed, subject=operator, name="loa", issued=issued, expires=None, content=content)


def account_token(
    operator_seed: str, account: str, *, name: str, revocations: Mapping[str, int], issued: datetime
) -> str:
    """Return the token of an account.

    Args:
        operator_seed: the operator's private key.
        account: the account's public key.
        name: shown in the server's log.
        revocations: public key of a user -> seconds since 1970; its tokens issued until then are refused.
        issued: the moment of signing.
    """
    limits = dict.fromkeys(("subs", "data", "payload", "imports", "exports", "conn", "leaf"), _UNLIMITED)
    content: dict[str, Any] = {
        "type": "account",
        "version": 2,
        "limits": {**limits, "wildcards": True},
        "default_permissions": {"pub": {}, "sub": {}},
    }
    if revocations:
        content["revocations"] = dict(revocations)
    return _token(operator_seed, subject=account, name=name, issued=issued, expires=None, content=content)


def user_token(
    account_seed: str,
    user: str,
    *,
    name: str,
    publish: Sequence[str],
    subscribe: Sequence[str],
    issued: datetime,
    expires: datetime,
) -> str:
    """Return the token that lets the holder of key ``user`` publish and subscribe to these subjects alone."""
    content = {
        "type": "user",
        "version": 2,
        "pub": {"allow": list(publish)} if publish else {"deny": [">"]},
        "sub": {"allow": list(subscribe)} if subscribe else {"deny": [">"]},
        "subs": _UNLIMITED,
        "data": _UNLIMITED,
        "payload": _UNLIMITED,
    }
    return _token(account_seed, subject=user, name=name, issued=issued, expires=expires, content=content)


def claims(token: str) -> dict[str, Any]:
    """Return the claims of ``token``, unchecked: to look at, not to trust."""
    part = token.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


def _token(
    seed: str, *, subject: str, name: str, issued: datetime, expires: datetime | None, content: dict[str, Any]
) -> str:
    body: dict[str, Any] = {
        "iat": int(issued.timestamp()),
        "iss": public_key(seed),
        "name": name,
        "sub": subject,
        "nats": content,
    }
    if expires:
        body["exp"] = int(expires.timestamp())
    digest = hashlib.sha256(_json(body)).digest()
    body["jti"] = base64.b32encode(digest).decode().rstrip("=")
    signed = f"{_base64(_json({'typ': 'JWT', 'alg': 'ed25519-nkey'}))}.{_base64(_json(body))}"
    return f"{signed}.{_base64(sign(seed, signed.encode()))}"


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
