# SPDX-License-Identifier: AGPL-3.0-or-later
"""Roll-ups against a naive recount that walks rows in Python and knows no SQL."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from loa.campaigns import actions, rollup
from loa.campaigns.models import Activity, Campaign, Evidence, KeyMessage, Removal
from loa.campaigns.progress import standings
from loa.campaigns.rules import OPEN_STATES
from loa.campaigns.tests.factories import make_campaign, make_key_message, make_phase
from loa.campaigns.tests.world import World, make_world

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
STATES = ["planned", "in_progress", "submitted", "returned", "verified", "cancelled"]


@dataclass(frozen=True)
class Row:
    """A drawn activity: in campaign 0 (province) or 1, 2 (communes below), maybe carrying out an upper one."""

    campaign: int
    upper: int | None
    state: str
    due: int | None
    quantity: int | None
    unit: str
    channels: list[str]
    areas: list[int]
    phase: bool
    message: bool
    is_removed: bool
    evidence: list[tuple[int, int]] = field(default_factory=list)  # (identity, amount)


ROWS = st.lists(
    st.builds(
        Row,
        campaign=st.integers(0, 2),
        upper=st.none() | st.integers(0, 5),
        state=st.sampled_from(STATES),
        due=st.none() | st.integers(-3, 3),
        quantity=st.none() | st.integers(1, 9),
        unit=st.sampled_from(["buổi", "tin, bài"]),
        channels=st.lists(st.sampled_from(["portal", "press", "flags"]), unique=True, max_size=2),
        areas=st.lists(st.integers(0, 3), unique=True, max_size=3),
        phase=st.booleans(),
        message=st.booleans(),
        is_removed=st.sampled_from([False, False, False, True]),
        evidence=st.lists(
            st.tuples(st.integers(0, 4), st.integers(0, 5)), unique_by=lambda one: one[0], max_size=3
        ),
    ),
    max_size=12,
)


@dataclass
class Built:
    campaigns: list[Campaign]
    activities: list[Activity]
    world: World


def build(rows: list[Row]) -> Built:
    """Store the drawn rows; an upper one is taken from the province's, once for each commune."""
    world = make_world()
    top = make_campaign(world.nodes["above"])
    below = [
        make_campaign(world.nodes["campaign"], upper=top),
        make_campaign(world.nodes["strange"], upper=top),
    ]
    campaigns = [top, *below]
    phases = [make_phase(one, "ra-quan", name="Ra quân") for one in campaigns]
    messages = [make_key_message(top)]
    messages += [make_key_message(one, upper=messages[0]) for one in below]
    places = [*world.villages[:2], world.nodes["campaign"].area, world.nodes["strange"].area]
    posts = [world.posts[name] for name in ("far_above", "accountable", "nobody")]
    made: list[Activity] = []
    uppers: list[Activity] = []
    for row in sorted(rows, key=lambda one: one.campaign):
        campaign = campaigns[row.campaign]
        upper = None
        if row.campaign and row.upper is not None and uppers:
            wanted = uppers[row.upper % len(uppers)]
            if not campaign.activities.filter(upper=wanted).exists():
                upper = wanted
        activity = Activity.objects.create(
            campaign=campaign,
            upper=upper,
            title="Việc",
            organisation=posts[row.campaign].organisation,
            accountable_post=posts[row.campaign],
            state=row.state,
            due=None if row.due is None else TODAY + timedelta(row.due),
            quantity=row.quantity,
            unit=row.unit,
            channels=row.channels,
            phase=phases[row.campaign] if row.phase else None,
        )
        activity.areas.set(places[index] for index in row.areas)
        if row.message:
            activity.key_messages.add(messages[row.campaign])
        for identity, amount in row.evidence:
            Evidence.objects.create(
                activity=activity,
                kind="link",
                identity=f"link:{identity}",
                amount=amount,
                added_at=NOW,
                added_by_name="x",
            )
        if row.is_removed:
            activity.removal = Removal.objects.create(
                campaign=campaign,
                object_type="campaigns.activity",
                object_id=activity.pk,
                at=NOW,
                by_name="x",
            )
            activity.save()
        made.append(activity)
        if row.campaign == 0:
            uppers.append(activity)
    return Built(campaigns, made, world)


