# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a writer decides about the reading of one message, and what the machine still asks."""

import pytest
from django_tasks_db.models import DBTaskResult

from loa.config.errors import ConflictError, PermissionDeniedError
from loa.messages.actions import edit_revision, freeze
from loa.messages.models import Revision
from loa.messages.tests.factories import SOURCES, make_revision
from loa.people.tests.factories import Cast, make_cast
from loa.voice.answers import accept_all, answer, read_so, renew_readings
from loa.voice.lexicon.actions import add_word
from loa.voice.lexicon.rules import BadWordError, Owner, WordInput
from loa.voice.models import RenditionKind, SpokenRendition
from loa.voice.queries import SpokenState, reading_for, require_settled, spoken
from loa.voice.questions import Question, questions
from loa.voice.tests.factories import make_spoken

pytestmark = pytest.mark.django_db
TEXT = "BTV họp sáng nay. Đoàn viên gặp BTV ở nhà văn hóa. BTV Nguyễn Thị Lan đọc tin."


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def revision(cast: Cast) -> Revision:
    made = make_revision(cast, text=TEXT)
    DBTaskResult.objects.all().delete()
    make_spoken(made)
    return made


def asked(revision: Revision) -> list[Question]:
    return questions(reading_for(revision))


def test_what_is_guessed_alike_is_asked_once(revision: Revision) -> None:
    (question,) = asked(revision)
    assert question.source == "BTV"
    assert len(question.places) == 2  # before a name it is sure
    assert question.choices[0] == question.spoken == "Ban Thường vụ"
    assert question.after.startswith(" họp sáng nay.")


def test_an_answer_is_read_at_each_guessed_place_and_nowhere_else(cast: Cast, revision: Revision) -> None:
    (question,) = asked(revision)
    answer(actor=cast.editor, revision=revision, number=question.number, source="BTV", spoken="ban trị sự")
    reading = reading_for(revision)
    assert reading.spoken.lower().count("ban trị sự") == 2
    assert "Biên tập viên Nguyễn Thị Lan" in reading.spoken
    assert not asked(revision)
    assert spoken(revision).state is SpokenState.WORKING
    assert cast.editor in revision.editors.all()


def test_an_answer_to_what_the_machine_proposed_keeps_the_sound(cast: Cast, revision: Revision) -> None:
    (question,) = asked(revision)
    answer(actor=cast.editor, revision=revision, number=question.number, source="BTV", spoken=question.spoken)
    now = spoken(revision)
    assert now.is_ready
    assert now.questions == []
    assert not DBTaskResult.objects.exists()


def test_the_proposals_are_taken_only_as_they_were_seen(cast: Cast, revision: Revision) -> None:
    with pytest.raises(ConflictError, match="vừa đổi"):
        accept_all(actor=cast.editor, revision=revision, sources=["CN"])
    assert accept_all(actor=cast.editor, revision=revision, sources=["BTV"]) == 1
    assert spoken(revision).questions == []
    assert spoken(revision).is_ready


def test_one_place_is_read_otherwise_and_no_other_after_an_edit(cast: Cast) -> None:
    revision = make_revision(cast, text="Sáng họp UBND xã. Chiều họp UBND tỉnh.")
    second = [n for n, one in enumerate(reading_for(revision).stretches) if one.source == "UBND"][1]
    read_so(
        actor=cast.editor, revision=revision, number=second, source="UBND", spoken="u bê en đê",
        everywhere=False,
    )  # fmt: skip
    assert "họp Ủy ban nhân dân xã" in reading_for(revision).spoken
    assert "Chiều họp u bê en đê tỉnh" in reading_for(revision).spoken
    edited = edit_revision(
        actor=cast.editor,
        revision=revision,
        title="Tên",
        text="Họp UBND xã. Họp UBND huyện.",
        sources=SOURCES,
    )
    assert "u bê en đê" not in reading_for(edited).spoken


