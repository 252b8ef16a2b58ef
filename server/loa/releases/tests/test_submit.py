# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asking for release: what is refused and with which sentence, and what the bytes say."""

from datetime import timedelta
from typing import Any

import pytest

from loa.config import clock
from loa.config.errors import ConflictError, LoaError, PermissionDeniedError
from loa.messages.actions import edit_revision, freeze, new_revision
from loa.messages.models import Revision
from loa.messages.tests.factories import SOURCES, make_revision
from loa.people.tests.factories import Cast, make_cast
from loa.releases.actions import return_release, submit, submit_for_release
from loa.releases.models import Release
from loa.releases.statements import statement_of
from loa.releases.tests.factories import make_release, make_request
from loa.voice.answers import accept_all
from loa.voice.tests.factories import make_spoken

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_the_bytes_name_everything_that_is_permitted(cast: Cast) -> None:
    release = make_request(cast, repeat_limit=3, priority_class="priority")
    statement = statement_of(release)
    assert statement.installation == "test"
    assert statement.communes == [cast.commune.code]
    assert statement.zones == sorted(village.code for village in cast.villages)
    assert statement.excluded == [str(cast.editor.pk)]
    assert statement.renditions[0].sha256 == release.sound.sha256
    assert (statement.repeat_limit, statement.priority_class) == (3, "priority")
    assert statement.text_sha256 == release.revision.text_sha256
    assert statement.sources == ["Kế hoạch của Tỉnh ủy https://example.org/ke-hoach"]
    assert release.revision.frozen_at is not None


def test_a_commune_swallows_its_villages(cast: Cast) -> None:
    release = make_request(cast, zones=[*cast.villages, cast.commune])
    assert [zone.code for zone in release.zones.all()] == [cast.commune.code]


def test_a_test_message_is_always_a_test(cast: Cast) -> None:
    release = make_request(cast, revision=make_revision(cast, is_test=True))
    assert statement_of(release).is_test


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        (lambda cast, now: {"zones": []}, "zones", "Chưa chọn nơi phát"),
        (lambda cast, now: {"zones": [cast.other_commune]}, "zones", "ngoài địa bàn"),
        (lambda cast, now: {"zones": [cast.province]}, "zones", "ngoài địa bàn"),
        (lambda cast, now: {"not_after": now - timedelta(days=1)}, "not_after", "trước ngày bắt đầu"),
        (
            lambda cast, now: {"not_before": now - timedelta(days=3), "not_after": now - timedelta(days=1)},
            "not_after",
            "đã qua",
        ),
        (lambda cast, now: {"not_after": now + timedelta(days=400)}, "not_after", "quá một năm"),
        (lambda cast, now: {"repeat_limit": 0}, "repeat_limit", "từ 1 đến 48"),
        (lambda cast, now: {"repeat_limit": 49}, "repeat_limit", "từ 1 đến 48"),
    ],
)
def test_it_refuses_what_cannot_be(cast: Cast, change: Any, field: str, sentence: str) -> None:
    revision = make_revision(cast)
    make_spoken(revision)
    now = clock.now()
    values = {
        "zones": cast.villages,
        "not_before": now,
        "not_after": now + timedelta(days=1),
        **change(cast, now),
    }
    with pytest.raises(LoaError, match=sentence) as caught:
        submit_for_release(actor=cast.editor, revision=revision, **values)
    assert caught.value.field == field
    assert not Release.objects.exists()
    assert Revision.objects.get().frozen_at is None


@pytest.mark.parametrize("who", ["viewer", "planner", "approver_one", "administrator", "outsider"])
def test_only_an_editor_of_the_organisation_sends(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDeniedError):
        make_request(cast, actor=getattr(cast, who))


def test_without_a_source_or_a_sound_of_these_words_nothing_is_sent(cast: Cast) -> None:
    with pytest.raises(LoaError, match="chưa có nguồn"):
        make_request(cast, revision=make_revision(cast, sources=()))
    revision = make_revision(cast)
    now = clock.now()
    times = {"not_before": now, "not_after": now + timedelta(days=1)}
    with pytest.raises(ConflictError, match="Lời đọc chưa xong"):
        submit_for_release(actor=cast.editor, revision=revision, zones=cast.villages, **times)
    rendition = make_spoken(revision)
    rendition.text_sha256 = "0" * 64  # of other words
    rendition.save(update_fields=["text_sha256"])
    with pytest.raises(ConflictError, match="đã cũ"):
        submit_for_release(actor=cast.editor, revision=revision, zones=cast.villages, **times)
    assert not Release.objects.exists()


def test_words_changed_at_the_last_moment_are_not_sent_with_the_former_sound(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = make_revision(cast)

    def freeze_after_another_edit(**given: Any) -> Any:
        edit_revision(
            actor=cast.editor, revision=revision, title="Khác", text="Lời khác hẳn.", sources=SOURCES
        )
        return freeze(**given)

    monkeypatch.setattr(submit, "freeze", freeze_after_another_edit)
    with pytest.raises(ConflictError, match="đã cũ"):
        make_request(cast, revision=revision)
    assert not Release.objects.exists()


def test_one_request_waits_at_a_time_and_a_returned_one_may_be_sent_again(cast: Cast) -> None:
    first = make_request(cast)
    with pytest.raises(ConflictError, match="đang chờ ký"):
        make_request(cast, revision=first.revision)
    return_release(actor=cast.editor, release=first, reason="Nhầm thôn")
    assert make_request(cast, revision=first.revision, zones=[cast.commune]).pk != first.pk


def test_an_outgrown_revision_is_not_sent(cast: Cast) -> None:
    first = make_release(cast).revision
    second = new_revision(actor=cast.editor, message=first.message)
    edit_revision(actor=cast.editor, revision=second, title="Khác", text="Lời khác.")
    with pytest.raises(ConflictError, match="bản mới hơn"):
        make_request(cast, revision=first)


def test_what_the_machine_still_asks_is_settled_before_sending(cast: Cast) -> None:
    revision = make_revision(cast, text="BTV họp sáng nay.")
    make_spoken(revision)
    with pytest.raises(ConflictError, match="Còn 1 chỗ máy chưa chắc cách đọc: “BTV”"):
        make_request(cast, revision=revision)
    assert Revision.objects.get(pk=revision.pk).frozen_at is None
    accept_all(actor=cast.editor, revision=revision, sources=["BTV"])
    make_spoken(revision)
    assert make_request(cast, revision=revision).revision == revision
