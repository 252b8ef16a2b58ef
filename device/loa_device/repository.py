# SPDX-License-Identifier: AGPL-3.0-or-later
"""The commune's TUF repository: what was verified last is on disk, whole; a refresh replaces it or nothing.

TUF's client writes without fsync, so it works on a scratch copy; what it accepted is then written durably.
The files themselves are kept in one file, so that agenda, approvers and releases are of one publication.
"""

import contextlib
import logging
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.ngclient.config import UpdaterConfig
from tuf.ngclient.fetcher import FetcherInterface
from tuf.ngclient.updater import Updater

from loa_device.state import DamagedError, read_checked, write_checked, write_durably
from loa_device.web import StatusError, Web, WebError
from loa_protocol.canonical import canonical
from loa_protocol.envelope import MAX_ENVELOPE
from loa_protocol.errors import MalformedError
from loa_protocol.statements import MAX_STATEMENT, Agenda, decode_statement

log = logging.getLogger(__name__)

MAX_RELEASES = 5000  # named by one agenda
MAX_TOGETHER = 64 * 1024 * 1024  # bytes of all releases, activations and withdrawals of one agenda
MAX_METADATA = 4 * 1024 * 1024  # bytes of one metadata file, whatever length other metadata announces
ADMINISTRATORS_FIELD = "loa"  # of the root metadata
_CONFIG = UpdaterConfig(
    max_root_rotations=64,
    snapshot_max_length=256 * 1024,  # bytes
    targets_max_length=MAX_METADATA,
)


# The most special first: an error has the code of the first one that it is.
_CODES: tuple[tuple[type[Exception], str], ...] = (
    (BadVersionNumberError, "metadata_rolled_back"),
    (ExpiredMetadataError, "metadata_expired"),
    (UnsignedMetadataError, "metadata_unsigned"),
    (LengthOrHashMismatchError, "metadata_mismatch"),
    (RepositoryError, "metadata_malformed"),
    (DownloadLengthMismatchError, "endless_data"),
)


