# SPDX-License-Identifier: AGPL-3.0-or-later
"""From words or a recording to a sound on disk: once per content, with the earlier sound kept on failure."""

import io
import math
import struct
import wave
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult

from loa.audit.models import Entry
from loa.config import clock
from loa.jobs import actions as jobs
from loa.jobs.models import Job, JobState
from loa.jobs.queries import visible_job
from loa.messages.actions import edit_revision, freeze, new_revision
from loa.messages.models import Revision
from loa.messages.tests.factories import SOURCES, make_revision
from loa.people.tests.factories import Cast, make_cast
from loa.voice import speech, storage
from loa.voice.actions import attach_recording, request_spoken
from loa.voice.jobs import finish_recording, forget_uploads, give_up_lost_work, synthesise
from loa.voice.models import RenditionKind, Sound
from loa.voice.queries import SpokenState, job_key, sound_path, spoken
from loa_speech.errors import VoiceMissingError
from loa_speech.jobs import JobResult

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def work() -> None:
    """Do what the worker would: every queued task once, in order."""
    for row in DBTaskResult.objects.order_by("enqueued_at"):
        {"synthesise": synthesise, "finish_recording": finish_recording}[
            row.task_path.rsplit(".", 1)[1]
        ].func(*row.args_kwargs["args"])
    DBTaskResult.objects.all().delete()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace synthesis by one that writes the words themselves; return what was spoken."""
    said: list[str] = []

    def speak(
        text: str, voice: str, folder: Path, on_progress: speech.OnProgress, *_more: object
    ) -> JobResult:
        said.append(text)
        if "không ai đọc được" in text:
            raise VoiceMissingError(voice=voice, voices="espeak-north")
        path = folder / "sound.opus"
        path.write_bytes(f"{voice} {text}".encode())
        on_progress(1, 1)
        return JobResult(path, "", 0, 1000, -16.0, -1.5, (1, 2), (), None)

    monkeypatch.setattr(speech, "speak", speak)
    return said


def recording(seconds: float = 1.5, level: float = 0.3) -> SimpleUploadedFile:
    """Return a wav file of a tone."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        for index in range(int(seconds * 16000)):
            sample = level * math.sin(index * 0.17) * math.sin(index * 0.003)
            file.writeframes(struct.pack("<h", int(sample * 32767)))
    return SimpleUploadedFile("loi-doc.mp3", content.getvalue())


def test_what_is_written_gets_its_sound_without_being_asked(cast: Cast, quick: list[str]) -> None:
    revision = make_revision(cast)
    assert spoken(revision).state is SpokenState.WORKING
    work()
    now = spoken(revision)
    assert now.state is SpokenState.READY
    assert now.is_ready
    assert now.sound is not None
    assert sound_path(now.sound).stat().st_mode & 0o777 == 0o644
    assert Job.objects.get(key=job_key(revision.pk)).state == JobState.DONE
    assert not list(settings.HOME.run.glob("sound-*"))
    assert Entry.objects.filter(action="voice.rendered").exists()


def test_the_same_words_are_made_once(cast: Cast, quick: list[str]) -> None:
    first, second = make_revision(cast), make_revision(cast)
    work()
    assert len(quick) == 1
    assert spoken(first).sound == spoken(second).sound
    assert Sound.objects.count() == 1


def test_changed_words_make_the_sound_stale_and_are_spoken_anew(cast: Cast, quick: list[str]) -> None:
    revision = make_revision(cast)
    work()
    before = spoken(revision).sound
    edited = edit_revision(
        actor=cast.editor, revision=revision, title="Tên", text="Lời khác hẳn.", sources=SOURCES
    )
    now = spoken(edited)
    assert (now.sound, now.earlier, now.is_ready) == (None, before, False)
    work()
    assert spoken(edited).is_ready


def test_a_changed_title_alone_keeps_the_sound(cast: Cast, quick: list[str]) -> None:
    revision = make_revision(cast)
    work()
    edited = edit_revision(
        actor=cast.editor, revision=revision, title="Tên khác", text=revision.text, sources=SOURCES
    )
    assert spoken(edited).state is SpokenState.READY


def test_a_failure_is_a_sentence_and_the_earlier_sound_is_kept(cast: Cast, quick: list[str]) -> None:
    revision = make_revision(cast)
    work()
    before = spoken(revision).sound
    edited = edit_revision(
        actor=cast.editor, revision=revision, title="Tên", text="Câu này không ai đọc được."
    )
    work()
    now = spoken(edited)
    assert now.state is SpokenState.FAILED
    assert "không có giọng" in now.error
    assert now.earlier == before
    assert not now.is_ready
    assert Job.objects.get(key=job_key(revision.pk)).error == now.error


