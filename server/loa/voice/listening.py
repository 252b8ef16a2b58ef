# SPDX-License-Identifier: AGPL-3.0-or-later
"""What voice does when a message is written, and who may see its work: the sound follows the words."""

from typing import Any

from loa.config.errors import NotFoundError
from loa.config.numbers import whole
from loa.jobs.queries import guard
from loa.messages.models import Revision
from loa.messages.queries import revision as revision_of
from loa.people.models import Person
from loa.voice import queries
from loa.voice.actions import begin_synthesis, carry_over
from loa.voice.languages.queries import KEY as LANGUAGE
from loa.voice.models import LanguageRecording, RenditionKind
from loa.voice.queries import SpokenState


def speak_what_was_saved(revision: Revision, former: Revision | None, actor: Person) -> None:
    """Ask for the machine's reading of changed words; a recording is kept and shown as stale instead."""
    if former is not None:
        carry_over(revision=revision, former=former, actor=actor)
        return
    now = queries.spoken(revision)
    if now.rendition is not None and now.rendition.kind == RenditionKind.RECORDED:
        return
    if now.state is not SpokenState.READY:
        begin_synthesis(revision, actor)


@guard(LANGUAGE)
def may_see_language(person: Any, key: str) -> bool:
    """Say whether the person may see the checking of a recording: whoever sees its message may."""
    found = LanguageRecording.objects.filter(pk=whole(key) or 0).first()
    return found is not None and may_see_work(person, str(found.revision_id))


@guard("voice.rendition")
def may_see_work(person: Any, key: str) -> bool:
    """Say whether the person may see the making of a revision's sound: whoever sees the message may."""
    pk = whole(key)
    if pk is None:
        return False
    try:
        revision_of(person, pk)
    except NotFoundError:
        return False
    return True
