# SPDX-License-Identifier: AGPL-3.0-or-later
"""How fast text is read and sound is made: ``python bench/speech.py`` or ``loa bench speech``."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SENTENCES = (
    "UBND xã Đầm Hà thông báo lịch cắt điện ngày 24/11/2026, từ 7h30-11h.",
    "Đại hội Đảng bộ huyện lần thứ XXV, nhiệm kỳ 2020-2025, bầu trực tiếp 100% bí thư cấp ủy.",
    "Thông tư số 39/2020/TT-BTTTT ngày 24/11/2020; Nghị quyết số 18-NQ/TW.",
    "Mức thu 1.200.000đ/hộ, hỗ trợ 50.000 đồng/người/tháng, diện tích 1.234,5 ha.",
    "Gọi đường dây nóng 0203.3880.123 hoặc 114; sửa QL18A đoạn Km12+500.",
    "Kính mời bà con đến nhà văn hóa thôn dự họp, đem theo giấy mời và đi đúng giờ.",
)
NOTICE = (
    "UBND xã Đầm Hà thông báo lịch cắt điện ngày 24/11/2026, từ 7h30-11h. "
    "Kính mời bà con đến nhà văn hóa thôn dự họp; đồng chí Bí thư chi bộ chủ trì. "
) * 4
RECORDING_SECONDS = 60
TARGETS = {
    "thousand_sentences_s": 0.5,
    "minute_to_opus_s": 3.0,
    "chain_times_real_time": 50.0,
}


def _best(work: Callable[[], object], rounds: int = 3) -> float:
    """Return the shortest of some runs in seconds: what the machine can do when nobody else uses it."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def _reading() -> dict[str, float]:
    from loa_speech.reading import normalise

    lines = [SENTENCES[number % len(SENTENCES)] for number in range(1000)]
    return {"thousand_sentences_s": _best(lambda: [normalise(line) for line in lines])}


def _minute_of_text(folder: Path) -> dict[str, float]:
    """Time about a minute of speech from text to file, in a new process each time."""
    from loa_speech.child import run_job
    from loa_speech.jobs import SpeakJob

    result = run_job(SpeakJob(NOTICE), folder)
    return {
        "minute_to_opus_s": _best(lambda: run_job(SpeakJob(NOTICE), folder)),
        "minute_sound_s": result.duration_ms / 1000,
        "minute_lufs": result.lufs,
        "minute_true_peak_dbtp": result.true_peak_dbtp,
    }


def _chain(folder: Path) -> dict[str, float]:
    """Time the chain on a minute of raw speech, beside PyAV's bare decoding of the finished file."""
    import av
    import numpy as np

    from loa_speech.chain import finish
    from loa_speech.engines import engine_of
    from loa_speech.pcm import RATE
    from loa_speech.reading import normalise
    from loa_speech.voices import DEFAULT_VOICE

    raw = engine_of(DEFAULT_VOICE).say(normalise(NOTICE).spoken, DEFAULT_VOICE, 1.0)
    places = np.arange(RECORDING_SECONDS * RATE) * raw.rate / RATE % (len(raw.samples) - 1)
    samples = np.interp(places, np.arange(len(raw.samples)), raw.samples).astype(np.float32)
    finished = finish(samples, RATE)
    path = folder / "bare.opus"
    path.write_bytes(finished.opus)

    def decode() -> int:
        with av.open(str(path)) as container:
            return sum(frame.samples for frame in container.decode(audio=0))

    bare, whole = _best(decode), _best(lambda: finish(samples, RATE))
    return {
        "chain_times_real_time": RECORDING_SECONDS / whole,
        "bare_decode_times_real_time": RECORDING_SECONDS / bare,
        "chain_to_bare_decode": whole / bare,
    }


def run() -> dict[str, Any]:
    """Measure reading, synthesis and the chain.

    Returns:
        `figures` as measured, `targets` beside them, and `held`: whether each target is met.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core, as in the worker's child
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = {**_reading(), **_minute_of_text(folder), **_chain(folder)}
    rounded = {key: round(value, 3) for key, value in figures.items()}
    held = {
        "thousand_sentences_s": figures["thousand_sentences_s"] <= TARGETS["thousand_sentences_s"],
        "minute_to_opus_s": figures["minute_to_opus_s"] <= TARGETS["minute_to_opus_s"],
        "chain_times_real_time": figures["chain_times_real_time"] >= TARGETS["chain_times_real_time"],
    }
    return {"figures": rounded, "targets": TARGETS, "held": held}


if __name__ == "__main__":
    measured = run()
    for key, value in measured["figures"].items():
        target = measured["targets"].get(key)
        print(
            f"{key:32}{value:>10}" + (f"   target {target}, held: {measured['held'][key]}" if target else "")
        )
