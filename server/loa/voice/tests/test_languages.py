# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recordings in other languages: who adds them, what becomes of them, and that a release signs them."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from loa.config.errors import ConflictError, PermissionDeniedError
from loa.jobs.queries import visible_job
from loa.messages.actions import edit_revision, freeze, new_revision
from loa.messages.models import Revision
from loa.messages.tests.factories import SOURCES, make_revision
from loa.people.models import Person
from loa.people.tests.factories import Cast, make_cast
from loa.releases.statements import statement_of
from loa.releases.tests.factories import make_request
from loa.voice import speech
from loa.voice.jobs import forget_uploads
from loa.voice.languages.actions import add_recording, remove_recording
from loa.voice.languages.jobs import finish_language_recording
from loa.voice.languages.queries import job_key, language_lines, require_finished
from loa.voice.languages.rules import CODES, BadLanguageError, check_language, language_code
from loa.voice.models import LanguageRecording
from loa.voice.storage import upload_path
from loa.voice.tests.factories import make_language, make_spoken
from loa_protocol.statements import RenditionRef
from loa_speech.errors import SilentError
from loa_speech.jobs import JobResult

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def revision(cast: Cast) -> Revision:
    return make_revision(cast)


@pytest.fixture
def finished(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the chain: a file that says so is silent, any other becomes a sound."""

    def finish(recording: Path, folder: Path, _progress: Any) -> JobResult:
        content = recording.read_bytes()
        if content == b"silence":
            raise SilentError
        path = folder / "sound.opus"
        path.write_bytes(content + b" finished")
        return JobResult(path, "", 8, 1000, -16.0, -1.5, (1, 2), (), None)

    monkeypatch.setattr(speech, "finish", finish)


def recording(content: bytes = b"words") -> SimpleUploadedFile:
    return SimpleUploadedFile("ghi-am.mp3", content)


def work() -> None:
    for row in DBTaskResult.objects.filter(task_path__endswith="finish_language_recording"):
        finish_language_recording.func(*row.args_kwargs["args"])


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_recording_goes_through_the_same_chain(cast: Cast, revision: Revision, finished: None) -> None:
    add_recording(actor=cast.editor, revision=revision, language="tiếng  tày", file=recording())
    (line,) = language_lines(revision)
    assert (line.recording.language, line.code, line.is_working) == ("Tày", "tyz", True)
    assert visible_job(cast.viewer, job_key(line.recording.pk)) is not None
    assert visible_job(cast.outsider, job_key(line.recording.pk)) is None
    with pytest.raises(ConflictError, match="đang được kiểm tra"):
        require_finished(revision)
    work()
    work()  # twice without harm
    (line,) = language_lines(revision)
    assert line.is_ready
    require_finished(revision)
    assert cast.editor in revision.editors.all()


def test_what_is_refused_says_why_and_is_not_sent(cast: Cast, revision: Revision, finished: None) -> None:
    add_recording(actor=cast.editor, revision=revision, language="Dao", file=recording(b"silence"))
    work()
    (line,) = language_lines(revision)
    assert "không có tiếng" in line.error
    with pytest.raises(ConflictError, match="không dùng được"):
        require_finished(revision)


def test_a_language_stands_once(cast: Cast, revision: Revision) -> None:
    add_recording(actor=cast.editor, revision=revision, language="Sán Chỉ", file=recording())
    with pytest.raises(ConflictError, match="đã có bản ghi tiếng Sán Chỉ"):
        add_recording(actor=cast.editor, revision=revision, language="san chi", file=recording())


@pytest.mark.parametrize("who", ["viewer", "approver_one", "administrator", "outsider"])
def test_only_who_writes_the_message_adds_and_removes(cast: Cast, revision: Revision, who: str) -> None:
    person, kept = getattr(cast, who), make_language(revision)
    with pytest.raises(PermissionDeniedError):
        add_recording(actor=person, revision=revision, language="Dao", file=recording())
    with pytest.raises(PermissionDeniedError):
        remove_recording(actor=person, recording=kept)


def test_what_was_sent_keeps_its_recordings(cast: Cast, revision: Revision) -> None:
    kept = make_language(revision)
    freeze(actor=cast.editor, revision=revision)
    with pytest.raises(ConflictError, match="đã gửi duyệt"):
        add_recording(actor=cast.editor, revision=revision, language="Dao", file=recording())
    with pytest.raises(ConflictError, match="đã gửi duyệt"):
        remove_recording(actor=cast.editor, recording=kept)


def test_a_recording_is_removed_before(cast: Cast, revision: Revision) -> None:
    kept = make_language(revision)
    remove_recording(actor=cast.editor, recording=kept)
    remove_recording(actor=cast.editor, recording=kept)
    assert not language_lines(revision)


def test_a_new_revision_takes_them_along_and_changed_words_make_them_old(
    cast: Cast, revision: Revision
) -> None:
    make_language(revision)
    freeze(actor=cast.editor, revision=revision)
    second = new_revision(actor=cast.editor, message=revision.message)
    assert [line.is_ready for line in language_lines(second)] == [True]
    edited = edit_revision(
        actor=cast.editor, revision=second, title="Tên", text="Lời khác hẳn.", sources=SOURCES
    )
    assert [line.is_stale for line in language_lines(edited)] == [True]
    with pytest.raises(ConflictError, match="Chữ đã đổi sau khi ghi tiếng Tày"):
        require_finished(edited)


def test_a_release_signs_them_with_their_language(cast: Cast, revision: Revision) -> None:
    make_spoken(revision)
    kept = make_language(revision)
    assert kept.sound is not None
    request = make_request(cast, revision=revision)
    signed = {one.language: one.sha256 for one in statement_of(request).renditions}
    assert signed == {"": request.sound.sha256, "tyz": kept.sound.sha256}
    shown = as_person(cast.approver_one).get(reverse("releases:release", args=[request.pk])).content.decode()
    assert "Bản ghi tiếng Tày" in shown
    assert f"/media/{kept.sound.sha256}.opus" in shown


def test_one_that_is_not_finished_keeps_the_message_from_being_sent(cast: Cast, revision: Revision) -> None:
    make_spoken(revision)
    add_recording(actor=cast.editor, revision=revision, language="Mông", file=recording())
    with pytest.raises(ConflictError, match="tiếng Mông đang được kiểm tra"):
        make_request(cast, revision=revision)


@pytest.mark.parametrize("name", [*CODES, "Sán Chay", "Co", "La Chí", "Pà Thẻn của vùng cao phía Bắc"])
def test_every_language_has_a_code_that_a_statement_takes(name: str) -> None:
    ref = RenditionRef(
        kind="spoken",
        sha256="0" * 64,
        media_type="audio/ogg",
        duration_ms=1,
        size=1,
        language=language_code(name),
    )
    assert ref.language


@pytest.mark.parametrize("typed", ["", "tiếng ", "a" * 41, "Tày 2", "<b>", "Việt", "kinh", "-"])
def test_what_is_no_language_beside_vietnamese_is_refused(typed: str) -> None:
    with pytest.raises(BadLanguageError):
        check_language(typed)


def test_spooled_files_of_recordings_are_kept(cast: Cast, revision: Revision) -> None:
    kept = add_recording(actor=cast.editor, revision=revision, language="Dao", file=recording())
    import os

    os.utime(upload_path(kept.upload), (0, 0))
    forget_uploads()
    assert upload_path(kept.upload).exists()


def where(name: str, revision: Revision, *arguments: Any) -> str:
    return reverse(f"voice:{name}", args=[revision.message.code, *arguments])


def test_the_page_takes_lists_and_removes_them(cast: Cast, revision: Revision, finished: None) -> None:
    client = as_person(cast.editor)
    answer = client.post(
        where("add_language", revision), {"language": "Tày", "recording": recording()}, follow=True
    )
    shown = answer.content.decode()
    assert "Tiếng Tày" in shown
    assert "every 2s" in shown
    work()
    fragment = client.get(where("spoken", revision), {"tieng": "1"}, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in fragment
    assert "every 2s" not in fragment
    assert "Loa chưa tự phát chúng" in fragment
    client.post(where("remove_language", revision, LanguageRecording.objects.get().pk))
    assert not LanguageRecording.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"language": "Tày"}, "Chưa chọn tệp."),
        ({"recording": recording()}, "Chưa ghi tiếng gì."),
        ({"language": "Tày", "recording": recording(b"")}, "Tệp rỗng."),
        ({"language": "Tày", "recording": recording(b"x" * 3_000_000)}, "nhiều nhất là 2 MB"),
    ],
)
def test_a_bad_upload_is_said_beside_its_field(
    cast: Cast, revision: Revision, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], words: str
) -> None:
    monkeypatch.setattr(settings, "UPLOAD_LIMIT_BYTES", 2_000_000)
    answer = as_person(cast.editor).post(where("add_language", revision), given)
    assert answer.status_code == 400
    assert words in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("viewer", 403), ("outsider", 404)])
def test_others_change_nothing(cast: Cast, revision: Revision, who: str, status: int) -> None:
    client, kept = as_person(getattr(cast, who)), make_language(revision)
    assert client.post(where("add_language", revision), {"language": "Dao"}).status_code == status
    assert client.post(where("remove_language", revision, kept.pk)).status_code == status


def test_a_forged_upload_is_refused(cast: Cast, revision: Revision) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.editor)
    answer = client.post(where("add_language", revision), {"language": "Dao", "recording": recording()})
    assert answer.status_code == 403
