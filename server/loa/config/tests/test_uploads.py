# SPDX-License-Identifier: AGPL-3.0-or-later
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import RequestFactory

LIMIT = 1000


@pytest.fixture(autouse=True)
def _limit(settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = LIMIT


def request(*sizes: int) -> HttpRequest:
    files = {f"file{number}": SimpleUploadedFile("a.mp3", b"x" * size) for number, size in enumerate(sizes)}
    return RequestFactory().post("/", files)


def test_what_fits_arrives_whole() -> None:
    file = request(LIMIT).FILES["file0"]
    assert (file.size, len(file.read())) == (LIMIT, LIMIT)


def test_of_what_is_too_large_the_limit_lies_on_disk_and_the_size_is_told() -> None:
    file = request(200_000).FILES["file0"]
    assert (file.size, len(file.read())) == (200_000, LIMIT)


def test_many_files_share_the_limit_and_none_passes_as_whole() -> None:
    files = request(600, 600, 600).FILES
    assert sum(len(file.read()) for file in files.values()) == LIMIT
    assert [file.size > LIMIT for file in files.values()] == [False, True, True]
