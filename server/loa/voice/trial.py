# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hear a sentence before anything is saved: the same synthesis, short, with a time limit, kept for minutes."""

import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from django.conf import settings
from django.utils.translation import gettext as _

from loa.config import clock
from loa.config.errors import LoaError, NotFoundError
from loa.voice import speech
from loa_speech.errors import SpeechError
from loa_speech.lexicon import Lexicon
from loa_speech.reading import Reading, normalise

SENTENCE_LIMIT = 300  # characters
SECONDS = 15.0  # at most for one sentence
AT_ONCE = 2  # of one process: who tries a reading must not hold up the pages
KEPT = 15 * 60  # seconds
_TOKEN = re.compile(r"[0-9a-f]{32}\Z")
_turns = threading.BoundedSemaphore(AT_ONCE)


class TrialError(LoaError):
    """It cannot be heard now; the sentence says why and what to do."""

    code = "trial"


@dataclass(frozen=True)
class Trial:
    """A sentence as it would be read, and its sound."""

    reading: Reading
    token: str
    duration_ms: int
    waveform: tuple[int, ...]


def hear(sentence: str, lexicon: Lexicon, voice: str) -> Trial:
    """Read one sentence aloud and keep the sound for a quarter of an hour.

    Raises:
        TrialError: nothing to read, too long, all turns are taken, or the engine refused.
    """
    sentence = " ".join(sentence.split())
    if not sentence:
        raise TrialError(_("Chưa có câu để nghe. Ghi một câu ngắn có chữ này."), field="sentence")
    if len(sentence) > SENTENCE_LIMIT:
        raise TrialError(
            _("Câu nghe thử dài %(count)s ký tự, nhiều nhất là %(limit)s. Rút ngắn lại.")
            % {"count": len(sentence), "limit": SENTENCE_LIMIT},
            field="sentence",
        )
    with _turn(), _folder() as folder:
        try:
            made = speech.speak(sentence, voice, folder, lambda _done, _total: None, lexicon, seconds=SECONDS)
        except SpeechError as error:
            raise TrialError(speech.sentence(error), field="sentence") from error
        token = token_hex(16)
        _forget_old()
        made.path.replace(_place() / token)
    return Trial(normalise(sentence, lexicon), token, made.duration_ms, made.waveform)


def sound_of(token: str) -> Path:
    """Return the sound of a trial.

    Raises:
        NotFoundError: there is none, or it is too old.
    """
    path = _place() / token if _TOKEN.match(token) else None
    if path is None or not path.is_file():
        raise NotFoundError(_("Bản nghe thử đã được xóa sau ít phút. Bấm “Nghe thử” lần nữa."))
    return path


def _place() -> Path:
    folder: Path = settings.HOME.run / "trials"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _forget_old() -> None:
    before = clock.now().timestamp() - KEPT
    for path in _place().iterdir():
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(blocking=False):
        raise TrialError(_("Máy đang đọc thử cho người khác. Chờ vài giây rồi bấm lại; chữ đã gõ vẫn còn."))
    try:
        yield
    finally:
        _turns.release()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="trial-", dir=settings.HOME.run))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
