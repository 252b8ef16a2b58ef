# SPDX-License-Identifier: AGPL-3.0-or-later
"""Back up and restore an installation: rows in a form that either database reads, keys, files.

The file is a tar: ``rows/<app>.<model>.jsonl``, ``files/…`` below LOA_HOME, last ``manifest.json``. Rows
are read in one snapshot, so a running installation can be backed up; media are added only and never change.
"""

import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from loa import __version__
from loa.areas.models import Area
from loa.audit import queries as audit_queries
from loa.config import clock, failures, rows, up, witnesses
from loa.config.failures import OperatorError
from loa.config.home import make_private
from loa.config.prepare import prepare_database
from loa.config.words import _
from loa.devices import publishing
from loa.devices.publishing import Seen
from loa.devices.repository_roots import RootKeysAwayError
from loa.jobs import processes

FORMAT = 1
FOLDERS = ("keys", "public", "uploads")
NOT_KEPT = {"jobs.processbeat", "people.session", "contenttypes.contenttype"}
MANIFEST = "manifest.json"
ROWS, FILES = "rows", "files"


@dataclass(frozen=True)
class Done:
    """What was stored or restored."""

    rows: int
    files: int
    communes: int = 0


def models() -> list[type[Model]]:
    """Return every table that a backup holds, also those that join two others."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and model._meta.label_lower not in NOT_KEPT]


def backup(file: Path) -> Done:
    """Write everything into ``file``, readable by its owner alone, whole or not at all.

    Raises:
        OperatorError: the folder of the file is not there.
    """
    if not file.absolute().parent.is_dir():
        raise OperatorError(_("Không có thư mục %(folder)s.") % {"folder": file.absolute().parent})
    aside = file.with_name(f".{file.name}.part")
    aside.unlink(missing_ok=True)  # of a run that was cut off, or laid there by someone else to read along
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as archive:
            count = sum(_add_rows(archive))
            files = sum(1 for folder in FOLDERS for _path in _add_files(archive, settings.HOME.root / folder))
            _add_bytes(archive, MANIFEST, json.dumps(_manifest(count, files), indent=2).encode())
            archive.close()
            raw.flush()
            os.fsync(raw.fileno())
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
    return Done(count, files)


def _manifest(count: int, files: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": __version__,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "database": connection.vendor,
        "migrations": sorted(_migrations()),
        "demo": settings.DEMO,
        "audit_head": audit_queries.head(),
        "rows": count,
        "files": files,
    }


def _migrations() -> set[str]:
    return {f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()}


def _add_rows(archive: tarfile.TarFile) -> Iterator[int]:
    with rows.snapshot(connection):
        for model in models():
            with tempfile.TemporaryFile(dir=settings.HOME.run) as spool:
                yield rows.write(model, spool)
                _add_spool(archive, _rows_name(model), spool)


def _add_spool(archive: tarfile.TarFile, name: str, spool: Any) -> None:
    info = tarfile.TarInfo(name)
    info.size = spool.tell()
    spool.seek(0)
    archive.addfile(info, spool)


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def _add_files(archive: tarfile.TarFile, folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue  # an old file of a repository that was tidied meanwhile
            _add_bytes(archive, f"{FILES}/{path.relative_to(settings.HOME.root)}", content)
            yield path


def describe(file: Path) -> dict[str, Any]:
    """Return the manifest of a backup.

    Raises:
        OperatorError: the file is no backup that this version reads.
    """
    try:
        with tarfile.open(file) as archive:
            return _read_manifest(archive)
    except (tarfile.TarError, KeyError, TypeError, ValueError) as error:
        raise OperatorError(
            _("%(file)s không phải bản sao lưu của Loa hoặc đã hỏng.") % {"file": file}
        ) from error


def _read_manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    member = archive.extractfile(MANIFEST)
    manifest: dict[str, Any] = json.loads(member.read() if member else b"")
    if manifest["format"] != FORMAT or not {"version", "made_at", "migrations"} <= set(manifest):
        raise ValueError("manifest")
    return manifest


def restore(file: Path) -> Done:
    """Replace all data by what ``file`` holds, then publish above every number that was ever seen.

    Raises:
        OperatorError: no backup, another version's, or Loa is running; or all is restored, and online keys that
            the root does not name any more must be changed before anything is published.
    """
    manifest = describe(file)
    with up.alone(up.prepare_folder(settings.ENVIRONMENT)):
        failures.check_ports(settings.ENVIRONMENT.host, [settings.ENVIRONMENT.port])
        prepare_database()
        _check_fits(manifest)
        seen = publishing.highest_seen()
        heads = _heads_known()
        with tarfile.open(file) as archive:
            _check_whole(file, archive)
            count = _restore_rows(archive)
            files = _restore_files(archive)
        seen = higher(seen, publishing.highest_seen())
        rows.note_restore(manifest, heads)
        here = Area.objects.filter(code__in=seen).values_list("code", flat=True)  # one may have come later
        try:
            communes = publishing.continue_above({code: seen[code] for code in here})
        except RootKeysAwayError as error:
            raise OperatorError(
                _("Đã khôi phục, nhưng khóa công bố đã đổi sau bản sao lưu này. Chạy loa keys rotate online.")
            ) from error
    return Done(count, files, communes)


def higher(one: Mapping[str, Seen], other: Mapping[str, Seen]) -> dict[str, Seen]:
    """Return for each commune the higher of every number."""
    merged = dict(one)
    for code, numbers in other.items():
        known = merged.get(code, numbers)
        merged[code] = Seen(
            agenda=max(known.agenda, numbers.agenda),
            approvers=max(known.approvers, numbers.approvers),
            rules=max(known.rules, numbers.rules),
        )
    return merged


def _check_fits(manifest: dict[str, Any]) -> None:
    if processes.living("worker") or processes.living("gateway"):
        raise OperatorError(_("Việc nền hoặc cổng nối đang chạy. Tắt Loa rồi khôi phục lại."))
    theirs, ours = set(manifest["migrations"]), _migrations()
    if theirs != ours:
        raise OperatorError(
            _("Bản sao lưu là của phiên bản %(version)s. Cài phiên bản đó, khôi phục, rồi mới nâng cấp.")
            % {"version": manifest["version"]}
        )


def _check_whole(file: Path, archive: tarfile.TarFile) -> None:
    """See that no table is missing before anything is replaced."""
    missing = {_rows_name(model) for model in models()} - set(archive.getnames())
    if missing:
        raise OperatorError(_("%(file)s không phải bản sao lưu của Loa hoặc đã hỏng.") % {"file": file})


def _rows_name(model: type[Model]) -> str:
    return f"{ROWS}/{model._meta.label_lower}.jsonl"


def _heads_known() -> set[str]:
    """Return the heads of the log that others may have seen and that the restored log may lack."""
    return {audit_queries.head(), *witnesses.published_heads(settings.HOME.repositories)} - {""}


def _restore_rows(archive: tarfile.TarFile) -> int:
    with rows.replacing(connection, models()):
        return sum(rows.read(model, lines) for model, lines in _rows_in(archive))


def _rows_in(archive: tarfile.TarFile) -> Iterator[tuple[type[Model], Iterable[bytes]]]:
    for model in models():
        member = archive.extractfile(_rows_name(model))
        if member is not None:
            yield model, member


def _restore_files(archive: tarfile.TarFile) -> int:
    """Put files back; repositories that readers have seen in a newer state stay."""
    count = 0
    with _closed_umask():
        aside = settings.HOME.keys.with_name("keys.before-restore")  # until the others are there
        shutil.rmtree(aside, ignore_errors=True)
        settings.HOME.keys.rename(aside)
        settings.HOME.make()
        for member in archive:
            path = PurePosixPath(member.name)
            if not member.isfile() or len(path.parts) < 3 or path.parts[0] != FILES:
                continue
            if path.parts[1] not in FOLDERS:
                continue
            target = settings.HOME.root.joinpath(*path.parts[1:])
            if ".." in path.parts or (path.parts[1:3] == ("public", "repo") and target.exists()):
                continue
            source = archive.extractfile(member)
            if source is not None:
                _put(target, source.read(), private=path.parts[1] == "keys")
                count += 1
        shutil.rmtree(aside)
    return count


def _put(target: Path, content: bytes, *, private: bool) -> None:
    if private:
        make_private(target.parent)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    target.chmod(0o600 if private else 0o644)


@contextmanager
def _closed_umask() -> Iterator[None]:
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)
