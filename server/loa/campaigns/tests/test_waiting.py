# SPDX-License-Identifier: AGPL-3.0-or-later
"""A head is told what is his, a verifier what waits for him, and both what became of it."""

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from loa.audit.actor import SYSTEM
from loa.campaigns import actions
from loa.campaigns.actions import ActivityInput, telling
from loa.campaigns.models import Activity, ActivityState
from loa.campaigns.rules import STEPS, allows
from loa.campaigns.standing import parts_of
from loa.campaigns.tests.factories import make_activity
from loa.campaigns.tests.world import World, make_world
from loa.campaigns.waiting import verifiers_of, waiting_for
from loa.notices.models import Notice
from loa.people.models import Person, Post, Role
from loa.people.tests.factories import make_member

TODAY = date(2026, 11, 24)
VERIFY = next(step for step in STEPS if step.name == "verify")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def planner(world: World) -> Person:
    return make_member(world.nodes["campaign"], Role.PLANNER, "lap-ke-hoach")


def submitted(world: World, actor: str = "accountable") -> Activity:
    Activity.objects.filter(pk=world.activity.pk).update(state=ActivityState.IN_PROGRESS)
    activity = world.fresh()
    return actions.set_activity_state(actor=world.holders[actor], activity=activity, state="submitted")


def told(person: Person, kind: str) -> list[Notice]:
    return list(Notice.objects.filter(person=person, kind=kind))


def test_own_work_is_late_due_soon_or_returned_and_nobody_elses(world: World) -> None:
    post = world.posts["accountable"]
    Activity.objects.update(due=TODAY + timedelta(days=8))
    late = make_activity(world.campaign, post, "Trễ", due=TODAY - timedelta(days=3))
    soon = make_activity(world.campaign, post, "Sắp tới", due=TODAY + timedelta(days=7))
    returned = make_activity(world.campaign, post, "Trả lại", state=ActivityState.RETURNED)
    make_activity(world.campaign, world.posts["vacant"], "Của người khác", due=TODAY - timedelta(days=3))
    make_activity(world.campaign, post, "Đã nộp", due=TODAY, state=ActivityState.SUBMITTED)
    make_activity(world.campaign, post, "Đã xong", due=TODAY, state=ActivityState.VERIFIED)
    found = waiting_for(world.holders["accountable"], TODAY)
    assert {line.activity for line in found.own} == {late, soon, returned}
    assert found.late == 1
    assert waiting_for(world.holders["nobody"], TODAY).own == ()


def test_submitted_work_waits_for_everybody_whom_the_table_lets_verify_and_for_nobody_else(
    world: World, planner: Person
) -> None:
    activity = submitted(world)
    people = [*world.holders.values(), planner]
    for person in people:
        person = Person.objects.get(pk=person.pk)
        waits = activity in waiting_for(person, TODAY).to_verify
        assert waits == allows(VERIFY, parts_of(person, activity)), person
    assert sum(bool(waiting_for(Person.objects.get(pk=one.pk), TODAY).to_verify) for one in people) == 4