def present(built: Built, campaign: Campaign) -> list[Activity]:
    inside = [
        one
        for one in built.campaigns
        if one in (campaign, *[c for c in built.campaigns if c.upper == campaign])
    ]
    return [one for one in built.activities if one.removal is None and one.campaign in inside]


def recount(rows: list[Activity]) -> rollup.Tally:
    states = Counter(one.state for one in rows)
    is_open = [one for one in rows if one.state in OPEN_STATES]
    return rollup.Tally(
        total=len(rows) - states["cancelled"],
        late=sum(one.due is not None and one.due < TODAY for one in is_open),
        undated=sum(one.due is None for one in is_open),
        **{state: states[state] for state in STATES},
    )


def leaves(built: Built, campaign: Campaign) -> list[Activity]:
    carried = {one.upper_id for one in built.activities if one.removal is None}
    return [one for one in present(built, campaign) if one.pk not in carried]


def naive_figures(built: Built, campaign: Campaign) -> dict[str, tuple[int, Decimal]]:
    rows = [one for one in present(built, campaign) if one.state != "cancelled"]
    by_pk = {one.pk: one for one in rows}
    planned: Counter[str] = Counter()
    for one in rows:
        above = by_pk.get(one.upper_id) if one.upper_id else None
        stands_above = above is not None and above.quantity is not None and above.unit == one.unit
        if one.quantity is not None and not stands_above:
            planned[one.unit] += one.quantity
    best: dict[tuple[str, str], Decimal] = {}
    for one in rows:
        for proof in one.evidence.all():
            key = (one.unit, proof.identity)
            best[key] = max(best.get(key, Decimal(0)), proof.amount or Decimal(0))
    counted: Counter[str] = Counter()
    for (unit, _identity), amount in best.items():
        counted[unit] += amount  # type: ignore[assignment]
    units = {*planned, *(unit for unit, amount in counted.items() if amount)}
    return {unit: (planned[unit], Decimal(counted[unit])) for unit in units}


def grouped(rows: list[Activity], keys: Any) -> dict[Any, rollup.Tally]:
    found: dict[Any, list[Activity]] = {}
    for one in rows:
        for key in set(keys(one)):
            found.setdefault(key, []).append(one)
    return {key: recount(of) for key, of in found.items()}


def commune_code(area: Any) -> str:
    return str(area.code).split("-")[0]


class RollUpsEqualARecount(TestCase):
    @given(rows=ROWS)
    @settings(max_examples=40)
    def test_of_everything_that_is_drawn(self, rows: list[Row]) -> None:
        built = build(rows)
        for campaign in built.campaigns:
            of = leaves(built, campaign)
            assert rollup.tally(campaign, TODAY) == recount(of)
            figures = {line.unit: (line.planned, line.counted) for line in rollup.figures(campaign)}
            assert figures == naive_figures(built, campaign)
            lines = {line.key: line.tally for line in rollup.by_organisation(campaign, TODAY)}
            assert lines == grouped(of, lambda one: [one.organisation_id])
            lines = {line.key: line.tally for line in rollup.by_channel(campaign, TODAY)}
            assert lines == grouped(of, lambda one: one.channels)
            lines = {line.key: line.tally for line in rollup.by_area(campaign, TODAY)}
            assert lines == grouped(
                of,
                lambda one: (
                    [commune_code(area) for area in one.areas.all()] or [commune_code(one.campaign.area)]
                ),
            )
            lines = {
                line.key: line.tally
                for line in rollup.by_phase(campaign, TODAY)
                if line.tally != rollup.Tally()
            }
            assert lines == grouped(of, lambda one: [one.phase and one.phase.key])
            top = KeyMessage.objects.get(campaign=campaign).pk
            lines = {line.key: line.tally for line in rollup.by_key_message(campaign, TODAY)}
            with_message = [one for one in of if one.key_messages.exists()]
            assert lines == ({top: recount(with_message)} if with_message else {})

    @given(rows=ROWS)
    @settings(max_examples=20)
    def test_an_activity_is_as_far_as_those_that_carry_it_out(self, rows: list[Row]) -> None:
        built = build(rows)
        found = standings(built.activities)
        for one in built.activities:
            family = [one] + [
                lower
                for lower in built.activities
                if lower.upper_id == one.pk and lower.removal is None and lower.state != "cancelled"
            ]
            best: dict[str, Decimal] = {}
            for member in family:
                for proof in member.evidence.all():
                    best[proof.identity] = max(
                        best.get(proof.identity, Decimal(0)), proof.amount or Decimal(0)
                    )
            assert found[one.pk].counted == sum(best.values(), Decimal(0))


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_the_provinces_number_and_the_communes_shares_are_not_added_together(world: World) -> None:
    top = make_campaign(world.nodes["above"])
    upper = actions.add_activity(
        actor=None,
        campaign=top,
        given=actions.ActivityInput(
            title="Họp", accountable_post=world.posts["far_above"], quantity=2, unit="hội nghị"
        ),
    )
    take = actions.Take(upper_activity=upper, accountable_post=world.posts["accountable"], quantity=1)
    lower = actions.take_over(actor=None, upper=top, organisation=world.nodes["campaign"], takes=[take])
    own = lower.activities.get()
    link = "https://example.vn/bien-ban"
    actions.add_link(actor=None, activity=own, url=link)
    actions.add_link(actor=None, activity=upper, url=link)  # the commune's minutes, sent up once more
    assert rollup.tally(top, TODAY).total == 1
    assert [(one.planned, one.counted) for one in rollup.figures(top)] == [(2, Decimal(1))]
    assert [(one.planned, one.counted) for one in rollup.figures(lower)] == [(1, Decimal(1))]
    assert standings([upper])[upper.pk].counted == 1


