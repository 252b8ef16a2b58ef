# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of the lexicon: list, one word with what it would change, tables, place names, the voice."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from loa.messages.tests.factories import make_revision
from loa.people.models import Person
from loa.people.tests.factories import Cast, make_cast
from loa.releases.tests.factories import make_release
from loa.voice import speech, trial
from loa.voice.lexicon import tables
from loa.voice.lexicon.rules import Owner, WordInput
from loa.voice.lexicon.tables import TableError, read_table
from loa.voice.models import CommuneVoice, LexiconWord
from loa.voice.queries import spoken
from loa.voice.tests.factories import make_word
from loa.voice.voices import voice_of
from loa_speech.errors import TimeLimitError
from loa_speech.jobs import JobResult

pytestmark = pytest.mark.django_db
TEXT = "Sáng mai họp ở Ba Chẽ."


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Replace synthesis; return what was read, and by which voice."""
    heard: list[tuple[str, str]] = []

    def speak(text: str, voice: str, folder: Path, _progress: Any, lexicon: Any, **_more: Any) -> JobResult:
        from loa_speech.reading import normalise

        heard.append((normalise(text, lexicon).spoken, voice))
        if "quá lâu" in text:
            raise TimeLimitError(seconds=15)
        path = folder / "sound.opus"
        path.write_bytes(b"sound")
        return JobResult(path, "", 5, 1000, -16.0, -1.5, (1, 2), (), None)

    monkeypatch.setattr(speech, "speak", speak)
    return heard


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(client: Client, name: str, *arguments: Any, **query: str) -> str:
    return client.get(reverse(f"lexicon:{name}", args=arguments), query).content.decode()


def test_the_list_shows_the_readers_commune_first_and_is_searched(cast: Cast) -> None:
    make_word(cast.editor, cast.commune, "Ba Chẽ")
    make_word(cast.editor, cast.commune, "QL18A", "quốc lộ mười tám A")
    client = as_person(cast.editor)
    shown = page(client, "index")
    assert "2 từ của xã Đầm Hà" in shown
    assert "tu-dien/them/" in shown
    shown = page(client, "index", tim="ba che")
    assert "Ba Chẽ" in shown
    assert "QL18A" not in shown
    assert "tu-dien/them/" not in page(as_person(cast.viewer), "index")
    assert "tu-dien/them/" not in page(client, "index", **{"pham-vi": "chung"})


def test_a_word_is_added_and_heard_from_then_on(cast: Cast) -> None:
    answer = as_person(cast.editor).post(
        f"{reverse('lexicon:add')}?pham-vi={cast.commune.code}",
        {"written": "Ba Chẽ", "spoken": "Ba Chẹ", "exact_case": "on", "left": "ở; tại"},
    )
    assert answer.status_code == 302
    word = LexiconWord.objects.get()
    assert (word.spoken, word.left, word.area) == ("Ba Chẹ", ["ở", "tại"], cast.commune)
    assert "Ba Chẹ" in spoken(make_revision(cast, text=TEXT)).reading.spoken


def test_released_messages_are_named_before_a_word_is_saved_and_after(cast: Cast) -> None:
    release = make_release(cast, revision=make_revision(cast, text=TEXT))
    code = release.revision.message.code
    client, where = as_person(cast.editor), reverse("lexicon:add")
    given = {"written": "Ba Chẽ", "spoken": "Ba Chẹ", "exact_case": "on"}
    first = client.post(where, given)
    assert not LexiconWord.objects.exists()
    shown = first.content.decode()
    assert "1 tin đã duyệt nay sẽ đọc khác." in shown
    assert reverse("console:message", args=[code]) in shown
    seen = first.context["effect"].key
    after = client.post(where, {**given, "seen": seen}, follow=True).content.decode()
    assert LexiconWord.objects.exists()
    assert "1 tin đã duyệt giữ tiếng cũ:" in after
    assert reverse("console:message", args=[code]) in after


def test_what_cannot_be_read_is_said_beside_its_field(cast: Cast) -> None:
    answer = as_person(cast.editor).post(reverse("lexicon:add"), {"written": "QL4", "spoken": "quốc lộ 4"})
    assert answer.status_code == 400
    assert "còn chữ số" in str(answer.context["form"].errors["spoken"])


def test_taking_a_word_out_asks_first(cast: Cast) -> None:
    word = make_word(cast.editor, cast.commune, "Ba Chẽ")
    make_release(cast, revision=make_revision(cast, text=TEXT))
    client = as_person(cast.editor)
    assert "1 tin đã duyệt nay sẽ đọc khác." in page(client, "remove", word.pk)
    assert LexiconWord.objects.exists()
    client.post(reverse("lexicon:remove", args=[word.pk]))
    assert not LexiconWord.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_goes_out_and_comes_back_the_same(cast: Cast, kind: str) -> None:
    owner = Owner(area=cast.commune)
    make_word(cast.editor, cast.commune, "=1+1", "một cộng một")
    make_word(cast.editor, cast.commune, "Ba Chẽ")
    answer = as_person(cast.viewer).get(reverse("lexicon:export_table", args=[cast.commune.code, kind]))
    assert f"tu-dien-doc-{cast.commune.code}.{kind}" in answer.headers["Content-Disposition"]
    words = read_table(f"bang.{kind}", answer.content, owner)
    assert {word.written: word.spoken for word in words} == {"=1+1": "một cộng một", "Ba Chẽ": "ba chẹ"}
    if kind == "xlsx":
        sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
        assert {cell.data_type for row in sheet.iter_rows(max_col=2) for cell in row} == {"s"}
    else:
        assert "'=1+1" in answer.content.decode("utf-8-sig")


def import_page(cast: Cast, name: str, content: bytes) -> Any:
    where = reverse("lexicon:import_table", args=[cast.commune.code])
    return as_person(cast.editor).post(where, {"file": SimpleUploadedFile(name, content)})


def test_a_table_is_checked_before_it_is_taken(cast: Cast) -> None:
    make_word(cast.editor, cast.commune, "Ba Chẽ")
    checked = import_page(cast, "bang.csv", "Ba Chẽ;Ba Chè\nQL4;quốc lộ bốn;không;đường;;theo xã\n".encode())
    assert "1 từ mới, 1 từ đổi cách đọc, 0 từ vẫn như cũ." in checked.content.decode()
    assert LexiconWord.objects.count() == 1
    where = reverse("lexicon:import_table", args=[cast.commune.code])
    client = as_person(cast.editor)
    after = client.post(where, {"checked": checked.context["checked"]}, follow=True).content.decode()
    assert "Đã nhập: 1 từ mới, 1 từ đổi cách đọc" in after
    word = LexiconWord.objects.get(written="QL4")
    assert (word.exact_case, word.left, word.note) == (False, ["đường"], "theo xã")
    forged = client.post(where, {"checked": checked.context["checked"] + "x"}, follow=True).content.decode()
    assert "Chọn lại tệp" in forged


def test_an_import_names_released_messages_before_and_after(cast: Cast) -> None:
    make_release(cast, revision=make_revision(cast, text=TEXT))
    checked = import_page(cast, "bang.csv", "Ba Chẽ;Ba Chẹ\n".encode())
    assert "1 tin đã duyệt nay sẽ đọc khác." in checked.content.decode()
    where = reverse("lexicon:import_table", args=[cast.commune.code])
    after = as_person(cast.editor).post(where, {"checked": checked.context["checked"]}, follow=True)
    assert "1 tin đã duyệt giữ tiếng cũ:" in after.content.decode()


def test_wrong_rows_are_named_and_nothing_is_taken(cast: Cast) -> None:
    answer = import_page(
        cast, "bang.csv", "Chữ viết,Đọc là\nQL4,quốc lộ bốn\nQL5,quốc lộ 5\n,a\nQL4,bốn\n".encode()
    )
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert "3 dòng cần sửa nên chưa nhập dòng nào." in shown
    for words in ("Dòng 3: ", "Dòng 4: ", "Dòng 5: “QL4” đã có ở dòng 2"):
        assert words in shown
    assert not LexiconWord.objects.exists()


def xlsx(rows: int) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for number in range(rows):
        book.active.append([f"chữ{number}", "đọc"])
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "chưa có dòng nào"),
        ("a.csv", b"\xff\xfe\x00bad", "không phải bảng"),
        ("a.csv", b"a\0b,c", "không phải bảng"),
        ("a.csv", b"a,b\n" * 300_000, "nặng hơn 1 MB"),
        ("a.csv", "".join(f"chu{n},doc\n" for n in range(2001)).encode(), "hơn 2000 dòng"),
        ("a.xlsx", b"PK not a book", "không mở được"),
        ("a.xlsx", xlsx(2001), "hơn 2000 dòng"),
        ("a.csv", b"mot cot\n", "thiếu cột"),
    ],
)
def test_what_is_no_table_is_said_in_one_sentence(cast: Cast, name: str, content: bytes, words: str) -> None:
    with pytest.raises(TableError) as refused:
        read_table(name, content, Owner(area=cast.commune))
    assert words in " ".join([refused.value.message, *refused.value.rows])


def test_a_book_that_unpacks_to_too_much_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "UNPACKED_LIMIT", 1000)
    with pytest.raises(TableError, match="bung ra quá lớn"):
        read_table("a.xlsx", xlsx(3), Owner(area=cast.commune))


def test_place_names_are_listed_with_how_they_are_read(cast: Cast) -> None:
    village = cast.villages[0]
    name = village.name.partition(" ")[2]
    make_word(cast.editor, cast.commune, name, "tên bà con gọi")
    shown = page(as_person(cast.editor), "places", cast.commune.code)
    assert "tên bà con gọi" in shown
    assert "1 có cách đọc riêng" in shown
    assert "Ghi cách đọc" in shown


def test_a_word_is_heard_before_it_is_saved(cast: Cast, said: list[tuple[str, str]]) -> None:
    client = as_person(cast.editor)
    where = f"{reverse('lexicon:hear')}?pham-vi={cast.commune.code}"
    given = {"written": "Ba Chẽ", "spoken": "Ba Chẹ", "sentence": TEXT, "exact_case": "on"}
    answer = client.post(where, given)
    assert said == [("Sáng mai họp ở Ba Chẹ.", "")]
    assert not LexiconWord.objects.exists()
    sound = client.get(answer.context["url"])
    assert (sound.status_code, b"".join(sound.streaming_content)) == (200, b"sound")
    assert client.get(reverse("lexicon:trial", args=["f" * 32])).status_code == 404


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"sentence": ""}, "Chưa có câu"),
        ({"sentence": "a" * 301}, "301 ký tự"),
        ({"sentence": "Đọc quá lâu."}, "15"),
        ({"sentence": "A.", "written": "a", "spoken": "3"}, "còn chữ số"),
        ({"sentence": "A.", "voice": "khong-co"}, "Không có giọng này"),
    ],
)
def test_what_cannot_be_heard_is_said(
    cast: Cast, said: list[tuple[str, str]], given: dict[str, str], words: str
) -> None:
    assert words in as_person(cast.editor).post(reverse("lexicon:hear"), given).content.decode()


def test_no_more_than_two_are_tried_at_once(
    cast: Cast, said: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _turn in range(trial.AT_ONCE):
        assert trial._turns.acquire(blocking=False)
    try:
        shown = as_person(cast.editor).post(reverse("lexicon:hear"), {"sentence": TEXT}).content.decode()
    finally:
        for _turn in range(trial.AT_ONCE):
            trial._turns.release()
    assert "đọc thử cho người khác" in shown
    assert said == []


def test_a_commune_chooses_its_voice(cast: Cast, said: list[tuple[str, str]]) -> None:
    client, where = as_person(cast.administrator), reverse("lexicon:voice", args=[cast.commune.code])
    assert client.post(where, {"voice": "espeak-south"}).status_code == 302
    assert voice_of(cast.commune) == voice_of(cast.villages[0]) == "espeak-south"
    assert voice_of(cast.other_commune) == ""
    assert "Giọng máy miền Nam" in page(client, "voice", cast.commune.code)
    assert client.post(where, {"voice": "khong-co"}).status_code == 400
    assert as_person(cast.editor).post(where, {"voice": "espeak-north"}).status_code == 403
    as_person(cast.editor).post(f"{reverse('lexicon:hear')}?pham-vi={cast.commune.code}", {"sentence": TEXT})
    assert said[-1][1] == "espeak-south"


def test_a_voice_that_is_gone_counts_as_not_chosen(cast: Cast) -> None:
    from loa.config import clock

    CommuneVoice.objects.create(
        area=cast.commune, voice="neural-gone", changed_by=cast.administrator, changed_at=clock.now()
    )
    assert voice_of(cast.commune) == ""


def test_the_pages_cost_few_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        make_word(cast.editor, cast.commune, f"chữ {number}")
    client = as_person(cast.editor)
    for name, arguments in (("index", []), ("places", [cast.commune.code]), ("add", [])):
        with django_assert_max_num_queries(20):
            client.get(reverse(f"lexicon:{name}", args=arguments))


def test_an_import_reads_words_in_any_case(cast: Cast) -> None:
    (word,) = read_table("a.csv", "Zalo\tda lô\tkhông".encode(), Owner(area=cast.commune))
    assert word == WordInput("Zalo", "da lô", exact_case=False)
