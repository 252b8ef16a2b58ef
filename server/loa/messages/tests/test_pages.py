# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages on which messages are written: errors beside their field, and nothing typed is ever lost."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from loa.campaigns.tests.factories import make_campaign, make_key_message
from loa.messages.actions import edit_revision, freeze
from loa.messages.forms import parse_sources
from loa.messages.links import hearing_place
from loa.messages.models import Message
from loa.messages.rules import SourceInput
from loa.messages.tests.factories import TEXT, make_message, make_revision
from loa.people.models import Person
from loa.people.tests.factories import Cast, make_cast

pytestmark = pytest.mark.django_db
WRITE = "/tin/viet/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "organisation": cast.organisation.pk,
        "title": "Lịch tiêm chủng",
        "text": TEXT,
        "sources": "Kế hoạch của Tỉnh ủy https://example.org/a\n\nBáo Quảng Ninh",
        **changes,
    }


def test_what_is_typed_becomes_a_message_and_leads_to_its_page(cast: Cast) -> None:
    key_message = make_key_message(make_campaign(cast.organisation))
    answer = as_person(cast.editor).post(WRITE, typed(cast, key_messages=[key_message.pk]))
    message = Message.objects.get()
    assert answer.headers["Location"] == hearing_place(message.code)
    assert message.campaign == key_message.campaign
    sources = [(one.title, one.link) for one in message.revisions.get().sources.all()]
    assert sources == [("Kế hoạch của Tỉnh ủy", "https://example.org/a"), ("Báo Quảng Ninh", "")]


def test_a_hostile_line_of_sources_costs_no_time(cast: Cast) -> None:
    """Two megabytes are what a request may hold; a pattern that steps back would read them for hours."""
    for line in ("a" + " " * 500_000 + "b", "http://" * 70_000 + " b", "http://" * 70_000):
        assert len(parse_sources(line)) == 1


@pytest.mark.parametrize("field", ["title", "text", "sources"])
def test_a_nul_is_left_out_and_nothing_else_is_lost(cast: Cast, field: str) -> None:
    words = typed(cast)
    answer = as_person(cast.editor).post(WRITE, {**words, field: f"\0{words[field]}\0"})
    assert answer.status_code == 302
    assert Message.objects.get().revisions.get().title == words["title"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "Tin chưa có tên."),
        ({"text": ""}, "Chưa có lời nào để đọc."),
        ({"text": "a" * 50_000}, "dài 50.000 ký tự"),
        ({"text": "Chào 🎉"}, "Loa không đọc được hình 🎉."),
        ({"text": "Привет bà con"}, "không thuộc chữ Việt"),
        ({"sources": "https://example.org/a"}, "chưa có tên"),
        ({"organisation": ""}, "Chọn cơ quan đứng tên tin."),
    ],
)
def test_an_error_is_said_and_everything_typed_is_still_there(
    cast: Cast, changes: dict[str, str], words: str
) -> None:
    sent = typed(cast, **changes)
    answer = as_person(cast.editor).post(WRITE, sent)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert words in shown
    for name in ("title", "text", "sources"):
        assert sent[name] in shown
    assert not Message.objects.exists()


def test_key_messages_are_folded_until_one_is_chosen(cast: Cast) -> None:
    key_message = make_key_message(make_campaign(cast.organisation))
    client = as_person(cast.editor)
    fold = "<summary>Thuộc thông điệp nào? (không bắt buộc)</summary>"
    assert f"<details>{fold}" in client.get(WRITE).content.decode()
    begun = client.get(WRITE, {"thong-diep": key_message.pk}).content.decode()
    assert f"<details open>{fold}" in begun
    refused = client.post(WRITE, typed(cast, title="", key_messages=[key_message.pk])).content.decode()
    assert f"<details open>{fold}" in refused


def test_a_message_without_a_source_is_saved_and_the_field_says_when_one_is_needed(cast: Cast) -> None:
    client = as_person(cast.editor)
    shown = client.get(WRITE).content.decode()
    assert "Ví dụ: Kế hoạch 12/KH-UBND" in shown
    assert "gửi duyệt thì cần ít nhất một" in shown
    assert client.post(WRITE, typed(cast, sources="")).status_code == 302
    assert not Message.objects.get().revisions.get().sources.exists()


