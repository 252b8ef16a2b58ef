# SPDX-License-Identifier: AGPL-3.0-or-later
"""The device's folder: where each kind of state lies, and writes that survive a power cut."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_CHECKED = b"loa1 "  # begins a file that carries the hash of its content


class HomeInUseError(Exception):
    """Another agent runs with this folder."""


class DamagedError(Exception):
    """A file does not hold what was written into it."""


@dataclass(frozen=True)
class DeviceHome:
    """Paths below the device's folder; the agent stores nothing elsewhere."""

    root: Path

    @property
    def seed(self) -> Path:
        """The device's own NKEY seed; it never leaves this file."""
        return self.root / "device.nk"

    @property
    def enrolment(self) -> Path:
        """A request for admission that waits for an answer."""
        return self.root / "enrolment.json"

    @property
    def credential(self) -> Path:
        """What the server gave at approval."""
        return self.root / "credential.json"

    @property
    def server(self) -> Path:
        """Address of the server that admitted the device; its token is renewed there."""
        return self.root / "server"

    @property
    def metadata(self) -> Path:
        """TUF metadata that was accepted last."""
        return self.root / "repository"

    @property
    def staging(self) -> Path:
        """Scratch copy of the metadata while a refresh is under way."""
        return self.root / "staging"

    @property
    def verified(self) -> Path:
        """The last set of files that TUF verified, in one file so that it is whole or old."""
        return self.root / "verified.msgpack"

    @property
    def floors(self) -> Path:
        """Numbers that never fall: agenda, approvers, rules."""
        return self.root / "floors.json"

    @property
    def clock(self) -> Path:
        """The time floor, and where the trusted time stood last."""
        return self.root / "clock.json"

    @property
    def media(self) -> Path:
        """Sound files by content hash."""
        return self.root / "media"

    @property
    def play_log(self) -> Path:
        """The play log (SQLite)."""
        return self.root / "playlog.sqlite3"

    @property
    def progress(self) -> Path:
        """How far the sounding item has come; tells a restarted agent what was heard."""
        return self.root / "progress"

    @property
    def traffic(self) -> Path:
        """How many bytes of sound were fetched today."""
        return self.root / "traffic.json"

    @property
    def status(self) -> Path:
        """What `loa-device status` shows; rewritten often and without fsync."""
        return self.root / "status.json"

    @property
    def lock(self) -> Path:
        """Held by the running agent."""
        return self.root / "lock"

    def make(self) -> None:
        """Create the folders, closed to other users.

        Raises:
            OSError: the folder cannot be written.
        """
        if not self.root.exists():
            self.root.mkdir(mode=0o700, parents=True)
            sync_folder(self.root.parent)
        for folder in (self.metadata, self.media):
            folder.mkdir(mode=0o700, exist_ok=True)

    def is_in_use(self) -> bool:
        """Say whether an agent runs with this folder."""
        if not self.lock.exists():
            return False
        try:
            with self.locked():
                return False
        except HomeInUseError:
            return True

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other agent out of this folder.

        Raises:
            HomeInUseError: another process holds it.
        """
        with self.lock.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise HomeInUseError(str(self.root)) from error
            yield


def write_durably(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file whole or not at all, so that it survives a power cut.

    Aside, fsync, rename, fsync of the folder: after this returns the content is there; if it does not return,
    the former content is.

    Raises:
        OSError: the disk is full or cannot be written; the former content stays.
    """
    aside = path.with_name(path.name + ".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    rename_durably(aside, path)


def write_checked(path: Path, content: bytes) -> None:
    """Write a file durably together with its hash, so that a flipped bit is found when it is read.

    Raises:
        OSError: the disk is full or cannot be written; the former content stays.
    """
    write_durably(path, _CHECKED + sha256(content).hexdigest().encode() + b"\n" + content)


def read_checked(path: Path) -> bytes:
    """Return what `write_checked` wrote, or the whole of a file from an agent that wrote no hash.

    Raises:
        FileNotFoundError: there is none.
        DamagedError: it was changed or cut on disk.
    """
    stored = path.read_bytes()
    if not stored.startswith(_CHECKED):
        return stored
    head, _, content = stored.partition(b"\n")
    if head != _CHECKED + sha256(content).hexdigest().encode():
        raise DamagedError(f"{path.name} is damaged on disk")
    return content


def rename_durably(source: Path, target: Path) -> None:
    """Rename a file and make the new name survive a power cut; both lie in one folder."""
    source.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make created, renamed and removed names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_fast(path: Path, content: bytes) -> None:
    """Write a file whole or not at all for readers on this machine; a power cut may lose it."""
    aside = path.with_name(path.name + ".new")
    aside.write_bytes(content)
    aside.replace(path)


def free_bytes(folder: Path) -> int:
    """Return the free disk space for this user below a folder, in bytes."""
    usage = os.statvfs(folder)
    return usage.f_bavail * usage.f_frsize
