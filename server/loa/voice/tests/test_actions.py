# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may change the sound, what an upload may be, and who heard it."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from loa.config.errors import ConflictError, NotFoundError, PermissionDeniedError
from loa.messages.actions import freeze
from loa.messages.tests.factories import make_revision
from loa.people.tests.factories import Cast, make_cast
from loa.voice import storage
from loa.voice.actions import attach_recording, mark_heard, request_spoken
from loa.voice.models import Heard
from loa.voice.queries import has_heard, reading_of, sound_for
from loa.voice.storage import UploadError
from loa.voice.tests.factories import make_sound, make_spoken

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def wav() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.wav", b"RIFF")


@pytest.mark.parametrize("who", ["viewer", "approver_one", "administrator", "outsider"])
def test_only_an_editor_of_the_organisation_changes_the_sound(cast: Cast, who: str) -> None:
    revision = make_revision(cast)
    person = getattr(cast, who)
    with pytest.raises(PermissionDeniedError):
        request_spoken(actor=person, revision=revision)
    with pytest.raises(PermissionDeniedError):
        attach_recording(actor=person, revision=revision, file=wav())


def test_the_sound_of_what_was_sent_is_fixed(cast: Cast) -> None:
    revision = freeze(actor=cast.editor, revision=make_revision(cast))
    with pytest.raises(ConflictError, match="đã gửi duyệt"):
        request_spoken(actor=cast.editor, revision=revision)
    with pytest.raises(ConflictError, match="đã gửi duyệt"):
        attach_recording(actor=cast.editor, revision=revision, file=wav())


def test_a_file_that_is_too_large_is_refused_before_and_while_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "UPLOAD_LIMIT_BYTES", 2_000_000)
    before = set(settings.HOME.uploads.iterdir())
    with pytest.raises(UploadError, match="nặng 3 MB, nhiều nhất là 2 MB"):
        storage.spool_upload([b""], size=2_000_001)
    with pytest.raises(UploadError, match="nhiều nhất là 2 MB"):
        storage.spool_upload([b"x" * 1_500_000] * 2)
    with pytest.raises(UploadError, match="rỗng"):
        storage.spool_upload([])
    assert set(settings.HOME.uploads.iterdir()) == before


def test_the_name_of_an_upload_never_leads_elsewhere() -> None:
    for name in ("../keys/admin-1.key", "", ".", "a/b"):
        with pytest.raises(ValueError, match="no name"):
            storage.upload_path(name)


def test_hearing_is_noted_once(cast: Cast) -> None:
    sound = make_sound()
    assert not has_heard(cast.viewer, sound)
    mark_heard(actor=cast.viewer, sound=sound)
    mark_heard(actor=cast.viewer, sound=sound)
    assert has_heard(cast.viewer, sound)
    assert Heard.objects.count() == 1


def test_an_outsider_finds_no_sound(cast: Cast) -> None:
    sound = make_spoken(make_revision(cast)).sound
    assert sound is not None
    assert sound_for(cast.viewer, sound.sha256) == sound
    for person, sha256 in ((cast.outsider, sound.sha256), (cast.viewer, "0" * 64)):
        with pytest.raises(NotFoundError):
            sound_for(person, sha256)


def test_the_preview_marks_what_is_read_otherwise() -> None:
    changes = [stretch.source for stretch in reading_of("Đạt 100% kế hoạch").changes]
    assert changes == ["100%"]
