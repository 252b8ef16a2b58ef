# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sending for release: nothing is chosen for the writer, nothing is lost on the way, and what was sent is said."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loa.config import clock
from loa.messages.models import Revision
from loa.messages.tests.factories import make_revision
from loa.people.models import Person
from loa.people.tests.factories import Cast, make_cast
from loa.releases.models import Release
from loa.releases.pages import days
from loa.releases.statements import statement_of
from loa.releases.tests.factories import make_key, make_request, sign
from loa.voice.queries import spoken
from loa.voice.tests.factories import make_heard, make_spoken

pytestmark = pytest.mark.django_db
UNHEARD = "Người làm tin chưa nghe hết bản này."


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def revision(cast: Cast) -> Revision:
    revision = make_revision(cast)
    make_spoken(revision)
    return revision


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def send(revision: Revision) -> str:
    return reverse("releases:submit", args=[revision.message.code])


def answers(cast: Cast, **changes: Any) -> dict[str, Any]:
    today = timezone.localtime(clock.now()).date().isoformat()
    return {
        "scope": "some",
        "zones": [cast.villages[1].code],
        "first_day": today,
        "last_day": today,
        "priority_class": "priority",
        "repeat_limit": "7",
        **changes,
    }


def test_where_it_sounds_is_the_writers_own_choice(cast: Cast, revision: Revision) -> None:
    client = as_person(cast.editor)
    shown = text(client.get(send(revision)))
    assert 'value="all" checked' not in shown
    assert 'value="some" checked' not in shown
    refused = client.post(send(revision), {**answers(cast), "scope": "", "zones": []})
    assert "Chọn cả địa bàn, hoặc chỉ những nơi đánh dấu." in text(refused)
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    ("words", "days_ahead", "why"),
    [
        ("Ngày mai 7 giờ họp thôn.", 0, "Lời tin có chữ “Ngày mai”: phát sau hôm nay là sai"),
        ("Họp ngày {later} tại nhà văn hóa.", 3, "Lời tin nói tới “{later}” nên để đến hết ngày đó."),
        ("Mời bà con tới họp.", 5, "Lời tin không nêu ngày nào sắp tới nên để sẵn 5 ngày."),
    ],
)
def test_the_last_day_fits_the_text_and_says_why(cast: Cast, words: str, days_ahead: int, why: str) -> None:
    today = timezone.localtime(clock.now()).date()
    later = f"{today + timedelta(days=days_ahead):%d/%m/%Y}"
    revision = make_revision(cast, text=words.format(later=later))
    shown = text(as_person(cast.editor).get(send(revision)))
    last = today + timedelta(days=days_ahead)
    assert f'name="last_day" value="{last:%Y-%m-%d}"' in shown
    assert why.format(later=later) in shown


def test_an_end_at_midnight_is_the_end_of_the_day_before(cast: Cast) -> None:
    begin = datetime(2026, 11, 24, tzinfo=timezone.get_default_timezone())
    end = begin + timedelta(days=1)
    with clock.frozen(begin):
        assert days(begin, end) == "từ 24/11 đến hết ngày 24/11"
        assert days(begin + timedelta(hours=9), end) == "từ 24/11, 09:00 đến hết ngày 24/11"
        assert days(begin, begin + timedelta(hours=9)) == "từ 24/11 đến 24/11, 09:00"


def test_who_goes_to_hear_it_first_finds_the_choices_again(cast: Cast) -> None:
    revision = make_revision(cast)  # its sound is not ready
    client = as_person(cast.editor)
    assert 'name="nghe-thu"' in text(client.get(send(revision)))
    left = client.post(send(revision), answers(cast, **{"nghe-thu": "1"}))
    assert left.headers["Location"] == reverse("voice:spoken", args=[revision.message.code])
    make_spoken(revision)
    shown = text(client.get(send(revision)))
    assert f'value="{cast.villages[1].code}" checked' in shown
    assert 'value="7"' in shown
    client.post(send(revision), answers(cast))
    assert f"sending {revision.message.code}" not in client.session


