# SPDX-License-Identifier: AGPL-3.0-or-later
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from loa.areas.models import Area
from loa.audit import actions as audit
from loa.audit import queries as audit_queries
from loa.audit.actor import SYSTEM, Thing
from loa.audit.models import Entry
from loa.campaigns.sample import load_sample
from loa.config import backup, clock, witnesses
from loa.config.failures import OperatorError
from loa.config.home import Home, make_private, write_private
from loa.config.tests.test_messaging import free_port
from loa.devices import publishing
from loa.devices.models import Device, DeviceStatus, Publication
from loa.devices.publishing import Seen
from loa.jobs import processes
from loa.people.models import Organisation, Person
from loa.releases.models import SigningKey

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
KEY = bytes(range(256))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Iterator[Home]:
    settings.DEMO = True
    settings.HOME = Home(tmp_path / "loa")
    settings.HOME.make()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, home=settings.HOME.root, port=free_port())
    with clock.frozen(NOON):
        yield settings.HOME


@pytest.fixture
def commune() -> Area:
    """The sample campaign with people, posts, areas, and a key in bytes."""
    load_sample(date(2026, 11, 24))
    person = Person.objects.order_by("pk")[0]
    SigningKey.objects.create(
        person=person, keyid="k", keytype="ed25519", public={"keyid": "k"}, sealed=KEY, created_at=NOON
    )
    return Organisation.objects.get(kind="authority", area__kind="commune").area


def every_row() -> dict[str, list[Any]]:
    return {
        model._meta.label: [
            tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
            for row in model._base_manager.order_by("pk").values_list(
                *[field.attname for field in model._meta.concrete_fields]
            )
        ]
        for model in backup.models()
    }


def seal(name: str) -> str:
    with transaction.atomic():
        audit.record(actor=SYSTEM, action="test.change", obj=Thing("test", name, name))
    audit.seal()
    return audit_queries.head()


def test_every_row_comes_back_as_it_was(tmp_path: Path, commune: Area) -> None:
    seal("một")
    before = every_row()
    assert sum(map(len, before.values())) > 300
    made = backup.backup(tmp_path / "loa.tar")
    Person.objects.filter(username="lan").update(full_name="Người khác")
    done = backup.restore(tmp_path / "loa.tar")
    assert done.rows == made.rows == sum(map(len, before.values()))
    after = every_row()
    after["audit.Entry"] = [row for row in after["audit.Entry"] if audit_queries.RESTORE not in row]
    after["audit.Segment"] = after["audit.Segment"][: len(before["audit.Segment"])]
    assert after == before


def test_who_waits_beside_the_backup_reads_nothing(tmp_path: Path, commune: Area) -> None:
    waiting = tmp_path / ".loa.tar.part"
    waiting.touch(mode=0o666)
    with waiting.open("rb") as ear:
        backup.backup(tmp_path / "loa.tar")
        assert ear.read() == b""
    assert (tmp_path / "loa.tar").stat().st_mode & 0o077 == 0


def test_all_but_what_is_public_is_closed_to_others(home: Home) -> None:
    home.database.parent.chmod(0o755)  # as an earlier version made it
    home.make()
    for path in (home.database.parent, home.keys, home.uploads, home.nats, home.run, home.logs):
        assert path.stat().st_mode & 0o077 == 0, path
    assert home.media.stat().st_mode & 0o005 == 0o005  # another web server may serve these


