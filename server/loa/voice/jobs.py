# SPDX-License-Identifier: AGPL-3.0-or-later
"""Making sound in the worker: each piece runs in a child that ends, and may run twice without harm."""

import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import task

from loa.audit import actions as audit
from loa.config import clock
from loa.jobs import actions as jobs
from loa.jobs import outbox, periodic
from loa.jobs.models import Job, JobState
from loa.messages.rules import text_sha256
from loa.voice import queries, speech, storage
from loa.voice.lexicon.queries import lexicon_for
from loa.voice.models import LanguageRecording, RenditionKind, Sound, SpokenRendition
from loa_speech.errors import SpeechError
from loa_speech.jobs import JobResult
from loa_speech.notices import Notice

PROGRESS_PAUSE = 0.5  # seconds between two reports of progress
GIVEN_UP = timedelta(seconds=120)  # after the time limit: a worker that said nothing has died

UPLOADS_KEPT = timedelta(days=1)
RECORDING_NOTICES = {"uneven", "quiet"}

logger = logging.getLogger(__name__)


@task(queue_name="sound")
def synthesise(rendition_pk: int, requested_at: str, voice: str) -> None:
    """Make the machine's reading of a revision, or take the one that was made of the same words before."""
    rendition = _still_wanted(rendition_pk, requested_at)
    if rendition is None:
        return
    text = rendition.revision.text
    key = queries.job_key(rendition.revision_id)
    lexicon = lexicon_for(rendition.revision)
    reading = queries.reading_of(text, lexicon)
    with _reporting(rendition, key), passing_folder() as folder:
        synthesis_key = speech.synthesis_key(reading.spoken, voice)
        sound = _made_before(synthesis_key)
        if sound is None:
            made = speech.speak(text, voice, folder, reporter(key), lexicon)
            sound = keep_made(made, synthesis_key)
        changes = {
            "kind": RenditionKind.SYNTHESISED,
            "voice": voice,
            "reading": reading.to_dict(),
            "upload": "",
            "upload_name": "",
            "text_sha256": text_sha256(text),
        }
        _settle(rendition, key, sound, changes)


@task(queue_name="sound")
def finish_recording(
    rendition_pk: int, requested_at: str, upload: str, original: str, words_sha256: str
) -> None:
    """Check an uploaded recording and make it as loud as everything else.

    Args:
        upload: name of the spooled file.
        original: name of the person's own file.
        words_sha256: the words that the recording was made for.
    """
    rendition = _still_wanted(rendition_pk, requested_at)
    if rendition is None:
        return
    key = queries.job_key(rendition.revision_id)
    with _reporting(rendition, key), passing_folder() as folder:
        made = speech.finish(storage.upload_path(upload), folder, reporter(key))
        changes = {
            "kind": RenditionKind.RECORDED,
            "voice": "",
            "reading": None,
            "upload": upload,
            "upload_name": original,
            "text_sha256": words_sha256,
        }
        _settle(rendition, key, keep_made(made, ""), changes)


@periodic.every(24 * 3600, "voice.be_ready")
def be_ready() -> None:
    """Have a worker that has just started speak its first message as quickly as the next."""
    speech.be_ready()


@periodic.every(60, "voice.give_up_lost_work")
def give_up_lost_work() -> None:
    """Say of work whose worker died that it failed, so that a person can begin it again."""
    lost = Job.objects.filter(
        key__startswith="voice.",
        state=JobState.WORKING,
        started_at__lt=clock.now() - GIVEN_UP - timedelta(seconds=speech.time_limit_s()),
    )
    for job in lost:
        jobs.fail(job.key, _("Phần xử lý âm thanh bị ngắt giữa chừng. Bấm “Tạo lại”; nội dung vẫn được giữ."))


