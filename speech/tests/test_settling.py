# SPDX-License-Identifier: AGPL-3.0-or-later
"""A second reading laid over a first one."""

from hypothesis import given
from hypothesis import strategies as st

from loa_speech.lexicon import Lexicon, LexiconEntry
from loa_speech.reading import normalise
from loa_speech.settling import laid_over
from loa_speech.stretch import Stretch


def stretches_of(pairs: list[tuple[str, str]]) -> list[Stretch]:
    """Stretches from pairs of source and spoken; a pair of the same is unchanged text."""
    made: list[Stretch] = []
    at = 0
    for source, spoken in pairs:
        made.append(Stretch(at, at + len(source), source, spoken, None if source == spoken else "first"))
        at += len(source)
    return made


def test_an_edit_in_unchanged_text_cuts_it() -> None:
    joined = laid_over(
        stretches_of([("một km đi", "một km đi")]),
        stretches_of([("một ", "một "), ("km", "x"), (" đi", " đi")]),
    )
    assert [(one.source, one.spoken) for one in joined] == [("một ", "một "), ("km", "x"), (" đi", " đi")]


def test_an_edit_across_two_stretches_joins_them() -> None:
    first = stretches_of([("A", "alpha"), (" ", " "), ("B", "beta")])
    second = stretches_of([("alp", "alp"), ("ha be", "!"), ("ta", "ta")])
    (joined,) = laid_over(first, second)
    assert (joined.source, joined.spoken, joined.start, joined.end) == ("A B", "alp!ta", 0, 3)


@given(
    st.lists(st.tuples(st.text("abc", min_size=1, max_size=4), st.text("xyz ", max_size=4)), max_size=6),
    st.lists(st.integers(1, 5), max_size=12),
)
def test_sources_and_what_is_spoken_are_those_of_the_two_readings(
    pairs: list[tuple[str, str]], lengths: list[int]
) -> None:
    first = stretches_of(pairs)
    said = "".join(stretch.spoken for stretch in first)
    pieces: list[tuple[str, str]] = []
    at = 0
    for number, length in enumerate(lengths):
        piece = said[at : at + length]
        if piece:
            pieces.append((piece, piece.upper() if number % 2 else piece))
        at += length
    pieces += [(said[at:], said[at:])] if said[at:] else []
    joined = laid_over(first, stretches_of(pieces))
    assert "".join(one.source for one in joined) == "".join(one.source for one in first)
    assert "".join(one.spoken for one in joined) == "".join(spoken for _, spoken in pieces)
    assert all(one.start + len(one.source) == one.end for one in joined)


def test_the_words_of_an_editor_are_spoken_as_they_are() -> None:
    entry = LexiconEntry("UBND", "UBND QL18 xã")
    assert normalise("họp UBND 7h", Lexicon.of([entry])).spoken == "họp UBND QL18 xã bảy giờ"
