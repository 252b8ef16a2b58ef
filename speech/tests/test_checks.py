# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person is told about a recording, and what must not be told."""

from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from loa_speech.chain import finish
from loa_speech.checks import examined, too_fast
from loa_speech.pcm import RATE, Sound
from loa_speech.pieces import pieces_of
from loa_speech.recording import finish_recording, inspect
from loa_speech.sound import Decoded, decode
from loa_speech.voiced import begin

Wave = NDArray[np.float64]

NOTICE = (
    "Kính mời bà con đến nhà văn hóa thôn dự họp, đem theo giấy mời và đi đúng giờ. "
    "Cuộc họp bàn về việc làm đường và vệ sinh môi trường trong thôn xóm của chúng ta. Xin trân trọng thông báo."
)


@cache
def speech(speed: float = 1.0, voice: str = "espeak-north") -> Wave:
    """Give some seconds of a voice at 48 kHz, half of full scale, with pauses of 0.4 s."""
    assert list(pieces_of(NOTICE))
    line: list[Wave] = []
    for _, said in begin(NOTICE, voice, speed):
        samples = np.frombuffer(said.pcm, np.int16) / 32768
        places = np.arange(round(len(samples) * RATE / said.rate)) * said.rate / RATE
        line += [np.interp(places, np.arange(len(samples)), samples), np.zeros(round(0.4 * RATE))]
    joined = np.concatenate(line)
    return np.asarray(joined / np.abs(joined).max() * 0.5)


def time_of(samples: Wave) -> Wave:
    return np.arange(len(samples)) / RATE


def tone(samples: Wave, *parts: tuple[float, float]) -> Wave:
    """Give as many samples of some frequencies in Hz and their amplitudes."""
    return np.asarray(sum(strong * np.sin(2 * np.pi * high * time_of(samples)) for high, strong in parts))


