# SPDX-License-Identifier: AGPL-3.0-or-later
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from loa.campaigns import actions, levels
from loa.campaigns.actions import ActivityInput, PlanError, Take
from loa.campaigns.models import Activity, Campaign, KeyMessage, Takeover
from loa.campaigns.queries import campaigns_for, may_see
from loa.campaigns.tests.world import World, make_world
from loa.config.errors import ConflictError, NotFoundError, PermissionDeniedError
from loa.people.models import Person, Role
from loa.people.tests.factories import make_member


@dataclass
class Levels:
    """A province's campaign with one activity, and the commune that takes it over."""

    world: World
    upper: Campaign
    message: KeyMessage
    given: ActivityInput
    upper_activity: Activity
    planner: Person  # of the commune
    lower: Campaign

    @property
    def own(self) -> Activity:
        return self.lower.activities.get(upper=self.upper_activity)

    def change_above(self, **fields: Any) -> None:
        """Edit the activity above."""
        values = {name: getattr(self.given, name) for name in self.given.__dataclass_fields__}
        self.given = ActivityInput(**{**values, **fields})
        self.upper_activity.refresh_from_db()
        actions.edit_activity(actor=None, activity=self.upper_activity, given=self.given)


@pytest.fixture
def two(db: None) -> Levels:
    world = make_world()
    province = world.nodes["above"]
    upper = actions.create_campaign(
        actor=None,
        given=actions.CampaignInput(title="Ra quân", organisation=province, event_name="Tháng vệ sinh"),
    )
    phase = actions.add_phase(actor=None, campaign=upper, name="Ra quân", start=date(2026, 12, 1))
    message = actions.add_key_message(actor=None, campaign=upper, text="Phân loại rác", phase=phase)
    given = ActivityInput(
        title="Dọn điểm rác",
        accountable_post=world.posts["far_above"],
        phase=phase,
        key_messages=[message],
        channels=["movement"],
        due=date(2026, 12, 20),
        quantity=3321,
        unit="buổi",
    )
    activity = actions.add_activity(actor=None, campaign=upper, given=given)
    planner = make_member(world.nodes["campaign"], Role.PLANNER)
    lower = actions.take_over(
        actor=planner,
        upper=upper,
        organisation=world.nodes["campaign"],
        takes=[Take(upper_activity=activity, accountable_post=world.posts["accountable"], quantity=2)],
    )
    return Levels(world, upper, message, given, activity, planner, lower)


def test_a_plan_is_taken_over_with_its_phases_messages_and_work(two: Levels) -> None:
    assert two.lower.lineage == f"/{two.upper.pk}/{two.lower.pk}/"
    assert [phase.key for phase in two.lower.phases.all()] == [phase.key for phase in two.upper.phases.all()]
    assert two.lower.key_messages.get().upper == two.message
    own = two.own
    assert (own.title, own.due, own.quantity, own.unit) == ("Dọn điểm rác", date(2026, 12, 20), 2, "buổi")
    assert own.accountable_post == two.world.posts["accountable"]
    assert own.phase == two.lower.phases.get()
    assert list(own.key_messages.all()) == list(two.lower.key_messages.all())
    assert levels.proposals(two.lower) == []


def test_each_level_sees_its_subtree_and_what_reaches_into_it(two: Levels) -> None:
    above = make_member(two.world.nodes["above"], Role.VIEWER)
    below = make_member(two.world.nodes["campaign"], Role.VIEWER)
    strange = make_member(two.world.nodes["strange"], Role.VIEWER)
    assert set(campaigns_for(above)) == {two.upper, two.lower, two.world.campaign}
    assert set(campaigns_for(below)) == {two.upper, two.lower, two.world.campaign}
    assert set(campaigns_for(strange)) == {two.upper}
    assert not may_see(strange, two.lower)


def test_a_change_above_is_a_proposal_below_until_it_is_accepted(two: Levels) -> None:
    two.change_above(due=date(2026, 12, 15), title="Dọn điểm rác, trồng cây")
    [proposal] = levels.proposals(two.lower)
    assert proposal.kind == "change"
    assert proposal.changes == {
        "title": ["Dọn điểm rác", "Dọn điểm rác, trồng cây"],
        "due": ["2026-12-20", "2026-12-15"],
    }
    assert two.own.due == date(2026, 12, 20)
    actions.accept_proposal(actor=two.planner, campaign=two.lower, upper_activity=two.upper_activity)
    own = two.own
    assert (own.title, own.due) == ("Dọn điểm rác, trồng cây", date(2026, 12, 15))
    assert (own.quantity, own.accountable_post) == (2, two.world.posts["accountable"])
    assert levels.proposals(two.lower) == []
    assert (
        actions.accept_proposal(actor=two.planner, campaign=two.lower, upper_activity=two.upper_activity)
        is None
    )


