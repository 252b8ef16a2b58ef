# SPDX-License-Identifier: AGPL-3.0-or-later
"""Loudness, peaks, trimming and shape of what leaves the chain, measured on the Opus file as it decodes."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loa_speech.chain import finish, trimmed, waveform
from loa_speech.errors import SilentError, TooShortError
from loa_speech.graphs import filtered
from loa_speech.limiter import limit
from loa_speech.loudness import integrated_lufs, true_peak_dbtp
from loa_speech.pcm import RATE
from loa_speech.recording import finish_recording
from loa_speech.say import speak

Meter = Callable[[bytes], tuple[float, float]]
Recording = Callable[..., Path]

NOTICE = "UBND xã thông báo: từ 7h30-11h ngày 24/11/2026 cắt điện toàn xã. Mời bà con chú ý theo dõi."


def noise(seconds: float, level: float, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return (level * generator.standard_normal(round(seconds * RATE))).astype(np.float32)


@pytest.mark.parametrize("voice", ["espeak-north", "espeak-central", "espeak-south"])
def test_speech_has_the_loudness_and_the_safe_peaks_that_we_promise(voice: str, meter: Meter) -> None:
    finished = speak(NOTICE, voice=voice).finished
    lufs, peak = meter(finished.opus)
    assert lufs == pytest.approx(-16.0, abs=0.5)
    assert peak <= -1.0
    assert (finished.lufs, finished.true_peak_dbtp) == (
        pytest.approx(lufs, abs=0.1),
        pytest.approx(peak, abs=0.15),
    )


@pytest.mark.parametrize("kind", ["wav", "mp3", "m4a", "ogg"])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_recording_has_them_too(kind: str, channels: int, recording: Recording, meter: Meter) -> None:
    finished = finish_recording(recording(kind, channels=channels))
    lufs, peak = meter(finished.opus)
    assert lufs == pytest.approx(-16.0, abs=0.5)
    assert peak <= -1.0


@pytest.mark.parametrize("level", [0.003, 0.05, 0.9])
def test_very_soft_and_very_loud_recordings_come_out_alike(level: float, meter: Meter) -> None:
    lufs, peak = meter(finish(np.clip(noise(3, level), -1, 1), RATE).opus)
    assert lufs == pytest.approx(-16.0, abs=0.5)
    assert peak <= -1.0


def test_silence_at_both_ends_is_cut() -> None:
    quiet = np.zeros(2 * RATE, np.float32)
    finished = finish(np.concatenate((quiet, noise(1, 0.1), quiet)), RATE)
    assert 1000 <= finished.duration_ms <= 1250


def test_the_same_sound_gives_the_same_bytes() -> None:
    first, second = (finish(noise(1, 0.1), RATE) for _ in range(2))
    assert first == second
    assert first.sha256 == hashlib.sha256(first.opus).hexdigest()


def test_low_rumble_is_taken_out_before_loudness_is_set() -> None:
    rumble = (0.5 * np.sin(np.arange(3 * RATE) * 2 * np.pi * 40 / RATE)).astype(np.float32)
    shaped = filtered(rumble, RATE, [("highpass", "f=120:poles=2")])
    assert np.abs(shaped[RATE:]).max() < 0.5 * 10 ** (-18 / 20)


def test_the_waveform_has_two_hundred_bars_up_to_one_hundred() -> None:
    bars = finish(noise(2, 0.1), RATE).waveform
    assert len(bars) == 200
    assert max(bars) == 100
    assert min(bars) >= 0
    assert waveform(np.zeros(0, np.float32)) == ()


def test_another_rate_keeps_the_length() -> None:
    assert finish(noise(1, 0.1)[:22050], 22050).duration_ms == pytest.approx(1000, abs=20)


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(RATE, np.float32), noise(1, 1e-5)])
def test_a_silent_sound_is_refused_in_words(samples: np.ndarray) -> None:
    with pytest.raises(SilentError, match="không có tiếng"):
        finish(samples, RATE)


def test_a_single_click_is_too_short() -> None:
    click = np.zeros(RATE, np.float32)
    click[1000] = 1.0
    with pytest.raises(TooShortError, match="mili giây"):
        finish(click, RATE)


def test_a_very_soft_recording_comes_with_a_warning() -> None:
    (warning,) = finish(noise(2, 0.002), RATE).warnings
    assert warning.code == "quiet"
    assert "micro" in str(warning)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.9))
def test_the_limiter_holds_sample_peaks_and_never_amplifies(seed: int, ceiling: float) -> None:
    sound = noise(0.2, 0.4, seed)
    held = sound.copy()
    deepest = limit(held, ceiling)
    assert np.abs(held).max() <= ceiling * 1.001
    assert (np.abs(held) <= np.abs(sound) + 1e-6).all()
    assert 0 < deepest <= 1.0


def test_peaks_between_samples_are_seen() -> None:
    between = np.sin(np.arange(RATE) * np.pi / 2 + np.pi / 4).astype(np.float32)
    assert np.abs(between).max() == pytest.approx(0.7071, abs=1e-3)
    assert true_peak_dbtp(between) == pytest.approx(0.0, abs=0.3)


def test_a_tone_has_the_loudness_of_the_standard() -> None:
    tone = (10 ** (-20 / 20) * np.sin(np.arange(5 * RATE) * 2 * np.pi * 997 / RATE)).astype(np.float32)
    assert integrated_lufs(tone) == pytest.approx(-23.0, abs=0.1)  # mono, -20 dBFS peak: -3.01 below


def test_trimming_nothing_but_silence_leaves_nothing() -> None:
    assert len(trimmed(np.zeros(RATE, np.float32))) == 0
