# SPDX-License-Identifier: AGPL-3.0-or-later
"""The plan on two pages: goals with figures, what must be said, phases, who answers, what is late, what is next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

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
from loa.people.models import Organisation

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
        organisations=_organisations(rows, today),
        phases=_phases(rollup.by_phase(campaign, today, rows)),
        channels=_channels(rollup.by_channel(campaign, today, rows)),
        places=_places(campaign, rows, today),
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


def _first(tallied: Iterable[tuple[tuple[Any, ...], Tally]]) -> tuple[dict[Any, Tally], int]:
    """Return the parts that most need a look by their keys, and how many others there are."""
    found = {key: tally for (key,), tally in tallied}
    keys = sorted(found, key=lambda key: (-found[key].late, -found[key].open, key))
    return {key: found[key] for key in keys[:LINES]}, len(keys[LINES:])


def _organisations(rows: QuerySet[Activity], today: date) -> Part:
    """Return the first few in tree order; only these are read by name."""
    kept, more = _first(rollup.tallies(rows, today, office=F("organisation")))
    named = Organisation.objects.filter(pk__in=kept).order_by("path")
    lines = (Progress(one.name, kept[one.pk], PlanFilter(organisation=one.pk).query()) for one in named)
    return Part(tuple(lines), more)


def _places(campaign: Campaign, rows: QuerySet[Activity], today: date) -> Part:
    """Return the first few in tree order; only these are read by name."""
    kept, more = _first(rollup.tallies(rows, today, distinct=True, where=place_of(campaign)))
    named = Area.objects.filter(path__in=kept).order_by("path")
    lines = (Progress(one.name, kept[one.path], PlanFilter(area=one.code).query()) for one in named)
    return Part(tuple(lines), more)


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
