# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every figure leads to exactly the rows that it counts, for whoever looks."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis.extra.django import TestCase

from loa.campaigns import rollup
from loa.campaigns.models import Phase
from loa.campaigns.seeing import gantt, workload
from loa.campaigns.seeing.levels import lower_levels
from loa.campaigns.seeing.matrix import matrix
from loa.campaigns.seeing.places import by_place
from loa.campaigns.seeing.rows import NO_PHASE, OWN_LEVEL, SHOWN, PlanFilter, Seen, narrowed, seen_by
from loa.campaigns.seeing.timeline import Axis
from loa.campaigns.tests.factories import make_activity, make_campaign
from loa.campaigns.tests.test_rollup import ROWS, TODAY, Row, build
from loa.campaigns.tests.world import World, make_world
from loa.people.models import Role
from loa.people.tests.factories import make_member

AXIS = Axis(date(2026, 11, 1), date(2026, 11, 30))


def count(seen: Seen, **chosen: Any) -> int:
    return narrowed(seen, PlanFilter(**chosen), TODAY).count()


def agree(seen: Seen, tally: rollup.Tally, **chosen: Any) -> None:
    """Say that a tally is what a filter keeps, all of it and what is late of it."""
    assert count(seen, **chosen) == tally.total, chosen
    assert count(seen, show="late", **chosen) == tally.late, chosen
    assert count(seen, show="done", **chosen) == tally.verified, chosen


class FiguresLeadToTheirRows(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(ROWS)
    def test_for_whatever_is_drawn(self, rows: list[Row]) -> None:
        built = build(rows)
        person = make_member(built.world.nodes["above"], Role.VIEWER)
        for campaign in built.campaigns:
            seen = seen_by(person, campaign)
            assert seen.is_whole
            self.lines(seen)
            self.pages(seen)

    def lines(self, seen: Seen) -> None:
        campaign, whole = seen.campaign, rollup.tally_of(seen.rows, TODAY)
        agree(seen, whole)
        for line in rollup.by_organisation(campaign, TODAY, seen.rows):
            agree(seen, line.tally, organisation=line.key)
        for line in rollup.by_phase(campaign, TODAY, seen.rows):
            agree(seen, line.tally, phase=line.key or NO_PHASE)
        for line in rollup.by_channel(campaign, TODAY, seen.rows):
            agree(seen, line.tally, channel=line.key)
        for line in rollup.by_key_message(campaign, TODAY, seen.rows):
            agree(seen, line.tally, message=line.key)
        for line in by_place(campaign, seen.rows, TODAY):
            agree(seen, line.tally, area=line.key)

    def pages(self, seen: Seen) -> None:
        table = matrix(seen, narrowed(seen, PlanFilter(), TODAY), TODAY)
        for area in table.places:
            for (channel, _words), cell in zip(table.channels, table.row(area, PlanFilter()), strict=True):
                agree(seen, cell.tally, area=area.code, channel=channel)
        rows = narrowed(seen, PlanFilter(), TODAY)
        for load in workload.loads(list(workload.counts(rows, TODAY)), TODAY):
            assert count(seen, post=load.post.pk) == load.total
            parts = load.late, load.this_week, load.next_week, load.later, load.undated, load.done
            assert sum(parts) == load.total
        phases = list(Phase.objects.filter(campaign=seen.campaign))
        for grouping, field in gantt.FIELDS.items():
            for row in gantt.groups_of(rows, grouping, phases, TODAY):
                group = gantt.group(row, AXIS, {})
                key = int(group.key) if field == "organisation" else group.key
                if field != "level":  # a level is everything below it too
                    assert count(seen, **{field: key}) == group.total
        found = lower_levels(seen, rows, TODAY)
        assert rollup.sum_of(level.tally for level in found).total == rows.count()


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_a_commune_sees_its_own_part_of_the_provinces_plan_and_no_neighbours(world: World) -> None:
    top = make_campaign(world.nodes["above"])
    upper = make_activity(top, world.posts["far_above"], "Ra quân")
    own = make_campaign(world.nodes["campaign"], upper=top)
    strange = make_campaign(world.nodes["strange"], upper=top)
    mine = make_activity(own, world.posts["accountable"], upper=upper)
    theirs = make_activity(strange, world.posts["nobody"], upper=upper)
    officer = make_member(world.nodes["campaign"], Role.VIEWER)
    seen = seen_by(officer, top)
    assert not seen.is_whole
    assert set(seen.rows) == {mine}
    assert set(seen_by(officer, top, strange.key).rows) == set()
    assert [level.campaign for level in lower_levels(seen, seen.rows, TODAY)] == [own]
    above = seen_by(make_member(world.nodes["above"], Role.VIEWER), top)
    assert above.is_whole
    assert set(above.rows) == {mine, theirs}
    assert set(seen_by(officer, top, OWN_LEVEL).rows) == {upper}


@pytest.mark.parametrize(
    "query",
    [
        {"xem": "nonsense", "co-quan": "x", "thong-diep": "9" * 30, "trang-thai": "?", "han": "31/02"},
        {"co-quan": "-1", "chuc-danh": "²", "han": "2026-13-01"},
    ],
)
def test_what_cannot_be_read_of_an_address_means_everything(query: dict[str, str]) -> None:
    assert not PlanFilter.from_query(query).is_narrow


@pytest.mark.parametrize("show", SHOWN)
def test_a_filter_is_read_back_from_the_address_that_it_writes(show: str) -> None:
    chosen = PlanFilter(show=show, organisation=4, channel="portal", day="2026-11-24", words="cờ & hoa")
    assert PlanFilter.from_query(QueryDict(chosen.query()[1:]).dict()) == chosen


def test_cancelled_work_is_shown_only_where_it_is_asked_for(world: World) -> None:
    make_activity(world.campaign, world.posts["accountable"], state="cancelled")
    seen = seen_by(world.holders["accountable"], world.campaign)
    assert count(seen, state="cancelled") == 1
    assert count(seen) == 1


@pytest.mark.parametrize(
    ("words", "found"), [("phát", 1), ("Văn hóa", 1), ("trưởng", 1), ("Phòng", 1), ("không có", 0)]
)
def test_words_are_sought_in_titles_offices_and_posts(world: World, words: str, found: int) -> None:
    assert count(seen_by(world.holders["accountable"], world.campaign), words=words) == found
