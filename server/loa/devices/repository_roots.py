# SPDX-License-Identifier: AGPL-3.0-or-later
"""The installation's TUF root: one chain of root metadata, copied into every commune's repository.

Root metadata names keys and administrators and no commune, so one chain serves all: a new commune needs no
root key, and a rotation is signed once. It lies in ``keys/root/metadata``; everything in it is public.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # not in __all__
from tuf.api.exceptions import RepositoryError, UnsignedMetadataError
from tuf.api.metadata import Metadata, Root  # type: ignore[attr-defined]  # not in __all__

from loa.config.home import make_private, write_private, write_public
from loa_protocol.canonical import canonical
from loa_protocol.statements import Administrators, decode_statement, encode_statement

ROOT_KEYS = 3
ROOT_THRESHOLD = 2
ROOT_LIFE = timedelta(days=5 * 365)
ROOT_RENEWED_BEFORE = timedelta(days=365)
ONLINE_ROLES = ("targets", "snapshot", "timestamp")
ADMINISTRATORS_FIELD = "loa"  # as devices read it (docs/protocol.md)
SUFFIX = ".root.json"

logger = logging.getLogger(__name__)


class RootKeysAwayError(Exception):
    """Root metadata must be signed, and too few of the right root keys have signed it."""


@dataclass(frozen=True)
class Naming:
    """What a root names: the root keys, the online key of each role, and the administrators."""

    root: tuple[SSlibKey, ...]
    online: dict[str, SSlibKey]
    administrators: Administrators | None

    def same_keys(self, other: "Naming") -> bool:
        """Say whether both name the same keys for every role."""
        return {key.keyid for key in self.root} == {key.keyid for key in other.root} and {
            role: key.keyid for role, key in self.online.items()
        } == {role: key.keyid for role, key in other.online.items()}

    def draft(self, version: int, now: datetime) -> Metadata[Root]:
        """Return unsigned root metadata that names these."""
        fields: dict[str, Any] = {}
        if self.administrators is not None:
            fields[ADMINISTRATORS_FIELD] = msgspec.json.decode(encode_statement(self.administrators))
        expires = (now + ROOT_LIFE).astimezone(UTC).replace(microsecond=0)
        root = Root(version=version, expires=expires, consistent_snapshot=True, unrecognized_fields=fields)
        for key in self.root:
            root.add_key(key, Root.type)
        root.roles[Root.type].threshold = ROOT_THRESHOLD
        for role, key in self.online.items():
            root.add_key(key, role)
        return Metadata(root)


def naming_of(root: Root) -> Naming:
    """Return what root metadata names."""
    named = root.unrecognized_fields.get(ADMINISTRATORS_FIELD)
    return Naming(
        root=tuple(_keys(root, Root.type)),
        online={role: next(iter(_keys(root, role))) for role in ONLINE_ROLES},
        administrators=None if named is None else decode_statement(canonical(named), Administrators),
    )


def _keys(root: Root, role: str) -> Iterable[SSlibKey]:
    return [root.keys[keyid] for keyid in root.roles[role].keyids]  # type: ignore[misc]  # all are SSlibKey


@dataclass(frozen=True)
class Roots:
    """A folder that holds a chain of root metadata, each version signed by the one before and by itself."""

    folder: Path

    def versions(self) -> list[int]:
        """Return the versions that are there, rising."""
        return sorted(int(path.name.split(".")[0]) for path in self.folder.glob(f"[0-9]*{SUFFIX}"))

    def newest(self) -> Root | None:
        """Return the newest root."""
        versions = self.versions()
        return self.metadata(versions[-1]).signed if versions else None

    def metadata(self, version: int) -> Metadata[Root]:
        """Return one version with its signatures."""
        return Metadata[Root].from_bytes(self.content(version))

    def content(self, version: int) -> bytes:
        """Return the bytes of one version."""
        return (self.folder / f"{version}{SUFFIX}").read_bytes()

    def missing(self, signed: Metadata[Root]) -> int:
        """Return how many signatures a next version lacks: of the root before it, or of its own keys."""
        found = signed.signed.get_root_verification_result(
            self.newest(), signed.signed_bytes, signed.signatures
        )
        return max(found.first.missing, found.second.missing)

    def put(self, signed: Metadata[Root]) -> None:
        """Make root metadata the next version.

        Raises:
            RootKeysAwayError: too few keys of the version before or of its own have signed it.
            ValueError: it is not the next version.
        """
        self._check_follows(signed)
        self._keep(signed.signed.version, signed.to_bytes())

    def adopt(self, other: "Roots") -> None:
        """Take over newer versions that readers were shown: of an older release of Loa, or after a restore.

        Only what follows the newest version here is taken; into an empty chain, what bears its own signatures.
        """
        for version in other.versions():
            newest = self.newest()
            if newest is not None and version <= newest.version:
                continue
            try:
                self._check_follows(other.metadata(version))
            except (RootKeysAwayError, ValueError, RepositoryError) as error:
                logger.error("Root %s in %s does not follow ours: %s", version, other.folder, error)
                return
            self._keep(version, other.content(version))

    def _check_follows(self, signed: Metadata[Root]) -> None:
        old = self.newest()
        if old is not None and signed.signed.version != old.version + 1:
            raise ValueError(f"Root {signed.signed.version} does not follow {old.version}.")
        try:
            for judge in (old, signed.signed):
                if judge is not None:
                    judge.verify_delegate(Root.type, signed.signed_bytes, signed.signatures)
        except UnsignedMetadataError as error:
            raise RootKeysAwayError(str(error)) from error

    def show(self, other: "Roots", upto: int | None = None) -> None:
        """Copy into a commune's repository what it lacks: all later versions, or the newest into an empty one."""
        last = upto or self.versions()[-1]
        had = other.versions()
        for version in self.versions():
            if version <= last and (version > had[-1] if had else version == last):
                write_public(other.folder / f"{version}{SUFFIX}", self.content(version))

    def _keep(self, version: int, content: bytes) -> None:
        make_private(self.folder)
        write_private(self.folder / f"{version}{SUFFIX}", content)


def sign_all(draft: Metadata[Root], signers: Iterable[CryptoSigner]) -> Metadata[Root]:
    """Add the signatures of some root keys to root metadata; return it."""
    for signer in signers:
        draft.sign(signer, append=True)
    return draft
