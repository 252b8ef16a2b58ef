# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of the spoken rendition, its fragments, and uploads."""

from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from django.urls import reverse

from loa.messages.actions import freeze
from loa.messages.models import Message
from loa.messages.tests.factories import make_message
from loa.people.models import Person
from loa.people.tests.factories import Cast, make_cast
from loa.voice.models import Heard
from loa.voice.queries import SpokenState, spoken
from loa.voice.tests.factories import make_sound, make_spoken

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def message(cast: Cast) -> Message:
    return make_message(cast)


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(name: str, message: Message) -> str:
    return reverse(f"voice:{name}", args=[message.code])


def test_while_the_sound_is_made_the_panel_renews_itself(cast: Cast, message: Message) -> None:
    shown = as_person(cast.editor).get(address("spoken", message), **HTMX).content.decode()
    assert 'hx-trigger="every 1s"' in shown
    assert "Đang tạo giọng đọc" in shown
    assert "<html" not in shown


def test_a_finished_sound_shows_reading_player_and_what_was_measured(cast: Cast, message: Message) -> None:
    rendition = make_spoken(message.revisions.get())
    shown = as_person(cast.editor).get(address("spoken", message)).content.decode()
    assert rendition.sound is not None
    for words in (
        f"/media/{rendition.sound.sha256}.opus",
        "Giọng máy miền Bắc, độ to đúng chuẩn.",
        "Độ to −16,1 LUFS (chuẩn −16), đỉnh −1,4 dBTP (cao nhất −1).",
        "said-reading",
        "Tạo lại",
        "Gửi duyệt",
    ):
        assert words in shown, words
    assert "every 1s" not in shown


def test_only_who_may_change_it_is_offered_to(cast: Cast, message: Message) -> None:
    make_spoken(message.revisions.get())
    assert "Tạo lại" not in as_person(cast.viewer).get(address("spoken", message)).content.decode()
    freeze(actor=cast.editor, revision=message.revisions.get())
    assert "Tạo lại" not in as_person(cast.editor).get(address("spoken", message)).content.decode()


def test_the_page_says_whether_it_plays_a_draft_or_what_was_sent(cast: Cast, message: Message) -> None:
    make_spoken(message.revisions.get())
    client = as_person(cast.editor)
    draft = client.get(address("spoken", message)).content.decode()
    freeze(actor=cast.editor, revision=message.revisions.get())
    sent = client.get(address("spoken", message)).content.decode()
    for shown, name, other in ((draft, "Bản nháp", "Bản đã gửi đi"), (sent, "Bản đã gửi đi", "Bản nháp")):
        assert name in shown
        assert other not in shown
    assert "lời và tiếng được giữ nguyên" in sent


def test_a_recording_is_taken(cast: Cast, message: Message) -> None:
    client = as_person(cast.editor)
    make_spoken(message.revisions.get())
    file = SimpleUploadedFile("bai.wav", b"RIFF not really")
    answer = client.post(address("record", message), {"file": file})
    assert answer.status_code == 302
    assert spoken(message.revisions.get()).state is SpokenState.WORKING


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "Chưa chọn tệp."),
        ({"file": SimpleUploadedFile("a.mp3", b"")}, "Tệp rỗng."),
        ({"file": SimpleUploadedFile("a.mp3", b"x" * 3_000_000)}, "Tệp nặng 3 MB, nhiều nhất là 2 MB."),
    ],
)
def test_a_bad_upload_is_said_beside_the_field(
    cast: Cast, message: Message, monkeypatch: pytest.MonkeyPatch, files: dict[str, Any], words: str
) -> None:
    monkeypatch.setattr(settings, "UPLOAD_LIMIT_BYTES", 2_000_000)
    answer = as_person(cast.editor).post(address("record", message), files)
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert words in shown
    assert shown.index("data-error-summary") < shown.index('id="loi-doc"')


@pytest.mark.parametrize("name", ["synthesise", "record"])
def test_the_address_that_a_refused_form_leaves_leads_back_to_the_sound(
    cast: Cast, message: Message, name: str
) -> None:
    answer = as_person(cast.editor).get(address(name, message))
    assert answer.headers["Location"] == address("spoken", message)


