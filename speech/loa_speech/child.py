# SPDX-License-Identifier: AGPL-3.0-or-later
"""Heavy work in a process of its own, which ends: its memory goes back, and a hang or a crash stays inside.

`run_job` gives a job to `python -m loa_speech.work`, which says how it answers. A process that does many jobs asks
for `is_frequent`: the next child is then started ahead and waits with its libraries loaded, for some minutes.
"""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from loa_speech import work
from loa_speech.errors import JobDiedError, TimeLimitError, VoiceFileError, from_dict
from loa_speech.jobs import Job, JobResult, PieceResult, SpeakJob
from loa_speech.reading import Reading
from loa_speech.voices import Voice

_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
_Process = subprocess.Popen[bytes]

_LOG_TAIL = 2000  # characters
_VOICE_CHECK_S = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use.

    Attributes:
        seconds: wall time; the same of each processor's time.
        memory_mb: address space in MiB, libraries included.
        file_mb: largest file that it may write, in MiB.
    """

    seconds: float = 180.0
    memory_mb: int = 2048
    file_mb: int = 256


DEFAULT_LIMITS = Limits()
NEURAL_LIMITS = Limits(seconds=900.0, memory_mb=6144)  # a model of 100 MB speaks several times slower


def _silently(_done: int, _total: int) -> None:
    return


def limits_for(job: Job) -> Limits:
    """Give what a job may use: a voice from a file works longer than the one that ships."""
    is_neural = isinstance(job, SpeakJob) and not job.voice.startswith("espeak-")
    return NEURAL_LIMITS if is_neural else DEFAULT_LIMITS


def run_job(
    job: Job,
    out_dir: Path,
    progress: Progress = _silently,
    *,
    limits: Limits | None = None,
    is_frequent: bool = False,
) -> JobResult:
    """Do a job in a child process.

    Args:
        job: what to do.
        out_dir: an existing folder for the result; only what `JobResult` names is left there.
        progress: called with pieces done and pieces in all; what it raises ends the child.
        limits: time and memory; None for those of `limits_for`.
        is_frequent: take the child that waits, if there is one, and leave another behind.

    Returns:
        The finished sound on disk.

    Raises:
        TimeLimitError: if it took too long and was killed.
        JobDiedError: if it ended without an answer or at its memory limit.
        SpeechError: any other named error, as if it had been raised here.
    """
    reading: Reading | None = None
    if isinstance(job, SpeakJob):
        reading = job.read()
        request = job.request(reading)
    else:
        request = job.request()
    result: dict[str, Any] = {}
    limits = limits or limits_for(job)
    with closing(_answers(request, out_dir, limits, is_frequent=is_frequent)) as messages:
        for message in messages:
            if "progress" in message:
                progress(*message["progress"])
            else:
                result = message["result"]
    return JobResult.from_dict(result, reading)


def run_pieces(job: SpeakJob, out_dir: Path, *, limits: Limits | None = None) -> Iterator[PieceResult]:
    """Speak a text sentence by sentence in a child process: the first is there before the others are begun.

    For what is urgent. Ends the child when it is not asked on.

    Raises:
        SpeechError: as `run_job`, at the sentence where it happens.
    """
    request = {**job.request(job.read()), "kind": "pieces"}
    with closing(_answers(request, out_dir, limits or limits_for(job))) as messages:
        for message in messages:
            if "piece" in message:
                piece = message["piece"]
                yield PieceResult(Path(piece["path"]), piece["duration_ms"], piece["pause_ms"])


def inspect(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any]:
    """Check a recording in a child process and give what `recording.Inspection.to_dict` gives.

    Raises:
        SpeechError: the file is no sound that can be used.
    """
    return _result({"kind": "inspection", "path": str(path)}, limits)


def check_voice(voice: Voice, folder: Path | None) -> str:
    """Load a voice in a child process and have it speak one word: some files end the process that loads them.

    Returns:
        What was found, in one line.

    Raises:
        SpeechError: the voice cannot be used; the sentence says why.
    """
    limits = Limits(_VOICE_CHECK_S, NEURAL_LIMITS.memory_mb)
    request = {"kind": "voice", "voice": voice.name, "folder": str(folder) if folder else None}
    try:
        return str(_result(request, limits)["detail"])
    except JobDiedError as error:
        raise VoiceFileError(voice=voice.name, reason=str(error.values["reason"])) from error


def _result(request: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """Do what leaves no file."""
    with tempfile.TemporaryDirectory(prefix="loa-speech-") as folder:
        answers = list(_answers(request, Path(folder), limits))
    return dict(answers[-1]["result"])


def _answers(
    request: Mapping[str, Any], out_dir: Path, limits: Limits, *, is_frequent: bool = False
) -> Generator[dict[str, Any], None, None]:
    """Give a child its job and yield what it says; it has ended when this does."""
    whole = {
        "job": request,
        "out_dir": str(out_dir),
        "limits": [limits.seconds, limits.memory_mb, limits.file_mb],
    }
    child = _waiting.taken() if is_frequent else None
    child = child or _Child()
    late = threading.Event()
    timer = threading.Timer(limits.seconds, child.kill, (late,))
    timer.daemon = True
    timer.start()
    answered = False
    try:
        child.tell(whole)
        for message in child.messages():
            if "error" in message:
                raise from_dict(message["error"])
            answered = answered or "result" in message
            yield message
    finally:
        timer.cancel()
        code, noise = child.end()
        if is_frequent:
            _waiting.prepare()
    if late.is_set() or (not answered and code == -signal.SIGXCPU):
        raise TimeLimitError(seconds=round(limits.seconds))
    if not answered:
        _log.error("the speech child ended with code %s: %s", code, noise)
        raise JobDiedError(reason=_reason(code))


class _Child:
    """One process, from its start to its end."""

    def __init__(self, *arguments: str) -> None:
        self._noise = tempfile.TemporaryFile()  # noqa: SIM115  (closed in `end`)
        # One thread for numpy: jobs run beside each other, and its pool would cost memory in each.
        environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", PYTHONUTF8="1")
        self._process: _Process = subprocess.Popen(  # noqa: S603  (our own module)
            [sys.executable, "-m", "loa_speech.work", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._noise,
            env=environment,
            start_new_session=True,
        )

        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._pipes: tuple[IO[bytes], IO[bytes]] = self._process.stdin, self._process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def tell(self, request: Mapping[str, Any]) -> None:
        """Give it its job; the pipe stays open, and the child ends when we do."""
        with contextlib.suppress(BrokenPipeError):  # it has died already; reading its answer tells
            self._pipes[0].write(json.dumps(request).encode() + b"\n")
            self._pipes[0].flush()

    def messages(self) -> Iterator[dict[str, Any]]:
        for line in self._pipes[1]:
            yield json.loads(line)

    def kill(self, late: threading.Event | None = None) -> None:
        """End it and whatever it started; nothing happens if it has ended by itself."""
        if late is not None:
            late.set()
        if self.is_alive:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return

    def end(self) -> tuple[int, str]:
        """Have it ended, and give its code and the last that its libraries printed."""
        self.kill()
        code = self._process.wait()
        for pipe in self._pipes:
            with contextlib.suppress(BrokenPipeError):  # what it never read
                pipe.close()
        self._noise.seek(0)
        noise = self._noise.read().decode("utf-8", "replace")[-_LOG_TAIL:]
        self._noise.close()
        return code, noise


class _Waiting:
    """The child that waits ready for the next job, if there is one; it gives up by itself after some minutes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def prepare(self) -> None:
        with self._lock:
            if self._child is not None and self._child.is_alive:
                return
            if self._child is not None:
                self._child.end()
            self._child = _Child(work.READY)

    def taken(self) -> _Child | None:
        with self._lock:
            child, self._child = self._child, None
        if child is not None and not child.is_alive:
            child.end()
            return None
        return child


_waiting = _Waiting()


def prepare() -> None:
    """Start a child ahead, so that the next frequent job finds its libraries loaded."""
    _waiting.prepare()


def release() -> None:
    """End the child that waits, if there is one."""
    waiting = _waiting.taken()
    if waiting is not None:
        waiting.end()


def _reason(code: int) -> str:
    if code >= 0:
        return f"mã {code}"
    return work.OUT_OF_MEMORY if code == -signal.SIGKILL else f"tín hiệu {-code}"
