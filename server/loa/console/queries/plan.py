# SPDX-License-Identifier: AGPL-3.0-or-later
"""The plan on two pages: goals with figures, what must be said, phases, who answers, what is late, what is next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, QuerySet, When, Window
from django.db.models.functions import RowNumber

from loa.areas.models import Area
from loa.campaigns import rollup
from loa.campaigns.listings import ActivityLine, lines_of
from loa.campaigns.models import Activity, Campaign, KeyMessage, MessagePriority
from loa.campaigns.queries import phases_of
from loa.campaigns.rollup import Line, ObjectiveLine, Tally, UnitTotal
from loa.campaigns.rules import OPEN_STATES, TOP_MESSAGES
from loa.campaigns.seeing.lines import selected
from loa.campaigns.seeing.places import place_of
from loa.campaigns.seeing.rows import NO_PHASE, PlanFilter, Seen
from loa.campaigns.seeing.timeline import PhaseLine, phase_line
from loa.campaigns.words import CHANNEL_NAMES, Words

LISTED = 8  # activities that are late, and that come
LINES = 10  # of organisations and places; the others are behind a link
GOALS = 8


@dataclass(frozen=True)
class Progress:
    """How far a part of the work is; ``query`` finds its rows in the table."""

    name: Words
    tally: Tally
    query: str


@dataclass(frozen=True)
class Part:
    """Some lines of one kind, and how many more there are."""

    lines: tuple[Progress, ...]
    more: int


@dataclass(frozen=True)
class PlanPage:
    """All that the first page of a campaign says.

    Args:
        messages: the at most five key messages on top, each with the work that tells it; the first ones
            where the plan puts none on top.
        late, coming: the first few; the tally says how many there are.
    """

    campaign: Campaign
    seen: Seen
    line: PhaseLine
    tally: Tally
    objectives: tuple[ObjectiveLine, ...]
    figures: tuple[UnitTotal, ...]
    messages: tuple[tuple[KeyMessage, Progress], ...]
    messages_more: int
    organisations: Part
    phases: Part
    channels: Part
    places: Part
    late: tuple[ActivityLine, ...]
    coming: tuple[ActivityLine, ...]


def plan_page(seen: Seen, today: date) -> PlanPage:
    """Read the first page. 14 queries, however large the plan is."""
    campaign, rows = seen.campaign, seen.rows
    phases = list(phases_of(campaign))
    totals = rollup.figures(campaign)
    late, coming = _late_and_coming(rows, today)
    messages = list(campaign.key_messages.order_by("order", "pk"))
    parts = rollup.tallies(rows, today, phase_key=F("phase__key"), over=F("channels"))
    return PlanPage(
        campaign=campaign,
        seen=seen,
        line=phase_line(phases, today),
        tally=rollup.sum_of(tally for _, tally in parts),
        objectives=tuple(rollup.objectives(campaign, totals)[:GOALS]),
        figures=tuple(totals[:GOALS]),
        messages=_on_top(messages, rollup.told_of(campaign, today, rows)),
        messages_more=max(0, len(messages) - TOP_MESSAGES),
        organisations=_organisations(rows, today),
        phases=_phases(rollup.phase_lines(phases, ((key, tally) for (key, _), tally in parts))),
        channels=_channels(rollup.channel_lines((over, tally) for (_, over), tally in parts)),
        places=_places(campaign, rows, today),
        late=late,
        coming=coming,
    )


def _late_and_coming(
    rows: QuerySet[Activity], today: date
) -> tuple[tuple[ActivityLine, ...], tuple[ActivityLine, ...]]:
    """Return the first open work past its day, and the first that comes. Two queries."""
    is_late = Case(When(due__lt=today, then=True), default=False)
    rank = Window(RowNumber(), partition_by=is_late, order_by=["due", "pk"])
    dated = rows.filter(state__in=OPEN_STATES, due__isnull=False)
    found = list(selected(dated.annotate(rank=rank).filter(rank__lte=LISTED)))
    late = [one for one in found if one.due and one.due < today]
    coming = found[len(late) :]
    lines = lines_of([*late, *coming], today)
    return tuple(lines[: len(late)]), tuple(lines[len(late) :])


def _on_top(messages: list[KeyMessage], told: Mapping[int, Tally]) -> tuple[tuple[KeyMessage, Progress], ...]:
    top = [one for one in messages if one.priority == MessagePriority.TOP] or messages
    return tuple(
        (one, Progress(one.text, told.get(one.pk, Tally()), PlanFilter(message=one.pk).query()))
        for one in top[:TOP_MESSAGES]
    )


def _need(tally: Tally) -> tuple[int, int]:
    """Return where a part stands in the order in which parts need a look: late work first, then open work."""
    return -tally.late, -tally.open


def _organisations(rows: QuerySet[Activity], today: date) -> Part:
    """Return those that most need a look, in tree order, and how many others there are. One query."""
    offices = rollup.tallies(
        rows, today, office=F("organisation"), path=F("organisation__path"), name=F("organisation__name")
    )
    found = sorted(offices, key=lambda one: (*_need(one[1]), one[0]))
    lines = (
        Progress(name, tally, PlanFilter(organisation=key).query())
        for (key, path, name), tally in sorted(found[:LINES], key=lambda one: one[0][1])
    )
    return Part(tuple(lines), len(found[LINES:]))


def _places(campaign: Campaign, rows: QuerySet[Activity], today: date) -> Part:
    """Return those that most need a look, in tree order; only these are read by name. Two queries."""
    found = {
        key: tally for (key,), tally in rollup.tallies(rows, today, distinct=True, where=place_of(campaign))
    }
    kept = sorted(found, key=lambda key: (*_need(found[key]), key))[:LINES]
    named = Area.objects.filter(path__in=kept).order_by("path")
    lines = (Progress(one.name, found[one.path], PlanFilter(area=one.code).query()) for one in named)
    return Part(tuple(lines), len(found) - len(kept))


def _phases(lines: list[Line]) -> Part:
    shown = (
        Progress(line.name, line.tally, PlanFilter(phase=line.key or NO_PHASE).query()) for line in lines
    )
    return Part(tuple(shown), 0)


def _channels(lines: list[Line]) -> Part:
    shown = (
        Progress(CHANNEL_NAMES.get(line.key, line.name), line.tally, PlanFilter(channel=line.key).query())
        for line in lines[:LINES]
    )
    return Part(tuple(shown), max(0, len(lines) - LINES))
