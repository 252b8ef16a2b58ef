# SPDX-License-Identifier: AGPL-3.0-or-later
"""One commune's TUF repository as files: written durably, the timestamp last, numbers that never fall.

A reader who comes at any moment finds either the old state or the new one whole: every file but
``timestamp.json`` has its number or its hash in its name, and readers never see it with other content.
"""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TypeVar

from tuf.api.metadata import (  # type: ignore[attr-defined]  # not all are in __all__
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

from loa.config.home import write_public
from loa.devices.repository_keys import ONLINE_ROLES, RepositoryKeys, locked
from loa.devices.repository_roots import Roots

SNAPSHOT_LIFE = timedelta(days=30)  # agendas end after 7 days and are renewed daily
TIMESTAMP_LIFE = timedelta(days=2)
TIMESTAMP_RENEWED_BEFORE = timedelta(days=1)
KEPT_VERSIONS = 3  # old metadata, for readers who are in the middle of fetching
KEPT_SECONDS = 3600

S = TypeVar("S", Root, Snapshot, Targets, Timestamp)


@dataclass(frozen=True)
class Repository:
    """The repository in one folder, with the keys that sign it."""

    folder: Path
    keys: RepositoryKeys

    @property
    def metadata(self) -> Path:
        """Return the folder of signed metadata."""
        return self.folder / "metadata"

    @property
    def targets(self) -> Path:
        """Return the folder of the files themselves, named by their hashes."""
        return self.folder / "targets"

    @property
    def roots(self) -> Roots:
        """Return the root metadata that readers see."""
        return Roots(self.metadata)

    def ensure_root(self, now: datetime, upto: int | None = None) -> None:
        """Show readers the installation's root; sign it first where a key is new or it ends within a year.

        Args:
            upto: no newer version than this; for administrators whose lists are not signed yet.

        Raises:
            RootKeysAwayError: it must be signed, and the root keys do not lie here.
        """
        with self._locked():
            self.keys.ensure_root(now, self.roots)
            self.keys.roots.show(self.roots, upto)

    def root_text(self) -> str:
        """Return the newest root metadata, from which a new device starts."""
        versions = self.roots.versions()
        if not versions:
            raise FileNotFoundError(self.metadata)
        return self.roots.content(versions[-1]).decode()

    def number(self) -> int:
        """Return the number of the state that readers see, 0 when there is none."""
        timestamp = self._timestamp()
        return timestamp.snapshot_meta.version if timestamp else 0

    def is_signed_by_present_keys(self) -> bool:
        """Say whether what readers see, if anything, bears the signatures of the online keys that sign now."""
        if not (number := self.number()):
            return True
        names = {"timestamp": "timestamp.json", "snapshot": f"{number}.snapshot.json"}
        names["targets"] = f"{number}.targets.json"
        return all(
            self.keys.online[role].public_key.keyid in _keyids(self.metadata / names[role])
            for role in ONLINE_ROLES
        )

    def published(self, path: str) -> bytes | None:
        """Return a target as readers see it now, or None when there is none."""
        listing = self.metadata / f"{self.number()}.targets.json"
        if not listing.exists():
            return None
        target = Metadata[Targets].from_file(str(listing)).signed.targets.get(path)
        return None if target is None else (self.targets / target.get_prefixed_paths()[0]).read_bytes()

    def write(
        self, number: int, files: Mapping[str, bytes], now: datetime, *, root_upto: int | None = None
    ) -> bool:
        """Make ``files`` (target path to content) the state ``number``; return False when it already is.

        Args:
            root_upto: see ``ensure_root``.

        Raises:
            ValueError: readers have seen a higher number.
            OSError: a file could not be written; readers still see the old state.
        """
        self.ensure_root(now, root_upto)
        with self._locked():
            present = self.number()
            if present == number:
                return False
            if present > number:
                raise ValueError(f"{self.folder.name} is at {present}; it cannot go back to {number}.")
            targets = self._write_targets(number, files, now)
            snapshot = Snapshot(
                version=number,
                expires=_whole(now + SNAPSHOT_LIFE),
                meta={"targets.json": MetaFile.from_data(number, targets, ["sha256"])},
            )
            written = self._sign_and_write(f"{number}.snapshot.json", "snapshot", Metadata(snapshot))
            self._write_timestamp(MetaFile.from_data(number, written, ["sha256"]), now)
            self._prune(number, now)
        return True

    def refresh_timestamp(self, now: datetime) -> bool:
        """Sign the timestamp anew when it expires within a day; return whether it was."""
        with self._locked():
            old = self._timestamp()
            if old is None or old.expires - now > TIMESTAMP_RENEWED_BEFORE:
                return False
            root = self.roots.newest()
            present = self.keys.online["timestamp"].public_key.keyid
            if root is None or present not in root.roles["timestamp"].keyids:
                return False  # readers do not know the key yet: the next publication shows them its root
            self._write_timestamp(old.snapshot_meta, now)
        return True

    def _locked(self) -> AbstractContextManager[None]:
        return locked(self.folder / ".lock")

    def _timestamp(self) -> Timestamp | None:
        path = self.metadata / "timestamp.json"
        return Metadata[Timestamp].from_file(str(path)).signed if path.exists() else None

    def _write_targets(self, number: int, files: Mapping[str, bytes], now: datetime) -> bytes:
        described: dict[str, TargetFile] = {}
        for path, content in files.items():
            described[path] = TargetFile.from_data(path, content, ["sha256"])
            destination = self.targets / prefixed(path, content)
            if not destination.exists():
                write_public(destination, content)
        signed = Metadata(Targets(version=number, expires=_whole(now + SNAPSHOT_LIFE), targets=described))
        return self._sign_and_write(f"{number}.targets.json", "targets", signed)

    def _write_timestamp(self, snapshot: MetaFile, now: datetime) -> None:
        old = self._timestamp()
        # Seconds since 1970 and not a counter: after a restore it is still above all that readers have seen.
        version = max(old.version + 1 if old else 1, int(now.timestamp()))
        timestamp = Timestamp(version=version, expires=_whole(now + TIMESTAMP_LIFE), snapshot_meta=snapshot)
        self._sign_and_write("timestamp.json", "timestamp", Metadata(timestamp))

    def _sign_and_write(self, name: str, role: str, metadata: Metadata[S]) -> bytes:
        metadata.sign(self.keys.online[role])
        content = metadata.to_bytes(JSONSerializer(compact=True))
        write_public(self.metadata / name, content)
        return content

    def _prune(self, number: int, now: datetime) -> None:
        """Delete old metadata, and old targets that no metadata that is kept names."""
        kept_targets: set[str] = set()
        for path in self.metadata.glob("*.*.json"):
            version, role = path.name.split(".")[:2]
            if role == "root" or not version.isdigit():
                continue
            if int(version) <= number - KEPT_VERSIONS and _age(path, now) > KEPT_SECONDS:
                path.unlink()
            elif role == "targets":
                kept_targets |= _names(path)
        for path in self.targets.rglob("*.json"):
            if str(path.relative_to(self.targets)) not in kept_targets and _age(path, now) > KEPT_SECONDS:
                path.unlink()


def prefixed(path: str, content: bytes) -> str:
    """Return the file name of a target: its hash before its own name, as consistent snapshots ask."""
    pure = PurePosixPath(path)
    return str(pure.with_name(f"{sha256(content).hexdigest()}.{pure.name}"))


def _whole(moment: datetime) -> datetime:
    """Return the moment in UTC, cut to seconds: TUF writes no fractions."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _keyids(path: Path) -> set[str]:
    """Return the ids of the keys that signed a metadata file."""
    if not path.exists():
        return set()
    return {one["keyid"] for one in json.loads(path.read_bytes())["signatures"]}


def _age(path: Path, now: datetime) -> float:
    return now.timestamp() - path.stat().st_mtime


def _names(path: Path) -> set[str]:
    targets = Metadata[Targets].from_file(str(path)).signed.targets
    return {name for target in targets.values() for name in target.get_prefixed_paths()}
