# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words with a reading of their own: whose they are, who may change them, and what a change does."""

from collections.abc import Iterator
from typing import Any

import pytest

from loa.audit.models import Entry
from loa.config.errors import ConflictError, NotFoundError, PermissionDeniedError
from loa.messages.actions import freeze
from loa.messages.models import Revision
from loa.messages.tests.factories import make_revision
from loa.people.models import Role
from loa.people.tests.factories import Cast, grant, make_cast, make_member, make_organisation
from loa.voice import queries as voice_queries
from loa.voice import seams
from loa.voice.lexicon import actions, queries
from loa.voice.lexicon.actions import add_word, change_word, import_words, remove_word, set_word
from loa.voice.lexicon.effects import Change, effect_of
from loa.voice.lexicon.rules import BadWordError, Owner, WordInput, check_word, neighbours
from loa.voice.models import LexiconLevel, LexiconWord
from loa.voice.tests.factories import make_spoken

pytestmark = pytest.mark.django_db
TEXT = "Đại hội họp ở Ba Chẽ lúc 7 giờ."
WORD = WordInput("Ba Chẽ", "Ba Chẹ")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def commune(cast: Cast) -> Owner:
    return Owner(area=cast.commune)


@pytest.fixture(autouse=True)
def _released() -> Iterator[None]:
    """Call every frozen revision released."""
    before = list(seams.released)
    seams.released[:] = [lambda: Revision.objects.filter(frozen_at__isnull=False)]
    yield
    seams.released[:] = before


def read(revision: Revision) -> str:
    return voice_queries.reading_for(revision).spoken


def everything(cast: Cast) -> Any:
    """Return somebody who manages all organisations."""
    person = make_member(cast.organisation, Role.ADMINISTRATOR)
    grant(person, cast.other_organisation, Role.ADMINISTRATOR)
    return person


def test_the_nearest_word_wins(cast: Cast, commune: Owner) -> None:
    revision = make_revision(cast, text=TEXT)
    of_province = make_member(make_organisation(cast.province, "UBND tỉnh"), Role.EDITOR)
    owners = [
        (make_member(cast.organisation, Role.VIEWER), Owner(), "chung"),
        (of_province, Owner(area=cast.province), "của tỉnh"),
        (cast.editor, commune, "của xã"),
        (cast.editor, Owner(message=revision.message), "của tin"),
    ]
    boss = everything(cast)
    grant(boss, of_province.grants.get().organisation, Role.ADMINISTRATOR)
    for person, owner, spoken in owners:
        actor = boss if owner == Owner() else person
        add_word(actor=actor, owner=owner, word=WordInput("Ba Chẽ", spoken))
        assert spoken in read(revision)


def test_a_word_of_one_commune_is_read_in_no_other(cast: Cast, commune: Owner) -> None:
    theirs = make_revision(cast, actor=cast.outsider, organisation=cast.other_organisation, text=TEXT)
    add_word(actor=cast.editor, owner=commune, word=WORD)
    assert "Ba Chẹ" in read(make_revision(cast, text=TEXT))
    assert "Ba Chẹ" not in read(theirs)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("editor", True),
        ("administrator", True),
        ("viewer", False),
        ("approver_one", False),
        ("outsider", False),
    ],
)
def test_who_writes_for_a_commune_or_manages_it_changes_its_words(
    cast: Cast, commune: Owner, who: str, may: bool
) -> None:
    person = getattr(cast, who)
    word = add_word(actor=cast.editor, owner=commune, word=WORD)
    changes = [
        lambda: add_word(actor=person, owner=commune, word=WordInput("QL18A", "quốc lộ mười tám A")),
        lambda: set_word(actor=person, owner=commune, word=WordInput("QL18B", "quốc lộ mười tám B")),
        lambda: import_words(actor=person, owner=commune, words=[WordInput("QL4", "quốc lộ bốn")]),
        lambda: change_word(actor=person, word=word, given=WordInput("Ba Chẽ", "Ba Chè")),
        lambda: remove_word(actor=person, word=word),
    ]
    for change in changes:
        if may:
            change()
        else:
            with pytest.raises(PermissionDeniedError, match="từ điển của xã Đầm Hà"):
                change()
    assert LexiconWord.objects.filter(pk=word.pk).exists() is not may


