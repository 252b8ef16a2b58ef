# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sounds for tests, without synthesis: the rows that finished work leaves, and a few bytes on disk."""

from hashlib import sha256
from itertools import count
from typing import Any

from django.conf import settings

from loa.areas.folding import fold
from loa.areas.models import Area
from loa.config import clock
from loa.jobs.models import Job
from loa.messages.models import Revision
from loa.messages.rules import text_sha256
from loa.people.models import Person
from loa.voice import storage
from loa.voice.lexicon.actions import add_word
from loa.voice.lexicon.rules import Owner, WordInput
from loa.voice.models import Heard, LanguageRecording, LexiconWord, RenditionKind, Sound, SpokenRendition
from loa.voice.queries import job_key, reading_for

_number = count(1)


def make_sound(**fields: Any) -> Sound:
    """Return a new sound of 42 seconds whose file exists (its bytes are no sound)."""
    content = f"not a sound {next(_number)}".encode()
    digest = sha256(content).hexdigest()
    path = storage.media_path(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    values = {
        "sha256": digest,
        "size": len(content),
        "duration_ms": 42_000,
        "lufs": -16.1,
        "true_peak_dbtp": -1.4,
        "waveform": [10, 60, 90, 40] * 20,
        "created_at": clock.now(),
        **fields,
    }
    return Sound.objects.create(**values)


def make_spoken(revision: Revision, sound: Sound | None = None) -> SpokenRendition:
    """Return the finished spoken rendition of a revision, as the worker leaves it."""
    sound = sound or make_sound()
    values = {
        "kind": RenditionKind.SYNTHESISED,
        "sound": sound,
        "reading": reading_for(revision).to_dict(),
        "text_sha256": text_sha256(revision.text),
        "requested_at": clock.now(),
        "error": "",
    }
    rendition, _is_new = SpokenRendition.objects.update_or_create(revision=revision, defaults=values)
    Job.objects.filter(key=job_key(revision.pk)).delete()
    return rendition


def make_heard(person: Person, sound: Sound) -> Heard:
    """Note that a person played a sound to its end."""
    heard, _is_new = Heard.objects.get_or_create(person=person, sound=sound, defaults={"at": clock.now()})
    return heard


def make_language(revision: Revision, language: str = "Tày", sound: Sound | None = None) -> LanguageRecording:
    """Return the finished recording of a revision in another language, as the worker leaves it."""
    return LanguageRecording.objects.create(
        revision=revision,
        language=language,
        language_key=fold(language),
        sound=sound or make_sound(),
        upload="",
        upload_name="ghi-am.mp3",
        text_sha256=text_sha256(revision.text),
        added_by=revision.author,
        added_at=clock.now(),
    )


def make_word(actor: Person, area: Area, written: str = "", spoken: str = "ba chẹ") -> LexiconWord:
    """Return a new word of an area's lexicon."""
    word = WordInput(written or f"Ba Chẽ {next(_number)}", spoken)
    return add_word(actor=actor, owner=Owner(area=area), word=word)


def make_trial(token: str = "0" * 32) -> str:
    """Return the token of a sentence that was tried (its bytes are no sound)."""
    folder = settings.HOME.run / "trials"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / token).write_bytes(b"not a sound")
    return token