def test_every_problem_is_shown_at_once(cast: Cast) -> None:
    answer = as_person(cast.editor).post(WRITE, typed(cast, title="", text="", sources="https://example.org"))
    shown = answer.content.decode()
    assert "Tin chưa có tên." in shown
    assert "Chưa có lời nào để đọc." in shown
    assert "Có 3 chỗ cần sửa" in shown


def test_editing_fills_the_form_and_stores_the_change(cast: Cast) -> None:
    revision = make_revision(cast)
    client = as_person(cast.editor)
    where = reverse("messages:edit", args=[revision.message.code])
    shown = client.get(where).content.decode()
    assert TEXT in shown
    assert revision.text_sha256 in shown
    answer = client.post(where, typed(cast, text="Lời mới.", seen=revision.text_sha256))
    assert answer.status_code == 302
    revision.refresh_from_db()
    assert revision.text == "Lời mới."


def test_whoever_was_overtaken_keeps_what_she_typed(cast: Cast) -> None:
    revision = make_revision(cast)
    seen = revision.text_sha256
    edit_revision(actor=cast.editor, revision=revision, title="Tên", text="Lời của người khác.")
    where = reverse("messages:edit", args=[revision.message.code])
    answer = as_person(cast.editor).post(where, typed(cast, text="Lời của tôi.", seen=seen))
    assert answer.status_code == 400
    assert "Người khác vừa sửa" in answer.content.decode()
    assert "Lời của tôi." in answer.content.decode()


def test_a_frozen_revision_says_how_to_go_on(cast: Cast) -> None:
    message = make_message(cast)
    freeze(actor=cast.editor, revision=message.revisions.get())
    client = as_person(cast.editor)
    where = reverse("messages:edit", args=[message.code])
    refused = client.get(where)
    assert refused.status_code == 409
    assert "Viết bản mới" in refused.content.decode()
    answer = client.post(reverse("messages:new_revision", args=[message.code]))
    assert answer.headers["Location"] == where
    assert client.get(where).status_code == 200
    assert message.revisions.count() == 2


@pytest.mark.parametrize(("who", "status"), [("outsider", 404), ("viewer", 403), ("approver_one", 403)])
def test_others_neither_edit_nor_renew(cast: Cast, who: str, status: int) -> None:
    message = make_message(cast)
    client = as_person(getattr(cast, who))
    assert client.get(reverse("messages:edit", args=[message.code])).status_code == status
    assert client.post(reverse("messages:new_revision", args=[message.code])).status_code == status


@pytest.mark.parametrize(
    ("back", "location"),
    [("/duyet/gui/T-0001/?zones=1", "/duyet/gui/T-0001/?zones=1"), ("//example.org", "")],
)
def test_saving_leads_back_to_where_the_source_was_missing_but_never_elsewhere(
    cast: Cast, back: str, location: str
) -> None:
    message = make_message(cast)
    where = reverse("messages:edit", args=[message.code])
    client = as_person(cast.editor)
    seen = client.get(where).context["form"].initial["seen"]
    answer = client.post(f"{where}?{urlencode({'tiep': back})}", typed(cast, seen=seen))
    assert answer.headers["Location"] == (location or hearing_place(message.code))


def test_nobody_writes_for_an_organisation_of_others(cast: Cast) -> None:
    answer = as_person(cast.outsider).post(WRITE, typed(cast))
    assert answer.status_code == 400
    assert not Message.objects.exists()


def test_the_form_costs_few_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    campaign = make_campaign(cast.organisation)
    for number in range(8):
        make_key_message(campaign, text=f"Điều {number}")
    client = as_person(cast.editor)
    with django_assert_max_num_queries(20):
        assert "Điều 7" in client.get(WRITE).content.decode()


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("Báo Quảng Ninh", SourceInput("Báo Quảng Ninh")),
        ("Báo  https://a.vn/x ", SourceInput("Báo", "https://a.vn/x")),
        ("HTTPS://a.vn", SourceInput("", "HTTPS://a.vn")),
        ("Xem https://a.vn rồi hỏi", SourceInput("Xem https://a.vn rồi hỏi")),
    ],
)
def test_sources_are_read_one_a_line(line: str, source: SourceInput) -> None:
    assert parse_sources(f"\n{line}\n") == [source]
