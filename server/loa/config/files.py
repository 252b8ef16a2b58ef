# SPDX-License-Identifier: AGPL-3.0-or-later
"""Serve the public files that devices and players fetch: signed repositories and sound.

Any web server may do this instead (deploy/nginx.conf). Sound needs ranges, or players can neither seek nor
tell its length; a repository must never be answered from a cache.
"""

import re
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils._os import safe_join
from django.utils.http import http_date
from django.views.decorators.http import require_safe

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z", re.ASCII)  # no more digits than a size has
_TYPES = {".json": "application/json", ".opus": "audio/ogg"}
FOREVER = "public, max-age=31536000, immutable"


class _Part:
    """A file that ends after so many bytes; what ``FileResponse`` reads."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self._file, self._left = file, length

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._file.read(wanted)
        self._left -= len(data)
        return data

    def close(self) -> None:
        self._file.close()


@login_not_required
@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve a sound; its name is the hash of its content, so it never changes."""
    response = _serve(request, settings.HOME.media, name)
    response.headers["Cache-Control"] = FOREVER
    return response


@login_not_required
@require_safe
def repository(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve a signed file of a commune's repository."""
    response = _serve(request, settings.HOME.repositories, name)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _serve(request: HttpRequest, folder: Path, name: str) -> HttpResponseBase:
    if any(part.startswith(".") for part in name.split("/")):  # a lock, or a file that is being written
        raise Http404
    try:
        path = Path(safe_join(folder, name))
        file = path.open("rb")
    except (OSError, ValueError, SuspiciousFileOperation) as error:
        raise Http404 from error
    status = path.stat()
    size = status.st_size
    content_type = _TYPES.get(path.suffix, "application/octet-stream")
    start, end = 0, size - 1
    if header := request.headers.get("Range"):
        wanted = _wanted(header, size)
        if wanted is None:
            file.close()
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        start, end = wanted
    file.seek(start)
    response = FileResponse(_Part(file, end - start + 1), content_type=content_type)
    response.headers["Content-Length"] = str(end - start + 1)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Last-Modified"] = http_date(status.st_mtime)
    if header:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return response


def _wanted(header: str, size: int) -> tuple[int, int] | None:
    """Return first and last byte of a single range, or None when it cannot be given."""
    match = _RANGE.match(header)
    if not match or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        return (max(size - int(last), 0), size - 1) if int(last) and size else None
    start, end = int(first), min(int(last) if last else size - 1, size - 1)
    return (start, end) if start <= end else None
