# SPDX-License-Identifier: AGPL-3.0-or-later
"""The message page offers the next thing without moving what stands, and claims nothing that has ended."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loa.airtime.tests.factories import NOON, make_placement
from loa.airtime.tests.factories import make_release as make_row
from loa.config import clock
from loa.console.queries.way import way
from loa.devices.tests.factories import make_device
from loa.messages.models import Message
from loa.messages.tests.factories import make_revision
from loa.people.models import Person
from loa.people.tests.factories import PASSWORD, Cast, make_cast
from loa.releases.actions import withdraw
from loa.releases.tests.factories import make_release, make_request
from loa.voice.tests.factories import make_heard, make_spoken

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def shown_to(person: Person, message: Message) -> str:
    client = Client()
    client.force_login(person)
    return " ".join(client.get(reverse("console:message", args=[message.code])).content.decode().split())


def actions(shown: str) -> str:
    return shown.split('id="viec-tiep"')[1].split('<div class="sections">')[0]


def test_sending_is_offered_after_hearing_and_never_in_its_place(cast: Cast) -> None:
    revision = make_revision(cast)
    before = actions(shown_to(cast.editor, revision.message))
    assert "Nghe thử" in before
    assert "Gửi duyệt" not in before
    sound = make_spoken(revision).sound
    assert sound is not None
    ready = actions(shown_to(cast.editor, revision.message))
    assert ready.index("Nghe thử") < ready.index("Gửi duyệt")
    assert ready.count("button-main") == 1
    make_heard(cast.editor, sound)
    heard = actions(shown_to(cast.editor, revision.message))
    assert heard.index("Nghe thử") < heard.index("button-main") < heard.index("Gửi duyệt")


def test_playing_it_on_the_message_page_counts_as_hearing(cast: Cast) -> None:
    revision = make_revision(cast)
    sound = make_spoken(revision).sound
    assert sound is not None
    shown = shown_to(cast.editor, revision.message)
    assert reverse("voice:heard", args=[sound.sha256]) in shown


@pytest.mark.parametrize(("who", "heard"), [("editor", True), ("approver_one", False), ("viewer", False)])
def test_only_who_made_or_signed_it_counts_as_having_heard_it(cast: Cast, who: str, heard: bool) -> None:
    release = make_request(cast)
    person = getattr(cast, who)
    make_heard(person, release.sound)
    assert way(release.revision.message, clock.now()).heard_by == ((person.full_name,) if heard else ())


def test_who_may_not_withdraw_reads_who_can(cast: Cast) -> None:
    release = make_release(cast)
    names = " hoặc ".join(sorted([cast.approver_one.full_name, cast.approver_two.full_name]))
    assert f"Ký được ngay: {names}." in shown_to(cast.editor, release.revision.message)


def test_what_is_withdrawn_is_no_more_in_force(cast: Cast) -> None:
    release = make_release(cast)
    message = release.revision.message
    assert 'data-object-state="released"' in shown_to(cast.editor, message)
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason="Đổi ngày")
    shown = shown_to(cast.editor, message)
    assert "khi tin bị thu hồi. <span" in shown
    assert 'data-object-state="withdrawn"' in shown


def test_what_is_past_says_so(cast: Cast) -> None:
    release = make_row(cast.organisation, cast.editor, cast.villages, not_after=NOON + timedelta(days=1))
    with clock.frozen(NOON + timedelta(days=2)):
        assert "đã qua:" in shown_to(cast.editor, release.revision.message)


def test_the_first_tasks_stand_before_what_is_on_air(cast: Cast) -> None:
    for _number in range(5):
        make_spoken(make_revision(cast))
    client = Client()
    client.force_login(cast.editor)
    shown: Any = client.get("/").content.decode()
    assert shown.index('id="cho-ban"') < shown.index('id="dang-phat"')
    assert "Còn 2 việc nữa" in shown


def test_a_coming_round_is_moved_or_dropped_from_the_page_by_who_may_place(cast: Cast) -> None:
    release = make_row(cast.organisation, cast.editor, cast.villages)
    make_device(cast.villages[0])
    placement = make_placement(release, cast.villages)
    way_there = reverse("airtime:placement", args=[placement.pk])
    with clock.frozen(NOON):
        assert way_there in shown_to(cast.editor, release.revision.message)
        assert way_there not in shown_to(cast.viewer, release.revision.message)
    with clock.frozen(placement.starts_at + timedelta(seconds=1)):
        assert way_there not in shown_to(cast.editor, release.revision.message)


def test_the_table_leads_to_what_the_strengths_mean(cast: Cast) -> None:
    release = make_row(cast.organisation, cast.editor, cast.villages)
    make_device(cast.villages[0])
    make_placement(release, cast.villages)
    shown = shown_to(cast.editor, release.revision.message)
    assert 'href="#do-chac"' in shown
    fold = shown.split('id="do-chac"')[1].split("</details>")[0]
    assert "máy ghi vào nhật ký của nó là đã phát; chưa ai ở đó nghe và xác nhận." in fold
    assert 'id="bang-chung"' not in fold  # an open fold inside would keep the table from renewing itself


def test_withdrawing_is_offered_at_the_top_to_who_may(cast: Cast) -> None:
    release = make_release(cast)
    address = reverse("releases:withdraw", args=[release.pk])
    assert address in actions(shown_to(cast.approver_one, release.revision.message))
    assert address not in actions(shown_to(cast.editor, release.revision.message))


def test_saving_leads_to_the_place_where_it_is_heard(cast: Cast) -> None:
    revision = make_revision(cast)
    client = Client()
    client.force_login(cast.editor)
    answers = {
        "organisation": cast.organisation.pk,
        "title": "Họp thôn",
        "text": "Mời bà con họp.",
        "sources": "Kế hoạch 12",
    }
    saved = client.post(reverse("messages:write"), answers)
    assert saved.headers["Location"].endswith("/#nghe")
    shown = shown_to(cast.editor, revision.message)
    waiting = shown.split('id="nghe" tabindex="-1"')[1].split("</section>")[0]
    assert 'hx-select="#loi-doc"' in waiting  # what renews itself lies within the place that has the focus
