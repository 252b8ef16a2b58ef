# SPDX-License-Identifier: AGPL-3.0-or-later
"""The keys that sign the TUF repositories: one online key per role, and in a demo the root keys as well.

A demo and an installation before its key ceremony keep three root keys here, of which two sign. The ceremony
(``loa keys init``) makes others on removable media and deletes these; the newest root names those that hold.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # not in __all__
from tuf.api.metadata import Root  # type: ignore[attr-defined]  # not in __all__

from loa.config.home import sync_folder, write_private
from loa.devices.repository_roots import (
    ONLINE_ROLES,
    ROOT_KEYS,
    ROOT_RENEWED_BEFORE,
    ROOT_THRESHOLD,
    Naming,
    RootKeysAwayError,
    Roots,
    naming_of,
    sign_all,
)
from loa.releases.authority import ROOTS_FOLDER
from loa_protocol.statements import Administrators

NEXT = ".next"  # a new online key until a root names it

__all__ = [
    "ONLINE_ROLES",
    "ROOT_KEYS",
    "ROOT_THRESHOLD",
    "RepositoryKeys",
    "RootKeysAwayError",
    "load",
    "locked",
]


@dataclass(frozen=True)
class RepositoryKeys:
    """What signs repositories here.

    Args:
        folder: LOA_HOME/keys.
        root_public: the root keys that hold, wherever they lie.
        root_signers: those of them that lie on this server.
        online: the signer of each role.
        administrators: whom the root is to name; None names nobody.
    """

    folder: Path
    root_public: tuple[SSlibKey, ...]
    root_signers: tuple[CryptoSigner, ...]
    online: dict[str, CryptoSigner]
    administrators: Administrators | None = None

    @property
    def roots(self) -> Roots:
        """Return the installation's chain of root metadata."""
        return Roots(self.folder / ROOTS_FOLDER)

    @property
    def naming(self) -> Naming:
        """Return what a root is to name."""
        online = {role: signer.public_key for role, signer in self.online.items()}
        return Naming(self.root_public, online, self.administrators)

    def ensure_root(self, now: datetime, shown: Roots) -> Root:
        """Return the root in force; sign another one here when a key is new, or a year before it expires.

        Administrators who are named already are never changed so: that takes ``loa keys``.

        Args:
            shown: the commune's repository, whose readers may have seen newer roots than this chain holds.

        Raises:
            RootKeysAwayError: it must be signed, and the root keys do not lie here.
        """
        with locked(self.folder / "root.lock"):
            self.roots.adopt(shown)
            old, wanted = self.roots.newest(), self.naming
            if old is not None:
                held = naming_of(old)
                wanted = replace(wanted, administrators=held.administrators or wanted.administrators)
                if wanted.same_keys(held):
                    is_complete = held.administrators is not None or wanted.administrators is None
                    is_fresh = old.expires - now > ROOT_RENEWED_BEFORE
                    if (is_complete and is_fresh) or len(self.root_signers) < ROOT_THRESHOLD:
                        return old  # `loa check` says when it ends
            if len(self.root_signers) < ROOT_THRESHOLD:
                raise RootKeysAwayError(
                    "The root must be signed with two root keys: loa keys status says why."
                )
            draft = wanted.draft(old.version + 1 if old else 1, now)
            self.roots.put(sign_all(draft, self.root_signers))
            return draft.signed


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


def load(folder: Path, administrators: Administrators | None = None) -> RepositoryKeys:
    """Read the keys below ``folder`` (LOA_HOME/keys), made when they are not there.

    Args:
        administrators: whom the root is to name.

    Raises:
        OSError: the folder cannot be read or written.
    """
    with locked(folder / "repository.lock"):
        newest = Roots(folder / ROOTS_FOLDER).newest()
        if newest is None:
            _make_root(folder / "root")
        else:
            _promote_next(folder, naming_of(newest))
        for role in ONLINE_ROLES:
            _make_key(folder / "online" / f"{role}.key")
    public = _first_root_keys(folder) if newest is None else naming_of(newest).root
    held = {key.keyid for key in public}
    signers = [_signer(path) for path in server_kept_root_keys(folder)]
    return RepositoryKeys(
        folder=folder,
        root_public=public,
        root_signers=tuple(one for one in signers if one.public_key.keyid in held),
        online={role: _signer(folder / "online" / f"{role}.key") for role in ONLINE_ROLES},
        administrators=administrators,
    )


def server_kept_root_keys(folder: Path) -> list[Path]:
    """Return the files of private root keys that lie on this server; after the ceremony there are none."""
    return [path for path in _root_paths(folder / "root") if path.exists()]


def make_next(folder: Path, role: str) -> SSlibKey:
    """Make the next online key of a role, or return the one that waits for its root; it signs nothing yet."""
    path = folder / "online" / f"{role}.key{NEXT}"
    _make_key(path)
    return _signer(path).public_key


def _promote_next(folder: Path, named: Naming) -> None:
    """Let those next online keys sign that the newest root names."""
    for path in sorted((folder / "online").glob(f"*.key{NEXT}")):
        role = path.name.removesuffix(f".key{NEXT}")
        if named.online[role].keyid == _signer(path).public_key.keyid:
            path.replace(path.with_name(f"{role}.key"))
            sync_folder(path.parent)


def _make_root(folder: Path) -> None:
    """Make the first root keys; ``public.json`` names them when some are taken away before the first root."""
    if (folder / "public.json").exists():
        return
    for path in _root_paths(folder):
        _make_key(path)
    keys = [_signer(path).public_key for path in _root_paths(folder)]
    public = [{"keyid": key.keyid, "key": key.to_dict()} for key in keys]
    write_private(folder / "public.json", json.dumps(public, indent=1).encode())


def _first_root_keys(folder: Path) -> tuple[SSlibKey, ...]:
    public = json.loads((folder / "root" / "public.json").read_text())
    return tuple(SSlibKey.from_dict(one["keyid"], dict(one["key"])) for one in public)


def _root_paths(folder: Path) -> list[Path]:
    return [folder / f"root-{number}.key" for number in range(1, ROOT_KEYS + 1)]


def _make_key(path: Path) -> None:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, CryptoSigner.generate_ed25519().private_bytes)


def _signer(path: Path) -> CryptoSigner:
    private = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError(f"{path} holds no Ed25519 key.")
    return CryptoSigner(private)