def test_words_of_the_installation_are_changed_by_who_manages_all_of_it(cast: Cast) -> None:
    with pytest.raises(PermissionDeniedError, match="cả hệ thống"):
        add_word(actor=cast.administrator, owner=Owner(), word=WORD)
    with pytest.raises(PermissionDeniedError):
        add_word(actor=cast.editor, owner=Owner(), word=WORD)
    assert add_word(actor=everything(cast), owner=Owner(), word=WORD).level == LexiconLevel.INSTALLATION


def test_an_editor_of_a_commune_changes_no_word_of_its_province(cast: Cast) -> None:
    with pytest.raises(PermissionDeniedError):
        add_word(actor=cast.editor, owner=Owner(area=cast.province), word=WORD)


def test_every_change_is_in_the_log(cast: Cast, commune: Owner) -> None:
    word = add_word(actor=cast.editor, owner=commune, word=WORD)
    change_word(actor=cast.editor, word=word, given=WordInput("Ba Chẽ", "Ba Chè"))
    change_word(actor=cast.editor, word=word, given=WordInput("Ba Chẽ", "Ba Chè"))  # already so
    import_words(actor=cast.editor, owner=commune, words=[WordInput("QL4", "quốc lộ bốn")])
    remove_word(actor=cast.editor, word=word)
    remove_word(actor=cast.editor, word=word)  # already so
    entries = Entry.objects.filter(action__endswith="word") | Entry.objects.filter(action__endswith="words")
    assert list(entries.order_by("pk").values_list("action", flat=True)) == [
        "voice.add_word",
        "voice.change_word",
        "voice.import_words",
        "voice.remove_word",
    ]
    assert entries.get(action="voice.change_word").details["spoken_before"] == "Ba Chẹ"
    assert {one.area_code for one in entries} == {cast.commune.code}


def test_one_form_with_the_same_neighbours_stands_once(cast: Cast, commune: Owner) -> None:
    add_word(actor=cast.editor, owner=commune, word=WordInput("CN", "chi nhánh", right=("ngân hàng",)))
    add_word(actor=cast.editor, owner=commune, word=WordInput("CN", "công nhân"))
    with pytest.raises(ConflictError, match="đã có trong từ điển của xã Đầm Hà"):
        add_word(actor=cast.editor, owner=commune, word=WordInput("CN", "Chủ nhật"))
    other = add_word(actor=cast.editor, owner=commune, word=WordInput("SN", "số nhà"))
    with pytest.raises(ConflictError):
        change_word(actor=cast.editor, word=other, given=WordInput("CN", "Chủ nhật"))


@pytest.mark.parametrize(
    ("word", "field"),
    [
        (WordInput(" ", "a"), "written"),
        (WordInput("a" * 121, "a"), "written"),
        (WordInput("QL18", "quốc lộ 18"), "spoken"),
        (WordInput("a", "a" * 301), "spoken"),
        (WordInput("a", "a", left=("<gì>",)), "left"),
        (WordInput("a", "a", right=("<giờ>",)), "right"),
        (WordInput("a", "a", left=("<họ>",)), "left"),
        (WordInput("a", "a", right=("b" * 41,)), "right"),
        (WordInput("a", "a", right=tuple("abcdefghijklmnopqrstuvwxy")), "right"),
        (WordInput("a", "a", note="n" * 301), "note"),
    ],
)
def test_what_no_voice_could_read_is_refused_beside_its_field(word: WordInput, field: str) -> None:
    with pytest.raises(BadWordError) as refused:
        check_word(word)
    assert refused.value.field == field


def test_neighbours_are_read_from_one_line() -> None:
    assert neighbours(" ngân hàng;  <số> ;; ngân hàng") == ("ngân hàng", "<số>")


def test_all_rows_are_imported_or_none(cast: Cast, commune: Owner) -> None:
    add_word(actor=cast.editor, owner=commune, word=WORD)
    rows = [WordInput("QL4", "quốc lộ bốn"), WordInput("Ba Chẽ", "Ba Chè"), WordInput("QL5", "quốc lộ 5")]
    with pytest.raises(BadWordError):
        import_words(actor=cast.editor, owner=commune, words=rows)
    assert LexiconWord.objects.count() == 1
    counts = import_words(actor=cast.editor, owner=commune, words=rows[:2])
    assert (counts.added, counts.changed, counts.same) == (1, 1, 0)
    counts = import_words(actor=cast.editor, owner=commune, words=rows[:2])
    assert (counts.added, counts.changed, counts.same) == (0, 0, 2)