def test_a_declined_change_leaves_the_plan_below_and_a_later_one_is_proposed_again(two: Levels) -> None:
    two.change_above(due=date(2026, 12, 15))
    decline: Any = {"actor": two.planner, "campaign": two.lower, "upper_activity": two.upper_activity}
    with pytest.raises(PlanError, match="Ghi lý do"):
        actions.decline_proposal(note=" ", **decline)
    actions.decline_proposal(note="Xã họp ngày đó", **decline)
    assert two.own.due == date(2026, 12, 20)
    assert levels.proposals(two.lower) == []
    two.change_above(note="Mang găng tay")
    assert [set(one.changes) for one in levels.proposals(two.lower)] == [{"note"}]
    actions.accept_proposal(**decline)
    assert (two.own.due, two.own.note) == (date(2026, 12, 20), "Mang găng tay")
    assert Takeover.objects.get().activity == two.own


def test_a_number_of_its_own_stays_and_one_taken_from_above_follows(two: Levels) -> None:
    accept: Any = {"actor": two.planner, "campaign": two.lower, "upper_activity": two.upper_activity}
    two.change_above(quantity=6642)
    actions.accept_proposal(**accept)
    assert two.own.quantity == 2
    Activity.objects.filter(pk=two.own.pk).update(quantity=6642)
    two.change_above(quantity=7000)
    actions.accept_proposal(**accept)
    assert two.own.quantity == 7000


def test_new_work_above_is_added_with_a_post_below_or_declined(two: Levels) -> None:
    message = actions.add_key_message(actor=None, campaign=two.upper, text="Không đốt rác")
    new = actions.add_activity(
        actor=None,
        campaign=two.upper,
        given=ActivityInput(
            title="Ký cam kết", accountable_post=two.world.posts["far_above"], key_messages=[message]
        ),
    )
    [proposal] = levels.proposals(two.lower)
    assert (proposal.kind, proposal.upper_activity, proposal.activity) == ("add", new, None)
    accept: Any = {"actor": two.planner, "campaign": two.lower, "upper_activity": new}
    with pytest.raises(PlanError) as caught:
        actions.accept_proposal(**accept)
    assert caught.value.field == "accountable_post"
    take = Take(upper_activity=new, accountable_post=two.world.posts["accountable"])
    added = actions.accept_proposal(take=take, **accept)
    assert added is not None
    assert added.upper == new
    assert added.key_messages.get().upper == message
    assert levels.proposals(two.lower) == []
    assert levels.part_proposals(two.lower) == []  # the message came down with its work


def test_declined_work_stays_away_until_it_changes(two: Levels) -> None:
    new = actions.add_activity(
        actor=None,
        campaign=two.upper,
        given=ActivityInput(title="Ký cam kết", accountable_post=two.world.posts["far_above"]),
    )
    actions.decline_proposal(actor=two.planner, campaign=two.lower, upper_activity=new, note="Không có chợ")
    assert levels.proposals(two.lower) == []
    changed = ActivityInput(title="Ký cam kết với quán", accountable_post=two.world.posts["far_above"])
    actions.edit_activity(actor=None, activity=new, given=changed)
    assert [one.kind for one in levels.proposals(two.lower)] == ["add"]


def test_work_that_is_cancelled_above_is_proposed_to_be_cancelled(two: Levels) -> None:
    actions.set_activity_state(actor=None, activity=two.upper_activity, state="cancelled")
    assert [one.kind for one in levels.proposals(two.lower)] == ["cancel"]
    actions.accept_proposal(actor=two.planner, campaign=two.lower, upper_activity=two.upper_activity)
    assert two.own.state == "cancelled"
    assert levels.proposals(two.lower) == []


def test_work_that_is_submitted_below_is_not_cancelled_from_above(two: Levels) -> None:
    Activity.objects.filter(pk=two.own.pk).update(state="submitted")
    actions.set_activity_state(actor=None, activity=two.upper_activity, state="cancelled")
    with pytest.raises(ConflictError, match="Không nhận đề nghị"):
        actions.accept_proposal(actor=two.planner, campaign=two.lower, upper_activity=two.upper_activity)
    assert two.own.state == "submitted"


def test_work_for_another_commune_is_not_proposed(two: Levels) -> None:
    for area, count in ((two.world.nodes["strange"].area, 0), (two.world.villages[0], 1)):
        actions.add_activity(
            actor=None,
            campaign=two.upper,
            given=ActivityInput(
                title=f"Ở {area}", accountable_post=two.world.posts["far_above"], areas=[area]
            ),
        )
        assert len(levels.proposals(two.lower)) == count


