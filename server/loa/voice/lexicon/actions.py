# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes the lexicon: add, change, remove, import. Nothing else saves its words."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import token_hex

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.areas.folding import fold
from loa.audit import actions as audit
from loa.audit.actor import Thing
from loa.config import clock
from loa.config.errors import ConflictError
from loa.people.models import Person
from loa.voice.lexicon.queries import owner_name, owner_of, require_change
from loa.voice.lexicon.rules import WRITTEN_LIMIT, Owner, WordInput, check_word, identity, input_of
from loa.voice.models import LexiconEdition, LexiconWord

WORDS_LIMIT = 5000  # of one owner


@dataclass(frozen=True)
class Imported:
    """How many rows of a table were new, changed a word, or stood there already."""

    added: int
    changed: int
    same: int


def add_word(*, actor: Person, owner: Owner, word: WordInput) -> LexiconWord:
    """Give a form a reading.

    Raises:
        PermissionDeniedError: the actor may not change the owner's words.
        BadWordError: the word cannot stand in the lexicon.
        ConflictError: the owner has this form with these neighbours already.
    """
    require_change(actor, owner)
    given = check_word(word)
    with transaction.atomic():
        known = LexiconWord.objects.filter(identity=identity(owner, given)).first()
        if known is not None:
            raise ConflictError(
                _("“%(written)s” đã có trong từ điển của %(owner)s, đọc là “%(spoken)s”. Mở từ đó để sửa.")
                % {"written": known.written, "owner": owner_name(owner), "spoken": known.spoken},
                field="written",
                pk=known.pk,
            )
        _refuse_more(owner, 1)
        with _one_at_a_time(owner):
            stored = _store(_fresh(owner), owner, given, actor)
        _record(stored, actor, "voice.add_word", owner)
    return stored


def set_word(*, actor: Person, owner: Owner, word: WordInput) -> LexiconWord:
    """Give a form a reading, in place of the one that it has with the same neighbours.

    Raises:
        PermissionDeniedError: the actor may not change the owner's words.
        BadWordError: the word cannot stand in the lexicon.
        ConflictError: the owner has as many words as one can have.
    """
    require_change(actor, owner)
    given = check_word(word)
    with transaction.atomic():
        known = LexiconWord.objects.filter(identity=identity(owner, given)).first()
        if known is None:
            return add_word(actor=actor, owner=owner, word=given)
        return change_word(actor=actor, word=known, given=given)


def change_word(*, actor: Person, word: LexiconWord, given: WordInput) -> LexiconWord:
    """Change a word's form, reading or neighbours. "Already so" is no change.

    Raises:
        PermissionDeniedError: the actor may not change the owner's words.
        BadWordError: the word cannot stand in the lexicon.
        ConflictError: another word of the owner has this form with these neighbours.
    """
    owner = owner_of(word)
    require_change(actor, owner)
    given = check_word(given)
    with transaction.atomic():
        stored = LexiconWord.objects.select_for_update().get(pk=word.pk)
        before = input_of(stored)
        if before == given:
            return stored
        if LexiconWord.objects.filter(identity=identity(owner, given)).exclude(pk=stored.pk).exists():
            raise ConflictError(
                _("“%(written)s” đã có trong từ điển của %(owner)s. Sửa từ đó, hoặc xóa một trong hai.")
                % {"written": given.written, "owner": owner_name(owner)},
                field="written",
            )
        _store(stored, owner, given, actor)
        _record(stored, actor, "voice.change_word", owner, before=before)
    return stored


def remove_word(*, actor: Person, word: LexiconWord) -> None:
    """Take a word out of the lexicon; one that is gone already is no change.

    Raises:
        PermissionDeniedError: the actor may not change the owner's words.
    """
    owner = owner_of(word)
    require_change(actor, owner)
    with transaction.atomic():
        stored = LexiconWord.objects.select_for_update().filter(pk=word.pk).first()
        if stored is None:
            return
        _record(stored, actor, "voice.remove_word", owner)
        stored.delete()
        _new_edition()


