# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sound files by content hash: fetched ahead, resumed after a cut, ready only when whole and checked."""

import contextlib
import errno
import hashlib
import logging
import os
from collections.abc import Callable, Collection
from pathlib import Path

from loa_device.state import free_bytes, rename_durably, sync_folder
from loa_device.web import Answer, StatusError, Web, WebError
from loa_protocol.statements import RenditionRef

log = logging.getLogger(__name__)

RESERVE = 16 * 1024 * 1024  # bytes of the disk that sound leaves to the play log and to the files
MAX_FILE = 512 * 1024 * 1024  # bytes; whatever a release says


class MediaError(Exception):
    """A file is not ready.

    Args:
        code: `no_line`, `not_found`, `wrong_size`, `hash_mismatch`, `disk_full`, `disk` or `given_up`.
        message: details for the log.
    """

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        super().__init__(message or code)


class MediaStore:
    """The folder of sound files. A name without `.part` means: whole, hash checked, on disk.

    Args:
        folder: where they lie.
        base_url: where they are fetched from, `<base_url>/<sha256>.opus`.
        web: how to reach it.
    """

    def __init__(self, folder: Path, base_url: str, web: Web) -> None:
        self._folder = folder
        self._base = base_url.rstrip("/")
        self._web = web
        self.bytes_fetched = 0
        self.ready: frozenset[str] = frozenset(path.stem for path in folder.glob("*.opus"))

    def path(self, sha256: str) -> Path:
        """Return where a file lies once it is ready."""
        return self._folder / f"{sha256}.opus"

    def fetch(self, ref: RenditionRef, *, wanted: Callable[[], bool] = lambda: True) -> None:
        """Bring one file onto the disk; call it from a thread.

        Args:
            ref: hash and size from the signed release.
            wanted: asked between pieces; when it says no, the download ends.

        Raises:
            MediaError: not ready; what has come so far is kept for a resumed attempt unless it is wrong.
        """
        if ref.sha256 in self.ready:
            return
        if ref.size > MAX_FILE:
            raise MediaError("wrong_size", f"{ref.size} bytes")
        part = self._folder / f"{ref.sha256}.part"
        try:
            self._download(ref, part, wanted)
            self._accept(ref, part)
        except OSError as error:
            code = "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "disk"
            raise MediaError(code, str(error)) from error

    def check(self, sha256: str) -> bool:
        """Hash a file again just before it sounds; a damaged one is removed and no longer ready."""
        path = self.path(sha256)
        try:
            if _hash_of(path) == sha256:
                return True
            log.error("%s is damaged on disk and is fetched again", path.name)
            path.unlink(missing_ok=True)
        except OSError as error:
            log.error("%s cannot be read: %s", path.name, error)
        self.ready -= {sha256}
        return False

    def tidy(self, keep: Collection[str]) -> None:
        """Remove every file, whole or partial, that is not among these hashes.

        Raises:
            OSError: the folder cannot be changed.
        """
        doomed = [path for path in self._folder.iterdir() if path.stem not in keep]
        if not doomed:
            return
        self.ready = frozenset(self.ready & frozenset(keep))
        for path in doomed:
            path.unlink(missing_ok=True)
        sync_folder(self._folder)

    def _download(self, ref: RenditionRef, part: Path, wanted: Callable[[], bool]) -> None:
        have = part.stat().st_size if part.exists() else 0
        if have > ref.size:
            part.unlink()
            have = 0
        if have == ref.size:
            return
        if free_bytes(self._folder) < ref.size - have + RESERVE:
            raise MediaError("disk_full", f"no room for {ref.size - have} bytes")
        try:
            written = self._append(ref, part, have, wanted)
        except StatusError as error:
            if error.status == 416:  # what lies here is not the beginning of what lies there
                part.unlink(missing_ok=True)
            raise MediaError("not_found" if error.status in (404, 410) else "no_line", str(error)) from error
        except WebError as error:
            raise MediaError("no_line", str(error)) from error
        if written > ref.size:
            part.unlink()
        if written != ref.size:
            raise MediaError("wrong_size", f"expected {ref.size} bytes, found {written}")

    def _append(self, ref: RenditionRef, part: Path, have: int, wanted: Callable[[], bool]) -> int:
        """Fetch from byte `have` on, or everything when the server does not know ranges."""
        answer = self._open(ref.sha256, have)
        is_resumed = answer.status == 206 and _starts_at(answer, have)
        written = have if is_resumed else 0
        with part.open("ab" if is_resumed else "wb") as file, contextlib.closing(answer.chunks) as chunks:
            for chunk in chunks:
                if not wanted():
                    raise MediaError("given_up")
                written += len(chunk)
                self.bytes_fetched += len(chunk)
                if written > ref.size:
                    break
                file.write(chunk)
        return written

    def _open(self, sha256: str, have: int) -> Answer:
        headers = {"Range": f"bytes={have}-"} if have else {}
        return self._web.open(f"{self._base}/{sha256}.opus", headers=headers)

    def _accept(self, ref: RenditionRef, part: Path) -> None:
        with part.open(
            "rb"
        ) as file:  # here, since a killed process may have left all of it, and nothing synced
            os.fsync(file.fileno())
        found = _hash_of(part)
        if found != ref.sha256:
            part.unlink()
            raise MediaError("hash_mismatch", f"expected {ref.sha256}, found {found}")
        rename_durably(part, self.path(ref.sha256))
        self.ready |= {ref.sha256}


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _starts_at(answer: Answer, have: int) -> bool:
    return answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
