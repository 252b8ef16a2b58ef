# SPDX-License-Identifier: AGPL-3.0-or-later
"""A week as the calendar draws it: days across, bands of the day down, the same facts as lists on a phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from types import MappingProxyType

from loa.ui import dates

_NO_NOTES: Mapping[date, str] = MappingProxyType({})


@dataclass(frozen=True)
class Slot:
    """One thing in the week; ``state`` is planned, on_air, played, clash, waiting, withdrawn or unknown."""

    start: datetime
    title: str
    url: str = ""
    state: str = "planned"
    note: str = ""  # stands beside the time: "đang phát", "trùng"
    line: str = ""  # stands under the title in the lists: "12 cụm loa"
    is_sample: bool = False
    move_url: str = ""  # takes a POST with ``date`` and ``time``; it can be dragged to another day then

    @property
    def look(self) -> str:
        return self.state.replace("_", "-")


@dataclass(frozen=True)
class Band:
    """A stretch of the day; ``is_open`` are hours in which loudspeakers may sound."""

    start: time
    end: time | None  # None is midnight
    is_open: bool = True
    name: str = ""

    def holds(self, moment: time) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)

    @property
    def words(self) -> str:
        """Return its name, or its hours."""
        return self.name or f"{self.start:%H:%M}–{self.end.strftime('%H:%M') if self.end else '24:00'}"


@dataclass
class Day:
    """One day of the week with its slots in order."""

    day: date
    is_today: bool
    note: str = ""  # a holiday's name
    slots: list[Slot] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    band: Band
    cells: tuple[tuple[Slot, ...], ...]


@dataclass(frozen=True)
class Week:
    days: tuple[Day, ...]
    rows: tuple[Row, ...]


def bands_of(windows: Sequence[tuple[time, time | None]], *, day: str, night: str) -> list[Band]:
    """Cut a day into open windows and the closed stretches between them.

    Args:
        windows: open hours; an end of None is midnight.
        day: name of a closed stretch that ends before the last window, as "Ban ngày".
        night: name of the closed stretches at both ends of the day, as "Tối".
    """
    bands: list[Band] = []
    cursor: time | None = time(0)
    for start, end in sorted(windows, key=lambda window: window[0]):
        if cursor is not None and cursor < start:
            bands.append(Band(cursor, start, is_open=False, name=day if bands else night))
        bands.append(Band(start, end))
        cursor = end
    if cursor is not None:
        bands.append(Band(cursor, None, is_open=False, name=night))
    return bands


def week(
    days: Sequence[date], bands: Sequence[Band], slots: Sequence[Slot], notes: Mapping[date, str] = _NO_NOTES
) -> Week:
    """Sort slots into days and bands; a closed band without any slot before the first window is left out.

    Args:
        notes: what stands under a day's date.
    """
    now = dates.today()
    drawn = tuple(Day(day, day == now, notes.get(day, "")) for day in days)
    by_day = {one.day: one for one in drawn}
    for slot in sorted(slots, key=lambda slot: slot.start):
        if owner := by_day.get(dates.local(slot.start).date()):
            owner.slots.append(slot)
    rows = []
    for number, band in enumerate(bands):
        cells = tuple(
            tuple(slot for slot in one.slots if band.holds(dates.local(slot.start).time())) for one in drawn
        )
        is_idle = not band.is_open and not any(cells)
        if not (is_idle and number == 0):
            rows.append(Row(band, cells))
    return Week(drawn, tuple(rows))