def test_nobody_but_the_planner_below_decides(two: Levels) -> None:
    two.change_above(due=date(2026, 12, 15))
    for actor in (make_member(two.world.nodes["office"], Role.PLANNER), two.world.holders["above"]):
        with pytest.raises(PermissionDeniedError):
            actions.accept_proposal(actor=actor, campaign=two.lower, upper_activity=two.upper_activity)
        with pytest.raises(PermissionDeniedError):
            actions.decline_proposal(
                actor=actor, campaign=two.lower, upper_activity=two.upper_activity, note="x"
            )


def test_an_organisation_takes_a_plan_over_once_and_within_its_area(two: Levels) -> None:
    with pytest.raises(ConflictError):
        actions.take_over(actor=two.planner, upper=two.upper, organisation=two.world.nodes["campaign"])
    with pytest.raises(PermissionDeniedError):
        actions.take_over(actor=two.planner, upper=two.upper, organisation=two.world.nodes["strange"])
    stranger = make_member(two.world.nodes["strange"], Role.PLANNER)
    with pytest.raises(NotFoundError):
        actions.take_over(actor=stranger, upper=two.lower, organisation=two.world.nodes["strange"])
    with pytest.raises(PlanError):
        actions.take_over(actor=None, upper=two.lower, organisation=two.world.nodes["strange"])


def test_what_was_taken_over_is_not_deleted_above(two: Levels) -> None:
    for row in (two.upper, two.upper_activity):
        with pytest.raises(ConflictError, match="Cấp dưới"):
            actions.remove(actor=None, row=row)


def test_proposals_take_few_queries_however_many_there_are(
    two: Levels, django_assert_num_queries: Any
) -> None:
    for number in range(20):
        actions.add_activity(
            actor=None,
            campaign=two.upper,
            given=ActivityInput(title=f"Việc {number}", accountable_post=two.world.posts["far_above"]),
        )
    with django_assert_num_queries(3):
        assert len(levels.proposals(two.lower)) == 20


def test_a_phase_and_a_message_that_change_above_are_proposed_too(two: Levels) -> None:
    assert levels.part_proposals(two.lower) == []
    phase = two.upper.phases.get()
    actions.edit_phase(
        actor=None, phase=phase, name="Ra quân đợt một", start=phase.start, end=date(2026, 12, 31)
    )
    actions.edit_key_message(
        actor=None,
        key_message=two.message,
        text="Phân loại rác tại nhà",
        phase=phase,
        wanted_per_week=3,
        frequencies={"loudspeaker": 3},
    )
    first, second = levels.part_proposals(two.lower)
    assert first.changes == {
        "words": ["Ra quân", "Ra quân đợt một"],
        "end": [None, "2026-12-31"],
    }
    assert set(second.changes) == {"words", "wanted_per_week", "frequencies"}
    actions.accept_part(actor=two.planner, campaign=two.lower, key=first.key)
    with pytest.raises(PlanError, match="Ghi lý do"):
        actions.decline_part(actor=two.planner, campaign=two.lower, key=second.key, note="")
    actions.decline_part(actor=two.planner, campaign=two.lower, key=second.key, note="Xã nói cách khác")
    assert two.lower.phases.get().end == date(2026, 12, 31)
    assert two.lower.key_messages.get().text == "Phân loại rác"
    two.lower.refresh_from_db()
    assert levels.part_proposals(two.lower) == []
    assert actions.accept_part(actor=two.planner, campaign=two.lower, key=first.key) is None


def test_parts_that_come_and_go_above_are_proposed_to_come_and_go(two: Levels) -> None:
    phase = actions.add_phase(
        actor=None, campaign=two.upper, name="Giữ nếp", start=date(2027, 1, 1), is_open=True
    )
    message = actions.add_key_message(actor=None, campaign=two.upper, text="Mỗi tuần một buổi", phase=phase)
    for one in levels.part_proposals(two.lower):
        assert one.kind == "add"
        actions.accept_part(actor=two.planner, campaign=two.lower, key=one.key)
    own = two.lower.key_messages.get(upper=message)
    assert own.phase == two.lower.phases.get(key=phase.key)
    actions.remove(actor=None, row=message)
    [gone] = levels.part_proposals(two.lower)
    assert (gone.kind, gone.own) == ("cancel", own)
    actions.accept_part(actor=two.planner, campaign=two.lower, key=gone.key)
    assert not two.lower.key_messages.filter(pk=own.pk).exists()
    assert levels.part_proposals(two.lower) == []


def test_nobody_but_the_planner_below_decides_on_parts(two: Levels) -> None:
    message = actions.add_key_message(actor=None, campaign=two.upper, text="Mới")
    for attempt in (
        lambda actor: actions.accept_part(actor=actor, campaign=two.lower, key=f"message:{message.pk}"),
        lambda actor: actions.decline_part(
            actor=actor, campaign=two.lower, key=f"message:{message.pk}", note="x"
        ),
    ):
        with pytest.raises(PermissionDeniedError):
            attempt(two.world.holders["above"])
    assert len(levels.part_proposals(two.lower)) == 1
