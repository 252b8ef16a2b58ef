# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes the recordings in other languages: add, remove, take along to a new revision."""

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas.folding import fold
from loa.audit import actions as audit
from loa.config import clock
from loa.config.errors import ConflictError
from loa.jobs import actions as jobs
from loa.messages.actions import note_editor
from loa.messages.models import Revision
from loa.messages.rules import text_sha256
from loa.people.models import Person
from loa.people.queries import require
from loa.people.rules import Permission
from loa.voice import storage
from loa.voice.languages.jobs import finish_language_recording
from loa.voice.languages.queries import job_key
from loa.voice.languages.rules import NAME_LIMIT, check_language
from loa.voice.models import LanguageRecording

FILE_NAME_LIMIT = 200  # characters kept of an upload's own name


def add_recording(
    *, actor: Person, revision: Revision, language: str, file: File[bytes]
) -> LanguageRecording:
    """Add a recording of the revision in another language; it is checked and finished in the worker.

    Who records makes what people hear, so that person counts as an editor and may not sign it.

    Raises:
        PermissionDeniedError: the actor may not write for the message's organisation.
        ConflictError: the revision was sent for release, or has a recording in this language.
        BadLanguageError: this is no language beside Vietnamese.
        UploadError: the file is too large or empty.
    """
    require(actor, Permission.MESSAGE_WRITE, organisation=revision.message.organisation)
    name = check_language(language)
    key = fold(name)[:NAME_LIMIT]
    if LanguageRecording.objects.filter(revision=revision, language_key=key).exists():
        raise ConflictError(
            _("Tin đã có bản ghi tiếng %(language)s. Xóa bản đó trước khi gửi bản khác.")
            % {"language": name},
            field="language",
        )
    upload = storage.spool_upload(file.chunks(), size=file.size)
    with transaction.atomic():
        note_editor(actor=actor, revision=revision)  # refuses a revision that was sent
        recording = LanguageRecording.objects.create(
            revision=revision,
            language=name,
            language_key=key,
            upload=upload,
            upload_name=(file.name or "")[-FILE_NAME_LIMIT:],
            text_sha256=text_sha256(revision.text),
            added_by=actor,
            added_at=clock.now(),
        )
        jobs.begin(job_key(recording.pk), _("Đang kiểm tra bản ghi"))
        _record(actor, "voice.add_language", recording)
        finish_language_recording.enqueue(recording.pk, upload)
    return recording


def remove_recording(*, actor: Person, recording: LanguageRecording) -> None:
    """Take a recording away; one that is gone already is no change.

    Raises:
        PermissionDeniedError: the actor may not write for the message's organisation.
        ConflictError: the revision was sent for release.
    """
    revision = recording.revision
    require(actor, Permission.MESSAGE_WRITE, organisation=revision.message.organisation)
    with transaction.atomic():
        note_editor(actor=actor, revision=revision)  # refuses a revision that was sent
        if LanguageRecording.objects.filter(pk=recording.pk).delete()[0]:
            _record(actor, "voice.remove_language", recording)


def take_along(*, revision: Revision, former: Revision) -> None:
    """Give a new revision the finished recordings of the one that it continues, in the caller's transaction."""
    for recording in LanguageRecording.objects.filter(revision=former, sound__isnull=False):
        recording.pk, recording.revision = None, revision
        recording.save(force_insert=True)


def _record(actor: Person, action: str, recording: LanguageRecording) -> None:
    revision = recording.revision
    audit.record(
        actor=actor,
        action=action,
        obj=revision.message,
        details={
            "revision": revision.number,
            "language": recording.language,
            "file": recording.upload_name,
        },
        area_code=revision.message.organisation.area.code,
    )
