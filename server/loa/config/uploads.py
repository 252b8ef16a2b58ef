# SPDX-License-Identifier: AGPL-3.0-or-later
"""Uploads on their way in: spooled to disk, but never more of a request than is taken."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Keep ``UPLOAD_LIMIT_BYTES`` of a request's files and drop what follows, before anybody has signed in.

    The check of the form's origin reads a request whole, so without this a stranger could fill the disk. A
    file that was cut says that it is too large, so the form answers with its own sentence.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._left: int = settings.UPLOAD_LIMIT_BYTES
        self._is_cut = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin one file; what the others took counts."""
        self._is_cut = False
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what still fits."""
        kept = raw_data[: self._left]
        self._left -= len(kept)
        self._is_cut = self._is_cut or len(kept) < len(raw_data)
        self.file.write(kept)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        """Return the file with the size that was sent."""
        self.file.seek(0)
        self.file.size = max(file_size, settings.UPLOAD_LIMIT_BYTES + 1) if self._is_cut else file_size
        return self.file
