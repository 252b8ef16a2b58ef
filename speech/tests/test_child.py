# SPDX-License-Identifier: AGPL-3.0-or-later
"""Jobs in a process of their own."""

import contextlib
import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from loa_speech import child
from loa_speech.child import Limits, prepare, release, run_job, run_pieces
from loa_speech.errors import (
    ERRORS,
    EmptyTextError,
    JobDiedError,
    NotAudioError,
    SpeechError,
    StorageError,
    TimeLimitError,
    from_dict,
)
from loa_speech.jobs import JobResult, RecordingJob, SpeakJob, recording_key, synthesis_key
from loa_speech.lexicon import Level, Lexicon, LexiconEntry
from loa_speech.notices import TEMPLATES, Notice
from loa_speech.parts import Part
from loa_speech.reading import normalise

TEXT = "UBND xã mời bà con họp lúc 19h30."


def test_a_text_becomes_a_file_with_its_figures(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    result = run_job(SpeakJob(TEXT), tmp_path, lambda done, total: steps.append((done, total)))
    assert hashlib.sha256(result.path.read_bytes()).hexdigest() == result.sha256
    assert result.size == result.path.stat().st_size
    assert result.lufs == pytest.approx(-16, abs=0.5)
    assert result.reading is not None
    assert result.reading.spoken == "Ủy ban nhân dân xã mời bà con họp lúc mười chín giờ ba mươi phút."
    assert steps[-1] == (2, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["sound.opus"]


def test_the_same_job_gives_the_same_bytes(tmp_path: Path) -> None:
    first = run_job(SpeakJob(TEXT), tmp_path).sha256
    assert run_job(SpeakJob(TEXT), tmp_path).sha256 == first


def test_the_lexicon_travels_along(tmp_path: Path) -> None:
    entry = LexiconEntry("Pạc Sủi", "pác xủi", Level.COMMUNE, right=("họp",))
    result = run_job(SpeakJob("Thôn Pạc Sủi họp.", lexicon=Lexicon.of([entry])), tmp_path)
    assert result.reading is not None
    assert result.reading.spoken == "Thôn pác xủi họp."


def test_a_recording_becomes_a_file(tmp_path: Path, recording: Callable[..., Path]) -> None:
    result = run_job(RecordingJob(recording("mp3")), tmp_path)
    assert result.reading is None
    assert result.duration_ms > 3000


@pytest.mark.parametrize(
    ("job", "error"), [(SpeakJob("😀"), EmptyTextError), (RecordingJob(Path(__file__)), NotAudioError)]
)
def test_errors_come_back_by_their_names(job: SpeakJob, error: type[SpeechError], tmp_path: Path) -> None:
    with pytest.raises(error):
        run_job(job, tmp_path)


def test_a_job_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    with pytest.raises(TimeLimitError):
        run_job(SpeakJob(TEXT), tmp_path, limits=Limits(seconds=0.05))


def test_a_job_that_takes_too_much_memory_ends_alone(tmp_path: Path) -> None:
    with pytest.raises(JobDiedError):
        run_job(SpeakJob(TEXT), tmp_path, limits=Limits(memory_mb=200))


def test_a_result_that_cannot_be_written_is_told_in_words(
    tmp_path: Path, recording: Callable[..., Path]
) -> None:
    with pytest.raises(StorageError, match="Không ghi được tệp tiếng"):
        run_job(RecordingJob(recording()), tmp_path, limits=Limits(file_mb=0))
    assert not list(tmp_path.glob("sound*"))


def test_a_listener_that_fails_ends_the_child(tmp_path: Path) -> None:
    def fail(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_job(SpeakJob(TEXT), tmp_path, fail)


def test_the_asking_side_needs_neither_numpy_nor_pyav() -> None:
    program = (
        "import sys, loa_speech.child, loa_speech.commands, loa_speech.reading;"
        "sys.exit(bool({'numpy', 'av', 'espeakng_loader'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_child_needs_no_rules_of_reading() -> None:
    program = (
        "import sys, loa_speech.work, loa_speech.say, loa_speech.recording, loa_speech.programme;"
        "sys.exit('loa_speech.rules' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_settled_reading_is_spoken_as_it_stands(tmp_path: Path) -> None:
    reading = normalise("Thôn năm")
    result = run_job(SpeakJob("Thôn 5", reading=reading), tmp_path)
    assert result.reading is reading


def test_sentences_come_while_others_are_made(tmp_path: Path) -> None:
    pieces = run_pieces(SpeakJob("Nước đang lên. Bà con rời nhà ngay!"), tmp_path)
    first = next(pieces)
    assert first.path.read_bytes()[:4] == b"OggS"
    assert (first.path.name, first.pause_ms) == ("piece-000.opus", 450)
    assert [piece.path.name for piece in pieces] == ["piece-001.opus"]


def test_a_caller_that_has_enough_ends_the_child(tmp_path: Path) -> None:
    pieces = run_pieces(SpeakJob("Một hai ba. " * 200), tmp_path)
    next(pieces)
    pieces.close()
    assert len(list(tmp_path.glob("piece-*.opus"))) < 200


def test_frequent_jobs_find_a_child_that_waits_and_give_the_same_bytes(tmp_path: Path) -> None:
    alone = run_job(SpeakJob(TEXT), tmp_path).sha256
    try:
        assert [run_job(SpeakJob(TEXT), tmp_path, is_frequent=True).sha256 for _ in range(3)] == [alone] * 3
    finally:
        release()


def test_a_waiting_child_that_died_is_no_harm(tmp_path: Path) -> None:
    prepare()
    try:
        waiting = child._waiting._child
        assert waiting is not None
        waiting.kill()
        waiting._process.wait()
        assert run_job(SpeakJob(TEXT), tmp_path, is_frequent=True).duration_ms > 1000
    finally:
        release()


def test_a_waiting_child_ends_with_the_process_that_kept_it() -> None:
    program = "from loa_speech import child; child.prepare(); print(child._waiting._child.pid, flush=True)"
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(done.stdout)).wait(timeout=10)


def test_a_working_child_ends_with_the_process_that_asked(tmp_path: Path) -> None:
    program = (
        "import os, sys, pathlib\n"
        "from loa_speech import child\n"
        "from loa_speech.jobs import SpeakJob\n"
        "child.prepare()\n"
        "print(child._waiting._child.pid, flush=True)\n"
        "text = 'Kính mời bà con dự họp. ' * 800\n"
        "child.run_job(SpeakJob(text), pathlib.Path(sys.argv[1]), lambda *_: os._exit(0), is_frequent=True)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(done.stdout)).wait(timeout=10)
    assert not list(tmp_path.glob("sound*"))


def test_results_survive_the_pipe(tmp_path: Path) -> None:
    notice, part = Notice.of("quiet", decibels=30), Part(None, 0, 5)
    result = JobResult(tmp_path, "00", 1, 2, -16.0, -1.0, (1, 2), (notice,), None, tmp_path, (part,))
    assert JobResult.from_dict(result.to_dict()) == result


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_survives_the_pipe_and_is_a_sentence(code: str) -> None:
    kind = ERRORS[code]
    names = (
        "characters",
        "limit",
        "limit_minutes",
        "seconds",
        "megabytes",
        "limit_megabytes",
        "milliseconds",
    )
    more = ("limit_milliseconds", "voice", "voices", "engine", "reason", "package")
    values = dict.fromkeys((*names, *more), 1)
    error = from_dict(kind(**values).to_dict())
    assert type(error) is kind
    assert str(error).endswith(".")
    assert "!" not in str(error)


def test_an_unknown_error_is_still_an_error() -> None:
    assert isinstance(from_dict({"code": "new"}), JobDiedError)
    assert isinstance(from_dict({"code": "too_long", "values": {}}), JobDiedError)


@pytest.mark.parametrize("code", TEMPLATES)
def test_every_notice_says_what_to_do(code: str) -> None:
    assert TEMPLATES[code].count(".") >= 2


def test_the_key_of_a_sound_follows_what_is_heard() -> None:
    key = synthesis_key("xin chào", "espeak-north", 1.0)
    assert key == synthesis_key("xin chào", "espeak-north")
    others = {
        synthesis_key("xin chào bà con", "espeak-north"),
        synthesis_key("xin chào", "espeak-south"),
        synthesis_key("xin chào", "espeak-north", 0.9),
        synthesis_key("xin chào", "espeak-north", version="2"),
        recording_key("xin chào"),
    }
    assert len(others | {key}) == 6
