# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sound files: resumed, checked, sized, removed."""

from pathlib import Path

import msgspec
import pytest
from simulator import Simulator

from loa_device.media import MediaError, MediaStore
from loa_device.web import Web
from loa_protocol.statements import RenditionRef


@pytest.fixture
def sound(server: Simulator) -> RenditionRef:
    return server.sound(3.0)


@pytest.fixture
def store(server: Simulator, tmp_path: Path) -> MediaStore:
    (tmp_path / "media").mkdir()
    return MediaStore(tmp_path / "media", f"{server.url}/media", Web())


def failure(store: MediaStore, sound: RenditionRef) -> str:
    with pytest.raises(MediaError) as failed:
        store.fetch(sound)
    assert sound.sha256 not in store.ready
    assert not store.path(sound.sha256).exists(), "never ready unless whole"
    return failed.value.code


def test_a_whole_file_is_ready(server: Simulator, store: MediaStore, sound: RenditionRef) -> None:
    store.fetch(sound)
    assert store.ready == {sound.sha256}
    assert store.path(sound.sha256).read_bytes() == server.media[sound.sha256]
    assert store.check(sound.sha256)


def test_a_cut_download_goes_on_where_it_broke(
    server: Simulator, store: MediaStore, sound: RenditionRef
) -> None:
    server.cut_after = 5000
    assert failure(store, sound) == "no_line"
    store.fetch(sound)
    assert [wanted for path, wanted in server.requests] == ["", "bytes=5000-"]
    assert store.path(sound.sha256).read_bytes() == server.media[sound.sha256]


def test_a_server_without_ranges_is_asked_for_all(
    server: Simulator, store: MediaStore, sound: RenditionRef
) -> None:
    server.cut_after, server.has_ranges = 5000, False
    assert failure(store, sound) == "no_line"
    store.fetch(sound)
    assert store.check(sound.sha256)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda content: content[:-1] + bytes([content[-1] ^ 1]), "hash_mismatch"),
        (lambda content: content + b"more", "wrong_size"),
        (lambda content: content[:-10], "wrong_size"),
        (lambda content: b"", "wrong_size"),
    ],
)
def test_other_bytes_are_never_ready(
    server: Simulator, store: MediaStore, sound: RenditionRef, spoil: object, code: str
) -> None:
    true = server.media[sound.sha256]
    server.media[sound.sha256] = spoil(true)  # type: ignore[operator]
    assert failure(store, sound) == code
    server.media[sound.sha256] = true
    for _ in range(2):  # a wrong beginning is thrown away at the latest after one more attempt
        try:
            store.fetch(sound)
        except MediaError:
            continue
    assert store.check(sound.sha256)


def test_a_missing_file_is_said_to_be_missing(
    server: Simulator, store: MediaStore, sound: RenditionRef
) -> None:
    server.media.clear()
    assert failure(store, sound) == "not_found"


def test_a_size_beyond_all_measure_is_not_fetched(
    server: Simulator, store: MediaStore, sound: RenditionRef
) -> None:
    assert failure(store, msgspec.structs.replace(sound, size=2**34)) == "wrong_size"
    assert server.requests == []


def test_a_full_disk_leaves_nothing_ready(
    store: MediaStore, sound: RenditionRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("loa_device.media.os.fsync", full)
    assert failure(store, sound) == "disk_full"


def test_a_download_that_nobody_wants_any_more_ends(store: MediaStore, sound: RenditionRef) -> None:
    with pytest.raises(MediaError, match="given_up"):
        store.fetch(sound, wanted=lambda: False)


def test_a_file_damaged_on_disk_is_found_and_removed(store: MediaStore, sound: RenditionRef) -> None:
    store.fetch(sound)
    store.path(sound.sha256).write_bytes(b"damaged")
    assert not store.check(sound.sha256)
    assert store.ready == frozenset()
    store.fetch(sound)
    assert store.check(sound.sha256)


def test_tidying_removes_whole_and_partial_files_that_nothing_needs(
    server: Simulator, store: MediaStore, sound: RenditionRef
) -> None:
    other = server.sound(1.0, seed=2)
    store.fetch(sound)
    server.cut_after = 100
    assert failure(store, other) == "no_line"
    store.tidy({sound.sha256})
    assert [path.name for path in store.path("x").parent.iterdir()] == [f"{sound.sha256}.opus"]
    store.tidy(set())
    assert store.ready == frozenset()
    assert not list(store.path("x").parent.iterdir())
