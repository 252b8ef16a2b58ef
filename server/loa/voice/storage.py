# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where sounds and uploads lie: finished sounds by their content in public/media, recordings in uploads."""

import os
from collections.abc import Iterable
from hashlib import file_digest
from pathlib import Path
from secrets import token_hex

from django.conf import settings
from django.utils.translation import gettext as _

from loa.config.errors import LoaError
from loa.config.home import sync_folder

SUFFIX = ".opus"


class UploadError(LoaError):
    """The file cannot be taken; the sentence says why and what to send instead."""

    code = "bad_upload"


def media_path(sha256: str) -> Path:
    """Return where the sound with this content lies."""
    folder: Path = settings.HOME.media
    return folder / f"{sha256}{SUFFIX}"


def media_url(sha256: str) -> str:
    """Return the address from which people and devices fetch the sound."""
    return f"/media/{sha256}{SUFFIX}"


def keep_sound(made: Path) -> tuple[str, int]:
    """Move a finished file to its content's address: whole or not at all, safe from a power cut.

    Args:
        made: a file on the same disk as LOA_HOME; it is gone afterwards.

    Returns:
        The SHA-256 of the content and its size in bytes.
    """
    with made.open("rb") as file:
        sha256 = file_digest(file, "sha256").hexdigest()
        size = os.fstat(file.fileno()).st_size
        os.fsync(file.fileno())
    made.chmod(0o644)
    path = media_path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    made.replace(path)
    sync_folder(path.parent)
    return sha256, size


def upload_path(name: str) -> Path:
    """Return where an upload lies; ``name`` is one that ``spool_upload`` gave.

    Raises:
        ValueError: the name leads elsewhere.
    """
    if Path(name).name != name or name in {"", ".", ".."}:
        raise ValueError(f"{name!r} is no name of an upload.")
    folder: Path = settings.HOME.uploads
    return folder / name


def spool_upload(chunks: Iterable[bytes], *, size: int | None = None) -> str:
    """Write an uploaded recording to disk under a name of our own, counting its bytes, and return the name.

    Args:
        size: what the sender announced, in bytes; believed only when it is too large.

    Raises:
        UploadError: too large, or empty.
    """
    limit: int = settings.UPLOAD_LIMIT_BYTES
    if size is not None and size > limit:
        raise too_large(size)
    name = f"{token_hex(16)}.upload"
    path = upload_path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        written = _write(path, chunks, limit)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if written == 0:
        path.unlink()
        raise UploadError(_("Tệp rỗng. Chọn lại tệp MP3, WAV, M4A hoặc OGG."), field="file")
    return name


def _write(path: Path, chunks: Iterable[bytes], limit: int) -> int:
    written = 0
    with path.open("xb") as file:
        for chunk in chunks:
            written += len(chunk)
            if written > limit:
                raise too_large(written)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return written


def too_large(size: int) -> UploadError:
    """Return the error for a file of so many bytes."""
    limit: int = settings.UPLOAD_LIMIT_BYTES // 1_000_000
    shown = max(round(size / 1_000_000), limit + 1)  # never "67 MB, at most 67 MB"
    return UploadError(
        _("Tệp nặng %(size)s MB, nhiều nhất là %(limit)s MB. Xuất sang MP3 hoặc OGG rồi gửi lại.")
        % {"size": shown, "limit": limit},
        field="file",
    )
