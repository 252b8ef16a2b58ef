# SPDX-License-Identifier: AGPL-3.0-or-later
"""Voices in the formats of sherpa-onnx: a folder with a VITS, Matcha or Kokoro model.

Its library ends the whole process at many a broken file: it is asked in a child process only, where that is told
from other ends by `child.run_job`. Since its version 2.0 it turns no text into phonemes; for a voice that was made
with espeak-ng's (`espeak-ng-data` lies in its folder) Piper's library does that.
"""

import os
import threading
from pathlib import Path
from typing import Any

from loa_speech.errors import EngineMissingError, VoiceFileError
from loa_speech.utterance import Utterance
from loa_speech.voice_files import SHERPA, VoiceFile, vocoder
from loa_speech.voices import Voice, clamped_speed

_LANGUAGE = "vi"  # espeak-ng's name
_PHONEMES = "espeak-ng-data"


class SherpaEngine:
    """Neural voices in the formats of sherpa-onnx."""

    name = SHERPA

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: dict[Path, Any] = {}
        self._phonemizer: Any = None

    @property
    def at_once(self) -> int:
        """How many texts are spoken at the same time: one for each core, each on one thread."""
        return os.cpu_count() or 1

    def load(self) -> None:
        """Each voice is loaded when it first speaks; nothing is common to all."""

    def say(self, text: str, voice: Voice, speed: float) -> Utterance:
        """Speak a text that has already been normalised.

        Raises:
            EngineMissingError: `sherpa-onnx` is not installed.
            VoiceFileError: the folder is no voice, or it fails.
        """
        assert voice.file is not None
        with self._lock:
            model = self._model(voice, voice.file)
            phonemes = self._phonemes(voice, voice.file, text)
        try:
            if phonemes is None:
                made = model.generate(text, sid=voice.file.speaker, speed=clamped_speed(speed))
            else:
                made = model.generate("", _generation(phonemes, voice.file.speaker, clamped_speed(speed)))
        except (RuntimeError, ValueError) as error:
            raise VoiceFileError(voice=voice.name, reason=str(error)[:160]) from error
        import numpy as np

        samples = np.clip(np.asarray(made.samples, np.float32), -1.0, 1.0)
        rate = int(made.sample_rate) or int(model.sample_rate)
        return Utterance((samples * np.float32(32767)).astype(np.int16).tobytes(), rate)

    def _phonemes(self, voice: Voice, file: VoiceFile, text: str) -> list[list[int]] | None:
        """Give the text's phonemes, sentence by sentence; None where the library reads text by itself."""
        import sherpa_onnx

        if not (file.folder / _PHONEMES).exists() or not hasattr(
            sherpa_onnx.GenerationConfig, "phoneme_codepoints"
        ):
            return None
        if self._phonemizer is None:
            try:
                from piper.phonemize_espeak import ESPEAK_DATA_DIR, EspeakPhonemizer
            except ImportError as error:
                raise EngineMissingError(voice=voice.name, package="piper-tts") from error
            self._phonemizer = EspeakPhonemizer(ESPEAK_DATA_DIR)
        sentences = self._phonemizer.phonemize(_LANGUAGE, text)
        return [[ord(char) for phoneme in sentence for char in phoneme] for sentence in sentences]

    def _model(self, voice: Voice, file: VoiceFile) -> Any:
        if file.folder not in self._loaded:
            try:
                import sherpa_onnx
            except ImportError as error:
                raise EngineMissingError(voice=voice.name, package="sherpa-onnx") from error
            settings = sherpa_onnx.OfflineTtsConfig(model=_settings(sherpa_onnx, file), max_num_sentences=1)
            if not settings.validate():
                raise VoiceFileError(voice=voice.name, reason="thiếu tệp")
            try:
                self._loaded[file.folder] = sherpa_onnx.OfflineTts(settings)
            except (RuntimeError, ValueError) as error:
                raise VoiceFileError(voice=voice.name, reason=str(error)[:160]) from error
        return self._loaded[file.folder]


def _generation(phonemes: list[list[int]], speaker: int, speed: float) -> Any:
    import sherpa_onnx

    config = sherpa_onnx.GenerationConfig()
    config.sid, config.speed, config.phoneme_codepoints = speaker, speed, phonemes
    return config


def _settings(library: Any, file: VoiceFile) -> Any:
    """Give the settings of the kind of model that the folder's files show."""
    folder = file.folder
    common = {
        "tokens": str(folder / "tokens.txt"),
        "data_dir": _there(folder / _PHONEMES),
        "lexicon": ",".join(str(path) for path in sorted(folder.glob("lexicon*.txt"))),
    }
    if (folder / "voices.bin").is_file():
        kokoro = library.OfflineTtsKokoroModelConfig(
            model=str(file.model), voices=str(folder / "voices.bin"), **common
        )
        return library.OfflineTtsModelConfig(kokoro=kokoro, num_threads=1)
    second = vocoder(folder)
    if second is not None:
        matcha = library.OfflineTtsMatchaModelConfig(
            acoustic_model=str(file.model), vocoder=str(second), **common
        )
        return library.OfflineTtsModelConfig(matcha=matcha, num_threads=1)
    vits = library.OfflineTtsVitsModelConfig(model=str(file.model), **common)
    return library.OfflineTtsModelConfig(vits=vits, num_threads=1)


def _there(path: Path) -> str:
    return str(path) if path.exists() else ""
