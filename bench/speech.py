# SPDX-License-Identifier: AGPL-3.0-or-later
"""How fast text is read and sound is made, and what memory a hundred jobs leave behind.

``loa bench speech``. Times are the best of several runs: what the machine can do when nobody else uses it. "Times
real time per core" is sound by processor time of all threads together.
"""

import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from loa.config.bench import Figure

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
SECONDS = 60  # of sound, about what the notice lasts
JOBS = 100
READING_S, COLD_S, TIMES_REAL_TIME, LEFT_MB = 0.5, 0.5, 100, 5
SETTLED_S = 2  # until a child that was started ahead has loaded its libraries


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as in the worker's child
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name:
        yield reading()
        yield from minute_of_text(Path(name))
        yield from chain(Path(name))
        yield from memory(Path(name))


def reading() -> Figure:
    """Time the rules."""
    from loa_speech.reading import normalise

    lines = [SENTENCES[number % len(SENTENCES)] for number in range(1000)]
    seconds = best(lambda: [normalise(line) for line in lines], time.perf_counter)
    return Figure("1,000 sentences normalised", seconds, "s", at_most=READING_S)


def minute_of_text(folder: Path) -> Iterator[Figure]:
    """Time a minute of speech from text to finished Opus on disk, by a worker that has not spoken yet.

    The worker has a child ready, which has its libraries loaded and has never spoken; a new one for each run. Beside
    it the same where no child was started ahead, and Python, numpy and PyAV are loaded within the time.
    """
    from loa_speech import child
    from loa_speech.jobs import SpeakJob

    job = SpeakJob(NOTICE)
    times = []
    for _ in range(4):
        child.prepare()
        time.sleep(SETTLED_S)
        begun = time.perf_counter()
        made = child.run_job(job, folder, is_frequent=True)
        times.append(time.perf_counter() - begun)
        child.release()
    yield Figure("a text to finished Opus: length of its sound", made.duration_ms / 1000, "s")
    yield Figure("a text to finished Opus, first of a worker", min(times), "s", at_most=COLD_S)
    yield Figure(
        "the same, the process started for it",
        best(lambda: child.run_job(job, folder), time.perf_counter),
        "s",
    )
    yield Figure("its loudness", made.lufs, "LUFS", at_least=-16.5)
    yield Figure("its true peak", made.true_peak_dbtp, "dBTP", at_most=-1.0)


def chain(folder: Path) -> Iterator[Figure]:
    """Time the chain on a minute of samples, and on a minute of stereo MP3 with decoding and all checks."""
    import av
    import numpy as np

    from loa_speech.chain import finish
    from loa_speech.pcm import RATE
    from loa_speech.reading import normalise
    from loa_speech.recording import finish_recording
    from loa_speech.voiced import begin
    from loa_speech.voices import DEFAULT_VOICE

    said = [one for _, one in begin(normalise(NOTICE).spoken, DEFAULT_VOICE)]
    raw = np.concatenate([np.frombuffer(one.pcm, np.int16) for one in said]).astype(np.float32) / 32768
    places = np.arange(SECONDS * RATE) * said[0].rate / RATE % (len(raw) - 1)
    samples = np.interp(places, np.arange(len(raw)), raw).astype(np.float32)
    path = folder / "recording.mp3"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libmp3lame", rate=RATE, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.stack((samples, samples)), format="fltp", layout="stereo")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    busy = {
        "chain, times real time per core": best(lambda: finish(samples, RATE), time.process_time),
        "recording to Opus (MP3, stereo), times real time per core": best(
            lambda: finish_recording(path), time.process_time
        ),
    }
    for name, seconds in busy.items():
        yield Figure(name, SECONDS / seconds, "×", at_least=TIMES_REAL_TIME)


def memory(folder: Path) -> Iterator[Figure]:
    """Compare the memory of this process and its children before and after a hundred jobs."""
    from loa_speech import child
    from loa_speech.jobs import SpeakJob

    job = SpeakJob(SENTENCES[5])
    child.run_job(job, folder, is_frequent=True)
    child.release()
    before = resident()
    for _ in range(JOBS):
        child.run_job(job, folder, is_frequent=True)
    time.sleep(SETTLED_S)
    waiting = psutil.Process().children()
    yield Figure("a child that waits for the next job (PSS)", sum(map(pss, waiting)), "MB")
    child.release()
    yield Figure(f"memory left behind by {JOBS} jobs", resident() - before, "MB", at_most=LEFT_MB)
    yield Figure(f"processes left behind by {JOBS} jobs", len(psutil.Process().children()), "", at_most=0)


def best(work: Callable[[], object], clock: Callable[[], float], rounds: int = 5) -> float:
    """Return the shortest of some runs in seconds of ``clock``."""
    times = []
    for _ in range(rounds):
        begun = clock()
        work()
        times.append(clock() - begun)
    return min(times)


def resident() -> float:
    """Return the memory of this process and its children in MB."""
    gc.collect()
    process = psutil.Process()
    return float(sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))) / 2**20


def pss(process: psutil.Process) -> float:
    """Return a process's share of memory in MB."""
    return float(process.memory_full_info().pss) / 2**20
