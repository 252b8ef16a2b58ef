# SPDX-License-Identifier: AGPL-3.0-or-later
"""The keys of the TUF repositories: three root keys of which two must sign, and one online key per role.

The root keys are made here so that an installation can begin; they belong on removable media afterwards
(docs/decisions/0004). Without them everything goes on but a new commune and a change of online keys.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # not in __all__

from loa.config.home import write_private

ROOT_KEYS = 3
ROOT_THRESHOLD = 2
ONLINE_ROLES = ("targets", "snapshot", "timestamp")


class RootKeysAwayError(Exception):
    """Root metadata must be signed, and fewer than two root keys are in their folder."""


@dataclass(frozen=True)
class RepositoryKeys:
    """Public root keys, those root keys that are at hand, and the online signer of each role."""

    root_public: tuple[SSlibKey, ...]
    root_signers: tuple[CryptoSigner, ...]
    online: dict[str, CryptoSigner]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time into the block; ``path`` is an empty file made for that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def load(folder: Path) -> RepositoryKeys:
    """Read the keys below ``folder`` (LOA_HOME/keys), made when they are not there.

    Raises:
        OSError: the folder cannot be read or written.
    """
    with locked(folder / "repository.lock"):
        root, online = folder / "root", folder / "online"
        if not (root / "public.json").exists():
            _make_root(root)
        for role in ONLINE_ROLES:
            _make_key(online / f"{role}.key")
    public = json.loads((root / "public.json").read_text())
    present = [path for number in range(1, ROOT_KEYS + 1) if (path := root / f"root-{number}.key").exists()]
    return RepositoryKeys(
        root_public=tuple(SSlibKey.from_dict(one["keyid"], dict(one["key"])) for one in public),
        root_signers=tuple(_signer(path) for path in present),
        online={role: _signer(online / f"{role}.key") for role in ONLINE_ROLES},
    )


def _make_root(folder: Path) -> None:
    paths = [folder / f"root-{number}.key" for number in range(1, ROOT_KEYS + 1)]
    for path in paths:
        _make_key(path)
    keys = [_signer(path).public_key for path in paths]
    public = [{"keyid": key.keyid, "key": key.to_dict()} for key in keys]
    write_private(folder / "public.json", json.dumps(public, indent=1).encode())


def _make_key(path: Path) -> None:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, CryptoSigner.generate_ed25519().private_bytes)


def _signer(path: Path) -> CryptoSigner:
    private = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError(f"{path} holds no Ed25519 key.")
    return CryptoSigner(private)
