# SPDX-License-Identifier: AGPL-3.0-or-later
"""The folder LOA_HOME: where each kind of state lies, and the secrets that are made once."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Paths below LOA_HOME; nothing is stored elsewhere."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "db" / "loa.sqlite3"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def public(self) -> Path:
        return self.root / "public"

    @property
    def repositories(self) -> Path:
        return self.public / "repo"

    @property
    def media(self) -> Path:
        return self.public / "media"

    @property
    def uploads(self) -> Path:
        return self.root / "uploads"

    @property
    def nats(self) -> Path:
        return self.root / "nats"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def voices(self) -> Path:
        """Voices that an operator supplied; nothing here is made by Loa."""
        return self.root / "voices"

    @property
    def demo(self) -> Path:
        return self.root / "demo"

    def make(self) -> None:
        """Create the folders; all but what is public is closed to others: sessions lie in the database.

        Raises:
            OSError: the folder cannot be written.
        """
        for folder in (self.repositories, self.media):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.database.parent, self.keys, self.uploads, self.nats, self.run, self.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.stat().st_mode & 0o077:  # made by an earlier version
                with suppress(PermissionError):  # somebody else's: `loa check` names the keys' folder
                    folder.chmod(0o700)

    def secret(self, name: str) -> str:
        """Return the secret ``name``, made once (URL-safe text, 256 bits) and kept in the keys folder."""
        path = self.keys / name
        if not path.exists():
            self.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, secrets.token_urlsafe(32).encode())
        return path.read_text().strip()


def write_private(path: Path, content: bytes) -> None:
    """Write ``content`` so that only the owner reads it, whole or not at all, and it survives a power cut."""
    aside = path.with_name(path.name + ".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync_folder(path.parent)


def write_public(path: Path, content: bytes) -> None:
    """Write a file that everyone may read, whole or not at all, so that it survives a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync_folder(path.parent)


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are not there, open to their owner alone."""
    if not folder.exists():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the disk remember which files a folder holds: without it a new name may be lost in a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
