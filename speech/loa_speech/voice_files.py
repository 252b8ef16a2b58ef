# SPDX-License-Identifier: AGPL-3.0-or-later
"""What lies in the folder of voices: which files are a voice of which kind, and under which licence.

Two kinds are known. Piper: `NAME.onnx` with `NAME.onnx.json`. Sherpa-onnx: a folder `NAME` with `tokens.txt` and the
model's files as their project hands them out (VITS, Matcha with its vocoder, Kokoro). Nothing here loads a model.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PIPER, SHERPA = "piper", "sherpa-onnx"

_NAME_LIMIT = 60  # characters, as a message stores it
_TEXT_LIMIT = 65_536  # bytes read of a card or a licence
_LICENCE_LIMIT = 120  # characters shown
_CARDS = ("MODEL_CARD", "MODEL_CARD.md", "MODEL_CARD.txt", "README.md", "README.txt", "README")
_LICENCES = ("LICENSE", "LICENCE", "LICENSE.txt", "LICENCE.txt", "LICENSE.md", "LICENCE.md", "COPYING")
_STATED = re.compile(r"(?im)^[\W_]*licen[sc]e[*_`]*\s*[:=]\s*[*_`]*(\S.*)$")
_VOCODER = re.compile(r"(?i)hifigan|vocos|vocoder")


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """A voice that an operator supplied.

    Attributes:
        name: `piper-…` or `sherpa-…`, and the name of the file or folder.
        engine: `PIPER` or `SHERPA`.
        label: as people call it.
        licence: as the files say; empty where they say nothing.
        model: the voice's own model; of a pair the one that speaks.
        speaker: which of several speakers; 0 is the first.
    """

    name: str
    engine: str
    label: str
    licence: str
    model: Path
    speaker: int = 0

    @property
    def folder(self) -> Path:
        """Where its other files lie."""
        return self.model.parent

    @property
    def version(self) -> str:
        """What changes when the model is exchanged: its size and when it was written."""
        try:
            found = self.model.stat()
        except OSError:
            return ""
        return f"{found.st_size}-{found.st_mtime_ns}"


def scan(folder: Path) -> Iterator[VoiceFile]:
    """Find the voices in a folder and in the folders in it, by name."""
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return
    for path in inside:
        if path.is_dir():
            if (path / "tokens.txt").is_file():
                yield from _sherpa(path)
            else:
                for model in sorted(path.glob("*.onnx")):
                    yield from _piper(model, path)
        elif path.suffix == ".onnx":
            yield from _piper(path, None)


def _piper(model: Path, folder: Path | None) -> Iterator[VoiceFile]:
    """Give a Piper voice for each of its speakers; `folder` is one that holds this voice alone."""
    settings = _json(model.with_name(model.name + ".json"))
    if settings is None:
        return
    licence = _licence(settings, model, folder)
    speakers = settings.get("speaker_id_map")
    speakers = speakers if isinstance(speakers, dict) and len(speakers) > 1 else {"": 0}
    for speaker, number in speakers.items():
        if not isinstance(number, int):
            continue
        name = f"piper-{model.stem}" + (f".{speaker}" if speaker else "")
        label = f"Giọng {model.stem}" + (f", {speaker}" if speaker else "")
        if len(name) <= _NAME_LIMIT:
            yield VoiceFile(name, PIPER, label, licence, model, number)


def _sherpa(folder: Path) -> Iterator[VoiceFile]:
    models = [path for path in sorted(folder.glob("*.onnx")) if not _VOCODER.search(path.name)]
    name = f"sherpa-{folder.name}"
    if models and len(name) <= _NAME_LIMIT:
        # of "model.onnx" and "model.int8.onnx" the first is the one with full weights
        model = min(models, key=lambda path: ("int8" in path.name, path.name))
        yield VoiceFile(name, SHERPA, f"Giọng {folder.name}", _licence({}, model, folder), model)


def vocoder(folder: Path) -> Path | None:
    """Find the vocoder that stands beside a Matcha model."""
    return next((path for path in sorted(folder.glob("*.onnx")) if _VOCODER.search(path.name)), None)


def _licence(settings: Mapping[str, Any], model: Path, folder: Path | None) -> str:
    """Find what the files say: the settings, a card, the first line of a licence's text."""
    for key in ("license", "licence"):
        if isinstance(settings.get(key), str) and settings[key].strip():
            return str(settings[key]).strip()[:_LICENCE_LIMIT]
    own = [model.with_name(f"{stem}.{card}") for stem in (model.name, model.stem) for card in _CARDS]
    for card in [*own, *(folder / name for name in _CARDS if folder)]:
        if stated := _STATED.search(_text(card)):
            return stated[1].strip(" \t*_`'\"")[:_LICENCE_LIMIT]
    for path in [model.with_name(f"{model.stem}.{name}") for name in _LICENCES] + [
        folder / name for name in _LICENCES if folder
    ]:
        lines = (line.strip() for line in _text(path).splitlines())
        if first := next((line for line in lines if line), ""):
            return first[:_LICENCE_LIMIT]
    return ""


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_TEXT_LIMIT).decode("utf-8", "replace")
    except OSError:
        return ""


def _json(path: Path) -> dict[str, Any] | None:
    """Read a voice's settings; None if they are no JSON object."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
