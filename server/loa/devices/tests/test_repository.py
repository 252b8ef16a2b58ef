# SPDX-License-Identifier: AGPL-3.0-or-later
"""A commune's repository as a reader sees it: a real TUF client, without network."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tuf.api.exceptions import DownloadHTTPError, ExpiredMetadataError, RepositoryError
from tuf.ngclient import FetcherInterface, Updater

from loa.devices import repository_keys
from loa.devices.repository import Repository
from loa.devices.repository_roots import RootKeysAwayError, naming_of, sign_all
from loa_protocol.keys import new_ed25519
from loa_protocol.statements import Administrators

NOW = datetime.now(UTC).replace(microsecond=0)  # the TUF client reads the real clock


class FolderFetcher(FetcherInterface):
    """Fetch from a folder as from a web server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _fetch(self, url: str):
        path = self.folder / url.removeprefix("https://repo/")
        if not path.exists():
            raise DownloadHTTPError(url, 404)
        yield path.read_bytes()


def updater(repository: Repository, folder: Path, root: str | None = None) -> Updater:
    for name in ("metadata", "targets"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return Updater(
        metadata_dir=str(folder / "metadata"),
        metadata_base_url="https://repo/metadata/",
        target_dir=str(folder / "targets"),
        target_base_url="https://repo/targets/",
        fetcher=FolderFetcher(repository.folder),
        bootstrap=root.encode() if root else None,
    )


def fetch(repository: Repository, folder: Path, path: str, root: str | None = None) -> bytes | None:
    client = updater(repository, folder, root)
    info = client.get_targetinfo(path)
    return Path(client.download_target(info)).read_bytes() if info else None


def make_administrators() -> Administrators:
    keys = [new_ed25519()[1] for _number in range(2)]
    return Administrators(installation="test", admin_keys=keys, admin_threshold=2)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return repository_keys.load(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def repository(tmp_path, keys):
    return Repository(tmp_path / "repo" / "06895", keys)


def test_a_reader_gets_what_was_published(repository, tmp_path):
    repository.write(1, {"agenda.json": b"one", "releases/abc.json": b"release"}, NOW)
    root = repository.root_text()
    assert fetch(repository, tmp_path / "device", "agenda.json", root) == b"one"
    assert fetch(repository, tmp_path / "device", "releases/abc.json", root) == b"release"
    assert fetch(repository, tmp_path / "device", "releases/other.json", root) is None


def test_a_reader_sees_the_next_state(repository, tmp_path):
    repository.write(1, {"agenda.json": b"one"}, NOW)
    root = repository.root_text()
    assert fetch(repository, tmp_path / "device", "agenda.json", root) == b"one"
    repository.write(2, {"agenda.json": b"two"}, NOW)
    assert fetch(repository, tmp_path / "device", "agenda.json", root) == b"two"


def test_writing_the_same_number_twice_changes_no_file(repository):
    assert repository.write(1, {"agenda.json": b"one"}, NOW)
    before = {path: path.stat().st_mtime_ns for path in repository.folder.rglob("*.json")}
    assert not repository.write(1, {"agenda.json": b"one"}, NOW + timedelta(hours=1))
    assert {path: path.stat().st_mtime_ns for path in repository.folder.rglob("*.json")} == before


def test_numbers_never_fall(repository):
    repository.write(7, {"agenda.json": b"seven"}, NOW)
    with pytest.raises(ValueError, match="cannot go back"):
        repository.write(6, {"agenda.json": b"six"}, NOW)
    assert repository.number() == 7


@pytest.mark.parametrize("lost", ["timestamp.json", "2.snapshot.json", "2.targets.json"])
def test_a_write_that_was_cut_off_before_its_timestamp_is_finished_later(
    repository, tmp_path, lost, monkeypatch
):
    repository.write(1, {"agenda.json": b"one"}, NOW)
    write = Repository._sign_and_write

    def cut_off(self, name, role, metadata):
        if name == lost:
            raise OSError("power cut")
        return write(self, name, role, metadata)

    monkeypatch.setattr(Repository, "_sign_and_write", cut_off)
    with pytest.raises(OSError, match="power cut"):
        repository.write(2, {"agenda.json": b"two"}, NOW)
    root = repository.root_text()
    assert fetch(repository, tmp_path / "device", "agenda.json", root) == b"one"
    monkeypatch.undo()
    assert repository.write(2, {"agenda.json": b"two"}, NOW)
    assert fetch(repository, tmp_path / "device", "agenda.json", root) == b"two"


def test_the_timestamp_is_signed_anew_before_it_expires(repository, tmp_path):
    repository.write(1, {"agenda.json": b"one"}, NOW - timedelta(days=3))
    root = repository.root_text()
    with pytest.raises(ExpiredMetadataError):
        fetch(repository, tmp_path / "device", "agenda.json", root)
    assert repository.refresh_timestamp(NOW)
    assert not repository.refresh_timestamp(NOW)
    assert fetch(repository, tmp_path / "device", "agenda.json", root) == b"one"


def test_after_a_restore_the_timestamp_is_above_all_that_readers_saw(repository, tmp_path, keys):
    repository.write(1, {"agenda.json": b"one"}, NOW - timedelta(hours=2))
    for hour in range(5):
        repository.refresh_timestamp(NOW - timedelta(hours=1) + timedelta(days=2 * hour))
    root = repository.root_text()
    fetch(repository, tmp_path / "device", "agenda.json", root)
    restored = Repository(tmp_path / "restored" / "06895", keys)
    restored.write(2, {"agenda.json": b"two"}, NOW + timedelta(days=9))
    assert fetch(restored, tmp_path / "device", "agenda.json", root) == b"two"


def test_a_changed_target_is_refused(repository, tmp_path):
    repository.write(1, {"agenda.json": b"one"}, NOW)
    (target,) = repository.targets.glob("*.agenda.json")
    target.write_bytes(b"two")
    with pytest.raises(RepositoryError):
        fetch(repository, tmp_path / "device", "agenda.json", repository.root_text())


def test_two_root_keys_are_needed_for_the_first_root_and_none_for_another_commune(tmp_path):
    folder = tmp_path / "keys"
    repository_keys.load(folder)
    for number in (1, 2):
        (folder / "root" / f"root-{number}.key").rename(tmp_path / f"{number}")
    with pytest.raises(RootKeysAwayError):
        Repository(tmp_path / "one", repository_keys.load(folder)).ensure_root(NOW)
    (tmp_path / "1").rename(folder / "root" / "root-1.key")
    Repository(tmp_path / "one", repository_keys.load(folder)).ensure_root(NOW)
    (folder / "root" / "root-1.key").unlink()
    another = Repository(tmp_path / "two", repository_keys.load(folder))
    another.write(1, {"agenda.json": b"two"}, NOW)
    assert fetch(another, tmp_path / "device", "agenda.json", another.root_text()) == b"two"


def test_without_two_root_keys_a_lost_online_key_is_said_and_nothing_is_published(tmp_path):
    folder = tmp_path / "keys"
    repository = Repository(tmp_path / "repo", repository_keys.load(folder))
    repository.write(1, {"agenda.json": b"one"}, NOW)
    for path in [*(folder / "root").glob("*.key"), folder / "online" / "targets.key"]:
        path.unlink()
    bare = Repository(repository.folder, repository_keys.load(folder))
    with pytest.raises(RootKeysAwayError):
        bare.write(2, {"agenda.json": b"two"}, NOW)
    assert fetch(repository, tmp_path / "device", "agenda.json", repository.root_text()) == b"one"


def test_the_root_names_the_administrators_and_never_changes_them_by_itself(tmp_path):
    named, other = (make_administrators() for _number in range(2))
    keys = repository_keys.load(tmp_path / "keys", named)
    repository = Repository(tmp_path / "repo", keys)
    repository.ensure_root(NOW)
    assert naming_of(keys.roots.newest()).administrators == named
    repository_of_other = Repository(tmp_path / "repo", repository_keys.load(tmp_path / "keys", other))
    repository_of_other.ensure_root(NOW)
    assert naming_of(repository.roots.newest()).administrators == named
    assert repository.roots.versions() == [1]


def test_a_root_without_administrators_gets_them_when_root_keys_are_here(tmp_path):
    Repository(tmp_path / "repo", repository_keys.load(tmp_path / "keys")).ensure_root(NOW)
    named = make_administrators()
    repository = Repository(tmp_path / "repo", repository_keys.load(tmp_path / "keys", named))
    repository.ensure_root(NOW)
    assert naming_of(repository.roots.newest()).administrators == named


def test_a_root_that_readers_saw_is_taken_over_by_a_chain_that_lost_it(tmp_path):
    keys = repository_keys.load(tmp_path / "keys")
    repository = Repository(tmp_path / "repo", keys)
    repository.ensure_root(NOW)
    shutil.rmtree(keys.roots.folder)
    repository.ensure_root(NOW)
    assert keys.roots.versions() == [1]
    assert keys.roots.content(1) == repository.roots.content(1)


def test_a_forged_root_in_the_public_folder_is_not_taken_over(tmp_path):
    keys = repository_keys.load(tmp_path / "keys")
    repository = Repository(tmp_path / "repo", keys)
    repository.ensure_root(NOW)
    thief = repository_keys.load(tmp_path / "thief")
    forged = sign_all(thief.naming.draft(2, NOW), thief.root_signers)
    (repository.metadata / "2.root.json").write_bytes(forged.to_bytes())
    keys.roots.adopt(repository.roots)
    assert keys.roots.versions() == [1]
    (repository.metadata / "2.root.json").write_bytes(b"{")
    keys.roots.adopt(repository.roots)
    assert keys.roots.versions() == [1]


def test_a_root_that_too_few_keys_signed_is_no_next_version(tmp_path):
    keys = repository_keys.load(tmp_path / "keys")
    Repository(tmp_path / "repo", keys).ensure_root(NOW)
    draft = keys.naming.draft(2, NOW)
    assert keys.roots.missing(draft) == 2
    with pytest.raises(RootKeysAwayError):
        keys.roots.put(sign_all(draft, keys.root_signers[:1]))
    strangers = repository_keys.load(tmp_path / "strangers")
    foreign = sign_all(strangers.naming.draft(2, NOW), strangers.root_signers)
    with pytest.raises(RootKeysAwayError):
        keys.roots.put(foreign)
    assert keys.roots.versions() == [1]


def test_the_timestamp_is_not_signed_with_a_key_that_readers_do_not_know(tmp_path):
    folder = tmp_path / "keys"
    repository = Repository(tmp_path / "repo", repository_keys.load(folder))
    repository.write(1, {"agenda.json": b"one"}, NOW - timedelta(days=3))
    assert repository.is_signed_by_present_keys()
    (folder / "online" / "timestamp.key").unlink()
    renewed = Repository(repository.folder, repository_keys.load(folder))
    assert not renewed.refresh_timestamp(NOW)
    assert not renewed.is_signed_by_present_keys()


def test_a_known_commune_is_published_without_root_keys(tmp_path):
    folder = tmp_path / "keys"
    repository = Repository(tmp_path / "repo", repository_keys.load(folder))
    repository.write(1, {"agenda.json": b"one"}, NOW)
    for path in (folder / "root").glob("*.key"):
        path.unlink()
    bare = Repository(repository.folder, repository_keys.load(folder))
    assert bare.write(2, {"agenda.json": b"two"}, NOW)


def test_a_lost_online_key_is_replaced_under_a_new_root(tmp_path):
    folder = tmp_path / "keys"
    repository = Repository(tmp_path / "repo", repository_keys.load(folder))
    repository.write(1, {"agenda.json": b"one"}, NOW)
    first_root = repository.root_text()
    assert fetch(repository, tmp_path / "device", "agenda.json", first_root) == b"one"
    (folder / "online" / "targets.key").unlink()
    renewed = Repository(repository.folder, repository_keys.load(folder))
    renewed.write(2, {"agenda.json": b"two"}, NOW)
    assert fetch(renewed, tmp_path / "device", "agenda.json", first_root) == b"two"


def test_old_files_are_cleared_away_after_an_hour(repository):
    for number in range(1, 7):
        repository.write(number, {"agenda.json": str(number).encode()}, NOW + timedelta(hours=2))
    assert sorted(path.name for path in repository.metadata.glob("*.targets.json"))[0] == "4.targets.json"
    assert len(list(repository.targets.glob("*.agenda.json"))) == 3


def test_keys_are_closed_to_others(tmp_path):
    repository_keys.load(tmp_path / "keys")
    modes = {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "keys").rglob("*.key")}
    assert modes == {"0o600"}
