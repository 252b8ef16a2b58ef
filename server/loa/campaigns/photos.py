# SPDX-License-Identifier: AGPL-3.0-or-later
"""Read a photo without trusting it: type by content, size before decoding, time and place as it says.

Pillow is imported inside the functions: pages that show no photo never load it.
"""

import math
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from loa.campaigns.fingerprints import fingerprint
from loa.config.errors import LoaError

if TYPE_CHECKING:
    from PIL import Image

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
PHOTO_LIMIT = 25 * 1024 * 1024  # bytes
PIXEL_LIMIT = {"JPEG": 64_000_000, "PNG": 16_000_000, "WEBP": 12_000_000}  # a JPEG is decoded small
IN_STEPS_LIMIT = 24_000_000  # pixels of a JPEG in steps: it is held whole before it is made small
SCANS_LIMIT = 40  # of a JPEG: each goes over the whole picture; programs write ten or so
SIDE_LIMIT = 20_000  # pixels
COPY_WIDTHS = {"large": 1600, "small": 400}  # pixels of the longer side
QUALITY = 82
_ONE_AT_A_TIME = Lock()  # threads of the web process together decode one photo, so that memory stays bounded
_SEGMENT = re.compile(rb"\xff+([^\x00\x01\xff\xd0-\xd7])")  # the next mark behind pixels, restarts left out
_SCAN, _END = 0xDA, 0xD9
_TAKEN, _TAKEN_OFFSET, _ORIENTATION = 36867, 36881, 274
# What turns a picture upright, by its orientation (EXIF 2.32, 4.6.4): members of ``Image.Transpose``.
_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
# What Pillow lets escape on a header whose fields are of other types than they should be.
_UNREADABLE = (
    TypeError,
    ValueError,
    AttributeError,
    LookupError,
    ArithmeticError,
    struct.error,
    OSError,
    SyntaxError,
)


class PhotoError(LoaError):
    """The file is no photo that can be taken; the sentence says why and what to send instead."""

    code = "bad_photo"


@dataclass(frozen=True)
class PhotoFacts:
    """What a photo is, and what it says of itself."""

    media_type: str
    width: int  # pixels, upright
    height: int
    taken_at: datetime | None
    latitude: float | None  # degrees, WGS 84
    longitude: float | None
    fingerprint: bytes


def _scans(content: bytes) -> int:
    """Return how often a JPEG goes over its picture; one of 5 MB can do so 40,000 times, for half an hour."""
    scans, at = 0, 2
    while scans <= SCANS_LIMIT and (mark := _SEGMENT.search(content, at)):
        kind = content[mark.start(1)]
        if kind == _END:
            break
        scans += kind == _SCAN
        at = mark.end() + int.from_bytes(content[mark.end() : mark.end() + 2])
    return scans


@contextmanager
def _opened(path: Path) -> "Iterator[Image.Image]":
    """Open a photo by its content, refusing what would take too much to decode; one at a time."""
    from PIL import Image, UnidentifiedImageError

    try:
        with _ONE_AT_A_TIME, Image.open(path, formats=tuple(TYPES)) as image:
            kind = str(image.format)
            limit = IN_STEPS_LIMIT if image.info.get("progressive") else PIXEL_LIMIT[kind]
            if max(image.size) > SIDE_LIMIT or image.width * image.height > limit:
                raise PhotoError(
                    _("Ảnh quá lớn (%(width)s × %(height)s điểm). Gửi ảnh nhỏ hơn.")
                    % {"width": image.width, "height": image.height}
                )
            if kind == "JPEG" and _scans(path.read_bytes()) > SCANS_LIMIT:
                raise PhotoError(_("Ảnh bị hỏng hoặc thiếu một phần. Gửi lại ảnh này."))
            yield image
    except UnidentifiedImageError as error:
        raise PhotoError(
            _("Tệp này không phải ảnh JPEG, PNG hay WebP. Chụp hoặc lưu lại rồi gửi.")
        ) from error
    except Image.DecompressionBombError as error:
        raise PhotoError(_("Ảnh quá lớn khi mở ra. Gửi ảnh nhỏ hơn.")) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise PhotoError(_("Ảnh bị hỏng hoặc thiếu một phần. Gửi lại ảnh này.")) from error


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) else None


