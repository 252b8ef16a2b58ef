# SPDX-License-Identifier: AGPL-3.0-or-later
"""Chimes and items as one sound, each as loud as the others, with stated places."""

from pathlib import Path

import numpy as np
import pytest

from loa_speech import limits
from loa_speech.child import run_job
from loa_speech.chime import chime
from loa_speech.coding import decode_opus
from loa_speech.errors import EmptyProgrammeError, NotAudioError, ProgrammeTooLongError
from loa_speech.jobs import ProgrammeJob
from loa_speech.loudness import integrated_lufs, true_peak_dbtp
from loa_speech.parts import Part
from loa_speech.pcm import RATE, Samples
from loa_speech.programme import render
from loa_speech.say import speak

TEXTS = (
    "Kính mời bà con dự họp lúc mười chín giờ ba mươi phút tại nhà văn hóa thôn.",
    "Ngày mai cắt điện toàn xã từ bảy giờ đến mười một giờ để sửa đường dây.",
)


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two finished sounds of different voices."""
    folder = tmp_path_factory.mktemp("items")
    paths = []
    for number, (text, voice) in enumerate(zip(TEXTS, ("espeak-north", "espeak-south"), strict=True)):
        path = folder / f"{number}.opus"
        path.write_bytes(speak(text, voice=voice).finished.opus)
        paths.append(path)
    return paths


def heard(opus: bytes) -> Samples:
    return decode_opus(opus, RATE * 120)


def piece(samples: Samples, part: Part) -> Samples:
    start = part.start_ms * RATE // 1000
    return samples[start : start + part.duration_ms * RATE // 1000]


def test_items_stand_between_chimes_with_pauses(items: list[Path]) -> None:
    programme = render(items, pause=1.0)
    assert [part.item for part in programme.parts] == [None, 0, 1, None]
    for before, after in zip(programme.parts, programme.parts[1:], strict=False):
        assert after.start_ms - before.start_ms - before.duration_ms == pytest.approx(1000, abs=2)
    last = programme.parts[-1]
    assert programme.parts[0].start_ms == 0
    assert programme.finished.duration_ms == pytest.approx(last.start_ms + last.duration_ms, abs=2)
    assert len(heard(programme.finished.opus)) * 1000 / RATE == pytest.approx(
        programme.finished.duration_ms, abs=2
    )


def test_every_part_is_as_loud_as_the_others(items: list[Path]) -> None:
    programme = render(items)
    samples = heard(programme.finished.opus)
    for part in programme.parts:
        assert integrated_lufs(piece(samples, part)) == pytest.approx(-16, abs=1.0)
    assert integrated_lufs(samples) == pytest.approx(-16, abs=0.5)
    assert true_peak_dbtp(samples) <= -1.0


def test_pauses_are_silent_and_items_sound_where_it_says(items: list[Path]) -> None:
    programme = render(items, pause=2.0)
    samples = heard(programme.finished.opus)
    for part in programme.parts[:-1]:
        end = (part.start_ms + part.duration_ms) * RATE // 1000
        assert np.abs(samples[end + RATE // 5 : end + 2 * RATE - RATE // 5]).max() < 0.003
    for part in programme.parts:
        assert np.abs(piece(samples, part)[: RATE // 2]).max() > 0.05


def test_an_item_is_not_shaped_for_horns_a_second_time(items: list[Path]) -> None:
    programme = render(items[:1], chime=False)
    before, after = (
        np.abs(np.fft.rfft(heard(opus)[: 3 * RATE]))
        for opus in (items[0].read_bytes(), programme.finished.opus)
    )

    def presence(spectrum: Samples) -> float:
        return float(10 * np.log10((spectrum[6000:12000] ** 2).sum() / (spectrum[600:3000] ** 2).sum()))

    assert presence(after) == pytest.approx(presence(before), abs=1.0)


def test_without_a_chime_there_are_items_alone(items: list[Path]) -> None:
    assert [part.item for part in render(items[:1], chime=False).parts] == [0]


def test_the_same_programme_gives_the_same_bytes(items: list[Path]) -> None:
    assert render(items).finished.sha256 == render(items).finished.sha256


def test_progress_runs_to_its_end(items: list[Path]) -> None:
    steps: list[tuple[int, int]] = []
    render(items, lambda done, total: steps.append((done, total)))
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_programme_without_an_item_is_refused_in_words() -> None:
    with pytest.raises(EmptyProgrammeError, match="chưa có tin nào"):
        render([])


def test_a_programme_that_would_never_end_is_refused_in_words(
    items: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_SECONDS", 12)
    with pytest.raises(ProgrammeTooLongError):
        render(items * 3)


def test_an_item_that_is_no_sound_is_refused_in_words(items: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "không.opus"
    path.write_bytes(b"OggS" * 100)
    with pytest.raises(NotAudioError):
        render([*items, path])


def test_a_child_renders_it_and_states_the_parts(items: list[Path], tmp_path: Path) -> None:
    result = run_job(ProgrammeJob(tuple(items), flac=True), tmp_path)
    assert [part.item for part in result.parts] == [None, 0, 1, None]
    assert result.reading is None
    assert result.flac is not None
    assert result.flac.read_bytes()[:4] == b"fLaC"


def test_the_chime_rises_before_and_falls_after() -> None:
    def pitch(samples: Samples) -> float:
        return float(np.abs(np.fft.rfft(samples[: RATE // 3])).argmax() * 3)

    opening, closing = chime(), chime(is_closing=True)
    assert pitch(opening) == pytest.approx(523, abs=5)
    assert pitch(closing) == pytest.approx(1046, abs=5)
    assert 2.0 < len(opening) / RATE < 4.0
    assert np.abs(opening).max() == pytest.approx(1.0)
    assert abs(float(opening[-1])) < 1e-3