def test_after_a_bad_recording_the_earlier_sound_can_be_sent_without_loading_anew(
    cast: Cast, message: Message
) -> None:
    rendition = make_spoken(message.revisions.get())
    rendition.error = "Tệp không phải âm thanh."
    rendition.save()
    shown = as_person(cast.editor).get(address("spoken", message), **HTMX).content.decode()
    assert 'id="gui-duyet" hx-swap-oob="true"' in shown
    assert "Gửi duyệt" in shown
    assert "Âm thanh trước vẫn dùng được." in shown


def test_a_forged_upload_is_refused(cast: Cast, message: Message) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.editor)
    answer = client.post(address("record", message), {"file": SimpleUploadedFile("a.wav", b"RIFF")})
    assert answer.status_code == 403


def test_what_is_announced_as_too_large_never_reaches_the_disk(
    cast: Cast, message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spooled(*args: Any) -> None:
        raise AssertionError("It was written to disk.")

    monkeypatch.setattr(settings, "UPLOAD_LIMIT_BYTES", 1_000_000)
    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", spooled)
    file = SimpleUploadedFile("a.mp3", b"x" * 1_200_000)
    answer = as_person(cast.editor).post(address("record", message), {"file": file})
    assert answer.status_code == 400
    assert "nhiều nhất là 1 MB" in answer.content.decode()


def test_asking_for_the_machine_again_answers_with_the_panel(cast: Cast, message: Message) -> None:
    answer = as_person(cast.editor).post(address("synthesise", message), **HTMX)
    assert answer.status_code == 200
    assert 'id="loi-doc"' in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("viewer", 403), ("outsider", 404)])
def test_others_change_nothing(cast: Cast, message: Message, who: str, status: int) -> None:
    client = as_person(getattr(cast, who))
    file = SimpleUploadedFile("bai.wav", b"RIFF")
    assert client.post(address("synthesise", message)).status_code == status
    assert client.post(address("record", message), {"file": file}).status_code == status


def test_the_preview_marks_readings_and_stores_nothing(cast: Cast) -> None:
    client = as_person(cast.editor)
    shown = client.post(reverse("voice:preview"), {"text": "Đạt 100% <b>kế hoạch</b>"}).content.decode()
    assert "một trăm phần trăm" in shown
    assert "<b>" not in shown
    assert "Chưa có lời nào" in client.post(reverse("voice:preview"), {"text": " "}).content.decode()
    assert client.post(reverse("voice:preview"), {"text": "😀" * 50_000}).status_code == 200


def test_hearing_to_the_end_is_noted_for_who_may_see_the_message(cast: Cast, message: Message) -> None:
    sound = make_spoken(message.revisions.get()).sound
    assert sound is not None
    where = reverse("voice:heard", args=[sound.sha256])
    assert as_person(cast.viewer).post(where).status_code == 204
    assert as_person(cast.outsider).post(where).status_code == 404
    assert as_person(cast.viewer).get(where).status_code == 405
    assert [one.person for one in Heard.objects.all()] == [cast.viewer]


@pytest.mark.parametrize(
    ("next_page", "location"), [("/duyet/", "/duyet/"), ("https://example.org/", "/"), ("//example.org", "/")]
)
def test_without_scripts_it_leads_back_but_never_elsewhere(
    cast: Cast, message: Message, next_page: str, location: str
) -> None:
    sound = make_spoken(message.revisions.get(), make_sound()).sound
    assert sound is not None
    answer = as_person(cast.viewer).post(reverse("voice:heard", args=[sound.sha256]), {"next": next_page})
    assert answer.headers["Location"] == location


def test_the_page_costs_few_queries(cast: Cast, message: Message, django_assert_max_num_queries: Any) -> None:
    make_spoken(message.revisions.get())
    client = as_person(cast.editor)
    with django_assert_max_num_queries(20):
        client.get(address("spoken", message))