def noise(count: int, *, slope: float = 0.0, seed: int = 0) -> Wave:
    """Give noise whose amplitude falls with the frequency to the power of `slope`: 0 white, 0.5 pink, 1 brown."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    frequency = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20.0)
    made = np.fft.irfft(spectrum / frequency**slope, count)
    return np.asarray(made / np.abs(made).max() * 0.3)


def wandering(seconds: float) -> Wave:
    """Give a deep voice that never pauses: pulses whose pitch moves between 90 and 115 Hz."""
    count = round(seconds * RATE)
    pitch = 102 + 12 * np.sin(2 * np.pi * 0.7 * np.arange(count) / RATE)
    phase = np.cumsum(pitch) / RATE
    strong = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * np.arange(count) / RATE)
    return np.asarray(0.1 * strong * sum(np.sin(2 * np.pi * n * phase) / n for n in range(1, 12)))


def codes(samples: Wave) -> list[str]:
    sound = Sound(samples.astype(np.float32), RATE)
    return [notice.code for notice in examined(Decoded(sound, sound.seconds, 0))]


def gap(seconds: float) -> Wave:
    return np.concatenate((speech(), np.zeros(round(seconds * RATE)), speech()))


@pytest.mark.parametrize("voice", ["espeak-north", "espeak-central", "espeak-south"])
@pytest.mark.parametrize("speed", [0.7, 1.0, 1.4])
def test_a_voice_is_found_good(voice: str, speed: float) -> None:
    assert codes(speech(speed, voice)) == []


def test_what_the_chain_gives_is_found_good() -> None:
    assert codes(speech()) == []
    sound = Sound(finish_again(), RATE)
    assert examined(Decoded(sound, sound.seconds, 0)) == []


def finish_again() -> NDArray[np.float32]:
    from loa_speech.coding import decode_opus

    return decode_opus(finish(speech().astype(np.float32), RATE).opus, RATE * 60)


@pytest.mark.parametrize(("seconds", "found"), [(6.0, True), (4.5, True), (2.5, False), (1.0, False)])
def test_a_long_silence_inside_is_told_with_its_place(seconds: float, found: bool) -> None:
    assert codes(gap(seconds)) == ["silence_inside"] * found


def test_silence_counts_over_the_noise_of_a_microphone() -> None:
    samples = gap(6)
    assert codes(samples + 0.0005 * noise(len(samples))) == ["silence_inside"]


def test_silence_is_told_in_words() -> None:
    samples = gap(6).astype(np.float32)
    (notice,) = examined(Decoded(Sound(samples, RATE), 0, 0))
    at = len(speech()) / RATE
    assert str(notice) == (
        f"Có 1 chỗ im lặng lâu, dài nhất 6 giây từ 0:{int(at) - (at % 1 < 0.4):02d}. "
        "Cắt bớt hoặc ghi lại liền mạch."
    )


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (((50, 0.02),), True),
        (((100, 0.02),), True),
        (((50, 0.004), (100, 0.003), (150, 0.002)), True),
        (((50, 0.0002), (100, 0.0001)), False),
        (((440, 0.05),), False),
        (((60, 0.02), (120, 0.02)), False),
        (((300, 0.05),), False),
    ],
)
def test_hum_of_the_mains_is_told_from_other_tones(
    parts: tuple[tuple[float, float], ...], found: bool
) -> None:
    assert codes(speech() + tone(speech(), *parts)) == ["hum"] * found


def test_a_deep_voice_without_pauses_is_no_hum() -> None:
    assert "hum" not in codes(wandering(8))


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
def test_nothing_but_noise_is_told(slope: float) -> None:
    assert codes(noise(8 * RATE, slope=slope)) == ["only_noise"]


@pytest.mark.parametrize("below", [20, 10, 5, 0])
def test_a_voice_in_noise_is_not_nothing_but_noise(below: float) -> None:
    loud = np.sqrt((speech() ** 2).mean())
    white = np.random.default_rng(0).standard_normal(len(speech()))
    assert "only_noise" not in codes(speech() + white * loud * 10 ** (-below / 20))


def test_a_chord_is_not_nothing_but_noise() -> None:
    assert codes(tone(np.zeros(8 * RATE), (262, 0.1), (330, 0.1), (392, 0.1))) == []


@pytest.mark.parametrize(("speed", "found"), [(1.5, False), (1.8, True), (2.0, True)])
def test_a_hasty_voice_is_told_by_its_level_alone(speed: float, found: bool) -> None:
    assert codes(speech(speed)) == ["too_fast"] * found


@pytest.mark.parametrize(("rate", "found"), [(3, False), (5, False), (7, True), (9, True)])
def test_syllables_are_counted_by_their_rises(rate: float, found: bool) -> None:
    time = np.arange(8 * RATE) / RATE
    samples = (0.5 + 0.5 * np.sin(2 * np.pi * rate * time)) ** 1.5 * np.sin(2 * np.pi * 300 * time) * 0.3
    assert codes(samples) == ["too_fast"] * found


def test_a_written_text_is_counted_by_its_words() -> None:
    (notice,) = too_fast(66, 10.0)
    assert str(notice).startswith("Đọc nhanh, khoảng 6,6 âm tiết một giây;")
    assert too_fast(60, 10.0) == []
    assert too_fast(30, 2.0) == []


def write(path: Path, planes: Wave, codec: str = "pcm_s16le") -> Path:
    """Write one or two channels as they are."""
    layout = "mono" if len(planes) == 1 else "stereo"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE, layout=layout)
        resampler = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=RATE)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(planes, np.float32), format="fltp", layout=layout
        )
        frame.sample_rate, frame.pts = RATE, 0
        for ready in resampler.resample(frame):
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_s16le"), ("a.wav", "pcm_u8"), ("a.flac", "flac")])
@pytest.mark.parametrize(("gain", "found"), [(8.0, True), (4.0, True), (2.0, False), (1.0, False)])
def test_clipping_is_told_from_a_loud_recording(
    name: str, codec: str, gain: float, found: bool, tmp_path: Path
) -> None:
    path = write(tmp_path / name, np.clip(speech() * gain, -1, 1)[np.newaxis], codec)
    assert [notice.code for notice in inspect(path).notices] == ["clipped"] * found


@pytest.mark.parametrize(("name", "codec"), [("a.mp3", "libmp3lame"), ("a.ogg", "libopus")])
def test_clipping_is_seen_through_a_codec(name: str, codec: str, tmp_path: Path) -> None:
    loud = write(tmp_path / name, np.clip(speech() * 16, -1, 1)[np.newaxis], codec)
    assert "clipped" in [notice.code for notice in inspect(loud).notices]
    good = write(tmp_path / name, speech()[np.newaxis] * 1.9, codec)
    assert inspect(good).notices == ()


@pytest.mark.parametrize("frequency", [50, 200, 1000, 3000])
def test_a_tone_at_full_scale_is_not_clipped(frequency: float, tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", tone(np.zeros(4 * RATE), (frequency, 0.9999))[np.newaxis])
    assert decode(path).clipped == ()


@pytest.mark.parametrize(
    ("left", "right", "fault"),
    [
        (1.0, 0.0, "dead_right"),
        (0.0, 1.0, "dead_left"),
        (1.0, 0.005, "dead_right"),
        (1.0, -1.0, "opposed"),
        (1.0, 1.0, ""),
        (1.0, 0.3, ""),
        (0.1, 1.0, ""),
    ],
)
def test_a_dead_channel_is_told_and_left_out(left: float, right: float, fault: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", np.stack((speech() * left, speech() * right)))
    decoded = decode(path)
    assert decoded.channel_fault == fault
    peak = float(np.abs(decoded.sound.samples).max())
    assert peak == pytest.approx(0.5 if fault else abs(left + right) / 4, rel=0.02)
    finished = finish_recording(path)
    assert [
        notice.code for notice in finished.warnings if notice.code in {"dead_left", "dead_right", "opposed"}
    ] == ([fault] if fault else [])
    assert finished.lufs == pytest.approx(-16, abs=0.5)


def test_two_voices_on_two_channels_are_no_fault(tmp_path: Path) -> None:
    both = np.stack((speech()[: 8 * RATE], speech(1.0, "espeak-south")[: 8 * RATE]))
    assert decode(write(tmp_path / "a.wav", both)).channel_fault == ""


def test_an_inspection_has_figures_and_notices(tmp_path: Path) -> None:
    found = inspect(write(tmp_path / "a.wav", (speech() + tone(speech(), (50, 0.05)))[np.newaxis])).to_dict()
    assert found["seconds"] == pytest.approx(len(speech()) / RATE, abs=0.1)
    assert found["true_peak_dbtp"] == pytest.approx(-5.5, abs=0.5)
    assert [notice["code"] for notice in found["notices"]] == ["hum"]
    assert "Rút sạc" in found["notices"][0]["message"]
