# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing, editing, renewing and freezing: who may, and who is noted as having made it."""

import pytest

from loa.audit.models import Entry
from loa.campaigns.tests.factories import make_campaign, make_key_message
from loa.config.errors import ConflictError, NotFoundError, PermissionDeniedError
from loa.messages import queries
from loa.messages.actions import edit_revision, freeze, new_revision, note_editor, write_message
from loa.messages.models import Message
from loa.messages.rules import BadTextError
from loa.messages.tests.factories import SOURCES, TEXT, make_message, make_revision
from loa.people.models import Role
from loa.people.tests.factories import Cast, make_cast, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_codes_count_up(cast: Cast) -> None:
    assert [make_message(cast).code for _number in range(3)] == ["T-0001", "T-0002", "T-0003"]


def test_writing_leaves_one_open_revision_its_sources_and_an_entry(cast: Cast) -> None:
    campaign = make_campaign(cast.organisation)
    key_message = make_key_message(campaign)
    message = make_message(cast, campaign=campaign, key_messages=[key_message])
    revision = message.revisions.get()
    assert (revision.number, revision.author, revision.frozen_at) == (1, cast.editor, None)
    assert [one.title for one in revision.sources.all()] == [SOURCES[0].title]
    assert list(message.key_messages.all()) == [key_message]
    assert Entry.objects.filter(action="messages.write_message", object_name=message.code).exists()


def test_key_messages_of_another_campaign_are_left_out(cast: Cast) -> None:
    stranger = make_key_message(make_campaign(cast.organisation))
    message = make_message(cast, campaign=make_campaign(cast.organisation), key_messages=[stranger])
    assert not message.key_messages.exists()


@pytest.mark.parametrize(
    "who", ["viewer", "planner", "approver_one", "device_keeper", "administrator", "outsider"]
)
def test_only_an_editor_of_the_organisation_writes_edits_and_freezes(cast: Cast, who: str) -> None:
    person = getattr(cast, who)
    revision = make_revision(cast)
    attempts = (
        lambda: write_message(actor=person, organisation=cast.organisation, title="Tên", text=TEXT),
        lambda: edit_revision(actor=person, revision=revision, title="Tên", text=TEXT),
        lambda: new_revision(actor=person, message=revision.message),
        lambda: freeze(actor=person, revision=revision),
    )
    for attempt in attempts:
        with pytest.raises(PermissionDeniedError):
            attempt()
    assert Message.objects.count() == 1


def test_an_editor_is_noted_only_when_a_word_changed(cast: Cast) -> None:
    revision = make_revision(cast)
    other = make_member(cast.organisation, Role.EDITOR)
    same = {"title": revision.title, "text": revision.text, "sources": SOURCES}
    edit_revision(actor=other, revision=revision, **same)
    assert queries.makers(revision) == {cast.editor.pk}
    edit_revision(actor=other, revision=revision, **{**same, "text": revision.text + " Mời bà con."})
    assert queries.makers(revision) == {cast.editor.pk, other.pk}


def test_a_changed_source_changes_the_hash(cast: Cast) -> None:
    revision = make_revision(cast)
    edited = edit_revision(actor=cast.editor, revision=revision, title=revision.title, text=revision.text)
    assert edited.text_sha256 != revision.text_sha256
    assert not edited.sources.exists()


def test_whoever_was_overtaken_is_told_and_nothing_is_overwritten(cast: Cast) -> None:
    revision = make_revision(cast)
    edit_revision(actor=cast.editor, revision=revision, title="Tên mới", text=TEXT)
    with pytest.raises(ConflictError, match="Người khác vừa sửa"):
        edit_revision(
            actor=cast.editor, revision=revision, title="Cũ", text=TEXT, seen_sha256=revision.text_sha256
        )
    revision.refresh_from_db()
    assert revision.title == "Tên mới"


def test_a_frozen_revision_is_never_edited(cast: Cast) -> None:
    revision = freeze(actor=cast.editor, revision=make_revision(cast))
    with pytest.raises(ConflictError, match="đã gửi duyệt"):
        edit_revision(actor=cast.editor, revision=revision, title="Tên", text=TEXT)
    with pytest.raises(ConflictError):
        note_editor(actor=cast.editor, revision=revision)


def test_freezing_asks_for_a_source_and_twice_is_once(cast: Cast) -> None:
    with pytest.raises(BadTextError, match="chưa có nguồn"):
        freeze(actor=cast.editor, revision=make_revision(cast, sources=()))
    first = freeze(actor=cast.editor, revision=make_revision(cast))
    assert freeze(actor=cast.editor, revision=first).frozen_at == first.frozen_at
    assert Entry.objects.filter(action="messages.freeze").count() == 1


def test_a_new_revision_keeps_words_sources_and_who_made_them(cast: Cast) -> None:
    message = make_message(cast)
    other = make_member(cast.organisation, Role.EDITOR)
    assert new_revision(actor=other, message=message).number == 1  # the open one
    freeze(actor=cast.editor, revision=message.revisions.get())
    second = new_revision(actor=other, message=message)
    assert (second.number, second.text, second.frozen_at) == (2, TEXT, None)
    assert [one.link for one in second.sources.all()] == [SOURCES[0].link]
    assert queries.makers(second) == {cast.editor.pk, other.pk}


def test_an_outsider_finds_no_message(cast: Cast) -> None:
    message = make_message(cast)
    assert queries.message(cast.viewer, message.code) == message
    for attempt in (
        lambda: queries.message(cast.outsider, message.code),
        lambda: queries.message(cast.viewer, "T-9999"),
        lambda: queries.revision(cast.outsider, message.revisions.get().pk),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert not queries.messages_for(cast.outsider).exists()
