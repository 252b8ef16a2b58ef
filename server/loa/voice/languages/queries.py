# SPDX-License-Identifier: AGPL-3.0-or-later
"""The recordings of a revision in other languages, and how far each is."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from loa.config.errors import ConflictError, NotFoundError
from loa.jobs.models import Job
from loa.messages.models import Revision
from loa.messages.rules import text_sha256
from loa.voice import storage
from loa.voice.languages.rules import language_code
from loa.voice.models import LanguageRecording, Sound

KEY = "voice.language"  # of the jobs that finish them


@dataclass(frozen=True)
class LanguageLine:
    """One recording as pages show it."""

    recording: LanguageRecording
    job: Job | None
    is_stale: bool  # the Vietnamese words changed since

    @property
    def sound(self) -> Sound | None:
        return self.recording.sound

    @property
    def url(self) -> str:
        return storage.media_url(self.sound.sha256) if self.sound is not None else ""

    @property
    def error(self) -> str:
        """Return why there is no sound, or nothing."""
        return self.recording.error or (self.job.error if self.job is not None else "")

    @property
    def is_working(self) -> bool:
        return self.sound is None and not self.error

    @property
    def is_ready(self) -> bool:
        return self.sound is not None and not self.is_stale

    @property
    def code(self) -> str:
        """Return the language's code inside a release."""
        return language_code(self.recording.language)


def job_key(recording_pk: int) -> str:
    """Return the key under which the finishing of a recording shows its progress."""
    return f"{KEY}:{recording_pk}"


def language_lines(revision: Revision) -> list[LanguageLine]:
    """Return the recordings of a revision in other languages. Two queries, one when there are none."""
    recordings = list(LanguageRecording.objects.filter(revision=revision).select_related("sound", "added_by"))
    keys = [job_key(one.pk) for one in recordings]
    jobs = {job.key: job for job in Job.objects.filter(key__in=keys)} if keys else {}
    words = text_sha256(revision.text)
    return [LanguageLine(one, jobs.get(job_key(one.pk)), one.text_sha256 != words) for one in recordings]


def recording_of(revision: Revision, pk: int) -> LanguageRecording:
    """Return one recording of a revision.

    Raises:
        NotFoundError: there is none.
    """
    found = LanguageRecording.objects.filter(revision=revision, pk=pk).first()
    if found is None:
        raise NotFoundError(_("Không còn bản ghi này. Có thể người khác vừa xóa."))
    return found


def require_finished(revision: Revision) -> None:
    """Do nothing if every recording of a revision is finished and of its words.

    Raises:
        ConflictError: one is being checked, was refused, or was made for other words.
    """
    for line in language_lines(revision):
        language = {"language": line.recording.language}
        if line.is_working:
            raise ConflictError(
                _("Bản ghi tiếng %(language)s đang được kiểm tra. Chờ xong rồi gửi.") % language
            )
        if line.sound is None:
            raise ConflictError(
                _("Bản ghi tiếng %(language)s không dùng được. Xóa hoặc gửi bản khác.") % language
            )
        if line.is_stale:
            raise ConflictError(
                _("Chữ đã đổi sau khi ghi tiếng %(language)s. Xóa bản ghi đó hoặc gửi bản mới.") % language
            )