def _degrees(values: Any, ref: Any, limit: float) -> float | None:
    """Return degrees from EXIF's degrees, minutes and seconds; None for anything that is not a place."""
    try:
        parts = [_number(value) for value in values]
    except TypeError:
        return None
    if len(parts) != 3 or any(part is None for part in parts):
        return None
    degrees, minutes, seconds = (part or 0.0 for part in parts)
    found = degrees + minutes / 60 + seconds / 3600
    if str(ref).strip().upper() in {"S", "W"}:
        found = -found
    return round(found, 6) if abs(found) <= limit else None


def _place(exif: Any) -> tuple[float | None, float | None]:
    from PIL.ExifTags import IFD

    gps = exif.get_ifd(IFD.GPSInfo)
    latitude = _degrees(gps.get(2), gps.get(1), 90)
    longitude = _degrees(gps.get(4), gps.get(3), 180)
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None, None
    return latitude, longitude


def _taken(exif: Any) -> datetime | None:
    """Return when the photo says that it was taken; a camera without an offset has the clock of Viet Nam."""
    from PIL.ExifTags import IFD

    details = exif.get_ifd(IFD.Exif)
    text, offset = str(details.get(_TAKEN, "")), str(details.get(_TAKEN_OFFSET, "")).strip()
    try:
        naive = datetime.strptime(text[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  (the zone follows)
    except ValueError:
        return None
    try:
        aware = datetime.strptime(f"{text[:19]} {offset.replace(':', '')}", "%Y:%m:%d %H:%M:%S %z")
    except ValueError:
        aware = naive.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    return aware.astimezone(UTC)


@dataclass(frozen=True)
class _Said:
    """What a camera wrote beside the pixels; nothing where nobody can read it."""

    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    turn: int | None = None  # key of ``_TURNS``


def _said(image: "Image.Image") -> _Said:
    try:
        exif = image.getexif()
        turn = exif.get(_ORIENTATION)
        return _Said(_taken(exif), *_place(exif), turn if turn in _TURNS else None)
    except _UNREADABLE:
        return _Said()


def _upright(image: "Image.Image", longest: int) -> "Image.Image":
    """Return the picture upright, without anything that the file says beside its pixels."""
    from PIL import Image

    share = min(1.0, longest / max(image.size))
    wanted = (max(1, int(image.width * share)), max(1, int(image.height * share)))
    image.draft("RGB", wanted)  # a JPEG is decoded at a fraction of its size
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)  # before anything copies it
    turn = _said(image).turn
    turned = image.transpose(Image.Transpose(_TURNS[turn])) if turn else image
    if turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info:
        layer = turned.convert("RGBA")
        clean = Image.new("RGB", layer.size, "white")
        clean.paste(layer, mask=layer.getchannel("A"))
    else:
        clean = Image.new("RGB", turned.size)
        clean.paste(turned.convert("RGB"))
    return clean


def look_at(path: Path) -> PhotoFacts:
    """Return what a photo is and says.

    Raises:
        PhotoError: it is no photo, broken, or too large.
    """
    if path.stat().st_size > PHOTO_LIMIT:
        raise PhotoError(
            _("Ảnh nặng quá %(count)s MB. Gửi ảnh nhẹ hơn.") % {"count": PHOTO_LIMIT // 1024 // 1024}
        )
    with _opened(path) as image:
        media_type, (width, height) = TYPES[str(image.format)], image.size
        said = _said(image)
        if said.turn in _ON_ITS_SIDE:
            width, height = height, width
        hashes = fingerprint(_upright(image, 1024))
    return PhotoFacts(media_type, width, height, said.taken_at, said.latitude, said.longitude, hashes)


def make_copy(path: Path, longest: int, target: Path) -> None:
    """Write a smaller JPEG of a photo that carries nothing but its pixels.

    Raises:
        PhotoError: the photo cannot be decoded.
    """
    with _opened(path) as image:
        clean = _upright(image, longest)
    clean.save(target, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    clean.close()
