# SPDX-License-Identifier: AGPL-3.0-or-later
"""What `loa speech normalise`, `say` and `engines` do; the command line itself lies with the server.

Nothing here imports numpy or PyAV before it is called.
"""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from loa_speech.child import run_job
from loa_speech.jobs import SpeakJob
from loa_speech.lexicon import Lexicon
from loa_speech.reading import normalise
from loa_speech.voices import DEFAULT_VOICE


def normalise_lines(
    lines: Iterable[str], *, lexicon: Lexicon | None = None, explain: bool = False
) -> Iterator[str]:
    """Give for each line in one line out: the spoken text.

    Args:
        lines: lines with or without their line ends.
        lexicon: readings that win over the rules.
        explain: after each line, one more per change: `  start-end rule: source → spoken`; a guess has ` ?`.
    """
    for line in lines:
        reading = normalise(line.rstrip("\r\n"), lexicon)
        yield " ".join(reading.spoken.split())
        if explain:
            for change in reading.changes:
                doubt = "" if change.sure else " ?"
                place = f"  {change.start}-{change.end} {change.rule}"
                yield f"{place}: {change.source} → {change.spoken.strip()}{doubt}"


def say_to_file(text: str, output: Path, *, voice: str = DEFAULT_VOICE, speed: float = 1.0) -> dict[str, Any]:
    """Read a text aloud into an Ogg Opus file.

    Args:
        text: what was written.
        output: the file to write; written whole or not at all.
        voice: a voice's name.
        speed: 1.0 is a calm announcer.

    Returns:
        The figures: `path`, `sha256`, `size`, `duration_ms`, `lufs`, `true_peak_dbtp`, `spoken`, `warnings`.

    Raises:
        SpeechError: with a sentence for the person at the keyboard.
        OSError: if the file cannot be written.
    """
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".loa-say-") as folder:
        result = run_job(SpeakJob(text, voice, speed), Path(folder))
        result.path.replace(output)
    return {
        "path": str(output),
        "sha256": result.sha256,
        "size": result.size,
        "duration_ms": result.duration_ms,
        "lufs": result.lufs,
        "true_peak_dbtp": result.true_peak_dbtp,
        "spoken": result.reading.spoken if result.reading else "",
        "warnings": [str(notice) for notice in result.warnings],
    }


def engine_rows() -> list[dict[str, Any]]:
    """Try each engine and give one row each: `name`, `licence`, `voices`, `ready`, `detail`."""
    from loa_speech.engines import engine_states

    return [asdict(state) for state in engine_states()]
