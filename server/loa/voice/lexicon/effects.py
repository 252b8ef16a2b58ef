# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a change of the lexicon would change: released messages that keep their sound, drafts that do not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from django.db.models import Q, QuerySet

from loa.areas.models import Area
from loa.messages.models import Message, Revision
from loa.voice import seams
from loa.voice.lexicon.queries import lexicon_of
from loa.voice.lexicon.rules import Owner, WordInput, entry_of, input_of
from loa.voice.models import LexiconLevel, LexiconWord, RenditionKind
from loa_speech.lexicon import Lexicon, LexiconEntry
from loa_speech.reading import normalise

LOOKED_AT = 400  # newest messages that are read again to answer one question
PREFILTERED = 40  # words up to which the database looks for them; above, every message is read again


@dataclass(frozen=True)
class Change:
    """Words that come and words that go, of one owner."""

    owner: Owner
    new: tuple[WordInput, ...] = ()
    old: tuple[WordInput, ...] = ()

    @property
    def words(self) -> tuple[WordInput, ...]:
        return self.new + self.old


@dataclass(frozen=True)
class Effect:
    """What a change does.

    Attributes:
        released: released revisions that would now be read otherwise; they keep their sound.
        drafts: newest revisions that are not sent yet and would be read otherwise.
        is_cut: only the newest messages were looked at.
    """

    released: tuple[Revision, ...] = ()
    drafts: tuple[Revision, ...] = ()
    is_cut: bool = False

    @property
    def key(self) -> str:
        """Return what a person has seen of it, to tell whether it is still so."""
        return " ".join(str(one.pk) for one in self.released) or "none"


def effect_of(change: Change) -> Effect:
    """Say which messages a change concerns; it reads them again, before and after.

    The queries do not grow with the messages: their texts, their own words, and the lexicon of each area.
    """
    released = _candidates(change, [found() for found in seams.released])
    drafts = _candidates(change, [Revision.objects.filter(frozen_at=None)])
    own = _own_words([*released, *drafts])
    lexicons: dict[str, Lexicon] = {}

    def is_changed(revision: Revision) -> bool:
        return _reads_otherwise(revision, change, own.get(revision.message_id, []), lexicons)

    return Effect(
        released=tuple(filter(is_changed, released)),
        drafts=tuple(filter(is_changed, drafts)),
        is_cut=max(len(released), len(drafts)) >= LOOKED_AT,
    )


def _candidates(change: Change, sources: Sequence[QuerySet[Revision]]) -> list[Revision]:
    """Return the revisions within the owner's reach that hold one of the words and are read by a machine."""
    holds = _holds(change.words)
    found: dict[int, Revision] = {}
    for source in sources:
        rows = (
            source.filter(_reach(change.owner), holds)
            .exclude(spoken__kind=RenditionKind.RECORDED)
            .select_related("message__organisation__area")
            .order_by("-pk")
            .distinct()[:LOOKED_AT]
        )
        found |= {row.pk: row for row in rows}
    return list(found.values())


def _reach(owner: Owner) -> Q:
    if owner.message is not None:
        return Q(message=owner.message)
    if owner.area is None:
        return Q()
    return Q(message__organisation__area__path__startswith=owner.area.path)


def _holds(words: Sequence[WordInput]) -> Q:
    """Return a condition that no message with one of the words fails; reading it again decides."""
    if not words or len(words) > PREFILTERED or not all(word.exact_case for word in words):
        return Q()  # databases fold the case of Vietnamese letters differently
    condition = Q()
    for word in words:
        condition |= Q(text__contains=word.written)
    return condition


def _own_words(revisions: Iterable[Revision]) -> dict[int, list[LexiconEntry]]:
    messages = {revision.message_id for revision in revisions}
    own: dict[int, list[LexiconEntry]] = {}
    for word in LexiconWord.objects.filter(message__in=messages):
        if word.message_id is not None:
            entry = entry_of(LexiconLevel.MESSAGE, input_of(word))
            own.setdefault(word.message_id, []).append(entry)
    return own


def _reads_otherwise(
    revision: Revision, change: Change, own: Sequence[LexiconEntry], lexicons: dict[str, Lexicon]
) -> bool:
    if not any(_may_stand_in(revision.text, word) for word in change.words):
        return False
    area: Area = revision.message.organisation.area
    if area.path not in lexicons:
        lexicons[area.path] = lexicon_of(area)
    base = lexicons[area.path].entries
    gone = {entry_of(change.owner.level, word) for word in change.old}
    come = [entry_of(change.owner.level, word) for word in change.new]
    before = Lexicon(tuple(chain(base, own)))
    after = Lexicon.of(chain((entry for entry in (*base, *own) if entry not in gone), come))
    return normalise(revision.text, before).spoken != normalise(revision.text, after).spoken


def _may_stand_in(text: str, word: WordInput) -> bool:
    return word.written in text or (not word.exact_case and word.written.casefold() in text.casefold())


def messages_of(revisions: Iterable[Revision]) -> list[Message]:
    """Return the messages of revisions, each once, in the order given."""
    return list({revision.message_id: revision.message for revision in revisions}.values())
