# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table of who may do what, tried for every role at every node and for every holder of a post."""

from collections.abc import Callable
from pathlib import Path

import pytest

from loa.campaigns import actions
from loa.campaigns.actions import evidence
from loa.campaigns.actions.steps import take_step
from loa.campaigns.models import Activity, ActivityState, PhotoMatch
from loa.campaigns.plan_page import with_tables
from loa.campaigns.rules import DEEDS, STEPS, Deed, Part, Step, permits
from loa.campaigns.standing import parts_of, steps_for
from loa.campaigns.tests.whole_plan import make_photo_evidence
from loa.campaigns.tests.world import World, make_world
from loa.campaigns.urging.actions import urge_by_hand
from loa.config import clock
from loa.config.errors import LoaError, PermissionDeniedError
from loa.people.models import Person, Role
from loa.people.tests.factories import make_member, make_person

DOCS = Path(__file__).resolve().parents[4] / "docs"

# What a role at a node makes of somebody; said here once more, apart from the code that computes it.
PLANNING = {
    "above": {Part.PLANNER, Part.OFFICE},
    "campaign": {Part.PLANNER, Part.OFFICE},
    "office": {Part.OFFICE},
    "beside": set(),
    "party": set(),
    "strange": set(),
}
HOLDING = {
    "accountable": {Part.ACCOUNTABLE},
    "contributor": {Part.CONTRIBUTOR},
    "above": {Part.ABOVE},
    "far_above": {Part.ABOVE},
    "steering": {Part.STEERING},
    "nobody": set(),
}
ROLES = [(role, node) for role in Role for node in PLANNING]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def put(activity: Activity, state: ActivityState) -> Activity:
    Activity.objects.filter(pk=activity.pk).update(state=state)
    return activity


def tried(world: World, person: object, step: Step) -> bool:
    """Say whether the person can go the step; nothing stays changed."""
    activity = put(world.fresh(), step.before[0])
    activity.refresh_from_db()
    try:
        take_step(actor=person, activity=activity, step=step, reason="vì sao")  # type: ignore[arg-type]
    except PermissionDeniedError:
        activity.refresh_from_db()
        assert activity.state == step.before[0]
        return False
    activity.refresh_from_db()
    assert activity.state == step.after
    Activity.objects.filter(pk=activity.pk).update(submitted_by=None, verified_by=None)
    return True


@pytest.mark.parametrize(("role", "node"), ROLES)
def test_a_role_at_a_node_may_go_exactly_the_steps_of_the_table(world: World, role: Role, node: str) -> None:
    person = make_member(world.nodes[node], role)
    parts = PLANNING[node] if role == Role.PLANNER else set()
    assert parts_of(person, world.fresh()) - {Part.READER} == parts
    for step in STEPS:
        assert tried(world, person, step) is bool(parts & set(step.who)), step.name


@pytest.mark.parametrize("name", list(HOLDING))
def test_whoever_holds_a_post_may_go_exactly_the_steps_of_the_table(world: World, name: str) -> None:
    person = world.holders[name]
    assert parts_of(person, world.fresh()) - {Part.READER} == HOLDING[name]
    for step in STEPS:
        assert tried(world, person, step) is bool(HOLDING[name] & set(step.who)), step.name


def attempts(world: World, person: Person) -> dict[Deed, Callable[[], object]]:
    """Return how somebody tries the deeds that no page in ``test_table_in_views`` stands for, and three more."""
    photos = [make_photo_evidence(world.activity, person).file for _ in range(2)]
    match = PhotoMatch.objects.create(first=photos[0], second=photos[1], likeness=0.9, found_at=clock.now())
    return {
        Deed.EDIT_PLAN: lambda: actions.add_phase(actor=person, campaign=world.campaign, name=str(person.pk)),
        Deed.ADD_EVIDENCE: lambda: evidence.add_link(
            actor=person, activity=world.fresh(), url=f"https://example.vn/{person.pk}"
        ),
        Deed.CLEAR_MATCH: lambda: actions.clear_match(
            actor=person, activity=world.fresh(), match=match, note="Cùng một buổi"
        ),
        Deed.URGE: lambda: urge_by_hand(actor=person, activities=[world.fresh()], note="Báo lại"),
        Deed.UNDO_REMOVAL: lambda: actions.undo_removal(
            actor=person, removal=actions.remove(actor=None, row=world.fresh())
        ),
    }


