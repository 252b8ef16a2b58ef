# SPDX-License-Identifier: AGPL-3.0-or-later
"""Receive recordings without letting one fill the disk: what is announced as too large is read past, not kept."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

FORM_BYTES = 64 * 1024  # of a form beside its file


class LimitedUpload(TemporaryFileUploadHandler):
    """Spool files to disk as Django does, but none of a request that is larger than the limit."""

    too_large = 0  # bytes that the request announced, when they are too many

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803  (Django's own name)
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > settings.UPLOAD_LIMIT_BYTES + FORM_BYTES:
            self.too_large = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.too_large:
            raise SkipFile
        super().new_file(*args, **kwargs)
