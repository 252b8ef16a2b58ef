# SPDX-License-Identifier: AGPL-3.0-or-later
"""Loudness, peaks, trimming and shape of what leaves the chain, measured on the Opus file as it decodes."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loa_speech.chain import finish, waveform
from loa_speech.coding import decode_opus
from loa_speech.errors import SilentError, TooShortError
from loa_speech.limiter import applied, gain_curve, hop_gains
from loa_speech.loudness import integrated_lufs, peak_envelope, true_peak_dbtp
from loa_speech.pcm import HOP, RATE
from loa_speech.recording import finish_recording
from loa_speech.say import speak
from loa_speech.shape import shaped, trimmed

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


@pytest.mark.parametrize(
    ("frequency", "gain"), [(40, -19.2), (120, -3.0), (500, 0.3), (2800, 4.0), (12_000, 0.3)]
)
def test_sound_is_shaped_for_horns(frequency: int, gain: float) -> None:
    tone = (0.5 * np.sin(np.arange(3 * RATE) * 2 * np.pi * frequency / RATE)).astype(np.float32)
    amplitude = float(np.abs(shaped(tone, RATE).samples[RATE : 2 * RATE]).max())
    assert 20 * np.log10(amplitude / 0.5) == pytest.approx(gain, abs=0.5)


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 22_050, 24_000, 44_100, 22_051, 96_000])
def test_another_rate_keeps_pitch_level_and_length(rate: int) -> None:
    tone = (0.5 * np.sin(np.arange(2 * rate) * 2 * np.pi * 500 / rate)).astype(np.float32)
    found = shaped(tone, rate).samples
    assert len(found) == pytest.approx(2 * RATE, abs=RATE // 100)
    spectrum = np.abs(np.fft.rfft(found[RATE // 2 : RATE // 2 + RATE] * np.hanning(RATE)))
    assert int(spectrum.argmax()) == 500
    assert np.abs(found[RATE // 2 : RATE]).max() == pytest.approx(0.5, rel=0.05)


def test_a_change_of_rate_adds_no_mirrored_tones() -> None:
    tone = (0.5 * np.sin(np.arange(2 * 8000) * 2 * np.pi * 3000 / 8000)).astype(np.float32)
    spectrum = np.abs(
        np.fft.rfft(shaped(tone, 8000).samples[RATE // 2 : RATE // 2 + RATE] * np.hanning(RATE))
    )
    assert spectrum[3500:].max() < spectrum.max() * 1e-4


def test_flac_holds_what_went_into_opus() -> None:
    sound = noise(3, 0.1) * (np.arange(3 * RATE) % 24_000 < 12_000)
    spectrum = np.fft.rfft(sound.astype(np.float32))
    spectrum[3 * 6000 :] = 0  # where the codec saves first
    finished = finish(np.fft.irfft(spectrum), RATE, flac=True)
    with av.open(io.BytesIO(finished.flac)) as container:
        kept = np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]) / 32768
    heard = decode_opus(finished.opus, len(kept))
    assert len(kept) == pytest.approx(finished.duration_ms * RATE / 1000, abs=HOP)
    assert integrated_lufs(kept.astype(np.float32)) == pytest.approx(integrated_lufs(heard), abs=0.3)
    assert finish(sound, RATE).flac == b""


def test_the_waveform_has_two_hundred_bars_up_to_one_hundred() -> None:
    bars = finish(noise(2, 0.1), RATE).waveform
    assert len(bars) == 200
    assert max(bars) == 100
    assert min(bars) >= 0
    assert waveform(np.zeros(0, np.float32)) == ()


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
@given(st.integers(0, 10_000), st.floats(0.05, 0.9), st.floats(0.2, 5.0))
def test_the_limiter_holds_peaks_and_never_gives_more_than_the_drive(
    seed: int, ceiling: float, drive: float
) -> None:
    sound = noise(0.2003, 0.4, seed)
    envelope = peak_envelope(sound, 0.0)
    curve = gain_curve(envelope, ceiling, drive)
    held = applied(sound, curve)
    assert np.abs(held).max() <= ceiling * 1.001
    assert (np.abs(held) <= np.abs(sound) * drive * 1.001 + 1e-6).all()
    assert float(hop_gains(curve).min()) > 0


def test_the_limiter_leaves_alone_what_is_low_enough() -> None:
    sound = noise(0.2, 0.01)
    assert np.allclose(applied(sound, gain_curve(peak_envelope(sound, 0.5), 0.5, 1.0)), sound, rtol=1e-5)


def test_peaks_between_samples_are_seen() -> None:
    between = np.sin(np.arange(RATE) * np.pi / 2 + np.pi / 4).astype(np.float32)
    assert np.abs(between).max() == pytest.approx(0.7071, abs=1e-3)
    assert true_peak_dbtp(between) == pytest.approx(0.0, abs=0.3)


def test_a_tone_has_the_loudness_of_the_standard() -> None:
    tone = (10 ** (-20 / 20) * np.sin(np.arange(5 * RATE) * 2 * np.pi * 997 / RATE)).astype(np.float32)
    assert integrated_lufs(tone) == pytest.approx(-23.0, abs=0.1)  # mono, -20 dBFS peak: -3.01 below


def test_trimming_nothing_but_silence_leaves_nothing() -> None:
    assert len(trimmed(np.zeros(RATE, np.float32))) == 0
