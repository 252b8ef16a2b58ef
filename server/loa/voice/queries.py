# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages and releases read of the spoken rendition."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loa.config import clock
from loa.config.errors import ConflictError, NotFoundError
from loa.jobs.models import Job, JobState
from loa.messages.models import Revision
from loa.messages.queries import messages_for
from loa.messages.rules import text_sha256
from loa.people.models import Person
from loa.voice import storage
from loa.voice.lexicon.queries import lexicon_for
from loa.voice.models import Heard, RenditionKind, Sound, SpokenRendition
from loa.voice.questions import Question, questions
from loa.voice.speech import voice_name
from loa_speech.lexicon import Lexicon
from loa_speech.reading import Reading, normalise

TARGET_LUFS, LUFS_OFF = -16.0, 0.5  # how loud a sound should be, and how far off it may be
MOST_DBTP = -1.0  # of its true peak
PATIENCE = timedelta(seconds=30)  # usual work is taken within a second


class SpokenState(StrEnum):
    """How far the spoken rendition of a revision is."""

    NONE = "none"
    WORKING = "working"
    READY = "ready"
    STALE = "stale"  # the words changed after the sound was made
    FAILED = "failed"  # and there is no sound that fits the words


@dataclass(frozen=True)
class Spoken:
    """The spoken rendition of a revision as pages show it.

    ``sound`` is one that fits the words; ``earlier`` is what was made from other words.
    """

    revision: Revision
    rendition: SpokenRendition | None
    state: SpokenState
    sound: Sound | None
    earlier: Sound | None
    job: Job | None
    error: str

    @property
    def is_ready(self) -> bool:
        """Say whether there is a finished sound of exactly these words, and none is being made."""
        return self.sound is not None and self.state is not SpokenState.WORKING

    @property
    def job_key(self) -> str:
        return job_key(self.revision.pk)

    @property
    def reading(self) -> Reading:
        """Return the reading that was spoken, or the one that would be."""
        kept = self.rendition.reading if self.rendition is not None and self.sound is not None else None
        return Reading.from_dict(kept) if kept else self.reading_now

    @property
    def questions(self) -> list[Question]:
        """Return what the machine asks now; nothing about what a person recorded or what was sent. Two queries."""
        if self.is_recording or self.revision.frozen_at is not None:
            return []
        return questions(self.reading_now)

    @property
    def is_read_otherwise(self) -> bool:
        """Say whether a draft's sound was made by readings that changed since. Two queries."""
        return self.revision.frozen_at is None and self.was_read_otherwise

    @property
    def was_read_otherwise(self) -> bool:
        """Say whether the sound, were it made now, would be read otherwise than it was. Two queries."""
        kept = self.rendition.reading if self.rendition is not None and self.sound is not None else None
        if kept is None or self.is_recording:
            return False
        return Reading.from_dict(kept).spoken != self.reading_now.spoken

    @cached_property
    def reading_now(self) -> Reading:
        """Return how it would be read now; asked for once, with two queries."""
        return reading_for(self.revision)

    @property
    def is_stuck(self) -> bool:
        """Say whether the work has waited so long that nobody seems to take it."""
        waits = self.job is not None and self.job.state == JobState.WAITING
        return waits and self.job is not None and clock.now() - self.job.created_at > PATIENCE

    @property
    def is_recording(self) -> bool:
        """Say whether a person recorded what is heard."""
        return self.rendition is not None and self.rendition.kind == RenditionKind.RECORDED

    @property
    def engine_line(self) -> str:
        """Return who speaks, and whether it is as loud as it should be: "Giọng máy miền Bắc, độ to đúng chuẩn." """
        if self.rendition is None or self.sound is None:
            return ""
        recorded = _("Bản ghi “%(name)s”") % {"name": self.rendition.upload_name}
        who = recorded if self.is_recording else voice_name(self.rendition.voice)
        is_right = abs(self.sound.lufs - TARGET_LUFS) <= LUFS_OFF and self.sound.true_peak_dbtp <= MOST_DBTP
        loudness = _("độ to đúng chuẩn") if is_right else _("độ to chưa đúng chuẩn")
        return f"{who}, {loudness}."

    @property
    def figures_line(self) -> str:
        """Return what was measured, for who asks: "Độ to −16,1 LUFS (chuẩn −16), đỉnh −1,4 dBTP (cao nhất −1)." """
        if self.sound is None:
            return ""
        measured = {"lufs": _decimal(self.sound.lufs), "peak": _decimal(self.sound.true_peak_dbtp)}
        return _("Độ to %(lufs)s LUFS (chuẩn −16), đỉnh %(peak)s dBTP (cao nhất −1).") % measured

    @property
    def url(self) -> str:
        """Return the address of the sound, or of the earlier one, or nothing."""
        sound = self.sound or self.earlier
        return storage.media_url(sound.sha256) if sound else ""


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",").replace("-", "−")