def test_no_level_costs_a_query_more_to_find_what_is_submitted_however_deep_below_and_in_a_circle_of_posts(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    activity = submitted(world)
    post, above = world.posts["accountable"], world.posts["above"]
    for number in range(3):
        upper = Post.objects.create(organisation=above.organisation, title=f"Chức danh {number}")
        Post.objects.filter(pk=post.pk).update(reports_to=upper)
        post = upper
    Post.objects.filter(pk=post.pk).update(reports_to=above)
    Post.objects.filter(pk=above.pk).update(reports_to=world.posts["accountable"])
    reader = Person.objects.get(pk=world.holders["above"].pk)
    with django_assert_num_queries(3):  # two of them read his grants and their areas
        found = waiting_for(reader, TODAY)
    assert found.to_verify == (activity,)


def test_who_submitted_as_a_planner_is_not_asked_to_verify_it(world: World, planner: Person) -> None:
    Activity.objects.update(state=ActivityState.IN_PROGRESS)
    activity = actions.set_activity_state(actor=planner, activity=world.fresh(), state="submitted")
    assert waiting_for(planner, TODAY).to_verify == ()
    assert planner not in {one.person for one in verifiers_of(activity, TODAY)}
    assert told(planner, telling.TO_VERIFY) == []


def test_each_submission_tells_the_nearest_post_above_the_steering_head_and_the_planners(
    world: World, planner: Person
) -> None:
    make_member(world.nodes["above"], Role.PLANNER, "cap-tinh")  # plans from above: not asked
    activity = submitted(world)
    asked = [one.person for one in verifiers_of(activity, TODAY)]
    assert asked == [world.holders["above"], world.holders["steering"], planner]
    assert {row.person for row in Notice.objects.filter(kind=telling.TO_VERIFY)} == set(asked)
    actions.set_activity_state(
        actor=world.holders["above"], activity=activity, state="returned", reason="Ảnh mờ."
    )
    actions.set_activity_state(actor=world.holders["accountable"], activity=activity, state="submitted")
    assert len(told(planner, telling.TO_VERIFY)) == 2


def test_with_nobody_nearer_whoever_plans_from_above_is_asked(world: World) -> None:
    above = make_member(world.nodes["above"], Role.PLANNER, "cap-tinh")
    world.posts["above"].holdings.all().delete()
    world.posts["far_above"].holdings.all().delete()
    world.posts["steering"].holdings.all().delete()
    assert [one.person for one in verifiers_of(submitted(world), TODAY)] == [above]


def test_the_head_is_told_who_returned_it_and_why_and_who_verified_it(world: World) -> None:
    head, above = world.holders["accountable"], world.holders["above"]
    activity = submitted(world)
    actions.set_activity_state(actor=above, activity=activity, state="returned", reason="Ảnh mờ.")
    [returned] = told(head, telling.RETURNED)
    assert above.full_name in returned.body
    assert "Ảnh mờ." in returned.body
    actions.set_activity_state(actor=head, activity=activity, state="submitted")
    actions.set_activity_state(actor=above, activity=activity, state="verified")
    [verified] = told(head, telling.VERIFIED)
    assert f"{above.full_name} xác nhận lúc " in verified.body


def test_a_head_is_told_when_work_becomes_his_and_when_it_moves_to_his_post(
    world: World, planner: Person
) -> None:
    given = ActivityInput(title="Treo cờ", accountable_post=world.posts["accountable"], due=TODAY)
    activity = actions.add_activity(actor=planner, campaign=world.campaign, given=given)
    [notice] = told(world.holders["accountable"], telling.ACCOUNTABLE)
    assert notice.title == "Việc của bạn: Treo cờ"
    assert "hạn 24/11/2026" in notice.body
    moved = ActivityInput(title="Treo cờ", accountable_post=world.posts["above"], due=TODAY)
    actions.edit_activity(actor=planner, activity=activity, given=moved)
    assert len(told(world.holders["above"], telling.ACCOUNTABLE)) == 1
    renamed = ActivityInput(title="Treo cờ đỏ", accountable_post=world.posts["above"], due=TODAY)
    actions.edit_activity(actor=planner, activity=activity, given=renamed)
    assert len(told(world.holders["above"], telling.ACCOUNTABLE)) == 1


def test_many_activities_at_once_are_one_notice_and_the_system_tells_nobody(
    world: World, planner: Person
) -> None:
    rows = [
        ActivityInput(title=f"Việc {number}", accountable_post=world.posts["accountable"])
        for number in range(12)
    ]
    actions.add_activity(actor=SYSTEM, campaign=world.campaign, given=rows[0])
    assert not Notice.objects.exists()
    made = [
        actions.add_activity(actor=planner, campaign=world.campaign, given=row, is_told=False) for row in rows
    ]
    telling.tell_accountable(planner, world.campaign, made)
    [notice] = told(world.holders["accountable"], telling.ACCOUNTABLE)
    assert notice.title.startswith("12 việc của bạn")
    assert "và 2 việc nữa" in notice.body
