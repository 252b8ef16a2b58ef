# SPDX-License-Identifier: AGPL-3.0-or-later
"""One place of a message on its page: which rule read it, other readings, and what the machine asks."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loa.messages.actions import freeze
from loa.messages.models import Revision
from loa.messages.tests.factories import make_revision
from loa.people.models import Person
from loa.people.tests.factories import Cast, make_cast
from loa.voice.answers import read_so
from loa.voice.lexicon.rules import Owner, WordInput
from loa.voice.models import LexiconWord
from loa.voice.queries import reading_for, spoken
from loa.voice.questions import RULES
from loa.voice.tests.factories import make_spoken, make_word
from loa_speech.reading import normalise

pytestmark = pytest.mark.django_db
TEXT = "BTV họp lúc 7h30 tại UBND xã."
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def revision(cast: Cast) -> Revision:
    revision = make_revision(cast, text=TEXT)
    make_spoken(revision)
    return revision


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def where(name: str, revision: Revision) -> str:
    return reverse(f"voice:{name}", args=[revision.message.code])


def number_of(revision: Revision, source: str) -> int:
    return next(n for n, one in enumerate(reading_for(revision).stretches) if one.source == source)


def test_every_marked_reading_leads_to_its_place(cast: Cast, revision: Revision) -> None:
    shown = as_person(cast.editor).get(where("spoken", revision)).content.decode()
    assert f'{where("stretch", revision)}?doan={number_of(revision, "7h30")}"' in shown
    assert "said-guess" in shown


def test_a_place_says_which_rule_read_it_and_offers_others(cast: Cast, revision: Revision) -> None:
    client = as_person(cast.editor)
    address = f"{where('stretch', revision)}?doan={number_of(revision, 'BTV')}"
    fragment = client.get(address, **HTMX).content.decode()
    assert "<html" not in fragment
    for words in (
        "Đọc “BTV” thế nào?",
        "Ban Thường vụ",
        "bảng chữ viết tắt có sẵn",
        "Máy đoán",
        "Mọi tin của xã Đầm Hà",
    ):
        assert words in fragment, words
    assert "<html" in client.get(address).content.decode()


def test_questions_stand_on_top_with_their_answers(cast: Cast, revision: Revision) -> None:
    shown = as_person(cast.editor).get(where("spoken", revision)).content.decode()
    assert "Máy hỏi 1 chỗ" in shown
    assert shown.index('id="hoi"') < shown.index('id="loi-doc"')
    assert 'name="spoken" value="Ban Thường vụ"' in shown
    assert (
        'value="Ban Thường vụ"' not in as_person(cast.viewer).get(where("spoken", revision)).content.decode()
    )


def test_an_answer_is_taken_and_the_question_is_gone(cast: Cast, revision: Revision) -> None:
    answer = as_person(cast.editor).post(
        where("answer", revision),
        {"doan": str(number_of(revision, "BTV")), "source": "BTV", "spoken": "Ban Thường vụ"},
        follow=True,
    )
    shown = answer.content.decode()
    assert "Đã ghi: “BTV” đọc là “Ban Thường vụ”." in shown
    assert "Máy hỏi" not in shown
    assert spoken(revision).is_ready


def test_all_proposals_are_taken_at_once(cast: Cast, revision: Revision) -> None:
    shown = as_person(cast.editor).post(where("accept_all", revision), {"source": "BTV"}, follow=True)
    assert "Đã ghi: 1 chỗ đọc như máy đề nghị." in shown.content.decode()


def test_another_reading_is_typed_for_this_message(cast: Cast, revision: Revision) -> None:
    number = number_of(revision, "UBND")
    given = {"doan": str(number), "source": "UBND", "spoken": "<khac>", "typed": "Ủy ban", "where": "tin"}
    as_person(cast.editor).post(where("stretch", revision), given)
    word = LexiconWord.objects.get()
    assert (word.written, word.spoken, word.message) == ("UBND", "Ủy ban", revision.message)


def test_a_reading_of_the_message_can_be_given_up_again(cast: Cast, revision: Revision) -> None:
    read_so(
        actor=cast.editor, revision=revision, number=number_of(revision, "UBND"), source="UBND", spoken="ủy ban",
        everywhere=True,
    )  # fmt: skip
    client = as_person(cast.editor)
    address = f"{where('stretch', revision)}?doan={number_of(revision, 'UBND')}"
    remove = reverse("lexicon:remove", args=[LexiconWord.objects.get().pk])
    assert remove in client.get(address, **HTMX).content.decode()
    assert client.post(remove).headers["Location"] == where("spoken", revision)
    assert "Ủy ban nhân dân" in reading_for(revision).spoken


@pytest.mark.parametrize(("typed", "words"), [("", "Chưa ghi cách đọc"), ("ủy ban 3", "còn chữ số")])
def test_a_reading_that_cannot_be_is_said_beside_its_field(
    cast: Cast, revision: Revision, typed: str, words: str
) -> None:
    given = {"doan": str(number_of(revision, "UBND")), "source": "UBND", "spoken": "<khac>", "typed": typed}
    answer = as_person(cast.editor).post(where("stretch", revision), given)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not LexiconWord.objects.exists()


def test_a_reading_for_the_commune_goes_on_to_its_lexicon_with_what_was_chosen(
    cast: Cast, revision: Revision
) -> None:
    given = {
        "doan": str(number_of(revision, "BTV")),
        "source": "BTV",
        "spoken": "biên tập viên",
        "where": "dia-ban",
    }
    client = as_person(cast.editor)
    answer = client.post(where("stretch", revision), given, follow=True)
    assert answer.request["PATH_INFO"] == reverse("lexicon:add")
    form = answer.context["form"].initial
    assert (form["written"], form["spoken"]) == ("BTV", "biên tập viên")
    assert form["sentence"].startswith("BTV họp")
    back = client.post(
        answer.request["PATH_INFO"] + "?" + answer.request["QUERY_STRING"],
        {"written": "BTV", "spoken": "biên tập viên", "exact_case": "on"},
    )
    assert back.headers["Location"] == where("spoken", revision)
    assert spoken(revision).questions == []
    assert not spoken(revision).is_ready  # it is read anew


@pytest.mark.parametrize(("who", "status"), [("viewer", 403), ("outsider", 404)])
def test_others_decide_nothing(cast: Cast, revision: Revision, who: str, status: int) -> None:
    client = as_person(getattr(cast, who))
    for name in ("stretch", "answer", "accept_all"):
        assert client.post(where(name, revision), {}).status_code == status


def test_what_was_sent_shows_its_readings_and_offers_none(cast: Cast, revision: Revision) -> None:
    freeze(actor=cast.editor, revision=revision)
    client = as_person(cast.editor)
    address = f"{where('stretch', revision)}?doan={number_of(revision, 'BTV')}"
    shown = client.get(address, **HTMX).content.decode()
    assert "giữ nguyên cách đọc" in shown
    assert "Lưu cách đọc" not in shown
    assert "Ghi vào từ điển của xã Đầm Hà" in shown
    assert "Máy hỏi" not in client.get(where("spoken", revision)).content.decode()


def test_a_sound_made_before_the_lexicon_changed_says_so(cast: Cast, revision: Revision) -> None:
    make_word(cast.editor, cast.commune, "họp", "hội họp")
    assert "Từ điển đã đổi" in as_person(cast.editor).get(where("spoken", revision)).content.decode()


def test_the_preview_reads_by_the_words_of_the_message_and_its_commune(
    cast: Cast, revision: Revision
) -> None:
    from loa.voice.lexicon.actions import add_word

    add_word(actor=cast.editor, owner=Owner(message=revision.message), word=WordInput("UBND", "u bê"))
    make_word(cast.editor, cast.commune, "họp", "hội họp")
    client = as_person(cast.editor)
    shown = client.post(
        reverse("voice:preview"), {"text": TEXT, "tin": revision.message.code}
    ).content.decode()
    assert "u bê" in shown
    assert "hội họp" in shown
    assert "hội họp" in client.post(reverse("voice:preview"), {"text": TEXT}).content.decode()
    assert "u bê" not in client.post(reverse("voice:preview"), {"text": TEXT}).content.decode()


def test_the_pages_cost_few_queries(
    cast: Cast, revision: Revision, django_assert_max_num_queries: Any
) -> None:
    client = as_person(cast.editor)
    for address in (where("spoken", revision), f"{where('stretch', revision)}?doan=0"):
        with django_assert_max_num_queries(20):
            client.get(address)


def test_every_rule_of_the_reader_has_a_name_in_words() -> None:
    text = "Từ 27/11, 3/4 số hộ, QL18A, 7h30-11h, 1.200.000đ/hộ, 37,5°C, lần thứ XXV, điểm b khoản 1 Điều 15, ABC."
    unnamed = {one.rule for one in normalise(text).changes if one.rule not in RULES}
    assert unnamed == set()
