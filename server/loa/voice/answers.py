# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a writer decides about the reading of one message: another reading, or the machine's own."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from loa.config.errors import ConflictError
from loa.messages.actions import note_editor
from loa.messages.models import Revision
from loa.people.models import Person
from loa.voice import queries
from loa.voice.actions import begin_synthesis, refuse_frozen
from loa.voice.lexicon.actions import set_word
from loa.voice.lexicon.queries import require_change
from loa.voice.lexicon.rules import Owner, WordInput
from loa.voice.models import RenditionKind, SpokenRendition
from loa.voice.queries import SpokenState
from loa.voice.questions import Question, beside, questions, stretch_at
from loa_speech.reading import Reading, Stretch, correction

RENEWED = 20  # drafts that are read anew at once after the lexicon changed; the others say that it did


def read_so(
    *, actor: Person, revision: Revision, number: int, source: str, spoken: str, everywhere: bool
) -> None:
    """Read one place of a message, or its form everywhere in it, by the words given.

    Who decides what people hear counts as an editor, and may not sign it.

    Args:
        number: of the stretch on the page.
        source: what stood there on the page.
        spoken: the words; "" leaves the place out.

    Raises:
        PermissionDeniedError: the actor may not write for the message's organisation.
        ConflictError: the revision was sent for release, or its reading changed since.
        BadWordError: no voice could read these words.
    """
    _require(actor, revision)
    reading = queries.reading_for(revision)
    stretch = stretch_at(reading, number, source)
    with transaction.atomic():
        _keep(actor, revision, [_word(reading, stretch, spoken, everywhere=everywhere)])


def answer(*, actor: Person, revision: Revision, number: int, source: str, spoken: str) -> None:
    """Answer what the machine asked about a form, for all places that it guessed alike.

    Raises:
        PermissionDeniedError, ConflictError, BadWordError: as ``read_so``.
    """
    _require(actor, revision)
    reading = queries.reading_for(revision)
    stretch_at(reading, number, source)
    asked = next((one for one in questions(reading) if number in one.places), None)
    if asked is None:  # answered by somebody else a moment ago
        raise ConflictError(_("Chỗ này vừa được trả lời. Mở lại lời đọc để xem."))
    with transaction.atomic():
        _keep(actor, revision, _words(reading, asked, spoken))


def accept_all(*, actor: Person, revision: Revision, sources: Sequence[str]) -> int:
    """Take the machine's proposals for everything that it asked.

    Args:
        sources: the forms that the writer saw asked, in order: nothing is accepted unseen.

    Returns:
        How many forms were settled.

    Raises:
        PermissionDeniedError, BadWordError: as ``read_so``.
        ConflictError: other forms are asked now than the writer saw, or the revision was sent.
    """
    _require(actor, revision)
    reading = queries.reading_for(revision)
    asked = questions(reading)
    if [one.source for one in asked] != list(sources):
        raise ConflictError(_("Các chỗ cần hỏi vừa đổi. Xem lại danh sách rồi xác nhận."))
    with transaction.atomic():
        _keep(actor, revision, [word for one in asked for word in _words(reading, one, one.spoken)])
    return len(asked)


def renew_readings(*, actor: Person, revisions: Iterable[Revision]) -> int:
    """Read drafts anew after the lexicon changed; a finished recording stays as it is.

    Returns:
        How many were asked for: at most ``RENEWED``, the newest first.
    """
    renewed = 0
    with transaction.atomic():
        for revision in list(revisions)[:RENEWED]:
            renewed += _renew(revision, actor)
    return renewed


def _require(actor: Person, revision: Revision) -> None:
    require_change(actor, Owner(message=revision.message))
    refuse_frozen(revision)


def _keep(actor: Person, revision: Revision, words: Iterable[WordInput]) -> None:
    for word in words:
        set_word(actor=actor, owner=Owner(message=revision.message), word=word)
    note_editor(actor=actor, revision=revision)
    _renew(revision, actor)


def _words(reading: Reading, asked: Question, spoken: str) -> list[WordInput]:
    """Return one word for all places of the form, or one for each where it is read otherwise elsewhere."""
    alike = [
        number for number, stretch in enumerate(reading.stretches) if stretch.source.strip() == asked.source
    ]
    everywhere = len(alike) == len(asked.places)
    places = asked.places[:1] if everywhere else asked.places
    return [_word(reading, reading.stretches[one], spoken, everywhere=everywhere) for one in places]


def _word(reading: Reading, stretch: Stretch, spoken: str, *, everywhere: bool) -> WordInput:
    """Return the word that reads a place so.

    A word for one place also names its neighbours: when the text is edited, it holds no other place by accident.
    """
    bare = replace(stretch, source=stretch.source.rstrip())
    entry = correction(reading, bare, spoken, everywhere=everywhere)
    before, after = ("", "") if everywhere else beside(reading, stretch)
    return WordInput(
        written=entry.written,
        spoken=spoken,
        left=(before,) if before else (),
        right=(after,) if after else (),
        occurrence=entry.occurrence,
    )


def _renew(revision: Revision, actor: Person) -> bool:
    """Bring the reading up to date; where the spoken words stay the same, the sound stays too."""
    now = queries.spoken(revision)
    if revision.frozen_at is not None or now.is_recording:
        return False
    rendition, reading = now.rendition, now.reading_now
    kept = rendition.reading if rendition is not None and now.state is SpokenState.READY else None
    if rendition is not None and kept and Reading.from_dict(kept).spoken == reading.spoken:
        SpokenRendition.objects.filter(pk=rendition.pk, kind=RenditionKind.SYNTHESISED).update(
            reading=reading.to_dict()
        )
        return False
    begin_synthesis(revision, actor)
    return True