@periodic.every(3600, "voice.forget_uploads")
def forget_uploads() -> None:
    """Delete spooled recordings of yesterday and before that are no revision's sound."""
    used = set(SpokenRendition.objects.exclude(upload="").values_list("upload", flat=True))
    used |= set(LanguageRecording.objects.values_list("upload", flat=True))
    before = (clock.now() - UPLOADS_KEPT).timestamp()
    for path in settings.HOME.uploads.glob("*.upload"):
        if path.name not in used and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def _still_wanted(rendition_pk: int, requested_at: str) -> SpokenRendition | None:
    """Return the rendition unless it is gone, a newer request replaced this one, or it is done already."""
    return (
        SpokenRendition.objects.select_related("revision__message__organisation__area")
        .filter(pk=rendition_pk, requested_at=datetime.fromisoformat(requested_at))
        .first()
    )


@contextmanager
def _reporting(rendition: SpokenRendition, key: str) -> Iterator[None]:
    """Turn what speech refuses into the rendition's sentence; the earlier sound is kept."""
    try:
        yield
    except SpeechError as error:
        sentence = speech.sentence(error)
        current = SpokenRendition.objects.filter(pk=rendition.pk, requested_at=rendition.requested_at)
        with transaction.atomic():
            if current.update(error=sentence):
                _record(rendition, "voice.failed", {"code": error.code})
        jobs.fail(key, sentence)
        _nudge(key)
    except Exception:
        jobs.fail(
            key, _("Chưa làm được phần tiếng do lỗi của máy chủ. Bấm “Tạo lại”; nội dung vẫn được giữ.")
        )
        raise


@contextmanager
def passing_folder() -> Iterator[Path]:
    """Give a passing folder on the disk of LOA_HOME, so that a finished file is moved, not copied."""
    settings.HOME.run.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="sound-", dir=settings.HOME.run))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def reporter(key: str) -> Callable[[int, int], None]:
    """Return a function that passes progress on, some times a second at most."""
    jobs.progress(key, 0, 0)
    last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        if done < total and time.monotonic() - last < PROGRESS_PAUSE:
            return
        last = time.monotonic()
        jobs.progress(key, done, total)

    return report


def _made_before(synthesis_key: str) -> Sound | None:
    sound = Sound.objects.filter(synthesis_key=synthesis_key).order_by("-pk").first()
    return sound if sound is not None and queries.sound_path(sound).exists() else None


def keep_made(made: JobResult, synthesis_key: str) -> Sound:
    """Store a finished file and its row; the same content is one file and one row."""
    sha256, size = storage.keep_sound(made.path)
    fields = {
        "synthesis_key": synthesis_key,
        "media_type": speech.MEDIA_TYPE,
        "size": size,
        "duration_ms": made.duration_ms,
        "lufs": made.lufs,
        "true_peak_dbtp": made.true_peak_dbtp,
        "waveform": list(made.waveform),
        "warnings": [speech.sentence(notice) for notice in made.warnings if _concerns(notice, synthesis_key)],
        "created_at": clock.now(),
    }
    sound, _is_new = Sound.objects.get_or_create(sha256=sha256, defaults=fields)
    return sound


def _concerns(notice: Notice, synthesis_key: str) -> bool:
    """Say whether a person can act on a notice: how even a machine speaks is nobody's recording."""
    return not synthesis_key or notice.code not in RECORDING_NOTICES


def _settle(rendition: SpokenRendition, key: str, sound: Sound, changes: Mapping[str, object]) -> None:
    """Attach the sound, unless a newer request came meanwhile or the revision was sent for release."""
    with transaction.atomic():
        current = SpokenRendition.objects.filter(
            pk=rendition.pk, requested_at=rendition.requested_at, revision__frozen_at=None
        )
        if current.update(sound=sound, error="", **changes):
            _record(rendition, "voice.rendered", {"sha256": sound.sha256})
    if SpokenRendition.objects.filter(pk=rendition.pk, requested_at=rendition.requested_at).exists():
        jobs.finish(key)
        _nudge(key)


def _record(rendition: SpokenRendition, action: str, details: dict[str, object]) -> None:
    revision = rendition.revision
    audit.record(
        actor=None, action=action, obj=revision.message, details={"revision": revision.number, **details}
    )


def _nudge(key: str) -> None:
    with transaction.atomic():
        outbox.put("event", payload={"kind": "job", "id": key})