class RefreshError(Exception):
    """Nothing new was accepted.

    Args:
        message: for the log.
        code: reason code (docs/protocol.md).
        file: name of the file that was fetched last.
    """

    def __init__(self, message: str, *, code: str, file: str = "") -> None:
        self.code = code
        self.file = file
        super().__init__(message)

    @property
    def is_attack(self) -> bool:
        """Whether the files themselves were wrong, not the line."""
        return self.code != "no_line"


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes that TUF verified, of one publication.

    Args:
        administrators: what the root metadata says about them; empty when it names none.
        root_version: of that root metadata.
    """

    agenda: bytes
    approvers: bytes
    rules: bytes
    releases: dict[str, bytes] = {}
    withdrawals: dict[str, bytes] = {}
    activations: dict[str, bytes] = {}
    administrators: bytes = b""
    root_version: int = 0


class Repository:
    """The local copy of a commune's repository.

    Args:
        metadata: folder of the accepted TUF metadata.
        staging: scratch folder; its content is worthless.
        verified: file that keeps the last verified set.
        base_url: address of the commune's repository, with `metadata/` and `targets/` below it.
        root: the first root.json, from enrolment.
        web: how to reach it.
    """

    def __init__(
        self, *, metadata: Path, staging: Path, verified: Path, base_url: str, root: bytes, web: Web
    ) -> None:
        self._metadata = metadata
        self._staging = staging
        self._verified = verified
        self._copy = verified.with_suffix(".copy")  # of the same content: memory cards forget single bits
        self._base = base_url.rstrip("/")
        self._root = root
        self._web = web

    def load(self) -> Files | None:
        """Return the last verified set from disk, out of its copy when it is damaged; None when there is none."""
        if not self._verified.exists():
            return None
        for path in (self._verified, self._copy):
            try:
                content = read_checked(path)
                files = msgspec.msgpack.decode(content, type=Files)
            except (OSError, DamagedError, msgspec.DecodeError) as error:
                log.error("the stored set of files is damaged: %s: %s", path.name, error)
                continue
            if path is self._copy:
                with contextlib.suppress(OSError):  # else the next set that comes is written there
                    write_checked(self._verified, content)
            return files
        return None

    def refresh(self, known: Files | None, now: datetime) -> Files:
        """Fetch what has changed; call it from a thread.

        Releases and withdrawals that cannot be fetched now are left out (their items will not sound) and
        tried again at the next refresh; agenda, approvers and rules come together or not at all.

        Args:
            known: the set in use; files in it that did not change are not fetched again.
            now: trusted time (UTC), at least the time floor: metadata that expired before it is refused.

        Raises:
            RefreshError: the line or the files are bad; `known` stays in force.
        """
        fetcher = _Fetcher(self._web)
        try:
            return self._refreshed(known, now, fetcher)
        except (DownloadError, WebError, RepositoryError, MalformedError) as error:
            raise RefreshError(_sentence(error), code=_code(error), file=fetcher.last) from error

    def keep(self, files: Files) -> None:
        """Make a set that passed every check the one that the next start begins with.

        Raises:
            OSError: the disk is full; the former set stays.
        """
        self._keep_metadata()
        content = msgspec.msgpack.encode(files)
        write_checked(self._verified, content)
        write_checked(self._copy, content)

    def _refreshed(self, known: Files | None, now: datetime, fetcher: "_Fetcher") -> Files:
        self._stage()
        updater = Updater(
            metadata_dir=str(self._staging / "metadata"),
            metadata_base_url=f"{self._base}/metadata/",
            target_dir=str(self._staging / "targets"),
            target_base_url=f"{self._base}/targets/",
            fetcher=fetcher,
            config=_CONFIG,
            bootstrap=self._root,
        )
        # The client asks the system clock, which anybody may have set back; there is no public way to tell it.
        updater._trusted_set.reference_time = now
        updater.refresh()
        version, administrators = _read_root(self._staging / "metadata" / "root.json")
        target = _Targets(updater)
        agenda = target.required("agenda.json", known.agenda if known else None, MAX_STATEMENT)
        plan = decode_statement(agenda, Agenda)
        named = sorted({item.release_id for item in plan.items})[:MAX_RELEASES]
        activated = sorted({item.activation_id for item in plan.items} - {""})[:MAX_RELEASES]
        ended = plan.withdrawn[:MAX_RELEASES]
        return Files(
            agenda=agenda,
            approvers=target.required("approvers.json", known.approvers if known else None, MAX_ENVELOPE),
            rules=target.required("rules.json", known.rules if known else None, MAX_ENVELOPE),
            releases=target.each("releases", named, known.releases if known else {}),
            withdrawals=target.each("withdrawals", ended, known.withdrawals if known else {}),
            activations=target.each("activations", activated, known.activations if known else {}),
            administrators=administrators,
            root_version=version,
        )

    def _stage(self) -> None:
        shutil.rmtree(self._staging, ignore_errors=True)
        shutil.copytree(self._metadata, self._staging / "metadata", symlinks=True)

    def _keep_metadata(self) -> None:
        """Copy what TUF accepted into the durable folder: roots first, the timestamp last."""
        source = self._staging / "metadata"
        if not source.exists():
            return
        roots = sorted((source / "root_history").glob("*.root.json"))
        others = [source / f"{role}.json" for role in ("targets", "snapshot", "timestamp")]
        (self._metadata / "root_history").mkdir(exist_ok=True)
        for path in [*roots, *others]:
            target = self._metadata / path.relative_to(source)
            content = path.read_bytes()
            if not target.exists() or target.read_bytes() != content:
                write_durably(target, content)
        shutil.rmtree(self._staging, ignore_errors=True)


class _Targets:
    """Target files by name: taken from the known set while their hash holds, else downloaded."""

    def __init__(self, updater: Updater) -> None:
        self._updater = updater
        self._left = MAX_TOGETHER

    def required(self, path: str, known: bytes | None, limit: int) -> bytes:
        content = self._get(path, known, limit)
        if content is None:
            raise RepositoryError(f"the repository has no {path}")
        return content

    def each(self, folder: str, names: list[str], known: dict[str, bytes]) -> dict[str, bytes]:
        found = {}
        for name in names:
            try:
                content = self._get(f"{folder}/{name}.json", known.get(name), min(MAX_ENVELOPE, self._left))
            except (DownloadError, WebError, LengthOrHashMismatchError, MalformedError) as error:
                log.warning("%s/%s.json cannot be fetched now: %s", folder, name, error)
                continue
            if content is not None:
                self._left -= len(content)
                found[name] = content
        return found

    def _get(self, path: str, known: bytes | None, limit: int) -> bytes | None:
        info = self._updater.get_targetinfo(path)
        if info is None:
            return None
        if info.length > limit:
            raise MalformedError("too_large", f"{path} is too large", expected=limit, found=info.length)
        if known is not None:
            try:
                info.verify_length_and_hashes(known)
            except LengthOrHashMismatchError:
                pass
            else:
                return known
        return Path(self._updater.download_target(info)).read_bytes()


class _Fetcher(FetcherInterface):
    """TUF's downloads through the agent's own connections, with their time-outs and a limit of our own."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self.last = ""  # name of the file that was asked for last

    def _fetch(self, url: str) -> Iterator[bytes]:
        self.last = url.rpartition("/metadata/")[2].rpartition("/targets/")[2]
        try:
            chunks = self._web.open(url).chunks
        except StatusError as error:
            raise DownloadHTTPError(str(error), error.status) from error
        except WebError as error:
            raise DownloadError(str(error)) from error
        return _limited(chunks, url, MAX_METADATA if "/metadata/" in url else MAX_STATEMENT)


def _limited(chunks: Iterator[bytes], url: str, limit: int) -> Iterator[bytes]:
    """Pass on so many bytes: the length that other metadata announces is not believed without bound."""
    count = 0
    for chunk in chunks:
        count += len(chunk)
        if count > limit:
            raise DownloadLengthMismatchError(f"{url}: more than {limit} bytes")
        yield chunk


def _read_root(path: Path) -> tuple[int, bytes]:
    """Return version and administrators out of root metadata that TUF has verified."""
    signed: dict[str, Any] = msgspec.json.decode(path.read_bytes())["signed"]
    named = signed.get(ADMINISTRATORS_FIELD)
    return signed["version"], b"" if named is None else canonical(named)


def _code(error: Exception) -> str:
    """Return the reason code of what stopped a refresh."""
    if isinstance(error, MalformedError):
        return error.code
    return next((code for kind, code in _CODES if isinstance(error, kind)), "no_line")


def _sentence(error: Exception) -> str:
    """Name the innermost cause too: TUF's own text often says only which file failed."""
    cause = error.__cause__
    return f"{error}: {cause}" if cause is not None and str(cause) not in str(error) else str(error)