def test_a_change_names_released_messages_that_would_now_be_read_otherwise(
    cast: Cast, commune: Owner
) -> None:
    released = freeze(actor=cast.editor, revision=make_revision(cast, text=TEXT))
    make_spoken(released)
    other = make_revision(cast, text="Không có tên ấy.")
    freeze(actor=cast.editor, revision=other)
    draft = make_revision(cast, text=TEXT)
    own = make_revision(cast, text=TEXT)
    add_word(actor=cast.editor, owner=Owner(message=own.message), word=WordInput("Ba Chẽ", "ba chẽ"))
    theirs = make_revision(cast, actor=cast.outsider, organisation=cast.other_organisation, text=TEXT)
    freeze(actor=cast.outsider, revision=theirs)
    effect = effect_of(Change(commune, new=(WORD,)))
    assert (effect.released, effect.drafts) == ((released,), (draft,))
    same = effect_of(Change(commune, new=(WordInput("Ba Chẽ", "Ba Chẽ"),)))
    assert (same.released, same.drafts) == ((), ())


def test_taking_a_word_out_concerns_the_same_messages(cast: Cast, commune: Owner) -> None:
    released = freeze(actor=cast.editor, revision=make_revision(cast, text=TEXT))
    add_word(actor=cast.editor, owner=commune, word=WORD)
    assert effect_of(Change(commune, old=(WORD,))).released == (released,)


def test_a_word_in_any_case_is_found_in_any_case(cast: Cast, commune: Owner) -> None:
    released = freeze(actor=cast.editor, revision=make_revision(cast, text="ĐỀN Ô vào hội."))
    word = WordInput("đền ô", "đền o", exact_case=False)
    assert effect_of(Change(commune, new=(word,))).released == (released,)


def test_how_often_an_effect_asks_does_not_grow_with_the_messages(
    cast: Cast, commune: Owner, django_assert_max_num_queries: Any
) -> None:
    for _number in range(6):
        freeze(actor=cast.editor, revision=make_revision(cast, text=TEXT))
        make_revision(cast, text=TEXT)
    with django_assert_max_num_queries(6):
        effect = effect_of(Change(commune, new=(WORD,)))
    assert (len(effect.released), len(effect.drafts)) == (6, 6)


def test_the_lexicon_is_read_from_the_database_once_until_it_changes(
    cast: Cast, commune: Owner, django_assert_num_queries: Any
) -> None:
    add_word(actor=cast.editor, owner=commune, word=WORD)
    first = queries.lexicon_of(cast.commune)
    with django_assert_num_queries(1):
        assert queries.lexicon_of(cast.commune) is first
    add_word(actor=cast.editor, owner=commune, word=WordInput("QL4", "quốc lộ bốn"))
    assert len(queries.lexicon_of(cast.commune).entries) == 2


def test_words_are_seen_where_they_are_read(cast: Cast, commune: Owner) -> None:
    word = add_word(actor=cast.editor, owner=commune, word=WORD)
    shared = add_word(actor=everything(cast), owner=Owner(), word=WORD)
    assert queries.word(cast.viewer, word.pk) == word
    assert queries.word(cast.outsider, shared.pk) == shared
    with pytest.raises(NotFoundError):
        queries.word(cast.outsider, word.pk)
    assert queries.owner_at(cast.viewer, cast.province.code).area == cast.province
    for code in (cast.other_commune.code, "khong-co", cast.villages[0].code):
        with pytest.raises(NotFoundError):
            queries.owner_at(cast.viewer, code)


def test_the_list_is_searched_without_tone_marks(cast: Cast, commune: Owner) -> None:
    word = add_word(actor=cast.editor, owner=commune, word=WORD)
    add_word(actor=cast.editor, owner=commune, word=WordInput("QL4", "quốc lộ bốn"))
    assert list(queries.words_of(commune, "ba che")) == [word]
    assert queries.words_of(commune, "quốc lộ").count() == 1
    assert queries.words_of(Owner()).count() == 0


def test_two_people_who_add_the_same_form_at_once_are_told(
    cast: Cast, commune: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add_word(actor=cast.editor, owner=commune, word=WORD)

    def store(*_given: object) -> None:
        LexiconWord.objects.create(
            level="commune", area=cast.commune, written="b", written_key="b", identity=first.identity,
            changed_by=cast.editor, changed_at=first.changed_at,
        )  # fmt: skip

    monkeypatch.setattr(actions, "_store", store)
    with pytest.raises(ConflictError, match="vừa thêm cùng chữ này"):
        add_word(actor=cast.editor, owner=commune, word=WordInput("QL4", "quốc lộ bốn"))
