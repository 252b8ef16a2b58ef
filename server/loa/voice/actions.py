# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes the spoken rendition: ask for synthesis, attach a recording, note that somebody heard it."""

from datetime import datetime

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

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
from loa.voice import queries, storage
from loa.voice.jobs import finish_recording, synthesise
from loa.voice.languages import actions as languages
from loa.voice.models import Heard, RenditionKind, Sound, SpokenRendition
from loa.voice.queries import SpokenState
from loa.voice.voices import voice_of

NAME_LIMIT = 200  # characters kept of an upload's own name


def request_spoken(*, actor: Person, revision: Revision, voice: str | None = None) -> SpokenRendition:
    """Ask for the revision to be read by a machine voice; a finished or waiting one of the same is kept.

    Args:
        voice: an engine's voice; None takes the one chosen for the message's area.

    Raises:
        PermissionDeniedError: the actor may not write for the message's organisation.
        ConflictError: the revision was sent for release, so its sound is fixed.
    """
    require(actor, Permission.MESSAGE_WRITE, organisation=revision.message.organisation)
    with transaction.atomic():
        return begin_synthesis(revision, actor, voice)


def begin_synthesis(revision: Revision, actor: Person, voice: str | None = None) -> SpokenRendition:
    """Queue the synthesis in the caller's transaction, after the caller checked the permission."""
    refuse_frozen(revision)
    now = queries.spoken(revision)
    known = now.rendition
    wanted = voice if voice is not None else voice_of(revision.message.organisation.area)
    is_same = known is not None and known.kind == RenditionKind.SYNTHESISED and known.voice == wanted
    is_same = is_same and not now.is_read_otherwise
    if known is not None and is_same and now.state is SpokenState.READY and not now.error:
        return known
    rendition = _begin(revision, RenditionKind.SYNTHESISED, _("Đang tạo giọng đọc"))
    audit.record(
        actor=actor,
        action="voice.request_spoken",
        obj=revision.message,
        details={"revision": revision.number, "voice": wanted},
        area_code=revision.message.organisation.area.code,
    )
    synthesise.enqueue(rendition.pk, rendition.requested_at.isoformat(), wanted)
    return rendition


def attach_recording(*, actor: Person, revision: Revision, file: File[bytes]) -> SpokenRendition:
    """Take a recording in place of the machine voice; it is checked and finished in the worker.

    Who records makes what people hear, so that person counts as an editor and may not sign it.

    Raises:
        PermissionDeniedError: the actor may not write for the message's organisation.
        ConflictError: the revision was sent for release, so its sound is fixed.
        UploadError: the file is too large or empty.
    """
    require(actor, Permission.MESSAGE_WRITE, organisation=revision.message.organisation)
    refuse_frozen(revision)
    upload = storage.spool_upload(file.chunks(), size=file.size)
    original = (file.name or "")[-NAME_LIMIT:]
    with transaction.atomic():
        note_editor(actor=actor, revision=revision)
        rendition = _begin(revision, RenditionKind.RECORDED, _("Đang kiểm tra bản ghi"))
        audit.record(
            actor=actor,
            action="voice.attach_recording",
            obj=revision.message,
            details={"revision": revision.number, "file": original},
            area_code=revision.message.organisation.area.code,
        )
        words = text_sha256(revision.text)
        finish_recording.enqueue(rendition.pk, rendition.requested_at.isoformat(), upload, original, words)
    return rendition


def carry_over(*, revision: Revision, former: Revision, actor: Person) -> None:
    """Give a new revision the sound of the one it continues, as long as its words are the same."""
    languages.take_along(revision=revision, former=former)
    kept = SpokenRendition.objects.filter(revision=former).first()
    if kept is None or kept.sound is None or kept.text_sha256 != text_sha256(revision.text):
        begin_synthesis(revision, actor)
        return
    kept.pk, kept.revision, kept.error, kept.requested_at = None, revision, "", clock.now()
    kept.save(force_insert=True)


def mark_heard(*, actor: Person, sound: Sound) -> None:
    """Note that the actor played this sound to its end. "Already so" is no change."""
    with transaction.atomic():
        heard, is_new = Heard.objects.get_or_create(person=actor, sound=sound, defaults={"at": clock.now()})
        if is_new:
            audit.record(actor=actor, action="voice.mark_heard", obj=heard, details={"sha256": sound.sha256})


def _begin(revision: Revision, kind: str, title: str) -> SpokenRendition:
    """Note a request; what was made before stays until the new sound is finished."""
    moment: datetime = clock.now()
    rendition, is_new = SpokenRendition.objects.get_or_create(
        revision=revision, defaults={"kind": kind, "text_sha256": "", "requested_at": moment}
    )
    if not is_new:
        rendition.requested_at, rendition.error = moment, ""
        rendition.save(update_fields=["requested_at", "error"])
    jobs.begin(queries.job_key(revision.pk), title)
    return rendition


def refuse_frozen(revision: Revision) -> None:
    """Do nothing while the revision may still be heard otherwise.

    Raises:
        ConflictError: it was sent for release, so its sound is fixed.
    """
    if revision.frozen_at is not None:
        raise ConflictError(
            _("Bản %(number)s đã gửi duyệt nên lời đọc không đổi được nữa. Bấm “Viết bản mới” để đổi.")
            % {"number": revision.number}
        )
