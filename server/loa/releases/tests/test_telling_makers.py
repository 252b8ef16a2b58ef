# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who wrote a message learns what became of it without looking: released, returned, objected to, withdrawn."""

import pytest

from loa.messages.links import message_page
from loa.messages.tests.factories import make_revision
from loa.notices import actions as notices
from loa.notices.models import Notice
from loa.people.models import Person
from loa.people.tests.factories import PASSWORD, Cast, make_cast
from loa.releases.actions import return_release, withdraw
from loa.releases.telling_makers import OWN
from loa.releases.tests.factories import make_release, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def told(person: Person) -> list[str]:
    """Return what a person was told of his own messages, oldest first."""
    rows = Notice.objects.filter(person=person, kind=OWN).order_by("created_at", "pk")
    return [f"{one.title} | {one.body}" for one in rows]


def test_the_writer_is_told_of_the_release_on_the_page_of_the_message(cast: Cast) -> None:
    release = make_release(cast)
    (words,) = told(cast.editor)
    assert words.startswith(f"Tin của bạn đã được duyệt: {release.revision.title}")
    assert cast.approver_one.full_name in words
    assert Notice.objects.get(kind=OWN).url == message_page(release.revision.message.code)
    assert told(cast.approver_one) == []


def test_the_writer_is_told_who_returned_it_and_why(cast: Cast) -> None:
    return_release(actor=cast.approver_one, release=make_request(cast), reason="Thiếu nguồn.")
    (words,) = told(cast.editor)
    assert f"{cast.approver_one.full_name} trả lại: “Thiếu nguồn.”" in words


def test_who_takes_his_own_request_back_is_told_nothing(cast: Cast) -> None:
    return_release(actor=cast.editor, release=make_request(cast), reason="Tôi gửi nhầm.")
    assert told(cast.editor) == []


def test_the_writer_is_told_of_the_withdrawal(cast: Cast) -> None:
    release = make_release(cast)
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason="Đổi ngày")
    words = told(cast.editor)[-1]
    assert words.startswith("Tin của bạn bị thu hồi")
    assert f"{cast.approver_one.full_name} thu hồi: “Đổi ngày”" in words


def test_the_writer_is_told_of_an_objection(cast: Cast) -> None:
    make_release(cast)
    mine = Notice.objects.get(kind="releases.released", person=cast.approver_two)
    notices.object_to(actor=cast.approver_two, notice=mine, text="Sai giờ họp.")
    assert f"{cast.approver_two.full_name} phản đối: “Sai giờ họp.”" in told(cast.editor)[-1]


def test_who_edited_and_who_sent_it_are_told_too_and_nobody_of_a_test(cast: Cast) -> None:
    revision = make_revision(cast)
    revision.editors.add(cast.viewer)
    make_release(cast, revision=revision)
    assert len(told(cast.viewer)) == len(told(cast.editor)) == 1
    make_release(cast, is_test=True)
    assert len(told(cast.editor)) == 1
