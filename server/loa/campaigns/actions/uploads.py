# SPDX-License-Identifier: AGPL-3.0-or-later
"""Take a photo over a line that breaks: announced once, sent in blocks, resumed where the disk says."""

import re
from datetime import timedelta
from hashlib import file_digest
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from loa.campaigns import files
from loa.campaigns.actions.checks import PlanError, text
from loa.campaigns.actions.evidence import NOTHING, About, check_open, keep_file
from loa.campaigns.models import Activity, Evidence, Upload
from loa.config import clock
from loa.config.errors import ConflictError, NotFoundError
from loa.people.models import Person

STALE = timedelta(days=3)  # what nobody finished is forgotten after so long
AT_ONCE = 60  # uploads that one person may have open
BLOCK_LIMIT = 2 * 1024 * 1024  # bytes of one block


@transaction.atomic
def begin_upload(
    *, actor: Person, activity: Activity, client_key: UUID, name: str, size: int, sha256: str
) -> Upload:
    """Announce a file, or find the one announced under this key again.

    Args:
        client_key: made by the sender, for this one file.
        size: bytes that will come.
        sha256: of the whole, in hexadecimal.

    Raises:
        PermissionDeniedError, ConflictError: as ``add_file``; also for too many open uploads.
        PlanError: size or hash cannot be.
    """
    check_open(actor, activity)
    if not 0 < size <= files.FILE_LIMIT:
        raise PlanError(
            _("Tệp nặng quá %(count)s MB. Gửi tệp nhẹ hơn.") % {"count": files.FILE_LIMIT // 1024 // 1024},
            field="size",
        )
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise PlanError(_("Mã kiểm của tệp không đúng dạng."), field="sha256")
    known = Upload.objects.filter(client_key=client_key).first()
    if known is not None:
        if (known.begun_by_id, known.activity_id, known.sha256) != (actor.pk, activity.pk, sha256):
            raise ConflictError(_("Mã gửi này đã dùng cho tệp khác. Gửi lại từ đầu."))
        return known
    if Upload.objects.filter(begun_by=actor).count() >= AT_ONCE:
        raise ConflictError(_("Đang gửi dở %(count)s tệp. Gửi xong các tệp đó trước.") % {"count": AT_ONCE})
    return Upload.objects.create(
        client_key=client_key,
        activity=activity,
        name=text(name, "name", 10_000)[-200:],
        size=size,
        sha256=sha256,
        begun_by=actor,
        begun_at=clock.now(),
    )


def upload_of(person: Person, client_key: UUID) -> Upload:
    """Return an upload that the person began.

    Raises:
        NotFoundError: there is none of this key, or it is another's: both look the same.
    """
    found = (
        Upload.objects.filter(client_key=client_key, begun_by=person)
        .select_related("activity__campaign__organisation", "activity__campaign__area")
        .first()
    )
    if found is None:
        raise NotFoundError(_("Không tìm thấy lần gửi này. Gửi lại từ đầu."))
    return found


def append_block(*, actor: Person, upload: Upload, offset: int, block: bytes) -> int:
    """Add a block where the last one ended; return how many bytes are on disk.

    A block that is there already is not added again, so a sender who heard no answer sends it once more.

    Raises:
        ConflictError: there is a gap, with ``received`` in its data: go on from there.
        PlanError: the block is too large, or more comes than was announced.
    """
    if upload.begun_by_id != actor.pk:
        raise NotFoundError(_("Không tìm thấy lần gửi này. Gửi lại từ đầu."))
    there = files.received(upload)
    if offset > there:
        raise ConflictError(_("Thiếu một đoạn trước đoạn này. Gửi tiếp từ chỗ máy chủ báo."), received=there)
    if len(block) > BLOCK_LIMIT or offset + len(block) > upload.size:
        raise PlanError(_("Đoạn này lớn quá hoặc nhiều hơn tệp đã báo."), field="block")
    rest = block[there - offset :]
    return files.append(upload, rest) if rest else there


def finish_upload(
    *, actor: Person, upload: Upload, about: About = NOTHING, as_photo: bool = True
) -> Evidence:
    """Make evidence of a whole upload; only after this is success said.

    Raises:
        ConflictError: bytes are missing (``received`` in its data), or the whole is not what was announced:
            then it is dropped and sent anew.
        PhotoError, FileError: it cannot be taken; it is dropped.
    """
    if upload.begun_by_id != actor.pk:
        raise NotFoundError(_("Không tìm thấy lần gửi này. Gửi lại từ đầu."))
    known = Evidence.objects.filter(client_key=upload.client_key).first()
    if known is not None:
        upload.delete()
        return known
    check_open(actor, upload.activity)
    there = files.received(upload)
    if there < upload.size:
        raise ConflictError(_("Tệp chưa tới đủ. Gửi tiếp từ chỗ máy chủ báo."), received=there)
    path = files.part_path(upload.client_key)
    with path.open("rb") as file:
        whole = file_digest(file, "sha256").hexdigest()
    if whole != upload.sha256:
        path.unlink(missing_ok=True)
        raise ConflictError(_("Tệp tới nơi khác với tệp đã gửi. Gửi lại từ đầu."), received=0)
    evidence = keep_file(
        actor=actor,
        activity=upload.activity,
        spooled=path,
        name=upload.name,
        about=about,
        client_key=upload.client_key,
        as_photo=as_photo,
    )
    upload.delete()
    return evidence


def forget_stale_uploads() -> int:
    """Drop uploads that nobody finished, and parts on disk that no upload names; return how many."""
    old = Upload.objects.filter(begun_at__lt=clock.now() - STALE)
    count = old.delete()[0]
    kept = {str(key) for key in Upload.objects.values_list("client_key", flat=True)}
    before = (clock.now() - STALE).timestamp()
    for path in (files.folder() / "parts").glob("*"):
        if path.name not in kept and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
    return count
