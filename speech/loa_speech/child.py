# SPDX-License-Identifier: AGPL-3.0-or-later
"""Heavy work in a process of its own, which ends: its memory goes back, and a hang or a crash stays inside.

`run_job` starts `python -m loa_speech.child`, writes the job to its standard input and reads one JSON object
a line from its standard output: `{"progress": [done, total]}`, then one `{"result": …}` or `{"error": …}`.
"""

import ctypes
import json
import logging
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from loa_speech.errors import JobDiedError, SpeechError, StorageError, TimeLimitError, from_dict
from loa_speech.jobs import SOUND_NAME, Job, JobResult, SpeakJob, job_from_dict

_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]

_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux
_LOG_NAME = "child.log"
_LOG_TAIL = 2000  # characters
_OUT_OF_MEMORY = "hết bộ nhớ"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use.

    Attributes:
        seconds: wall time; the same of processor time.
        memory_mb: address space in MiB, libraries included.
        file_mb: largest file that it may write, in MiB.
    """

    seconds: float = 180.0
    memory_mb: int = 2048
    file_mb: int = 64


DEFAULT_LIMITS = Limits()


def _silently(_done: int, _total: int) -> None:
    return


def run_job(
    job: Job, out_dir: Path, progress: Progress = _silently, *, limits: Limits = DEFAULT_LIMITS
) -> JobResult:
    """Do a job in a child process.

    Args:
        job: what to do.
        out_dir: an existing folder for the result; only `JobResult.path` is left there.
        progress: called with pieces done and pieces in all; what it raises ends the child.
        limits: time and memory.

    Returns:
        The finished sound on disk.

    Raises:
        TimeLimitError: if it took too long and was killed.
        JobDiedError: if it ended without an answer or at its memory limit.
        SpeechError: any other named error, as if it had been raised here.
    """
    request = {
        "job": job.to_dict(),
        "out_dir": str(out_dir),
        "limits": [limits.seconds, limits.memory_mb, limits.file_mb],
    }
    log_path = out_dir / _LOG_NAME
    with log_path.open("wb") as log, _started(log) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        late = threading.Event()
        timer = threading.Timer(limits.seconds, _kill_late, (child, late))
        timer.daemon = True
        timer.start()
        try:
            _write_request(child.stdin, request)
            answer = _read_answer(child.stdout, progress)
        finally:
            timer.cancel()
            _kill(child)
            code = child.wait()
    noise = log_path.read_text("utf-8", "replace")[-_LOG_TAIL:]
    log_path.unlink(missing_ok=True)
    if late.is_set() or (answer is None and code == -signal.SIGXCPU):
        raise TimeLimitError(seconds=round(limits.seconds))
    if answer is None:
        _log.error("the speech child ended with code %s: %s", code, noise)
        raise JobDiedError(reason=_reason(code))
    if "error" in answer:
        raise from_dict(answer["error"])
    return JobResult.from_dict(answer["result"])


def _started(log: IO[bytes]) -> "subprocess.Popen[bytes]":
    environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", PYTHONUTF8="1")
    return subprocess.Popen(
        [sys.executable, "-m", "loa_speech.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=environment,
        start_new_session=True,
    )


def _write_request(pipe: IO[bytes], request: Mapping[str, Any]) -> None:
    try:
        pipe.write(json.dumps(request).encode())
        pipe.close()
    except BrokenPipeError:
        return  # the child has died already; reading its answer tells


def _read_answer(pipe: IO[bytes], progress: Progress) -> dict[str, Any] | None:
    for line in pipe:
        message = json.loads(line)
        if "progress" in message:
            done, total = message["progress"]
            progress(done, total)
        else:
            return dict(message)
    return None


def _kill_late(child: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    _kill(child)


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """End the child and whatever it started; nothing happens if it has ended by itself."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def _reason(code: int) -> str:
    if code >= 0:
        return f"mã {code}"
    return _OUT_OF_MEMORY if code == -signal.SIGKILL else f"tín hiệu {-code}"


# What follows runs in the child.


def main() -> int:
    """Do the job on standard input and answer on standard output."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not garble the answers
    _die_with_parent()
    request = json.loads(sys.stdin.buffer.read())

    def send(message: Mapping[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    _limit_resources(Limits(*request["limits"]))
    try:
        result = _perform(
            job_from_dict(request["job"]),
            Path(request["out_dir"]),
            lambda done, total: send({"progress": [done, total]}),
        )
    except SpeechError as error:
        send({"error": error.to_dict()})
    except MemoryError:
        send({"error": JobDiedError(reason=_OUT_OF_MEMORY).to_dict()})
    else:
        send({"result": result.to_dict()})
    return 0


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _limit_resources(limits: Limits) -> None:
    memory = limits.memory_mb * 2**20
    seconds = max(1, int(limits.seconds) + 1)
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, limits.file_mb * 2**20),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _perform(job: Job, out_dir: Path, progress: Progress) -> JobResult:
    """Do the work; numpy and PyAV are imported here, so that the parent never needs them."""
    if isinstance(job, SpeakJob):
        from loa_speech.say import speak

        spoken = speak(job.text, job.lexicon, job.voice, progress, speed=job.speed)
        reading, finished = spoken.reading, spoken.finished
    else:
        from loa_speech.recording import finish_recording

        reading, finished = None, finish_recording(job.path, progress)
    return JobResult(
        path=_written(out_dir / SOUND_NAME, finished.opus),
        sha256=finished.sha256,
        size=len(finished.opus),
        duration_ms=finished.duration_ms,
        lufs=finished.lufs,
        true_peak_dbtp=finished.true_peak_dbtp,
        waveform=finished.waveform,
        warnings=finished.warnings,
        reading=reading,
    )


def _written(path: Path, data: bytes) -> Path:
    """Write a file whole or not at all."""
    partial = path.with_suffix(".part")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StorageError(reason=error.strerror or str(error)) from error
    return path


if __name__ == "__main__":
    sys.exit(main())
