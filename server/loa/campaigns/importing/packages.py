# SPDX-License-Identifier: AGPL-3.0-or-later
"""Look at a file before anybody reads it: its kind by content, how far it unpacks, what its XML calls for."""

import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO
from xml.parsers import expat

from loa.campaigns.importing.reasons import FileReason, PlanFileError

SIZE_LIMIT = 10 * 1024 * 1024  # bytes of a file
UNPACKED_LIMIT = 80 * 1024 * 1024  # bytes of all its parts together
RATIO_LIMIT = 200  # unpacked to packed, for parts above RATIO_FROM
RATIO_FROM = 1024 * 1024  # bytes
PARTS_LIMIT = 2000
MARKS_LIMIT = (
    4_000_000  # "<" and "=" of one part: elements and attributes, which take memory when they are read
)
FEW_MARKS = 400_000  # of a part that holds no rows: each element of a style becomes an object
BLOCK = 64 * 1024

_WITH_ROWS = ("word/document.xml", "xl/worksheets/", "xl/sharedstrings.xml")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")
# What zip and deflate say of bytes that they cannot read.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def kind_of(path: Path) -> str:
    """Return ``"xlsx"`` or ``"docx"`` after every check that can be made without reading the table.

    Raises:
        PlanFileError: it is of another kind, or not safe to open.
    """
    size = path.stat().st_size
    if not size:
        raise PlanFileError(FileReason.EMPTY_FILE)
    if size > SIZE_LIMIT:
        raise PlanFileError(FileReason.TOO_LARGE, limit=SIZE_LIMIT // 1024 // 1024)
    with path.open("rb") as file:
        head = file.read(BLOCK)
    if not head.startswith(b"PK\x03\x04"):
        raise PlanFileError(_other_kind(path, head))
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            kind = _office_kind(archive, [part.filename for part in parts])
            _check_size(parts)
            for part in parts:
                _check_xml(archive, part)
    except UNREADABLE as error:
        raise PlanFileError(FileReason.BROKEN) from error
    return kind


def _other_kind(path: Path, head: bytes) -> FileReason:
    if head.startswith(_OLE):
        return _ole_kind(path)
    if head.startswith(b"%PDF-"):
        return FileReason.PDF
    if head.startswith(_PICTURES):
        return FileReason.PICTURE
    if head.lstrip().startswith(b"{\\rtf"):
        return FileReason.OLD_WORD
    try:
        text = head[:-4].decode("utf-8") if len(head) == BLOCK else head.decode("utf-8")
    except UnicodeDecodeError:
        return FileReason.UNKNOWN_KIND
    return FileReason.UNKNOWN_KIND if "\0" in text else FileReason.PLAIN_TEXT


def _ole_kind(path: Path) -> FileReason:
    """Say what an OLE container holds, by the names in its directory (UTF-16)."""
    content = path.read_bytes()
    names = {
        "EncryptedPackage": FileReason.ENCRYPTED,
        "WordDocument": FileReason.OLD_WORD,
        "Workbook": FileReason.OLD_EXCEL,
        "Book": FileReason.OLD_EXCEL,
        "PowerPoint Document": FileReason.PRESENTATION,
    }
    found = (reason for name, reason in names.items() if name.encode("utf-16-le") in content)
    return next(found, FileReason.UNKNOWN_KIND)


def _office_kind(archive: zipfile.ZipFile, names: list[str]) -> str:
    if len(names) > PARTS_LIMIT:
        raise PlanFileError(FileReason.TOO_MANY_PARTS)
    lower = [name.lower() for name in names]
    if any(name.endswith("vbaproject.bin") for name in lower):
        raise PlanFileError(FileReason.MACROS)
    if lower[:1] == ["mimetype"]:
        raise PlanFileError(FileReason.OPEN_DOCUMENT)
    if any(part.flag_bits & 0x1 for part in archive.infolist()):
        raise PlanFileError(FileReason.ENCRYPTED)
    if "word/document.xml" in lower:
        return "docx"
    if "xl/workbook.xml" in lower:
        return "xlsx"
    if any(name.startswith("ppt/") for name in lower):
        raise PlanFileError(FileReason.PRESENTATION)
    raise PlanFileError(FileReason.UNKNOWN_KIND)


def _check_size(parts: Iterable[zipfile.ZipInfo]) -> None:
    """Refuse what unpacks too far. Reading stops at the size that a part declares, so none can lie."""
    total = 0
    for part in parts:
        total += part.file_size
        is_bomb = part.file_size > RATIO_FROM and part.file_size > RATIO_LIMIT * max(part.compress_size, 1)
        if total > UNPACKED_LIMIT or is_bomb:
            raise PlanFileError(FileReason.UNPACKS_TOO_LARGE)


class _PrologOverError(Exception):
    """The root element begins: nothing can be declared any more."""


def _check_xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse a document type (the office formats have none, entities come from there alone) and too many elements.

    Every part is looked at, for a workbook may keep its sheets under any name; what is no XML is left alone
    unless its name says that it is.
    """
    with archive.open(part) as file:
        try:
            _check_prolog(file)
        except _PrologOverError:
            _check_marks(file, part.filename.lower())
        except (expat.ExpatError, LookupError) as error:  # also an encoding that nobody knows
            if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                raise PlanFileError(FileReason.BROKEN) from error


def _check_prolog(file: IO[bytes]) -> None:
    parser = expat.ParserCreate()

    def doctype(*_about: object) -> None:
        raise PlanFileError(FileReason.FOREIGN_ENTITIES)

    def element(*_about: object) -> None:
        raise _PrologOverError

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    while block := file.read(BLOCK):
        parser.Parse(block, False)


def _check_marks(file: IO[bytes], name: str) -> None:
    """Refuse a part with more elements and attributes than a plan has; the first block was read already."""
    limit = MARKS_LIMIT if name.startswith(_WITH_ROWS) else FEW_MARKS
    marks = 0
    while block := file.read(BLOCK):
        marks += block.count(b"<") + block.count(b"=")
        if marks > limit:
            raise PlanFileError(FileReason.UNPACKS_TOO_LARGE)
