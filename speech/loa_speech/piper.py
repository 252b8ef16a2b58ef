# SPDX-License-Identifier: AGPL-3.0-or-later
"""Piper voices: `NAME.onnx` and `NAME.onnx.json`, spoken through `piper-tts`."""

import os
import threading
from typing import Any

from loa_speech.errors import EngineMissingError, VoiceFileError
from loa_speech.utterance import Utterance
from loa_speech.voice_files import PIPER, VoiceFile
from loa_speech.voices import Voice, clamped_speed

_REASON = 160  # characters of a library's own words


def reason(error: BaseException) -> str:
    """Give the first line of what a library says, short enough for a sentence."""
    text = str(error).strip().split("\n")[0] or type(error).__name__
    return text[:_REASON]


class PiperEngine:
    """Neural voices in Piper's format."""

    name = PIPER

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: dict[object, Any] = {}

    @property
    def at_once(self) -> int:
        """How many texts are spoken at the same time: one for each core."""
        return os.cpu_count() or 1

    def load(self) -> None:
        """Each voice is loaded when it first speaks; nothing is common to all."""

    def say(self, text: str, voice: Voice, speed: float) -> Utterance:
        """Speak a text that has already been normalised.

        Raises:
            EngineMissingError: `piper-tts` is not installed.
            VoiceFileError: the file is no Piper voice, or fails.
        """
        assert voice.file is not None
        with self._lock:
            model = self._model(voice, voice.file)
        try:
            return _said(model, text, voice.file.speaker, speed)
        except _failures() as error:
            raise VoiceFileError(voice=voice.name, reason=reason(error)) from error

    def _model(self, voice: Voice, file: VoiceFile) -> Any:
        """Give the loaded model of a voice; two threads never load it twice."""
        if file.model not in self._loaded:
            try:
                from piper import PiperVoice
            except ImportError as error:
                raise EngineMissingError(voice=voice.name, package="piper-tts") from error
            try:
                self._loaded[file.model] = PiperVoice.load(file.model)
            except _failures() as error:
                raise VoiceFileError(voice=voice.name, reason=reason(error)) from error
        return self._loaded[file.model]


def _failures() -> tuple[type[Exception], ...]:
    """Give what a broken voice makes the libraries raise; onnxruntime's own have no common base."""
    from onnxruntime.capi import onnxruntime_pybind11_state as onnxruntime

    named = [value for value in vars(onnxruntime).values() if isinstance(value, type)]
    own = [value for value in named if issubclass(value, Exception)]
    return (*own, AttributeError, ArithmeticError, LookupError, OSError, RuntimeError, TypeError, ValueError)


def _said(model: Any, text: str, speaker: int, speed: float) -> Utterance:
    from piper import SynthesisConfig

    settings = SynthesisConfig(
        speaker_id=speaker, length_scale=model.config.length_scale / clamped_speed(speed)
    )
    pieces = [chunk.audio_int16_bytes for chunk in model.synthesize(text, settings)]
    return Utterance(b"".join(pieces), int(model.config.sample_rate))
