# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where things stand on a strip of time: 144 columns, because inline styles are forbidden."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from loa.ui import drawings

COLUMNS = 144
LANES = 4
CARD_COLUMNS = 22  # what a title and one line of figures need
CARD_COLUMNS_MOST = 34
TICK_COLUMNS = 7  # what a time of day needs
SEEN = 0.002  # of a strip: the shortest bar that can be seen, two pixels on a wide screen


@dataclass(frozen=True)
class Window:
    """The stretch of time that a strip shows."""

    start: datetime
    end: datetime

    def share(self, moment: datetime) -> float:
        """Return where a moment lies between start (0) and end (1), held at the edges."""
        return max(0.0, min(1.0, (moment - self.start) / (self.end - self.start)))

    def column(self, moment: datetime) -> int:
        """Return the column line of a moment, 0 to 144, held at the edges."""
        return round(self.share(moment) * COLUMNS)

    def clip(self, start: datetime, end: datetime) -> tuple[int, int] | None:
        """Return first and last column of a stretch, at least one wide; None when it lies outside."""
        if end <= self.start or start >= self.end:
            return None
        first = min(self.column(start), COLUMNS - 1)
        return first, max(first + 1, self.column(end))


@dataclass(frozen=True)
class Item:
    """One thing on an hour strip; ``state`` is on_air, planned, past, late, clash or stopped."""

    title: str
    start: datetime
    end: datetime
    line: str = ""
    url: str = ""
    state: str = "planned"
    is_sample: bool = False


@dataclass(frozen=True)
class PlacedItem:
    """An item with its columns, its true length as a share of the strip, and the card that holds its words."""

    item: Item
    first: int
    last: int
    card_last: int
    lane: int
    begins: float  # share of the strip, 0 to 1
    length: float  # share of the strip; what is too short to be seen gets ``SEEN``

    @property
    def look(self) -> str:
        return self.item.state.replace("_", "-")

    @property
    def bar(self) -> tuple[str, str]:
        """Return where the bar begins and how wide it is, as lengths of an SVG."""
        return drawings.percent(self.begins, 1), drawings.percent(self.length, 1)

    @property
    def card_first(self) -> int:
        return min(self.first, self.card_last - CARD_COLUMNS) if self.card_last == COLUMNS else self.first


@dataclass(frozen=True)
class Stretch:
    """A part of a band, or hours in which loudspeakers stay silent; ``look`` as in strip.css."""

    start: datetime
    end: datetime
    look: str = "closed"
    words: str = ""


@dataclass(frozen=True)
class PlacedStretch:
    stretch: Stretch
    first: int
    last: int


def window_around(now: datetime, *, before: timedelta, length: timedelta, step: timedelta) -> Window:
    """Return a window that begins on a whole ``step`` at or before ``now - before``."""
    origin = now.replace(hour=0, minute=0, second=0, microsecond=0)
    steps = (now - before - origin) // step
    start = origin + steps * step
    return Window(start, start + length)


def ticks(window: Window, step: timedelta) -> Iterator[tuple[int, datetime]]:
    """Yield column and moment of each whole step inside the window that has room for its words."""
    origin = window.start.replace(hour=0, minute=0, second=0, microsecond=0)
    moment = origin + -((origin - window.start) // step) * step
    while moment < window.end:
        if window.column(moment) <= COLUMNS - TICK_COLUMNS:
            yield window.column(moment), moment
        moment += step


def place(items: Iterable[Item], window: Window) -> list[PlacedItem]:
    """Put items into lanes so that neither sounds nor their words lie over one another.

    What finds no room in four lanes goes to the last; a strip holds an hour, so that is a page of clashes.
    """
    inside = [
        (item, columns)
        for item in sorted(items, key=lambda item: (item.start, item.title))
        if (columns := window.clip(item.start, item.end))
    ]
    free = [0] * LANES
    rows: list[tuple[Item, int, int, int]] = []
    for item, (first, last) in inside:
        card_first = min(first, COLUMNS - CARD_COLUMNS)
        lane = next((number for number in range(LANES) if free[number] <= card_first), LANES - 1)
        free[lane] = max(last, card_first + CARD_COLUMNS)
        rows.append((item, first, last, lane))
    return list(_cards(rows, window))


def _cards(rows: Sequence[tuple[Item, int, int, int]], window: Window) -> Iterator[PlacedItem]:
    for number, (item, first, last, lane) in enumerate(rows):
        later = (row[1] for row in rows[number + 1 :] if row[3] == lane)
        room = min(next(later, COLUMNS), COLUMNS)
        wanted = max(last, min(first + CARD_COLUMNS_MOST, room))
        begins = min(window.share(item.start), 1 - SEEN)
        length = max(window.share(item.end) - begins, SEEN)
        yield PlacedItem(item, first, last, min(COLUMNS, wanted), lane + 1, begins, length)


def place_stretches(stretches: Iterable[Stretch], window: Window) -> list[PlacedStretch]:
    """Give each stretch its columns; those outside are left out."""
    return [
        PlacedStretch(stretch, *columns)
        for stretch in stretches
        if (columns := window.clip(stretch.start, stretch.end))
    ]


def as_item(value: Any) -> Item:
    """Take an item, or a mapping with its fields."""
    return value if isinstance(value, Item) else Item(**value)


def as_stretch(value: Any) -> Stretch:
    """Take a stretch, or a mapping with its fields."""
    return value if isinstance(value, Stretch) else Stretch(**value)
