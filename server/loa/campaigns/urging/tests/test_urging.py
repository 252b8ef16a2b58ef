# SPDX-License-Identifier: AGPL-3.0-or-later
"""Urging by the worker and by hand: who is told, once, and what comes back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from loa.campaigns.actions.checks import PlanError
from loa.campaigns.models import Activity, ActivityState, Urge, UrgingRun
from loa.campaigns.tests.factories import make_activity
from loa.campaigns.tests.world import World, make_world
from loa.campaigns.urging import jobs
from loa.campaigns.urging.actions import set_urging_days, urge_by_hand
from loa.campaigns.urging.queries import days_of, urges_on
from loa.campaigns.urging.rules import Days
from loa.config import clock
from loa.config.errors import PermissionDeniedError
from loa.notices.actions import acknowledge
from loa.notices.models import Answer, Notice
from loa.people.models import PostHolding, Role
from loa.people.tests.factories import make_member

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 25, 1, tzinfo=UTC)  # 8:00 in Hà Nội, a Wednesday after a day off
TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    world = make_world()
    Activity.objects.filter(pk=world.activity.pk).update(due=TODAY - 5 * DAY)  # last Friday
    return world


def urge_at(moment: datetime) -> None:
    with clock.frozen(moment):
        jobs.urge_today()


def told() -> list[tuple[str, str]]:
    """Return who was urged at which stage, in the order of time."""
    return [(one.person.username, one.stage) for one in Urge.objects.order_by("pk").select_related("person")]


def test_the_head_of_late_work_is_urged_once_a_stage_however_often_the_worker_looks(world: World) -> None:
    for _again in range(3):
        urge_at(MORNING)
    assert told() == [(world.holders["accountable"].username, "late_1")]
    notice = Notice.objects.get(dedupe__startswith="campaigns.urge:")
    assert notice.person == world.holders["accountable"]
    assert "Trễ 5 ngày" in notice.title


def test_what_nobody_answered_goes_up_the_posts_after_days_of_work(world: World) -> None:
    for number in range(22):
        urge_at(MORNING + number * DAY)
    names = {key: one.username for key, one in world.holders.items()}
    assert told() == [
        (names["accountable"], "late_1"),
        (names["accountable"], "late_3"),
        (names["above"], "above_1"),
        (names["far_above"], "above_2"),
        (names["steering"], "above_3"),
    ]


def test_nobody_is_urged_before_offices_open_nor_on_a_day_off(world: World) -> None:
    urge_at(MORNING - timedelta(hours=2))
    urge_at(MORNING - DAY)  # 24 November, the day of Vietnamese culture
    urge_at(MORNING + 3 * DAY)  # a Saturday
    urge_at(datetime(2027, 2, 6, 1, tzinfo=UTC))  # the first day of Tết Đinh Mùi
    assert told() == []


def test_a_vacant_post_urges_the_one_above(world: World) -> None:
    PostHolding.objects.filter(post=world.posts["accountable"]).delete()
    urge_at(MORNING)
    assert told() == [(world.holders["above"].username, "late_1")]


@pytest.mark.parametrize("state", [ActivityState.VERIFIED, ActivityState.CANCELLED])
def test_nobody_is_urged_about_what_is_over(world: World, state: str) -> None:
    Activity.objects.update(state=state)
    urge_at(MORNING)
    assert told() == []


def test_a_worker_that_was_cut_off_goes_on_where_it_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        make_activity(
            world.campaign,
            world.posts["accountable"],
            f"Việc {number}",
            organisation=world.nodes["office"],
            due=TODAY - 5 * DAY,
        )
    monkeypatch.setattr(jobs, "BATCH", 2)
    monkeypatch.setattr(jobs, "BUDGET", 0.0)
    run = UrgingRun.objects.create(day=TODAY)
    with clock.frozen(MORNING):
        jobs._urge_some(run)
    assert len(told()) == 2
    monkeypatch.setattr(jobs, "BUDGET", 2.0)
    urge_at(MORNING)
    assert len(told()) == 6
    assert UrgingRun.objects.get().done_at is not None


def test_many_activities_are_urged_about_with_as_many_queries_as_few(world: World) -> None:
    def queries() -> int:
        Urge.objects.all().delete()
        UrgingRun.objects.all().delete()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            urge_at(MORNING)
        return len(seen)

    few = queries()
    for number in range(40):
        make_activity(world.campaign, world.posts["accountable"], f"Việc {number}", due=TODAY - 5 * DAY)
    assert queries() <= few + 4


def by_hand(world: World, who: str, note: str = "", *, activities: list[Activity] | None = None) -> Any:
    with clock.frozen(MORNING):
        return urge_by_hand(actor=world.holders[who], activities=activities or [world.fresh()], note=note)


def test_the_post_above_urges_with_a_note_and_the_same_note_goes_once_a_day(world: World) -> None:
    assert by_hand(world, "above", "Chiều nay họp").people == 1
    assert by_hand(world, "above", "Chiều nay họp").people == 0
    assert by_hand(world, "above", "Mai họp").people == 1
    assert [one.note for one in Urge.objects.order_by("pk")] == ["Chiều nay họp", "Mai họp"]


@pytest.mark.parametrize("who", ["accountable", "contributor", "nobody"])
def test_who_does_not_stand_above_urges_nobody(world: World, who: str) -> None:
    with pytest.raises(PermissionDeniedError):
        by_hand(world, who)
    assert told() == []


def test_an_answer_stands_at_the_activity(world: World) -> None:
    by_hand(world, "above", "Đến đâu rồi?")
    notice = Notice.objects.get(person=world.holders["accountable"])
    acknowledge(actor=world.holders["accountable"], notice=notice)
    lines = urges_on(world.activity)
    assert [[one.kind for one in line.responses] for line in lines] == [[Answer.ACKNOWLEDGE]]


def planner_of(world: World) -> Any:
    return make_member(world.nodes["campaign"], Role.PLANNER)


def test_a_campaign_sets_its_days_and_may_switch_urging_off(world: World) -> None:
    planner = planner_of(world)
    set_urging_days(actor=planner, campaign=world.campaign, days=Days((3,), (2,), 4, False))
    assert days_of([world.campaign.pk])[world.campaign.pk] == Days((3,), (2,), 4, False)
    urge_at(MORNING)
    assert told() == []


@pytest.mark.parametrize("days", [Days(before=(21,)), Days(after=(0,)), Days(after=(3,), escalate_after=3)])
def test_days_that_cannot_be_are_refused(world: World, days: Days) -> None:
    with pytest.raises(PlanError):
        set_urging_days(actor=planner_of(world), campaign=world.campaign, days=days)
    with pytest.raises(PermissionDeniedError):
        set_urging_days(actor=world.holders["nobody"], campaign=world.campaign, days=Days())


def test_the_page_names_who_would_be_urged_and_nothing_chosen_does_nothing(
    client: Client, world: World
) -> None:
    client.force_login(planner_of(world))
    address = f"/chien-dich/{world.campaign.key}/don-doc/"
    with clock.frozen(MORNING):
        page = client.get(address, {"chon": world.activity.pk}).content.decode()
        assert "Đôn đốc 1 người" in page
        assert world.holders["accountable"].full_name in page
        assert client.post(address, {"note": "Gấp"}).status_code == 302
        assert told() == []
        client.post(address, {"chon": world.activity.pk, "note": "Gấp"})
    assert told() == [(world.holders["accountable"].username, "hand")]
