# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sentences with the readings that are right, and how many of them the rules read so.

`python -m loa_speech.cases FOLDER-OR-FILE... [--wrong]` prints the share right per file and per kind. A file is a table
with tabs: text, readings (with " | " between them), kind, source, confirmed.
"""

import argparse
import csv
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loa_speech.lexicon import word_at
from loa_speech.reading import normalise
from loa_speech.rules.abbreviations import FOREIGN

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_WORD = re.compile(r"[^\W_]+")
_SAME = {
    "lẻ": "linh",
    "ngàn": "nghìn",
    "mồng": "mùng",
    "tỉ": "tỷ",
    "mì": "mỳ",
    "kĩ": "kỹ",
}  # spelling and taste


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence and how it may be read.

    Attributes:
        text: the sentence as written.
        readings: each of them is right.
        kind: what the sentence tries.
        source: the habit or rule behind the reading.
        confirmed: whether a source that can be named confirms it.
    """

    text: str
    readings: tuple[str, ...]
    kind: str
    source: str
    confirmed: bool

    @property
    def spoken(self) -> str:
        """How the rules read the sentence."""
        return normalise(self.text).spoken

    def is_right(self) -> bool:
        """Tell whether the rules read it as one of its readings, word for word."""
        spoken = words_of(self.spoken)
        return any(spoken in (words_of(reading), words_of(_listed(reading))) for reading in self.readings)


def words_of(spoken: str) -> tuple[str, ...]:
    """Give the words that are heard: without case, punctuation, or the place of a tone mark (hoà, hòa)."""
    return tuple(_heard(word) for word in _WORD.findall(unicodedata.normalize("NFC", spoken).lower()))


def _heard(word: str) -> str:
    letters = unicodedata.normalize("NFD", _SAME.get(word, word))
    tones = "".join(char for char in letters if char in _TONES)
    return "".join(char for char in letters if char not in _TONES) + tones


def _listed(reading: str) -> str:
    """Put the reading list's words where a reading leaves a foreign word as it is written: "vitamin"."""
    pieces: list[str] = []
    pos = 0
    while pos < len(reading):
        word = word_at(reading, pos)
        found = FOREIGN.find(reading, pos, word)
        starts = pos == 0 or not reading[pos - 1].isalnum()
        end = found[1] if found and starts else pos + len(word)
        pieces.append(found[0].spoken if found and starts else word)
        pos = end
    return "".join(pieces)


def load(path: Path) -> list[Case]:
    """Read the cases of one file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Case(
                text=row["text"],
                readings=tuple(row["readings"].split(" | ")),
                kind=row["kind"],
                source=row["source"],
                confirmed=row["confirmed"] == "yes",
            )
            for row in rows
        ]


def files_in(places: Iterable[Path]) -> list[Path]:
    """Give the tables that are named or lie in the folders named."""
    found: list[Path] = []
    for place in places:
        found += sorted(place.glob("*.tsv")) if place.is_dir() else [place]
    return found


def _shares(title: str, total: Counter[str], right: Counter[str]) -> Iterator[str]:
    yield f"{title:24}{'right':>7}{'of':>7}{'share':>9}\n"
    for name, count in sorted(total.items(), key=lambda item: right[item[0]] / item[1]):
        yield f"{name:24}{right[name]:>7}{count:>7}{right[name] / count:>9.1%}\n"
    yield f"{'all':24}{right.total():>7}{total.total():>7}{right.total() / max(total.total(), 1):>9.1%}\n\n"


def main(arguments: Sequence[str]) -> None:
    """Print what share is right, and with `--wrong` each sentence that is not."""
    parser = argparse.ArgumentParser(prog="python -m loa_speech.cases", description=__doc__)
    parser.add_argument("places", nargs="+", type=Path)
    parser.add_argument("--wrong", action="store_true", help="print each sentence that is read wrongly")
    options = parser.parse_args(arguments)
    of_file: Counter[str] = Counter()
    right_of_file: Counter[str] = Counter()
    of_kind: Counter[str] = Counter()
    right_of_kind: Counter[str] = Counter()
    for path in files_in(options.places):
        for case in load(path):
            of_file[path.stem] += 1
            of_kind[case.kind] += 1
            if case.is_right():
                right_of_file[path.stem] += 1
                right_of_kind[case.kind] += 1
            elif options.wrong:
                head = f"{path.stem} [{case.kind}] {case.text}"
                sys.stdout.write(f"{head}\n  is  {case.spoken}\n  not {case.readings[0]}\n\n")
    sys.stdout.writelines(_shares("kind", of_kind, right_of_kind))
    sys.stdout.writelines(_shares("file", of_file, right_of_file))


if __name__ == "__main__":
    main(sys.argv[1:])