def test_a_form_is_read_otherwise_everywhere_in_the_message_alone(cast: Cast) -> None:
    revision = make_revision(cast, text="Họp UBND xã. Họp UBND tỉnh.")
    number = next(n for n, one in enumerate(reading_for(revision).stretches) if one.source == "UBND")
    read_so(
        actor=cast.editor, revision=revision, number=number, source="UBND", spoken="ủy ban", everywhere=True
    )
    assert reading_for(revision).spoken == "Họp ủy ban xã. Họp ủy ban tỉnh."
    assert "Ủy ban nhân dân" in reading_for(make_revision(cast, text="Họp UBND xã.")).spoken


@pytest.mark.parametrize("who", ["viewer", "approver_one", "administrator", "outsider"])
def test_only_who_writes_the_message_decides(cast: Cast, revision: Revision, who: str) -> None:
    person = getattr(cast, who)
    (question,) = asked(revision)
    with pytest.raises(PermissionDeniedError):
        answer(actor=person, revision=revision, number=question.number, source="BTV", spoken="ban")
    with pytest.raises(PermissionDeniedError):
        accept_all(actor=person, revision=revision, sources=["BTV"])
    with pytest.raises(PermissionDeniedError):
        read_so(
            actor=person,
            revision=revision,
            number=question.number,
            source="BTV",
            spoken="ban",
            everywhere=True,
        )


def test_what_was_sent_is_not_read_otherwise_any_more(cast: Cast, revision: Revision) -> None:
    (question,) = asked(revision)
    freeze(actor=cast.editor, revision=revision)
    frozen = Revision.objects.get(pk=revision.pk)
    for change in (
        lambda: answer(
            actor=cast.editor, revision=frozen, number=question.number, source="BTV", spoken="ban"
        ),
        lambda: accept_all(actor=cast.editor, revision=frozen, sources=["BTV"]),
    ):
        with pytest.raises(ConflictError, match="đã gửi duyệt"):
            change()


def test_a_page_that_is_out_of_date_changes_nothing(cast: Cast, revision: Revision) -> None:
    for number, source in ((0, "QL18A"), (99, "BTV"), (-1, "BTV")):
        with pytest.raises(ConflictError, match="vừa đổi"):
            answer(actor=cast.editor, revision=revision, number=number, source=source, spoken="ban")


def test_words_that_no_voice_reads_are_refused(cast: Cast, revision: Revision) -> None:
    (question,) = asked(revision)
    with pytest.raises(BadWordError, match="chữ số"):
        answer(actor=cast.editor, revision=revision, number=question.number, source="BTV", spoken="ban 3")


def test_a_draft_is_read_anew_after_the_lexicon_changed(cast: Cast, revision: Revision) -> None:
    assert not spoken(revision).is_read_otherwise
    add_word(actor=cast.editor, owner=Owner(area=cast.commune), word=WordInput("nhà văn hóa", "nhà họp thôn"))
    assert spoken(revision).is_read_otherwise
    assert renew_readings(actor=cast.editor, revisions=[revision]) == 1
    assert spoken(revision).state is SpokenState.WORKING


def test_nothing_is_asked_about_a_recording(cast: Cast, revision: Revision) -> None:
    SpokenRendition.objects.update(kind=RenditionKind.RECORDED, reading=None)
    now = spoken(revision)
    assert now.questions == []
    assert not now.is_read_otherwise
    assert renew_readings(actor=cast.editor, revisions=[revision]) == 0


def test_what_is_still_asked_is_not_sent(cast: Cast, revision: Revision) -> None:
    with pytest.raises(ConflictError, match="Còn 1 chỗ máy chưa chắc cách đọc: “BTV”"):
        require_settled(revision)
    accept_all(actor=cast.editor, revision=revision, sources=["BTV"])
    require_settled(revision)


def test_what_was_read_by_other_words_is_not_sent(cast: Cast) -> None:
    revision = make_revision(cast, text="Họp ở nhà văn hóa.")
    make_spoken(revision)
    require_settled(revision)
    add_word(actor=cast.editor, owner=Owner(area=cast.commune), word=WordInput("nhà văn hóa", "nhà họp thôn"))
    with pytest.raises(ConflictError, match="Tạo lại"):
        require_settled(revision)
    SpokenRendition.objects.update(kind=RenditionKind.RECORDED)
    require_settled(revision)