def import_words(*, actor: Person, owner: Owner, words: Sequence[WordInput]) -> Imported:
    """Take the rows of a table, all or none: new forms are added, known ones get the reading of the row.

    Raises:
        PermissionDeniedError: the actor may not change the owner's words.
        BadWordError: a row cannot stand in the lexicon.
        ConflictError: there would be more words than one owner can have.
    """
    require_change(actor, owner)
    given = {identity(owner, word): word for word in map(check_word, words)}
    with transaction.atomic():
        known = {word.identity: word for word in _words_of(owner).select_for_update()}
        new = {key: word for key, word in given.items() if key not in known}
        changed = {key: word for key, word in given.items() if key in known and input_of(known[key]) != word}
        _refuse_more(owner, len(new))
        rows = [_filled(_fresh(owner), owner, word, actor) for word in new.values()]
        with _one_at_a_time(owner):
            LexiconWord.objects.bulk_create(rows, batch_size=200)
        for key, word in changed.items():
            _filled(known[key], owner, word, actor).save()
        counts = Imported(len(new), len(changed), len(given) - len(new) - len(changed))
        if new or changed:
            _new_edition()
            _record_import(owner, actor, counts)
    return counts


@contextmanager
def _one_at_a_time(owner: Owner) -> Iterator[None]:
    """Say it in words when somebody else stored the same form at the same moment."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise ConflictError(
            _("Người khác vừa thêm cùng chữ này vào từ điển của %(owner)s. Mở lại từ điển để xem.")
            % {"owner": owner_name(owner)},
            field="written",
        ) from error


def _fresh(owner: Owner) -> LexiconWord:
    return LexiconWord(level=owner.level, area=owner.area, message=owner.message)


def _words_of(owner: Owner) -> QuerySet[LexiconWord]:
    return LexiconWord.objects.filter(level=owner.level, area=owner.area, message=owner.message)


def _filled(word: LexiconWord, owner: Owner, given: WordInput, actor: Person) -> LexiconWord:
    word.written, word.spoken, word.note = given.written, given.spoken, given.note
    word.written_key = fold(given.written)[:WRITTEN_LIMIT]
    word.exact_case, word.occurrence = given.exact_case, given.occurrence
    word.left, word.right = list(given.left), list(given.right)
    word.identity = identity(owner, given)
    word.changed_by, word.changed_at = actor, clock.now()
    return word


def _store(word: LexiconWord, owner: Owner, given: WordInput, actor: Person) -> LexiconWord:
    _filled(word, owner, given, actor).save()
    _new_edition()
    return word


def _new_edition() -> None:
    """Let every process know that what it read of the lexicon is old."""
    LexiconEdition.objects.update_or_create(pk=1, defaults={"token": token_hex(16)})


def _refuse_more(owner: Owner, count: int) -> None:
    if count and _words_of(owner).count() + count > WORDS_LIMIT:
        raise ConflictError(
            _("Từ điển của %(owner)s chỉ chứa được %(limit)s từ. Xóa bớt từ không dùng.")
            % {"owner": owner_name(owner), "limit": WORDS_LIMIT}
        )


def _record(
    word: LexiconWord, actor: Person, action: str, owner: Owner, *, before: WordInput | None = None
) -> None:
    details: dict[str, object] = {"owner": owner.key, "written": word.written, "spoken": word.spoken}
    if before is not None:
        details |= {"written_before": before.written, "spoken_before": before.spoken}
    audit.record(actor=actor, action=action, obj=word, details=details, area_code=_area_code(owner))


def _record_import(owner: Owner, actor: Person, counts: Imported) -> None:
    audit.record(
        actor=actor,
        action="voice.import_words",
        obj=Thing("voice.lexicon", owner.key, owner_name(owner)),
        details={"added": counts.added, "changed": counts.changed, "same": counts.same},
        area_code=_area_code(owner),
    )


def _area_code(owner: Owner) -> str:
    area = owner.message.organisation.area if owner.message is not None else owner.area
    return area.code if area is not None else ""
