# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days on a line: shares of a drawing's width for the Gantt and for the phases of a campaign. No database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from loa.campaigns.models import Phase

WEEKS_UP_TO = 70  # days; a longer line is marked by months
QUARTERS_FROM = 800  # days
LEAST = 0.6  # percent that a bar is wide at least, so that a day can be seen
UNDATED = 14.0  # percent of the line for a phase without dates, behind all others
LETTER = 1.2  # percent of the narrowest drawing (640 px) that a letter of a label takes at most
LABELS_FROM, LABEL_HEIGHT = 74, 18  # px: the first row of labels below the bars


def share(value: float) -> str:
    """Return a number as an SVG length in percent, spelt alike in every language."""
    return f"{value:.2f}%"


@dataclass(frozen=True)
class Tick:
    x: str
    words: str


@dataclass(frozen=True)
class Stretch:
    """A bar on the line: where it begins and how long it is."""

    x: str
    width: str


@dataclass(frozen=True)
class Axis:
    """The days from ``start`` to ``end``, both shown, over the first ``room`` percent of a drawing."""

    start: date
    end: date
    room: float = 100.0

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def at(self, day: date) -> float:
        """Return where a day begins, in percent; days outside stand at the edge."""
        inside = min(max((day - self.start).days, 0), self.days)
        return self.room * inside / self.days

    def stretch(self, first: date, last: date) -> Stretch:
        """Return the bar of some days, the last one included."""
        begins = min(self.at(first), self.room - LEAST)
        width = max(self.at(last + timedelta(days=1)) - begins, LEAST)
        return Stretch(share(begins), share(width))

    def mark(self, day: date) -> str | None:
        """Return where the middle of a day is; None when it is not on the line."""
        if not self.start <= day <= self.end:
            return None
        return share(self.at(day) + self.room / self.days / 2)

    @property
    def ticks(self) -> list[Tick]:
        """Return the beginnings of weeks, months or quarters, the year where it changes."""
        return [
            Tick(share(self.at(day)), self._words(day, number == 0))
            for number, day in enumerate(self._marks())
        ]

    def _words(self, day: date, is_first: bool) -> str:
        if self.days <= WEEKS_UP_TO:
            return f"{day.day:02d}/{day.month:02d}"
        return f"{day.month}/{day.year}" if is_first or day.month == 1 else str(day.month)

    def _marks(self) -> list[date]:
        if self.days <= WEEKS_UP_TO:
            monday = self.start + timedelta(days=-self.start.weekday() % 7)
            return [monday + timedelta(weeks=n) for n in range((self.end - monday).days // 7 + 1)]
        step = 3 if self.days > QUARTERS_FROM else 1
        months = range(self.start.year * 12 + self.start.month - 1, self.end.year * 12 + self.end.month)
        first_days = (date(n // 12, n % 12 + 1, 1) for n in months if n % 12 % step == 0)
        return [day for day in first_days if day >= self.start]


def axis_over(days: Iterable[date | None], today: date) -> Axis:
    """Return a line over some days and today, with a little room on both sides."""
    known = [*(day for day in days if day is not None), today]
    first, last = min(known), max(known)
    edge = max(1, (last - first).days // 40)
    return Axis(first - timedelta(days=edge), last + timedelta(days=edge))


@dataclass(frozen=True)
class Label:
    """Words below a bar that is too short for them; ``is_left`` where they end at its right edge."""

    x: str
    y: int  # px
    is_left: bool


@dataclass(frozen=True)
class PhaseBar:
    """A phase on the line; one without dates stands hatched behind the others.

    Args:
        words: its name and days.
        label: where the words stand when the bar is too short for them.
    """

    phase: Phase
    bar: Stretch
    is_dated: bool
    is_current: bool
    words: str = ""
    label: Label | None = None


@dataclass(frozen=True)
class PhaseLine:
    """The phases of a campaign on one line."""

    bars: tuple[PhaseBar, ...]
    ticks: tuple[Tick, ...]
    today: str | None  # where it is
    current: Phase | None
    days_left: int | None  # of the current phase; None while it is open

    @property
    def today_y(self) -> int:
        """Return where the word "today" stands, in px: below all labels."""
        rows = [one.label.y for one in self.bars if one.label]
        return max(rows, default=LABELS_FROM - LABEL_HEIGHT) + LABEL_HEIGHT + 6

    @property
    def height(self) -> int:
        """Return the height of the drawing in px."""
        return self.today_y + 8


def phase_line(phases: Sequence[Phase], today: date) -> PhaseLine:
    """Lay phases on a line; those that nobody dated come last, in their order."""
    dated = [one for one in phases if one.start or one.end]
    room = max(30.0, 100.0 - UNDATED * (len(phases) - len(dated)))
    around = axis_over([day for one in dated for day in (one.start, one.end)], today)
    axis = Axis(around.start, around.end, room if dated else 0.0)
    width = (100.0 - axis.room) / max(1, len(phases) - len(dated))
    bars, behind = [], axis.room
    for one in phases:
        if one in dated:
            first, last = one.start or axis.start, one.end or (axis.end if one.start else axis.start)
            is_current = first <= today <= last
            bars.append(PhaseBar(one, axis.stretch(first, last), True, is_current, phase_words(one)))
        else:
            stretch = Stretch(share(behind + 0.5), share(width - 0.5))
            bars.append(PhaseBar(one, stretch, False, False, phase_words(one)))
            behind += width
    current = next((one.phase for one in bars if one.is_current), None)
    left = (current.end - today).days if current and current.end else None
    ticks = tuple(axis.ticks) if dated else ()
    return PhaseLine(_labelled(bars), ticks, axis.mark(today) if dated else None, current, left)


def phase_words(phase: Phase) -> str:
    """Return a phase's name and days as its bar says them."""
    if phase.start and phase.end:
        return f"{phase.name}, {phase.start:%d/%m}–{phase.end:%d/%m}"
    if phase.is_open and phase.start:
        return _("%(name)s, từ %(day)s") % {"name": phase.name, "day": f"{phase.start:%d/%m}"}
    return phase.name


def _labelled(bars: Iterable[PhaseBar]) -> tuple[PhaseBar, ...]:
    """Put the words of short bars below them, in as few rows as they need so that none covers another."""
    rows: list[list[tuple[float, float]]] = []
    found = []
    for one in bars:
        x, width = (float(length.rstrip("%")) for length in (one.bar.x, one.bar.width))
        need = LETTER * (len(one.words) + 2)
        if need <= width:
            found.append(one)
            continue
        is_left = x + need > 100
        span = (x + width - need, x + width) if is_left else (x, x + need)
        row = next((at for at, taken in enumerate(rows) if _is_free(span, taken)), len(rows))
        if row == len(rows):
            rows.append([])
        rows[row].append(span)
        label = Label(share(x + width if is_left else x), LABELS_FROM + LABEL_HEIGHT * row, is_left)
        found.append(replace(one, label=label))
    return tuple(found)


def _is_free(span: tuple[float, float], taken: Iterable[tuple[float, float]]) -> bool:
    return all(span[1] <= first or span[0] >= last for first, last in taken)


def span_words(start: date | None, due: date | None) -> str:
    """Return the days of an activity in words for readers of the drawing."""
    if due is None:
        return _("chưa ghi hạn")
    last = f"{due:%d/%m/%Y}"
    return _("%(first)s đến %(last)s") % {"first": f"{start:%d/%m/%Y}", "last": last} if start else last