def job_key(revision_pk: int) -> str:
    """Return the key under which the making of a revision's sound shows its progress."""
    return f"voice.rendition:{revision_pk}"


def reading_of(text: str, lexicon: Lexicon | None = None) -> Reading:
    """Return how ``text`` would be read aloud: cheap, for the preview beside the form."""
    return normalise(text, lexicon)


def reading_for(revision: Revision) -> Reading:
    """Return how a revision would be read now, by the lexicon of its message and places. Two queries."""
    return normalise(revision.text, lexicon_for(revision))


def require_settled(revision: Revision) -> None:
    """Do nothing if nothing is left to ask about how a revision is read.

    Raises:
        ConflictError: the machine still guesses somewhere, or the sound was made by other readings.
    """
    now = spoken(revision)
    if now.is_recording:
        return
    asked = questions(now.reading_now)
    if asked:
        named = ", ".join(f"“{one.source}”" for one in asked[:3])
        raise ConflictError(
            ngettext(
                "Còn %(count)s chỗ máy chưa chắc cách đọc: %(named)s. Mở lời đọc, trả lời hoặc đồng ý như máy.",
                "Còn %(count)s chỗ máy chưa chắc cách đọc: %(named)s. Mở lời đọc, trả lời hoặc đồng ý như máy.",
                len(asked),
            )
            % {"count": len(asked), "named": named}
        )
    if now.was_read_otherwise:
        raise ConflictError(_("Cách đọc đã đổi sau khi làm tiếng này. Mở lời đọc, bấm “Tạo lại” rồi nghe."))


def spoken(revision: Revision) -> Spoken:
    """Return the spoken rendition of one revision. Two queries."""
    return spoken_of([revision])[revision.pk]


def spoken_of(revisions: Iterable[Revision]) -> dict[int, Spoken]:
    """Return the spoken renditions of many revisions by their keys. Two queries in all."""
    revisions = list(revisions)
    renditions = {
        one.revision_id: one
        for one in SpokenRendition.objects.filter(revision__in=revisions).select_related("sound")
    }
    jobs = {one.key: one for one in Job.objects.filter(key__in=[job_key(one.pk) for one in revisions])}
    return {one.pk: _spoken(one, renditions.get(one.pk), jobs.get(job_key(one.pk))) for one in revisions}


def _spoken(revision: Revision, rendition: SpokenRendition | None, job: Job | None) -> Spoken:
    made = rendition.sound if rendition is not None else None
    fits = rendition is not None and rendition.text_sha256 == text_sha256(revision.text)
    sound, earlier = (made, None) if fits else (None, made)
    error = rendition.error if rendition is not None else ""
    if rendition is None:
        state = SpokenState.NONE
    elif job is not None and job.state in {JobState.WAITING, JobState.WORKING}:
        state = SpokenState.WORKING
    elif sound is not None:
        state = SpokenState.READY
    elif error:
        state = SpokenState.FAILED
    else:
        state = SpokenState.STALE if earlier is not None else SpokenState.NONE
    return Spoken(revision, rendition, state, sound, earlier, job, error)


def sound_path(sound: Sound) -> Path:
    """Return the sound's file."""
    return storage.media_path(sound.sha256)


def sound_for(person: Person, sha256: str) -> Sound:
    """Return a sound that belongs to a message which the person may see.

    Raises:
        NotFoundError: absent, or not for this person.
    """
    seen = messages_for(person).order_by().values("pk")
    found = Sound.objects.filter(sha256=sha256, renditions__revision__message__in=seen).first()
    if found is None:
        raise NotFoundError(_("Không có âm thanh này, hoặc tin ở địa bàn khác."))
    return found


def has_heard(person: Person, sound: Sound) -> bool:
    """Say whether the person played this sound to its end at least once."""
    return Heard.objects.filter(person=person, sound=sound).exists()


def heard_among(person: Person, sounds: Iterable[int]) -> set[int]:
    """Return which of these sounds (keys) the person played to the end. One query."""
    return set(Heard.objects.filter(person=person, sound__in=list(sounds)).values_list("sound_id", flat=True))