def check_deeds(world: World, person: Person, parts: set[Part]) -> None:
    """Hold what somebody could do to what the table gives to these parts."""
    for deed, attempt in attempts(world, person).items():
        try:
            attempt()
            done = True
        except PermissionDeniedError:
            done = False
        assert done is bool(parts & set(DEEDS[deed][1])), deed
        Activity.everything.filter(pk=world.activity.pk).update(removal=None)


@pytest.mark.parametrize(("role", "node"), ROLES)
def test_a_role_at_a_node_may_do_exactly_the_deeds_of_the_table(world: World, role: Role, node: str) -> None:
    parts = set(PLANNING[node]) if role == Role.PLANNER else set()
    check_deeds(world, make_member(world.nodes[node], role), parts)


@pytest.mark.parametrize("name", list(HOLDING))
def test_whoever_holds_a_post_may_do_exactly_the_deeds_of_the_table(world: World, name: str) -> None:
    check_deeds(world, world.holders[name], set(HOLDING[name]))


def test_the_submitter_takes_back_and_never_verifies_whatever_else_he_is(world: World) -> None:
    planner = make_member(world.nodes["campaign"], Role.PLANNER)
    activity = put(world.fresh(), ActivityState.IN_PROGRESS)
    activity.refresh_from_db()
    actions.set_activity_state(actor=planner, activity=activity, state="submitted")
    assert [step.name for step in steps_for(planner, activity)] == ["take_back", "return"]
    with pytest.raises(PermissionDeniedError, match="không tự xác nhận"):
        actions.set_activity_state(actor=planner, activity=activity, state="verified")
    activity.refresh_from_db()
    assert activity.state == ActivityState.SUBMITTED


def test_the_buttons_are_the_steps_that_the_action_lets_through(world: World) -> None:
    people = {
        "planner": make_member(world.nodes["campaign"], Role.PLANNER),
        "stranger": make_person(),
        **world.holders,
    }
    for state in ActivityState:
        for person in people.values():
            activity = put(world.fresh(), state)
            activity.refresh_from_db()
            offered = {step.name for step in steps_for(person, activity)}
            let_through = {step.name for step in STEPS if state in step.before and tried(world, person, step)}
            if state in {ActivityState.RETURNED, ActivityState.VERIFIED, ActivityState.IN_PROGRESS}:
                let_through &= offered | {step.name for step in STEPS if step.before[0] == state}
            assert offered == let_through, (state, person)


def test_a_part_that_is_nobody_is_permitted_nothing() -> None:
    assert not any(permits(deed, ()) for deed in Deed)


def test_somebody_who_left_his_post_is_nothing_to_the_activity_any_more(world: World) -> None:
    holding = world.posts["accountable"].holdings.get()
    holding.until = holding.since
    holding.save()
    assert Part.ACCOUNTABLE not in parts_of(world.holders["accountable"], world.fresh())


def test_the_page_shows_the_table_as_it_is() -> None:
    page = (DOCS / "plan.md").read_text(encoding="utf-8")
    assert page == with_tables(page), "Write it anew: python -m loa.campaigns.plan_page docs/plan.md"


def test_every_refusal_is_a_sentence(world: World) -> None:
    with pytest.raises(LoaError) as caught:
        take_step(actor=make_person(), activity=world.fresh(), step=STEPS[0])
    assert caught.value.message.endswith(".")
    assert "người lập kế hoạch" in caught.value.message
