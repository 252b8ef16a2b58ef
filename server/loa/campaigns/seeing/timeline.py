# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days on a line: shares of a drawing's width for the Gantt and for the phases of a campaign. No database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from loa.campaigns.models import Phase

WEEKS_UP_TO = 70  # days; a longer line is marked by months
QUARTERS_FROM = 800  # days
LEAST = 0.6  # percent that a bar is wide at least, so that a day can be seen
UNDATED = 14.0  # percent of the line for a phase without dates, behind all others


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
class PhaseBar:
    """A phase on the line; one without dates stands hatched behind the others."""

    phase: Phase
    bar: Stretch
    is_dated: bool
    is_current: bool


@dataclass(frozen=True)
class PhaseLine:
    """The phases of a campaign on one line."""

    bars: tuple[PhaseBar, ...]
    ticks: tuple[Tick, ...]
    today: str | None  # where it is
    current: Phase | None
    days_left: int | None  # of the current phase; None while it is open


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
            bars.append(PhaseBar(one, axis.stretch(first, last), True, is_current))
        else:
            bars.append(PhaseBar(one, Stretch(share(behind + 0.5), share(width - 0.5)), False, False))
            behind += width
    current = next((one.phase for one in bars if one.is_current), None)
    left = (current.end - today).days if current and current.end else None
    ticks = tuple(axis.ticks) if dated else ()
    return PhaseLine(tuple(bars), ticks, axis.mark(today) if dated else None, current, left)


def span_words(start: date | None, due: date | None) -> str:
    """Return the days of an activity in words for readers of the drawing."""
    if due is None:
        return _("chưa ghi hạn")
    last = f"{due:%d/%m/%Y}"
    return _("%(first)s đến %(last)s") % {"first": f"{start:%d/%m/%Y}", "last": last} if start else last
