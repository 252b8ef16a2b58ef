# SPDX-License-Identifier: AGPL-3.0-or-later
"""The built-in lexicon: abbreviations of administrations, and foreign words as announcers say them.

The words are tables in `loa_speech/words/`. A word with several meanings has one row per neighbour, the first that
holds wins; the row without neighbours comes last. `?` before a reading makes it a guess, and the other readings of
the same form are offered beside it.
"""

from collections.abc import Iterator
from importlib import resources

from loa_speech.lexicon import HOUR, NAME, NUMBER, ROMAN, SURNAME, Level, Lexicon, LexiconEntry

_MARKS = {"<tên>": NAME, "<số>": NUMBER, "<giờ>": HOUR, "<họ>": SURNAME, "<la mã>": ROMAN}


def _rows(table: str) -> Iterator[list[str]]:
    lines = (resources.files("loa_speech") / "words" / table).read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        yield [*line.split("\t"), "", ""][:4]


def _spaced(rows: list[list[str]]) -> Iterator[list[str]]:
    """Give the forms with a dash or "&" once more with blanks around it: "KT - XH"."""
    for written, *rest in rows:
        for mark in "-&":
            if mark in written and " " not in written:
                yield [written.replace(mark, f" {mark} "), *rest]


def _neighbours(cell: str) -> tuple[str, ...]:
    return tuple(_MARKS.get(word, word) for word in cell.split(";") if word)


def _entries(table: str, *, exact_case: bool) -> list[LexiconEntry]:
    rows = list(_rows(table))
    spoken_of: dict[str, list[str]] = {}
    for written, spoken, *_ in rows:
        readings = spoken_of.setdefault(written, [])
        if spoken.removeprefix("?") not in readings:
            readings.append(spoken.removeprefix("?"))
    entries = []
    for written, spoken, left, right in [*rows, *_spaced(rows)]:
        sure = not spoken.startswith("?")
        spoken = spoken.removeprefix("?")
        others = [other for other in spoken_of.get(written, ()) if other != spoken]
        entries.append(
            LexiconEntry(
                written=written,
                spoken=spoken,
                level=Level.BUILT_IN,
                exact_case=exact_case,
                left=_neighbours(left),
                right=_neighbours(right),
                sure=sure,
                alternatives=() if sure else tuple(others),
            )
        )
    return entries


FOREIGN = Lexicon.of(_entries("foreign.tsv", exact_case=False))
BUILT_IN = Lexicon.of(
    [
        *_entries("abbreviations.tsv", exact_case=True),
        *_entries("short_words.tsv", exact_case=False),
        *FOREIGN.entries,
    ]
)
_WHOLE = {
    entry.written: entry.spoken
    for entry in BUILT_IN.entries
    if entry.exact_case and entry.sure and not entry.left and not entry.right and entry.written.isupper()
}


def compound(word: str) -> str | None:
    """Read an unknown abbreviation as two known ones: TDTTNCT is "thể dục thể thao người cao tuổi".

    Args:
        word: capitals only.
    """
    for cut in range(len(word) - 2, 2, -1):
        head, tail = _WHOLE.get(word[:cut]), _WHOLE.get(word[cut:])
        if head is not None and tail is not None:
            return f"{head} {tail}"
    return None
