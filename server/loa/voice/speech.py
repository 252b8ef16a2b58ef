# SPDX-License-Identifier: AGPL-3.0-or-later
"""How this server calls ``loa_speech``: always in a child process that ends."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from loa_speech import jobs
from loa_speech import voices as speech_voices
from loa_speech.child import DEFAULT_LIMITS, NEURAL_LIMITS, limits_for, prepare, run_job
from loa_speech.errors import SpeechError
from loa_speech.jobs import JobResult
from loa_speech.lexicon import Lexicon
from loa_speech.notices import Notice
from loa_speech.voices import DEFAULT_VOICE

MEDIA_TYPE = "audio/ogg; codecs=opus"

NO_WORDS = Lexicon()

OnProgress = Callable[[int, int], None]


def synthesis_key(spoken: str, voice: str) -> str:
    """Return the hash of everything that decides how a machine's reading sounds."""
    name = voice or DEFAULT_VOICE
    version = next((one.version for one in _supplied() if one.name == name), "")
    return jobs.synthesis_key(spoken, name, version=version)


def speak(
    text: str,
    voice: str,
    folder: Path,
    on_progress: OnProgress,
    lexicon: Lexicon = NO_WORDS,
    seconds: float | None = None,
) -> JobResult:
    """Read ``text`` aloud into a file in ``folder``, by the words of ``lexicon`` before any rule.

    Args:
        seconds: a shorter time than the voice may usually take; such work is rare and leaves no child waiting.

    Raises:
        SpeechError: with a sentence for people.
    """
    job = jobs.SpeakJob(text=text, voice=voice or DEFAULT_VOICE, lexicon=lexicon, folder=settings.HOME.voices)
    usual = limits_for(job)
    limits = usual if seconds is None else replace(usual, seconds=min(seconds, usual.seconds))
    return run_job(job, folder, on_progress, limits=limits, is_frequent=seconds is None)


def finish(recording: Path, folder: Path, on_progress: OnProgress) -> JobResult:
    """Check a recording and make it as loud as everything else, into a file in ``folder``.

    Raises:
        SpeechError: with a sentence for people.
    """
    return run_job(jobs.RecordingJob(recording), folder, on_progress, is_frequent=True)


def time_limit_s() -> float:
    """Return the seconds that one piece of work may take: more where an operator supplied voices."""
    return (NEURAL_LIMITS if _supplied() else DEFAULT_LIMITS).seconds


def be_ready() -> None:
    """Start a child ahead; it waits for a job for some minutes, with its libraries loaded."""
    prepare()


def sentence(about: SpeechError | Notice) -> str:
    """Return what speech says about a text or recording, translated."""
    return _(about.template) % about.values


def voices() -> dict[str, str]:
    """Return the voices that come with Loa and those in LOA_HOME/voices, as people call them; none is loaded."""
    return {
        "espeak-north": _("Giọng máy miền Bắc"),
        "espeak-central": _("Giọng máy miền Trung"),
        "espeak-south": _("Giọng máy miền Nam"),
        **{voice.name: voice.label for voice in _supplied()},
    }


def voice_name(voice: str) -> str:
    """Return what people call a voice; "" is the first one."""
    return voices().get(voice or DEFAULT_VOICE, voice)


def _supplied() -> tuple[speech_voices.Voice, ...]:
    """Return the voices that an operator put into LOA_HOME/voices."""
    return speech_voices.voices(settings.HOME.voices)[len(speech_voices.SHIPPED) :]
