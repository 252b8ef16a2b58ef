# SPDX-License-Identifier: AGPL-3.0-or-later
"""What cannot be added any more cannot be brought back either."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from loa.campaigns import actions
from loa.campaigns.models import ActivityState, Evidence, Finding, KeyMessage, Removal
from loa.campaigns.rules import TOP_MESSAGES
from loa.campaigns.tests.factories import make_key_message, make_phase
from loa.campaigns.tests.whole_plan import make_finding, make_inspection
from loa.campaigns.tests.world import World, make_world
from loa.config import clock
from loa.config.errors import ConflictError
from loa.people.models import Person, Role
from loa.people.tests.factories import make_member

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PAGE = "https://example.vn/1"


@pytest.fixture
def world(db: None) -> Any:
    with clock.frozen(NOW):
        yield make_world()


@pytest.fixture
def planner(world: World) -> Person:
    return make_member(world.nodes["campaign"], Role.PLANNER)


@pytest.fixture
def removed(world: World) -> Removal:
    """Return evidence that whoever answers for the work added and deleted again."""
    head, activity = world.holders["accountable"], world.fresh()
    actions.set_activity_state(actor=head, activity=activity, state="in_progress")
    return actions.remove(actor=head, row=actions.add_link(actor=head, activity=activity, url=PAGE))


def undo(person: Person, removal: Removal) -> None:
    actions.undo_removal(actor=person, removal=Removal.objects.get(pk=removal.pk))


@pytest.mark.parametrize("state", [ActivityState.SUBMITTED, ActivityState.VERIFIED])
def test_work_that_was_submitted_gets_no_evidence_by_an_undo(
    world: World, removed: Removal, state: ActivityState
) -> None:
    head, activity = world.holders["accountable"], world.fresh()
    actions.set_activity_state(actor=head, activity=activity, state="submitted")
    if state == ActivityState.VERIFIED:
        actions.set_activity_state(actor=world.holders["above"], activity=activity, state="verified")
    with pytest.raises(ConflictError, match="giữ nguyên"):
        undo(head, removed)
    assert not Evidence.objects.exists()


def test_work_that_is_deleted_and_brought_back_keeps_its_evidence_though_it_was_submitted(
    world: World, planner: Person
) -> None:
    head, activity = world.holders["accountable"], world.fresh()
    actions.set_activity_state(actor=head, activity=activity, state="in_progress")
    actions.add_link(actor=head, activity=activity, url=PAGE)
    actions.set_activity_state(actor=head, activity=activity, state="submitted")
    undo(planner, actions.remove(actor=planner, row=world.fresh()))
    assert Evidence.objects.count() == 1


def test_evidence_that_was_sent_anew_does_not_come_back_beside_itself(world: World, removed: Removal) -> None:
    head = world.holders["accountable"]
    actions.add_link(actor=head, activity=world.fresh(), url=PAGE)
    with pytest.raises(ConflictError, match="thêm lại sau khi xóa"):
        undo(head, removed)
    assert Evidence.objects.count() == 1


def test_a_signed_off_inspection_gets_no_finding_by_an_undo(world: World, planner: Person) -> None:
    inspection = make_inspection(world.activity, planner)
    removal = actions.remove(actor=planner, row=make_finding(inspection, world.activity))
    actions.record_visit(actor=planner, inspection=inspection, made_on=date(2026, 11, 20))
    actions.sign_off(actor=planner, inspection=inspection)
    with pytest.raises(ConflictError, match="đã kết luận"):
        undo(planner, removal)
    assert not Finding.objects.exists()


def test_a_finding_comes_back_only_after_its_inspection(world: World, planner: Person) -> None:
    inspection = make_inspection(world.activity, planner)
    finding = actions.remove(actor=planner, row=make_finding(inspection, world.activity))
    visit = actions.remove(actor=planner, row=inspection)
    with pytest.raises(ConflictError, match="Lấy lại đợt kiểm tra trước"):
        undo(planner, finding)
    undo(planner, visit)
    undo(planner, finding)
    assert Finding.objects.count() == 1


def test_a_message_comes_back_only_after_its_phase(world: World, planner: Person) -> None:
    phase = make_phase(world.campaign)
    message = actions.remove(actor=planner, row=make_key_message(world.campaign, phase=phase))
    actions.remove(actor=planner, row=phase)
    with pytest.raises(ConflictError, match="Lấy lại giai đoạn trước"):
        undo(planner, message)


def test_at_most_five_messages_stand_on_top_after_an_undo(world: World, planner: Person) -> None:
    first = actions.remove(actor=planner, row=make_key_message(world.campaign, priority="top"))
    for number in range(TOP_MESSAGES):
        make_key_message(world.campaign, f"Thông điệp {number}", priority="top")
    with pytest.raises(ConflictError, match="hàng đầu"):
        undo(planner, first)
    assert KeyMessage.objects.count() == TOP_MESSAGES
