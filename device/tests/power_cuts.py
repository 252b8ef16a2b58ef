# SPDX-License-Identifier: AGPL-3.0-or-later
"""A disk that remembers what it would hold after a power cut just before each fsync of a story.

Only what was synced is sure: a file's bytes as of its own fsync, a name as of the fsync of its folder. Three disks
come of each cut: nothing that was not synced is there (`lost`), all names but only half of what was not synced
(`torn`), or all of it (`kept`, as after kill -9). SQLite syncs by itself: each commit counts as one fsync of its files.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from loa_device.playlog import PlayLog

Content = dict[str, bytes]  # relative path -> bytes


@dataclass(frozen=True)
class Image:
    """A disk after a cut.

    Args:
        kind: `lost`, `torn` or `kept`.
        content: its files.
        reached: what had returned before the cut.
    """

    kind: str
    content: Content
    reached: frozenset[str]

    def write(self, folder: Path) -> None:
        """Put these files into a folder."""
        for name, content in self.content.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


@dataclass
class Disk:
    """Watches one folder."""

    root: Path
    images: list[Image] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    _synced: dict[int, bytes] = field(default_factory=dict)  # inode -> content
    _names: dict[int, dict[str, int]] = field(default_factory=dict)  # folder's inode -> name -> inode
    _held: list[int] = field(default_factory=list)  # so that no inode's number is given away again

    @contextlib.contextmanager
    def watched(self, patch: pytest.MonkeyPatch) -> Iterator[None]:
        """Record every fsync until the end."""
        fsync, changing, opened = os.fsync, PlayLog._changing, PlayLog._open
        disk = self

        def noted(descriptor: int) -> None:
            disk.cut()
            disk.sync(descriptor)
            fsync(descriptor)

        @contextlib.contextmanager
        def committed(log: PlayLog) -> Iterator[Any]:
            with changing(log) as db:
                yield db
            disk.commit()

        def made(log: PlayLog, path: Path) -> None:
            opened(log, path)
            disk.commit()

        patch.setattr(os, "fsync", noted)
        patch.setattr(PlayLog, "_changing", committed)
        patch.setattr(PlayLog, "_open", made)
        try:
            yield
        finally:
            patch.undo()
            for descriptor in self._held:
                os.close(descriptor)

    def cut(self) -> None:
        """Note what a power cut would leave now."""
        now = frozenset(self.reached)
        self.images += [
            Image("lost", dict(self._surviving(self.root)), now),
            Image("torn", {name: self._torn(self.root / name) for name in self._present()}, now),
            Image("kept", {name: (self.root / name).read_bytes() for name in self._present()}, now),
        ]

    def sync(self, descriptor: int) -> None:
        """Take note that a file's bytes, or a folder's names, are safe."""
        self._held.append(os.dup(descriptor))
        state = os.fstat(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}")
        if stat.S_ISDIR(state.st_mode):
            self._names[state.st_ino] = {one.name: one.stat().st_ino for one in path.iterdir()}
            self._held += [os.open(one, os.O_RDONLY) for one in path.iterdir()]
        else:
            self._synced[state.st_ino] = path.read_bytes()

    def commit(self) -> None:
        """Take note of a commit of the play log."""
        self.cut()
        for path in (*sorted(self.root.glob("playlog.sqlite3*")), self.root):
            if not path.name.endswith("-shm"):
                descriptor = os.open(path, os.O_RDONLY)
                self.sync(descriptor)
                os.close(descriptor)

    def _surviving(self, folder: Path, inode: int = 0) -> Iterator[tuple[str, bytes]]:
        names = self._names.get(inode or folder.stat().st_ino, {})
        for name, one in names.items():
            relative = (folder / name).relative_to(self.root).as_posix()
            if one in self._names or (folder / name).is_dir():
                yield from self._surviving(folder / name, one)
            elif not name.endswith("-shm"):
                yield relative, self._synced.get(one, b"")

    def _present(self) -> list[str]:
        found = [path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink()]
        return [path.relative_to(self.root).as_posix() for path in found if not path.name.endswith("-shm")]

    def _torn(self, path: Path) -> bytes:
        content, synced = path.read_bytes(), self._synced.get(path.stat().st_ino, b"")
        if content.startswith(synced):
            return content[: len(synced) + (len(content) - len(synced)) // 2]
        return content[: len(content) // 2]
