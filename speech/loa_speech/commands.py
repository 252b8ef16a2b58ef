# SPDX-License-Identifier: AGPL-3.0-or-later
"""What `loa speech normalise`, `say`, `voices` and `check` do; the command line itself lies with the server.

Nothing here imports numpy or PyAV: what needs them runs in a child process.
"""

import tempfile
from collections.abc import Iterable, Iterator
from hashlib import file_digest
from pathlib import Path
from typing import Any

from loa_speech.child import check_voice, inspect, run_job
from loa_speech.errors import SpeechError
from loa_speech.jobs import SpeakJob
from loa_speech.lexicon import Lexicon
from loa_speech.reading import normalise
from loa_speech.voices import DEFAULT_VOICE, voices


def normalise_lines(
    lines: Iterable[str], *, lexicon: Lexicon | None = None, explain: bool = False
) -> Iterator[str]:
    """Give for each line in one line out: the spoken text.

    Args:
        lines: lines with or without their line ends.
        lexicon: readings that win over the rules.
        explain: after each line, one more per change: `  start-end rule: source → spoken`; a guess has ` ?`
            and behind it the other readings.
    """
    for line in lines:
        reading = normalise(line.rstrip("\r\n"), lexicon)
        yield " ".join(reading.spoken.split())
        if explain:
            for change in reading.changes:
                doubt = "" if change.sure else " ".join([" ?", " | ".join(change.alternatives)]).rstrip()
                place = f"  {change.start}-{change.end} {change.rule}"
                yield f"{place}: {change.source} → {change.spoken.strip()}{doubt}"


def say_to_file(
    text: str, output: Path, *, voice: str = DEFAULT_VOICE, speed: float = 1.0, folder: Path | None = None
) -> dict[str, Any]:
    """Read a text aloud into a file: FLAC if its name ends so, else Ogg Opus.

    Args:
        text: what was written.
        output: the file to write; written whole or not at all.
        voice: a voice's name.
        speed: 1.0 is a calm announcer.
        folder: where an operator's voices lie.

    Returns:
        The figures: `path`, `sha256` and `size` of the file, `duration_ms`, `lufs`, `true_peak_dbtp`, `spoken`,
        `warnings`.

    Raises:
        SpeechError: with a sentence for the person at the keyboard.
        OSError: if the file cannot be written.
    """
    is_flac = output.suffix.lower() == ".flac"
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".loa-say-") as name:
        result = run_job(SpeakJob(text, voice, speed, folder=folder, flac=is_flac), Path(name))
        made = result.flac or result.path
        with made.open("rb") as file:
            sha256, size = file_digest(file, "sha256").hexdigest(), made.stat().st_size
        made.replace(output)
    return {
        "path": str(output),
        "sha256": sha256,
        "size": size,
        "duration_ms": result.duration_ms,
        "lufs": result.lufs,
        "true_peak_dbtp": result.true_peak_dbtp,
        "spoken": result.reading.spoken if result.reading else "",
        "warnings": [str(notice) for notice in result.warnings],
    }


def voice_rows(folder: Path | None = None) -> list[dict[str, Any]]:
    """Try each voice in a process of its own, one row each.

    Args:
        folder: where an operator's voices lie.

    Returns:
        Rows with `name`, `label`, `engine`, `licence`, `ready` and `detail`.
    """
    rows = []
    for voice in voices(folder):
        try:
            ready, detail = True, check_voice(voice, folder)
        except SpeechError as error:
            ready, detail = False, str(error)
        rows.append(
            {
                "name": voice.name,
                "label": voice.label,
                "engine": voice.engine,
                "licence": voice.licence,
                "ready": ready,
                "detail": detail,
            }
        )
    return rows


def check_recording(path: Path) -> dict[str, Any]:
    """Look at a recording as a person would have it looked at before sending it.

    Returns:
        `seconds`, `lufs`, `true_peak_dbtp` as it came, and `notices` with `code`, `message` and `values`.

    Raises:
        SpeechError: it is no sound that can be used; the sentence says why and what to do.
        OSError: it cannot be read.
    """
    path.stat()
    return inspect(path)
