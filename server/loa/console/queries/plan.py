# SPDX-License-Identifier: AGPL-3.0-or-later
"""The plan on two pages: goals with figures, what must be said, phases, who answers, what is late, what is next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from loa.campaigns import rollup
from loa.campaigns.listings import ActivityLine, lines_of
from loa.campaigns.models import Activity, Campaign, KeyMessage, MessagePriority
from loa.campaigns.queries import phases_of
from loa.campaigns.rollup import Line, ObjectiveLine, Tally, UnitTotal
from loa.campaigns.rules import OPEN_STATES, TOP_MESSAGES
from loa.campaigns.seeing.lines import selected
from loa.campaigns.seeing.places import by_place
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
    """Read the first page. 22 queries, however large the plan is."""
    campaign, rows = seen.campaign, seen.rows
    phases = list(phases_of(campaign))
    totals = rollup.figures(campaign)
    late, coming = _late_and_coming(rows, today)
    messages = list(campaign.key_messages.order_by("order", "pk"))
    return PlanPage(
        campaign=campaign,
        seen=seen,
        line=phase_line(phases, today),
        tally=rollup.tally_of(rows, today),
        objectives=tuple(rollup.objectives(campaign, totals)[:GOALS]),
        figures=tuple(totals[:GOALS]),
        messages=_on_top(messages, rollup.by_key_message(campaign, today, rows)),
        messages_more=max(0, len(messages) - TOP_MESSAGES),
        organisations=_part(rollup.by_organisation(campaign, today, rows), "organisation"),
        phases=_phases(rollup.by_phase(campaign, today, rows)),
        channels=_channels(rollup.by_channel(campaign, today, rows)),
        places=_part(by_place(campaign, rows, today), "area"),
        late=late,
        coming=coming,
    )


def _late_and_coming(
    rows: QuerySet[Activity], today: date
) -> tuple[tuple[ActivityLine, ...], tuple[ActivityLine, ...]]:
    is_open = Q(state__in=OPEN_STATES)
    late = list(selected(rows.filter(is_open, due__lt=today))[:LISTED])
    coming = selected(rows.filter(is_open, due__gte=today))[:LISTED]
    lines = lines_of([*late, *coming], today)
    return tuple(lines[: len(late)]), tuple(lines[len(late) :])


def _on_top(messages: list[KeyMessage], told: Iterable[Line]) -> tuple[tuple[KeyMessage, Progress], ...]:
    tallies = {line.key: line.tally for line in told}
    top = [one for one in messages if one.priority == MessagePriority.TOP] or messages
    return tuple(
        (one, Progress(one.text, tallies.get(one.pk, Tally()), PlanFilter(message=one.pk).query()))
        for one in top[:TOP_MESSAGES]
    )


def _part(lines: list[Line], field: str) -> Part:
    """Return the lines that most need a look, in the order of the tree."""
    first = sorted(lines, key=lambda line: (-line.tally.late, -line.tally.open))[:LINES]
    keys = {line.key for line in first}
    kept = [line for line in lines if line.key in keys]
    filters = PlanFilter()
    shown = (Progress(line.name, line.tally, filters.but(**{field: line.key}).query()) for line in kept)
    return Part(tuple(shown), len(lines) - len(kept))


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
