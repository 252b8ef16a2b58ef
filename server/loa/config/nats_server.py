# SPDX-License-Identifier: AGPL-3.0-or-later
"""The embedded NATS server: its keys, its configuration file, and withdrawing a client's key.

Keys lie in LOA_HOME/keys/nats. The operator's signs accounts (needed again only to withdraw a key: it may lie
on removable media between times); the account's signs the tokens of devices and browsers.
"""

import fcntl
import json
import shutil
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from loa.config import clock, nkey_tokens
from loa.config.environment import Environment
from loa.config.home import Home, write_private

CONFIG_FILE = "nats.conf"
_KEY_NAMES = ("operator", "account", "system")


@dataclass(frozen=True)
class Keys:
    """Private keys of the messaging: seeds as text."""

    operator: str
    account: str
    system: str


def keys_folder(home: Home) -> Path:
    """Return the folder of the messaging's keys."""
    return home.keys / "nats"


def keys(home: Home) -> Keys:
    """Return the messaging's keys; make them when they are not there yet."""
    folder = keys_folder(home)
    if not (folder / "system.seed").exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(home):
            for name in _KEY_NAMES:
                if not (folder / f"{name}.seed").exists():
                    kind: nkey_tokens.Kind = "operator" if name == "operator" else "account"
                    write_private(folder / f"{name}.seed", nkey_tokens.new_seed(kind).encode())
    operator, account, system = ((folder / f"{name}.seed").read_text().strip() for name in _KEY_NAMES)
    return Keys(operator, account, system)


def binary() -> str:
    """Return the path of the NATS server that came with the package, or the one on the PATH.

    Raises:
        FileNotFoundError: there is none.
    """
    packaged = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(packaged) if packaged.exists() else shutil.which("nats-server")
    if found is None:
        raise FileNotFoundError("nats-server")
    return found


def config_path(home: Home) -> Path:
    """Return the path of the configuration file."""
    return home.nats / CONFIG_FILE


def command(home: Home) -> list[str]:
    """Return the command that runs the server with the written configuration."""
    return [binary(), "-c", str(config_path(home))]


def write_config(home: Home, environment: Environment) -> Path:
    """Write the configuration file when its content changed, and return its path."""
    pair = keys(home)
    content = _config(home, environment, pair, _tokens(home, pair)).encode()
    path = config_path(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != content:
        write_private(path, content)
    return path


def revocations(home: Home) -> dict[str, int]:
    """Return the withdrawn keys: public key -> seconds since 1970 of the withdrawal."""
    path = keys_folder(home) / "revocations.json"
    read: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    return read


def revoke(home: Home, environment: Environment, public_key: str, now: datetime | None = None) -> None:
    """Withdraw a client's key: its tokens issued until ``now`` are refused, its connection is closed.

    Whoever runs the server (``loa up``, ``loa messaging``) sees the new file and makes it reload.
    """
    now = now or clock.now()
    pair, folder = keys(home), keys_folder(home)
    with _locked(home):
        known = revocations(home)
        known[public_key] = int(now.timestamp())
        write_private(folder / "revocations.json", json.dumps(known, sort_keys=True).encode())
        tokens = _tokens(home, pair)
        # The account's alone is signed anew: a server that runs takes up no other token of the operator.
        tokens.pop(nkey_tokens.public_key(pair.account))
        write_private(folder / "tokens.json", json.dumps(tokens).encode())
    write_config(home, environment)


@contextmanager
def _locked(home: Home) -> Iterator[None]:
    with (keys_folder(home) / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _tokens(home: Home, pair: Keys) -> dict[str, str]:
    """Return the signed tokens of operator and accounts, kept so that the file stays the same."""
    path = keys_folder(home) / "tokens.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    issued = clock.now()
    system, account = nkey_tokens.public_key(pair.system), nkey_tokens.public_key(pair.account)
    if kept.keys() >= {"operator", system, account}:
        return kept
    signed = {
        "operator": nkey_tokens.operator_token(pair.operator, system_account=system, issued=issued),
        system: nkey_tokens.account_token(
            pair.operator, system, name="system", revocations={}, issued=issued
        ),
        account: nkey_tokens.account_token(
            pair.operator, account, name="loa", revocations=revocations(home), issued=issued
        ),
        **kept,
    }
    write_private(path, json.dumps(signed).encode())
    return signed


def _config(home: Home, environment: Environment, pair: Keys, tokens: dict[str, str]) -> str:
    base = urlsplit(environment.base_url)
    local = (f"http://{name}:{environment.port}" for name in ("localhost", "127.0.0.1"))
    origins = sorted({f"{base.scheme}://{base.netloc}", *local})
    preload = "\n".join(f"  {account}: {token}" for account, token in tokens.items() if account != "operator")
    return f"""\
# Written by Loa; changes are overwritten.
server_name: loa
listen: {json.dumps(f"{environment.host}:{environment.nats_port}")}
pid_file: {json.dumps(str(home.run / "nats.pid"))}
max_payload: 1MB
operator: {tokens["operator"]}
system_account: {nkey_tokens.public_key(pair.system)}
resolver: MEMORY
resolver_preload: {{
{preload}
}}
websocket {{
  listen: {json.dumps(f"{environment.host}:{environment.websocket_port}")}
  no_tls: true
  allowed_origins: {json.dumps(origins)}
}}
"""
