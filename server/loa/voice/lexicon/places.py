# SPDX-License-Identifier: AGPL-3.0-or-later
"""Place names of an area with their local reading: how each is read now, and by whose word."""

from dataclasses import dataclass

from loa.areas.models import Area, AreaKind
from loa.areas.queries import below
from loa.voice.lexicon.queries import lexicon_of, words_above
from loa.voice.models import LexiconWord
from loa_speech.reading import normalise

PLACES_LIMIT = 1500
INSIDE = "tại "  # a name is read as it stands inside a sentence
KINDS = (
    "thôn ",
    "bản ",
    "khu phố ",
    "khu ",
    "xã ",
    "phường ",
    "đặc khu ",
    "tỉnh ",
    "thành phố ",
    "tổ dân phố ",
)


@dataclass(frozen=True)
class PlaceLine:
    """A place, its bare name, and how it is read."""

    area: Area
    name: str  # without "thôn", "xã"
    spoken: str
    word: LexiconWord | None  # the word that holds for the bare name

    @property
    def is_as_written(self) -> bool:
        return self.spoken == self.name


def place_lines(area: Area) -> list[PlaceLine]:
    """Return the places of an area from itself down, in tree order. A few queries for all."""
    places = list(below([area])[:PLACES_LIMIT])
    if area.kind == AreaKind.PROVINCE:  # a village's name is its commune's affair
        places = [place for place in places if place.kind != AreaKind.VILLAGE]
    words = {word.written: word for word in words_above(area).order_by("level")}
    lexicon = lexicon_of(area)
    lines = []
    for place in places:
        name = bare_name(place.name)
        spoken = normalise(INSIDE + name, lexicon).spoken.removeprefix(INSIDE)
        lines.append(PlaceLine(place, name, spoken, words.get(name)))
    return lines


def bare_name(name: str) -> str:
    """Return a place's name without what kind of place it is: "Thôn Đồng Sen" is "Đồng Sen"."""
    kind = next((one for one in KINDS if name.casefold().startswith(one)), "")
    return name[len(kind) :].strip() or name
