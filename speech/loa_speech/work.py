# SPDX-License-Identifier: AGPL-3.0-or-later
"""The child's side of a job: `python -m loa_speech.work` reads one line from its standard input, does it and ends.

It answers one JSON object a line: `{"progress": [done, total]}`, `{"piece": …}`, then one `{"result": …}` or
`{"error": …}`. With `--ready` it loads what jobs need before it reads, and ends by itself if no job comes. Whoever
asked keeps the input open: when that ends, nobody waits for the answer any more.
A voice begins to speak before numpy and PyAV are imported: that takes longer than a minute of espeak-ng.
"""

import ctypes
import json
import os
import resource
import select
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loa_speech.errors import JobDiedError, SpeechError, StorageError

if TYPE_CHECKING:
    from loa_speech.chain import Finished

SOUND_NAME, FLAC_NAME = "sound.opus", "sound.flac"
PIECE_NAME = "piece-%03d.opus"
READY = "--ready"
OUT_OF_MEMORY = "hết bộ nhớ"

_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux
_PATIENCE = 300  # seconds that a process which is ready waits for a job

Send = Callable[[Mapping[str, Any]], None]


def main() -> int:
    """Do the job on standard input and answer on standard output."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not garble the answers
    if READY in sys.argv[1:]:
        _load()
        if not select.select([sys.stdin], [], [], _PATIENCE)[0]:
            return 0
    else:
        _die_with_thread()
    line = sys.stdin.buffer.readline()
    if not line:
        return 0  # whoever kept us ready has no use for us any more
    threading.Thread(target=_die_with_input, daemon=True).start()
    request = json.loads(line)

    def send(message: Mapping[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    _limit_resources(*request["limits"])
    try:
        result = _KINDS[request["job"]["kind"]](request["job"], Path(request["out_dir"]), send)
    except SpeechError as error:
        send({"error": error.to_dict()})
    except MemoryError:
        send({"error": JobDiedError(reason=OUT_OF_MEMORY).to_dict()})
    else:
        send({"result": result})
    answers.flush()
    os._exit(0)  # a voice's threads and libraries need no farewell


def _load() -> None:
    """Import what takes long, and have the library loaded that ships."""
    from loa_speech import recording, say, voiced  # noqa: F401
    from loa_speech.engines import engine_of, voice_named
    from loa_speech.voices import DEFAULT_VOICE

    engine_of(voice_named(DEFAULT_VOICE)).load()


def _die_with_thread() -> None:
    """End when the thread ends that started us: it is the one that waits, and even a hang in a library ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _die_with_input() -> None:
    """End when nobody holds our input open: a child that was ready may be told its job by any thread."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGKILL)


def _limit_resources(seconds: float, memory_mb: int, file_mb: int) -> None:
    cores = os.cpu_count() or 1  # all of them may work at once within the wall time
    for kind, value in (
        (resource.RLIMIT_AS, memory_mb * 2**20),
        (resource.RLIMIT_CPU, max(1, int(seconds * cores) + 1)),
        (resource.RLIMIT_FSIZE, file_mb * 2**20),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _progress(send: Send) -> Callable[[int, int], None]:
    return lambda done, total: send({"progress": [done, total]})


def _speak(job: Mapping[str, Any], out_dir: Path, send: Send) -> dict[str, Any]:
    from loa_speech.voiced import begin

    voiced = begin(job["spoken"], job["voice"], job["speed"], _folder(job))
    from loa_speech.say import finish_spoken

    return _kept(finish_spoken(voiced, _progress(send), flac=job["flac"]), out_dir)


def _speak_pieces(job: Mapping[str, Any], out_dir: Path, send: Send) -> dict[str, Any]:
    from loa_speech.voiced import begin

    voiced = begin(job["spoken"], job["voice"], job["speed"], _folder(job), first_alone=True)
    from loa_speech.say import finished_pieces

    count = 0
    for finished, pause in finished_pieces(voiced):
        path = _written(out_dir / (PIECE_NAME % count), finished.opus)
        send(
            {
                "piece": {
                    "path": str(path),
                    "duration_ms": finished.duration_ms,
                    "pause_ms": round(pause * 1000),
                }
            }
        )
        count += 1
    return {"pieces": count}


def _recording(job: Mapping[str, Any], out_dir: Path, send: Send) -> dict[str, Any]:
    from loa_speech.recording import finish_recording

    return _kept(finish_recording(Path(job["path"]), _progress(send), flac=job["flac"]), out_dir)


def _inspection(job: Mapping[str, Any], _out_dir: Path, _send: Send) -> dict[str, Any]:
    from loa_speech.recording import inspect

    return inspect(Path(job["path"])).to_dict()


def _programme(job: Mapping[str, Any], out_dir: Path, send: Send) -> dict[str, Any]:
    from loa_speech.programme import render

    items = [Path(path) for path in job["items"]]
    rendered = render(items, _progress(send), chime=job["chime"], pause=job["pause"], flac=job["flac"])
    parts = [asdict(part) for part in rendered.parts]
    return {**_kept(rendered.finished, out_dir), "parts": parts}


def _voice(job: Mapping[str, Any], _out_dir: Path, _send: Send) -> dict[str, Any]:
    from loa_speech.engines import check, voice_named

    return {"detail": check(voice_named(job["voice"], _folder(job)))}


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Path, Send], dict[str, Any]]] = {
    "speak": _speak,
    "pieces": _speak_pieces,
    "recording": _recording,
    "inspection": _inspection,
    "programme": _programme,
    "voice": _voice,
}


def _folder(job: Mapping[str, Any]) -> Path | None:
    return Path(job["folder"]) if job["folder"] else None


def _kept(finished: "Finished", out_dir: Path) -> dict[str, Any]:
    """Write the files and give the rest as plain data."""
    return {
        "path": str(_written(out_dir / SOUND_NAME, finished.opus)),
        "flac": str(_written(out_dir / FLAC_NAME, finished.flac)) if finished.flac else None,
        "sha256": finished.sha256,
        "size": len(finished.opus),
        "duration_ms": finished.duration_ms,
        "lufs": finished.lufs,
        "true_peak_dbtp": finished.true_peak_dbtp,
        "waveform": list(finished.waveform),
        "warnings": [notice.to_dict() for notice in finished.warnings],
        "parts": [],
    }


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