def test_work_that_a_newer_request_replaced_changes_nothing(cast: Cast, quick: list[str]) -> None:
    revision = make_revision(cast)
    old = DBTaskResult.objects.get().args_kwargs["args"]
    request_spoken(actor=cast.editor, revision=revision, voice="espeak-south")
    synthesise.func(*old)
    assert spoken(revision).state is SpokenState.WORKING
    assert quick == []


def test_nothing_changes_after_the_revision_was_sent(cast: Cast, quick: list[str]) -> None:
    revision = make_revision(cast)
    work()
    before = spoken(revision).sound
    request_spoken(actor=cast.editor, revision=revision, voice="espeak-south")
    freeze(actor=cast.editor, revision=revision)
    work()
    assert spoken(Revision.objects.get(pk=revision.pk)).sound == before


def test_a_recording_becomes_the_sound_and_its_maker_an_editor(cast: Cast) -> None:
    revision = make_revision(cast)
    DBTaskResult.objects.all().delete()
    attach_recording(actor=cast.editor, revision=revision, file=recording())
    work()
    now = spoken(revision)
    assert now.state is SpokenState.READY
    assert now.rendition is not None
    assert (now.rendition.kind, now.rendition.upload_name) == (RenditionKind.RECORDED, "loi-doc.mp3")
    assert now.sound is not None
    assert now.sound.lufs == pytest.approx(-16, abs=0.5)
    assert now.sound.true_peak_dbtp <= -1
    assert cast.editor in revision.editors.all()


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (SimpleUploadedFile("bai.mp3", "Đây là chữ, không phải tiếng.".encode() * 50), "không phải âm thanh"),
        (recording(level=0), "không có tiếng"),
    ],
)
def test_what_is_no_sound_is_said_in_one_sentence(
    cast: Cast, quick: list[str], file: SimpleUploadedFile, sentence: str
) -> None:
    revision = make_revision(cast)
    work()
    before = spoken(revision).sound
    attach_recording(actor=cast.editor, revision=revision, file=file)
    work()
    now = spoken(revision)
    assert sentence in now.error
    assert (now.sound, now.is_ready) == (before, True)


def test_a_recording_stays_when_words_change_and_is_stale(cast: Cast) -> None:
    revision = make_revision(cast)
    DBTaskResult.objects.all().delete()
    attach_recording(actor=cast.editor, revision=revision, file=recording())
    work()
    edited = edit_revision(actor=cast.editor, revision=revision, title="Tên", text="Lời khác.")
    assert spoken(edited).state is SpokenState.STALE
    assert not DBTaskResult.objects.exists()


def test_a_new_revision_of_the_same_words_takes_the_sound_along(cast: Cast, quick: list[str]) -> None:
    revision = make_revision(cast)
    work()
    freeze(actor=cast.editor, revision=revision)
    second = new_revision(actor=cast.editor, message=revision.message)
    assert spoken(second).sound == spoken(revision).sound
    assert spoken(second).is_ready


def test_recordings_that_are_no_sound_are_forgotten_after_a_day(cast: Cast) -> None:
    revision = make_revision(cast)
    DBTaskResult.objects.all().delete()
    attach_recording(actor=cast.editor, revision=revision, file=recording())
    work()
    kept = spoken(revision).rendition
    assert kept is not None
    orphan = storage.upload_path(storage.spool_upload([b"x"]))
    forget_uploads()
    assert orphan.exists()
    with clock.frozen(clock.now() + timedelta(days=2)):
        forget_uploads()
    assert not orphan.exists()
    assert storage.upload_path(kept.upload).exists()


def test_work_is_shown_to_whoever_may_see_the_message(cast: Cast, quick: list[str]) -> None:
    key = job_key(make_revision(cast).pk)
    assert visible_job(cast.viewer, key) is not None
    assert visible_job(cast.outsider, key) is None
    assert visible_job(cast.viewer, "voice.rendition:abc") is None


def test_work_whose_worker_died_is_given_up_with_a_sentence(cast: Cast, quick: list[str]) -> None:
    revision = make_revision(cast)
    jobs.progress(job_key(revision.pk), 1, 4)
    give_up_lost_work()
    assert spoken(revision).state is SpokenState.WORKING
    with clock.frozen(clock.now() + timedelta(hours=1)):
        give_up_lost_work()
    assert "bị ngắt" in Job.objects.get().error
