# SPDX-License-Identifier: AGPL-3.0-or-later
"""espeak-ng as a library inside this process: no start of a program per sentence, and it ships in a wheel.

The library keeps one state per process, so calls are serialised. A little of that state (its flutter) runs on
from call to call: the same text gives the same samples only as the first call of a process, and what needs
sameness keeps the result by `jobs.synthesis_key`.
"""

import ctypes
import threading
from collections.abc import Callable
from typing import Any

import espeakng_loader

from loa_speech.errors import EngineError
from loa_speech.utterance import Utterance
from loa_speech.voices import ESPEAK, NORMAL_WPM, Voice, clamped_speed

_SYNCHRONOUS = (
    2  # AUDIO_OUTPUT_SYNCHRONOUS: samples come through the callback, in this thread, without waiting
)
_BUFFER_MS = 500  # of sound in one call back
_UTF8 = 1
_RATE_PARAMETER = 1
_GO_ON = 0

_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


_ACCENTS = {"espeak-north": b"vi", "espeak-central": b"vi-vn-x-central", "espeak-south": b"vi-vn-x-south"}


class EspeakEngine:
    """The speech floor: always there, robotic, clear on horns."""

    name = ESPEAK
    at_once = 1

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._library: Any = None
        self._rate = 0
        self._blocks: list[bytes] = []
        self._callback: Callable[..., int] | None = None  # kept, or the library would call freed memory

    def say(self, text: str, voice: Voice, speed: float) -> Utterance:
        """Speak a text that has already been normalised.

        Args:
            text: words; digits and abbreviations would be read as the library likes.
            voice: one of those that ship.
            speed: 1.0 is a calm announcer, 0.5 to 2.0.

        Raises:
            EngineError: if the library fails.
        """
        with self._lock:
            library = self._loaded()
            self._blocks.clear()
            self._expect(library.espeak_SetVoiceByName(_ACCENTS[voice.name]), "đặt giọng")
            library.espeak_SetParameter(_RATE_PARAMETER, round(NORMAL_WPM * clamped_speed(speed)), 0)
            data = text.encode("utf-8", "ignore").replace(b"\0", b" ") + b"\0"
            self._expect(library.espeak_Synth(data, len(data), 0, 0, 0, _UTF8, None, None), "đọc")
            pcm = b"".join(self._blocks)
            self._blocks.clear()
        return Utterance(pcm, self._rate)

    def load(self) -> None:
        """Load the library ahead; nothing is spoken, so that the first words sound as always."""
        with self._lock:
            self._loaded()

    def _loaded(self) -> Any:
        """Give the library, loaded at first use."""
        if self._library is None:
            try:
                library = ctypes.CDLL(str(espeakng_loader.get_library_path()))
            except OSError as error:
                raise EngineError(engine=self.name, reason=str(error)) from error
            data = str(espeakng_loader.get_data_path()).encode()
            rate = library.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, data, 0)
            if rate <= 0:
                raise EngineError(engine=self.name, reason="thiếu dữ liệu giọng")
            self._callback = _CALLBACK(self._take)
            library.espeak_SetSynthCallback(self._callback)
            self._library, self._rate = library, rate
        return self._library

    def _take(self, samples: int | None, count: int, _events: int | None) -> int:
        if samples and count > 0:
            self._blocks.append(ctypes.string_at(samples, count * 2))
        return _GO_ON

    def _expect(self, status: int, step: str) -> None:
        if status != 0:
            raise EngineError(engine=self.name, reason=f"{step}: mã {status}")