def test_objectives_are_counted_or_read(world: World) -> None:
    campaign = world.campaign
    Activity.objects.filter(pk=world.activity.pk).update(unit="buổi", quantity=4)
    given: dict[str, Any] = {"text": "Đủ", "measure": "Đếm", "target": Decimal(8)}
    counted = actions.ObjectiveInput(unit="buổi", is_counted=True, **given)
    actions.add_objective(actor=None, campaign=campaign, given=counted)
    read = actions.add_objective(
        actor=None, campaign=campaign, given=actions.ObjectiveInput(unit="%", **given)
    )
    about = actions.About(amount=Decimal(2))
    actions.add_link(actor=None, activity=world.fresh(), url="https://example.vn/1", about=about)
    assert [(line.value, line.share) for line in rollup.objectives(campaign)] == [
        (Decimal(2), 0.25),
        (None, None),
    ]
    for day, value in ((TODAY, 6), (TODAY - timedelta(9), 1)):
        actions.add_reading(actor=None, objective=read, on=day, value=Decimal(value))
    assert rollup.objectives(campaign)[1].value == 6
    with pytest.raises(actions.PlanError):
        actions.add_reading(actor=None, objective=campaign.objectives.all()[0], on=TODAY, value=Decimal(1))


def test_figures_for_reports_are_summed_by_day(world: World) -> None:
    for day, people in ((20, 100), (23, 50)):
        actions.add_figures(
            actor=None,
            activity=world.fresh(),
            figures={"participants": Decimal(people)},
            about=actions.About(on=date(2026, 11, day)),
        )
    assert rollup.measures(world.campaign) == {"participants": Decimal(150)}
    assert rollup.measures(world.campaign, since=date(2026, 11, 21)) == {"participants": Decimal(50)}
    assert rollup.measures(world.campaign, until=date(2026, 11, 20)) == {"participants": Decimal(100)}


@pytest.mark.parametrize("count", [1, 40])
def test_the_overview_takes_few_queries_however_much_there_is(
    world: World, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        message = make_key_message(world.campaign, f"Thông điệp {number}")
        activity = Activity.objects.create(
            campaign=world.campaign,
            title=f"Việc {number}",
            organisation=world.nodes["office"],
            accountable_post=world.posts["accountable"],
            due=TODAY + timedelta(number - 5),
        )
        activity.key_messages.add(message)
        activity.areas.set(world.villages)
    with django_assert_max_num_queries(20):
        found = rollup.overview(world.campaign, TODAY)
        _ = [(one.accountable_post.organisation.name, one.campaign.area.name) for one in found.late]
    assert len(found.late) <= 10
