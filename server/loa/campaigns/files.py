# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files of a plan on disk: ``uploads/plan/<2>/<sha256>``, copies of photos beside them, parts on their way in.

A file is on disk, whole and safe from a power cut, before any row or answer says so.
"""

import os
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from hashlib import file_digest
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.campaigns.models import Evidence, Finding, Inspection, LegalDocument, StoredFile, Upload
from loa.campaigns.photos import COPY_WIDTHS, PhotoError, PhotoFacts, look_at, make_copy
from loa.config import clock
from loa.config.errors import LoaError
from loa.config.home import sync_folder

FILE_LIMIT = 50 * 1024 * 1024  # bytes
KEPT_UNUSED = timedelta(days=1)  # a file whose row is being written is not unused
BLOCK = 1024 * 1024  # bytes read at once
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OPEN = ("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet")
SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    _OFFICE["word/"]: ".docx",
    _OFFICE["xl/"]: ".xlsx",
    _OFFICE["ppt/"]: ".pptx",
    _OPEN[0]: ".odt",
    _OPEN[1]: ".ods",
}


class FileError(LoaError):
    """The file cannot be taken; the sentence says why and what to send instead."""

    code = "bad_file"


@dataclass(frozen=True)
class Kept:
    """A file that is on disk."""

    sha256: str
    size: int  # bytes
    media_type: str
    photo: PhotoFacts | None


def folder() -> Path:
    """Return the folder of all files of plans."""
    uploads: Path = settings.HOME.uploads
    return uploads / "plan"


def path_of(sha256: str) -> Path:
    """Return where the file with this content lies."""
    return folder() / sha256[:2] / sha256


def copy_path(sha256: str, size: str) -> Path:
    """Return where a photo's copy lies; ``size`` is one of ``photos.COPY_WIDTHS``."""
    return folder() / sha256[:2] / f"{sha256}-{COPY_WIDTHS[size]}.jpg"


def part_path(client_key: UUID) -> Path:
    """Return where an upload gathers."""
    return folder() / "parts" / str(client_key)


def _new_file(path: Path) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def spool(file: IO[bytes], limit: int = FILE_LIMIT) -> Path:
    """Write what is sent to disk and return where; the caller hands it to ``keep``.

    Raises:
        FileError: it is empty or larger than ``limit`` bytes.
    """
    path = part_path(uuid4())
    size = 0
    with os.fdopen(_new_file(path), "wb") as target:
        while block := file.read(BLOCK):
            size += len(block)
            if size > limit:
                break
            target.write(block)
        target.flush()
        os.fsync(target.fileno())
    if 0 < size <= limit:
        return path
    path.unlink()
    if not size:
        raise FileError(_("Tệp rỗng. Chọn lại tệp."))
    raise FileError(_("Tệp nặng quá %(count)s MB. Gửi tệp nhẹ hơn.") % {"count": limit // 1024 // 1024})


def _office_type(path: Path) -> str | None:
    """Return the type of a document that is a zip; None for any other zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:2000]
            if names[:1] == ["mimetype"] and archive.getinfo("mimetype").file_size < 100:
                kind = archive.read("mimetype").decode("ascii", "replace").strip()
                return kind if kind in _OPEN else None
            if "[Content_Types].xml" in names and not any(name.endswith("vbaProject.bin") for name in names):
                return next((_OFFICE[top] for top in _OFFICE if any(n.startswith(top) for n in names)), None)
    except (zipfile.BadZipFile, OSError, KeyError):
        return None
    return None


def type_of(path: Path) -> str | None:
    """Return what a file is by its content; None for a kind that is not taken."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (head[:4], head[8:12]) == (
        b"RIFF",
        b"WEBP",
    ):
        return "image"
    if head.startswith(b"PK\x03\x04"):
        return _office_type(path)
    try:
        text = head[:-4].decode("utf-8") if len(head) == 4096 else head.decode("utf-8")
    except UnicodeDecodeError:
        return None
    printable = all(letter.isprintable() or letter in "\r\n\t\ufeff" for letter in text)
    return "text/plain" if printable and not text.lstrip("\ufeff").lstrip().startswith("<") else None


def keep(spooled: Path, *, only_photos: bool = False) -> Kept:
    """Move a spooled file to its content's place, with its copies when it is a photo; it is gone afterwards.

    Raises:
        PhotoError: it is a photo that cannot be taken, or no photo where one is asked for.
        FileError: it is of a kind that is not taken.
    """
    try:
        kind = type_of(spooled)
        if only_photos and kind != "image":
            raise PhotoError(_("Tệp này không phải ảnh JPEG, PNG hay WebP. Chụp hoặc lưu lại rồi gửi."))
        if kind is None:
            raise FileError(_("Loại tệp này không nhận. Gửi PDF, Word, Excel, PowerPoint, ODF hoặc ảnh."))
        photo = look_at(spooled) if kind == "image" else None
        with spooled.open("rb") as file:
            sha256 = file_digest(file, "sha256").hexdigest()
            size = os.fstat(file.fileno()).st_size
            os.fsync(file.fileno())
        place = path_of(sha256)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if photo is not None:
            _make_copies(spooled, sha256)
        spooled.replace(place)
        sync_folder(place.parent)
        return Kept(sha256, size, photo.media_type if photo else kind, photo)
    finally:
        spooled.unlink(missing_ok=True)


def _make_copies(source: Path, sha256: str) -> None:
    for size, longest in COPY_WIDTHS.items():
        target = copy_path(sha256, size)
        if not target.exists():
            aside = target.with_name(f"{target.name}.{uuid4().hex}.new")
            try:
                make_copy(source, longest, aside)
                aside.replace(target)
            finally:
                aside.unlink(missing_ok=True)


def stored(kept: Kept) -> StoredFile:
    """Return the row of a file that is on disk, in the transaction of what shows it."""
    photo = kept.photo
    row, _made = StoredFile.objects.get_or_create(
        sha256=kept.sha256,
        defaults={
            "size": kept.size,
            "media_type": kept.media_type,
            "stored_at": clock.now(),
            **(
                {
                    "width": photo.width,
                    "height": photo.height,
                    "taken_at": photo.taken_at,
                    "latitude": photo.latitude,
                    "longitude": photo.longitude,
                    "fingerprint": photo.fingerprint,
                }
                if photo
                else {}
            ),
        },
    )
    return row


def unused() -> QuerySet[StoredFile]:
    """Return the rows of files that nothing shows any more, also nothing that could be brought back."""
    return (
        StoredFile.objects.exclude(pk__in=Evidence.everything.exclude(file=None).values("file"))
        .exclude(pk__in=LegalDocument.everything.exclude(file=None).values("file"))
        .exclude(pk__in=Inspection.everything.exclude(photos=None).values("photos"))
        .exclude(pk__in=Finding.everything.exclude(photos=None).values("photos"))
    )


def forget(row: StoredFile) -> None:
    """Delete a file that nothing shows: its row, itself and its copies."""
    sha256 = row.sha256
    row.delete()
    path_of(sha256).unlink(missing_ok=True)
    for size in COPY_WIDTHS:
        copy_path(sha256, size).unlink(missing_ok=True)


def received(upload: Upload) -> int:
    """Return how many bytes of an upload are on disk."""
    try:
        return part_path(upload.client_key).stat().st_size
    except FileNotFoundError:
        return 0


def append(upload: Upload, block: bytes) -> int:
    """Add a block to an upload, on disk before it is counted; return how many bytes are there now."""
    path = part_path(upload.client_key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        file.write(block)
        file.flush()
        os.fsync(file.fileno())
        return os.fstat(file.fileno()).st_size
