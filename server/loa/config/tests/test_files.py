# SPDX-License-Identifier: AGPL-3.0-or-later
from pathlib import Path
from typing import Any

import pytest
from django.http import FileResponse, Http404
from django.test import RequestFactory

from loa.config import files
from loa.config.home import Home

SOUND = bytes(range(256)) * 40
NAME = "a" * 64 + ".opus"


@pytest.fixture(autouse=True)
def _public(tmp_path: Path, settings: Any) -> None:
    settings.HOME = Home(tmp_path)
    settings.HOME.make()
    (settings.HOME.media / NAME).write_bytes(SOUND)
    metadata = settings.HOME.repositories / "06970" / "metadata"
    metadata.mkdir(parents=True)
    (metadata / "timestamp.json").write_text("{}")
    (settings.HOME.repositories / "06970" / ".lock").write_text("")
    (settings.HOME.keys / "secret").write_text("closed")


def get(header: str | None = None) -> Any:
    request = RequestFactory(headers={"Range": header} if header else {}).get("/media/x")
    return files.media(request, NAME)


def test_a_sound_is_served_whole_with_its_length_and_may_be_kept_for_ever() -> None:
    response = get()
    assert isinstance(response, FileResponse)
    assert response.getvalue() == SOUND
    assert response.headers["Content-Length"] == str(len(SOUND))
    assert response.headers["Content-Type"] == "audio/ogg"
    assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=10000-", 10000, 10240),
        ("bytes=-5", 10235, 10240),
        ("bytes=10-99999", 10, 10240),
    ],
)
def test_a_player_gets_the_part_that_it_asks_for(header: str, start: int, end: int) -> None:
    response = get(header)
    assert response.status_code == 206
    assert response.getvalue() == SOUND[start:end]
    assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/10240"


@pytest.mark.parametrize(
    "header",
    [
        "bytes=10240-",
        "bytes=9-3",
        "bytes=-",
        "bytes=-0",
        "lines=1-2",
        "bytes=0-1,4-5",
        f"bytes=0-{'9' * 5000}",
    ],
)
def test_a_part_that_is_not_there_is_refused(header: str) -> None:
    assert get(header).status_code == 416


def test_a_repository_is_never_answered_from_a_cache() -> None:
    response = files.repository(RequestFactory().get("/repo/x"), "06970/metadata/timestamp.json")
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "name", ["../../keys/secret", "06970/../../../keys/secret", "/etc/passwd", "06970", "none", "06970/.lock"]
)
def test_nothing_outside_the_public_folder_is_served(name: str) -> None:
    with pytest.raises(Http404):
        files.repository(RequestFactory().get("/repo/x"), name)
