# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers: only the one who was told gives them, each is kept, and a notice goes to colleagues alone."""

import pytest

from loa.audit.models import Entry
from loa.config import clock
from loa.config.errors import ConflictError, NotFoundError
from loa.notices import actions, kinds, queries
from loa.notices.actions.answering import AnswerError, NotAllowedError, StrangerError
from loa.notices.models import Answer, Notice, Response
from loa.notices.tests.factories import KIND, NOW, make_notice
from loa.people.models import Role
from loa.people.tests.factories import grant, make_cast, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def cast():
    return make_cast()


def audited():
    return list(Entry.objects.order_by("pk").values_list("action", flat=True))


def test_received_is_said_once_and_settles_the_notice(cast):
    notice = make_notice(cast.editor)
    first = actions.acknowledge(actor=cast.editor, notice=notice)
    assert actions.acknowledge(actor=cast.editor, notice=notice) == first
    notice.refresh_from_db()
    assert (notice.settled_at, notice.is_settled) == (NOW, True)
    assert audited() == ["notices.acknowledge"]
    assert queries.count_open(cast.editor) == 0


@pytest.mark.parametrize(
    "act",
    [
        lambda actor, notice, other: actions.acknowledge(actor=actor, notice=notice),
        lambda actor, notice, other: actions.answer(actor=actor, notice=notice, text="x"),
        lambda actor, notice, other: actions.object_to(actor=actor, notice=notice, text="x"),
        lambda actor, notice, other: actions.pass_on(actor=actor, notice=notice, to=other),
    ],
)
def test_nobody_answers_for_another(cast, act):
    notice = make_notice(cast.editor)
    with pytest.raises(NotFoundError):
        act(cast.administrator, notice, cast.planner)
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "act",
    [
        lambda actor, notice, other: actions.answer(actor=actor, notice=notice, text="x"),
        lambda actor, notice, other: actions.object_to(actor=actor, notice=notice, text="x"),
        lambda actor, notice, other: actions.pass_on(actor=actor, notice=notice, to=other),
    ],
)
def test_an_answer_that_the_notice_does_not_take_is_refused(cast, act):
    notice = make_notice(cast.editor, answers=["acknowledge"])
    with pytest.raises(NotAllowedError):
        act(cast.editor, notice, cast.planner)
    assert not Response.objects.exists()


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001])
def test_an_answer_needs_words_and_not_too_many(cast, text):
    notice = make_notice(cast.editor)
    with pytest.raises(AnswerError) as raised:
        actions.answer(actor=cast.editor, notice=notice, text=text)
    assert raised.value.field == "text"


def test_the_sender_is_told_of_answers_and_objections_and_may_acknowledge_them_alone(cast):
    notice = make_notice(cast.editor, sent_by=cast.planner, sent_by_name=cast.planner.full_name)
    actions.answer(actor=cast.editor, notice=notice, text="Chiều nay xong.")
    actions.object_to(actor=cast.editor, notice=notice, text="Sai thôn.")
    replies = list(Notice.objects.filter(person=cast.planner).order_by("created_at", "title"))
    assert [reply.title for reply in replies] == [
        "Nguyễn Thị Hậu phản đối: Đến hạn: treo 12 băng rôn",
        "Nguyễn Thị Hậu trả lời: Đến hạn: treo 12 băng rôn",
    ]
    assert {reply.body for reply in replies} == {"Chiều nay xong.", "Sai thôn."}
    with pytest.raises(NotAllowedError):
        actions.answer(actor=cast.planner, notice=replies[0], text="Vâng.")


def test_what_the_system_sent_has_nobody_to_tell(cast):
    actions.answer(actor=cast.editor, notice=make_notice(cast.editor), text="Đang làm.")
    assert Notice.objects.count() == 1


def test_a_notice_is_passed_on_with_its_answers_and_where_it_came_from(cast):
    notice = make_notice(cast.editor, about_type="people.post", about_id="7", is_urgent=True)
    actions.pass_on(actor=cast.editor, notice=notice, to=cast.planner, text="Chị làm giúp.")
    actions.pass_on(actor=cast.editor, notice=notice, to=cast.planner)
    passed = Notice.objects.get(person=cast.planner)
    assert (passed.passed_from, passed.sent_by, passed.is_urgent) == (notice, cast.editor, True)
    assert (passed.about_type, passed.about_id, passed.answers) == (
        "people.post",
        "7",
        sorted(notice.answers),
    )
    assert passed.body == "Nguyễn Thị Hậu chuyển cho bạn. Chị làm giúp.\n\nHạn là ngày mai."
    assert Response.objects.get().passed_to == cast.planner
    actions.pass_on(actor=cast.planner, notice=passed, to=cast.editor)
    assert Notice.objects.filter(person=cast.editor).count() == 2


def test_it_is_passed_to_nobody_out_of_sight(cast):
    notice = make_notice(cast.editor)
    gone, roleless = make_person(is_active=False), make_person()
    grant(gone, cast.organisation, Role.EDITOR)
    for stranger in (cast.outsider, gone, roleless, cast.editor):
        with pytest.raises(StrangerError):
            actions.pass_on(actor=cast.editor, notice=notice, to=stranger)
    assert not Response.objects.exists()
    assert Notice.objects.count() == 1


def test_colleagues_are_found_without_marks_and_counted(cast):
    found, count = queries.find_colleagues(cast.editor, "tran the")
    assert ([person.full_name for person in found], count) == (["Trần Thế Ước"], 1)
    everybody, count = queries.find_colleagues(cast.editor, "")
    assert count == len(everybody) == 7
    assert cast.outsider not in everybody
    assert queries.find_colleagues(make_person(), "") == ([], 0)


def test_the_app_that_sent_it_hears_of_answers_and_may_refuse_them(cast, monkeypatch):
    heard = []

    def on_answer(notice, response):
        if response.kind == Answer.OBJECT:
            raise ConflictError("Tin đã phát rồi.")
        heard.append((notice.pk, response.kind))

    monkeypatch.setitem(kinds._kinds, "x.y", kinds.Kind("x.y", "Tin", KIND.why, on_answer=on_answer))
    notice = make_notice(cast.editor, kind="x.y")
    with pytest.raises(ConflictError):
        actions.object_to(actor=cast.editor, notice=notice, text="Sai.")
    assert not Response.objects.exists()
    assert audited() == []
    actions.acknowledge(actor=cast.editor, notice=notice)
    assert heard == [(notice.pk, "acknowledge")]


def test_a_kind_of_an_app_that_is_gone_can_still_be_answered(cast):
    actions.acknowledge(actor=cast.editor, notice=make_notice(cast.editor, kind="gone.kind"))
    assert Response.objects.count() == 1
