# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finish a recording in another language: the same checks and loudness as every sound, in a child that ends."""

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import task

from loa.audit import actions as audit
from loa.jobs import actions as jobs
from loa.jobs import outbox
from loa.voice import speech, storage
from loa.voice.jobs import keep_made, passing_folder, reporter
from loa.voice.languages.queries import job_key
from loa.voice.models import LanguageRecording
from loa_speech.errors import SpeechError


@task(queue_name="sound")
def finish_language_recording(recording_pk: int, upload: str) -> None:
    """Check an uploaded recording and make it as loud as everything else; may run twice without harm.

    Args:
        upload: name of the spooled file; another one means that a newer upload replaced it.
    """
    recording = _still_wanted(recording_pk, upload)
    if recording is None:
        return
    key = job_key(recording_pk)
    try:
        with passing_folder() as folder:
            made = speech.finish(storage.upload_path(upload), folder, reporter(key))
            sound = keep_made(made, "")
    except SpeechError as error:
        _settle(recording, {"error": speech.sentence(error)}, "voice.language_failed")
        jobs.fail(key, speech.sentence(error))
    except Exception:
        jobs.fail(key, _("Chưa kiểm tra được bản ghi do lỗi của máy chủ. Xóa rồi gửi lại tệp."))
        raise
    else:
        _settle(recording, {"sound": sound, "error": ""}, "voice.language_finished")
        jobs.finish(key)
    with transaction.atomic():
        outbox.put("event", payload={"kind": "job", "id": key})


def _still_wanted(pk: int, upload: str) -> LanguageRecording | None:
    return (
        LanguageRecording.objects.select_related("revision__message")
        .filter(pk=pk, upload=upload, sound=None, revision__frozen_at=None)
        .first()
    )


def _settle(recording: LanguageRecording, changes: dict[str, object], action: str) -> None:
    """Attach what was made, unless it was deleted or the revision sent meanwhile."""
    with transaction.atomic():
        current = LanguageRecording.objects.filter(
            pk=recording.pk, upload=recording.upload, revision__frozen_at=None
        )
        if current.update(**changes):
            revision = recording.revision
            audit.record(
                actor=None,
                action=action,
                obj=revision.message,
                details={"revision": revision.number, "language": recording.language},
            )