def test_what_was_sent_is_said_with_who_can_sign_it(cast: Cast, revision: Revision) -> None:
    shown = text(as_person(cast.editor).post(send(revision), answers(cast), follow=True))
    names = sorted([cast.approver_one.full_name, cast.approver_two.full_name])
    assert f"Đã gửi duyệt bản 1. Cần 2 chữ ký, của {' và '.join(names)}." in shown
    assert f"Đang chờ 2 chữ ký nữa, của {' và '.join(names)}." in shown
    assert "Bạn gửi tin này; không cần làm gì thêm." in shown
    assert "Xin được phát" in shown
    for wrong in ("Bạn cho phép", "Bạn không phải người duyệt", "chờ ký"):
        assert wrong not in shown, wrong


def test_without_an_approver_it_says_so(cast: Cast, revision: Revision) -> None:
    for approver in (cast.approver_one, cast.approver_two):
        approver.grants.update(until=clock.now())
    shown = text(as_person(cast.editor).post(send(revision), answers(cast), follow=True))
    assert "Chưa có ai ký được: nhờ quản trị giao quyền duyệt." in shown


def test_sending_unheard_is_said_before_and_to_who_signs(cast: Cast, revision: Revision) -> None:
    shown = text(as_person(cast.editor).get(send(revision)))
    assert "Gửi duyệt, chưa nghe" in shown
    assert "Bạn chưa nghe hết bản này." in shown
    release = make_request(cast, revision=revision)
    assert UNHEARD in text(as_person(cast.approver_one).get(reverse("releases:release", args=[release.pk])))


def test_sending_what_was_heard_says_nothing_of_it(cast: Cast, revision: Revision) -> None:
    sound = spoken(revision).sound
    assert sound is not None
    make_heard(cast.editor, sound)
    shown = text(as_person(cast.editor).get(send(revision)))
    assert "Gửi duyệt, chưa nghe" not in shown
    assert "Bạn chưa nghe hết bản này." not in shown
    assert UNHEARD not in text(as_person(cast.editor).post(send(revision), answers(cast), follow=True))


def test_a_row_of_signers_says_one_thing(cast: Cast) -> None:
    release = make_request(cast)
    make_key(cast.approver_one)
    shown = text(as_person(cast.approver_one).get(reverse("releases:release", args=[release.pk])))
    assert shown.count("có thể ký") == 1  # the other approver
    assert "Chờ bạn ký" in shown
    assert "Bạn cho phép" in shown
    sign(cast.approver_one, release)
    shown = text(as_person(cast.approver_one).get(reverse("releases:release", args=[release.pk])))
    assert f"Đang chờ 1 chữ ký nữa, của {cast.approver_two.full_name}." in shown


def test_the_closed_password_field_says_what_opens_it(cast: Cast) -> None:
    release = make_request(cast)
    make_key(cast.approver_one)
    shown = text(as_person(cast.approver_one).get(reverse("releases:release", args=[release.pk])))
    assert "Gõ được khi bạn nghe hết tiếng ở trên một lần." in shown


@pytest.mark.parametrize(("answer", "is_so"), [({"is_test": "on"}, True), ({}, False)])
def test_a_test_is_one_inside_the_signed_bytes_and_says_so(
    cast: Cast, revision: Revision, answer: dict[str, str], is_so: bool
) -> None:
    client = as_person(cast.editor)
    client.post(send(revision), answers(cast, **answer))
    made = Release.objects.get()
    assert statement_of(made).is_test is is_so
    page = text(client.get(reverse("releases:release", args=[made.pk])))
    assert ("Tin kiểm tra: chỉ thiết bị kiểm tra phát." in page) is is_so


def test_an_emergency_is_prepared_inside_the_signed_bytes(cast: Cast, revision: Revision) -> None:
    asked = answers(cast, priority_class="emergency", is_prepared="on")
    as_person(cast.editor).post(send(revision), asked)
    assert statement_of(Release.objects.get()).prepared