def crafted(source: Path, target: Path, *names: str, drop: str = "", manifest: str = "") -> Path:
    """Return a copy of a backup with files of these names added, a member dropped, or another manifest."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 4
            new.addfile(info, io.BytesIO(b"evil"))
        link = tarfile.TarInfo("files/public/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        new.addfile(link)
        for member in old:
            content = old.extractfile(member)
            data = manifest.encode() if manifest and member.name == "manifest.json" else content.read()  # type: ignore[union-attr]
            member.size = len(data)
            if member.name != drop:
                new.addfile(member, io.BytesIO(data))
    return target


def test_a_crafted_backup_writes_nowhere_else(tmp_path: Path, commune: Area, home: Home) -> None:
    backup.backup(tmp_path / "loa.tar")
    outside = tmp_path / "outside"
    names = ["files", "files/public", "files/public/../../../outside", f"/{outside}", "../outside",
             "files/keys/../../../outside", "files/db/loa.sqlite3", "files/run/x"]  # fmt: skip
    backup.restore(crafted(tmp_path / "loa.tar", tmp_path / "evil.tar", *names))
    assert not outside.exists()
    assert not list(home.public.rglob("link"))
    evil = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == b"evil"]
    assert evil == []


@pytest.mark.parametrize(
    "change",
    [
        {"drop": "rows/people.person.jsonl"},
        {"manifest": "[]"},
        {"manifest": "{"},
        {"manifest": '{"format": 1}'},
    ],
)
def test_a_damaged_backup_is_one_sentence_and_changes_nothing(
    tmp_path: Path, commune: Area, home: Home, change: dict[str, str]
) -> None:
    backup.backup(tmp_path / "loa.tar")
    kept = home.keys / "kept"
    kept.write_text("secret")
    before = every_row()
    with pytest.raises(OperatorError, match="không phải bản sao lưu"):
        backup.restore(crafted(tmp_path / "loa.tar", tmp_path / "bad.tar", **change))
    assert every_row() == before
    assert kept.read_text() == "secret"


def test_new_rows_after_a_restore_get_new_keys(tmp_path: Path, commune: Area) -> None:
    backup.backup(tmp_path / "loa.tar")
    backup.restore(tmp_path / "loa.tar")
    last = Person.objects.order_by("-pk")[0].pk
    assert Person.objects.create(username="moi", full_name="Người Mới").pk > last


def test_files_and_keys_come_back_closed_and_newer_public_files_stay(
    tmp_path: Path, home: Home, commune: Area
) -> None:
    (home.keys / "admin.key").write_bytes(KEY)
    make_private(home.keys / "selftest" / "more")
    write_private(home.keys / "selftest" / "more" / "00000.json", b"{}")
    (home.media / "a.opus").write_bytes(b"sound")
    repository = home.repositories / "99999" / "metadata"
    repository.mkdir(parents=True)
    (repository / "old.json").write_text("1")
    backup.backup(tmp_path / "loa.tar")
    assert (tmp_path / "loa.tar").stat().st_mode & 0o077 == 0
    (home.keys / "admin.key").write_bytes(b"other")
    (home.keys / "made-later.key").write_bytes(b"later")
    (home.media / "a.opus").unlink()
    (repository / "old.json").write_text("2")
    backup.restore(tmp_path / "loa.tar")
    assert (home.keys / "admin.key").read_bytes() == KEY
    assert (home.keys / "admin.key").stat().st_mode & 0o077 == 0
    assert (home.keys / "selftest").stat().st_mode & 0o077 == 0
    assert not (home.keys / "made-later.key").exists()
    assert (home.media / "a.opus").read_bytes() == b"sound"
    assert (repository / "old.json").read_text() == "2"
    assert not home.keys.with_name("keys.before-restore").exists()


def test_publishing_goes_on_above_what_files_and_devices_have_seen(tmp_path: Path, commune: Area) -> None:
    village = Area.objects.filter(kind="village", path__startswith=commune.path)[0]
    device = Device.objects.create(
        name="Cụm loa", commune=commune, village=village, public_key="U", enrolled_at=NOON, enrolled_by="x"
    )
    publishing.publish(commune.code)
    backup.backup(tmp_path / "loa.tar")
    publishing.publish(commune.code, above=41)
    DeviceStatus.objects.create(
        device=device, last_seen=NOON, agenda_number=50, report={"approvers_number": 30, "rules_number": 20}
    )
    assert publishing.highest_seen()[commune.code] == Seen(agenda=50, approvers=30, rules=20)
    done = backup.restore(tmp_path / "loa.tar")
    assert done.communes == 1
    assert Publication.objects.filter(commune=commune).order_by("-number")[0].number > 50
    assert publishing.repository_of(commune.code).number() > 50


def test_the_log_says_which_heads_went_out_and_were_lost(tmp_path: Path, commune: Area) -> None:
    seal("một")
    backup.backup(tmp_path / "loa.tar")
    lost = seal("hai")
    backup.restore(tmp_path / "loa.tar")
    entry = Entry.objects.get(action=audit_queries.RESTORE)
    assert entry.details["heads_lost"] == [lost]
    assert witnesses.verify([lost]).held


@pytest.mark.parametrize("content", [b"", b"no tar", b"\0" * 2048])
def test_what_is_no_backup_changes_nothing(tmp_path: Path, commune: Area, content: bytes) -> None:
    (tmp_path / "loa.tar").write_bytes(content)
    before = every_row()
    with pytest.raises(OperatorError, match=r"loa\.tar"):
        backup.restore(tmp_path / "loa.tar")
    assert every_row() == before


def test_a_backup_of_another_version_is_refused(
    tmp_path: Path, commune: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.backup(tmp_path / "loa.tar")
    monkeypatch.setattr(backup, "_migrations", lambda: {"people.9999_later"})
    with pytest.raises(OperatorError, match=backup.__version__):
        backup.restore(tmp_path / "loa.tar")


def test_nothing_is_restored_under_a_running_installation(tmp_path: Path, commune: Area) -> None:
    backup.backup(tmp_path / "loa.tar")
    processes.beat("worker", "w1")
    with pytest.raises(OperatorError):
        backup.restore(tmp_path / "loa.tar")


def test_a_file_that_climbs_out_of_the_folder_is_left(tmp_path: Path, home: Home, commune: Area) -> None:
    backup.backup(tmp_path / "loa.tar")
    with tarfile.open(tmp_path / "loa.tar", "a") as archive:
        backup._add_bytes(archive, "files/keys/../../evil", b"x")
    backup.restore(tmp_path / "loa.tar")
    assert not (home.root / "evil").exists()
    assert not (home.root.parent / "evil").exists()


def test_the_manifest_tells_what_is_inside(tmp_path: Path, commune: Area) -> None:
    backup.backup(tmp_path / "loa.tar")
    described = backup.describe(tmp_path / "loa.tar")
    assert described["database"] == connection.vendor
    assert described["rows"] > 300
    assert json.dumps(described)
