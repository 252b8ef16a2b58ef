# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the morning's digest says of plans to whoever does the work, and to whoever stands above it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from loa.campaigns.actions import remove
from loa.campaigns.models import Activity, Finding, Inspection
from loa.campaigns.tests.factories import make_activity, make_campaign
from loa.campaigns.tests.whole_plan import make_finding, make_inspection
from loa.campaigns.tests.world import World, make_world
from loa.campaigns.urging import jobs as _sections  # noqa: F401  (registers them, as the worker does)
from loa.config import clock
from loa.notices.digest import sections_for
from loa.notices.jobs import make_digests
from loa.notices.models import Notice
from loa.people.models import Person, PostHolding, Role
from loa.people.tests.factories import make_deputyship, make_member

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 24, 23, 40, tzinfo=UTC)  # 6:40 in Hà Nội on Wednesday the 25th
TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)
OWN, FINDINGS = "Việc bạn chịu trách nhiệm", "Phát hiện kiểm tra bạn phải khắc phục"
TO_VERIFY, BELOW = "Chờ bạn kiểm tra", "Việc trễ ở cấp dưới"
AT_OFFICE = "(Trưởng phòng, Phòng Văn hóa)"


@pytest.fixture
def world() -> World:
    world = make_world()
    Activity.objects.filter(pk=world.activity.pk).delete()
    return world


def work(world: World, title: str, days: int | None, post: str = "accountable", **fields: Any) -> Activity:
    """Return work that is due so many days from today."""
    due = None if days is None else TODAY + days * DAY
    office = world.posts[post].organisation
    return make_activity(world.campaign, world.posts[post], title, organisation=office, due=due, **fields)


def said(person: Person, at: datetime = MORNING) -> dict[str, tuple[str, ...]]:
    """Return the lines that plans put into a person's digest, by title."""
    with clock.frozen(at):
        return {one.title: one.lines for one in sections_for(person, at)}


def test_his_own_work_is_late_due_soon_or_returned_the_oldest_first(world: World) -> None:
    work(world, "Sắp tới hạn", 7)
    work(world, "Trễ", -2, state="in_progress")
    work(world, "Hôm nay", 0)
    work(world, "Trả lại", None, state="returned")
    work(world, "Còn lâu", 8)
    work(world, "Chờ kiểm tra", -1, state="submitted")
    work(world, "Đã xong", -3, state="verified")
    work(world, "Đã bỏ", -3, state="cancelled")
    work(world, "Của người khác", -3, post="contributor")
    assert said(world.holders["accountable"]) == {
        OWN: (
            "Trễ 2 ngày: Trễ",
            "Hạn hôm nay: Hôm nay",
            "Còn 7 ngày: Sắp tới hạn",
            "Bị trả lại. Chưa ghi hạn: Trả lại",
        )
    }


def test_a_head_hears_what_is_late_below_him_at_every_depth_and_nothing_else(world: World) -> None:
    work(world, "Trễ", -2)
    work(world, "Hôm nay", 0)
    work(world, "Cơ quan lạ", -2, post="nobody")
    for name in ("above", "far_above"):
        assert said(world.holders[name]) == {BELOW: (f"Trễ 2 ngày: Trễ {AT_OFFICE}",)}


def test_the_steering_head_hears_of_his_campaign_only(world: World) -> None:
    work(world, "Trễ", -2)
    other = make_campaign(world.nodes["campaign"], "Chiến dịch khác")
    make_activity(other, world.posts["accountable"], "Không của ban này", due=TODAY - DAY)
    assert said(world.holders["steering"]) == {BELOW: (f"Trễ 2 ngày: Trễ {AT_OFFICE}",)}


def test_work_of_a_vacant_post_below_is_that_of_the_nearest_who_is_there(world: World) -> None:
    work(world, "Không ai làm", -1, post="vacant")
    assert said(world.holders["above"]) == {OWN: ("Trễ 1 ngày: Không ai làm (Phó phòng chưa có người giữ)",)}
    assert said(world.holders["far_above"]) == {
        BELOW: ("Trễ 1 ngày: Không ai làm (Phó phòng, Phòng Văn hóa)",)
    }
    PostHolding.objects.filter(post=world.posts["above"]).delete()
    assert list(said(world.holders["far_above"])) == [OWN]


def test_whoever_stands_in_has_the_work_of_the_post_while_he_does(world: World) -> None:
    work(world, "Trễ", -2)
    deputy = make_member(world.nodes["office"], Role.VIEWER)
    holder = world.holders["accountable"]
    made = make_deputyship(world.posts["accountable"], holder, deputy, TODAY - DAY, TODAY)
    assert said(deputy) == {OWN: ("Trễ 2 ngày: Trễ",)}
    assert said(deputy, MORNING + DAY) == {}
    type(made).objects.update(ended_at=MORNING)
    assert said(deputy) == {}
    type(made).objects.update(ended_at=None)
    PostHolding.objects.filter(post=world.posts["accountable"]).update(until=TODAY - DAY)
    assert said(deputy) == {}


@pytest.mark.parametrize("who", ["above", "steering", "planner"])
def test_submitted_work_waits_for_everybody_who_verifies_and_not_for_its_submitter(
    world: World, who: str
) -> None:
    planner = make_member(world.nodes["campaign"], Role.PLANNER)
    person = planner if who == "planner" else world.holders[who]
    work(world, "Nộp rồi", -1, state="submitted", submitted_by=world.holders["accountable"])
    work(world, "Tự nộp", -1, state="submitted", submitted_by=person)
    assert said(person) == {TO_VERIFY: (f"Trễ 1 ngày: Nộp rồi {AT_OFFICE}",)}


@pytest.fixture
def finding(world: World) -> Finding:
    with clock.frozen(MORNING):
        activity = work(world, "Còn lâu", 30)
        return make_finding(make_inspection(activity, world.holders["steering"]), activity)


@pytest.mark.parametrize(
    ("days", "words"), [(-3, "Trễ 3 ngày"), (0, "Hạn hôm nay"), (7, "Còn 7 ngày"), (8, None)]
)
def test_findings_come_within_a_week_and_when_they_are_late(
    world: World, finding: Finding, days: int, words: str | None
) -> None:
    Finding.objects.update(due=TODAY + days * DAY)
    expected = {} if words is None else {FINDINGS: (f"{words}: Cờ treo thiếu ở cổng chợ",)}
    assert said(world.holders["accountable"]) == expected
    assert FINDINGS not in said(world.holders["above"])


def test_a_finding_that_was_put_right_or_deleted_comes_no_more(world: World, finding: Finding) -> None:
    head = world.holders["accountable"]
    Finding.objects.update(resolved_at=MORNING)
    assert said(head) == {}
    Finding.objects.update(resolved_at=None)
    assert list(said(head)) == [FINDINGS]
    with clock.frozen(MORNING):
        remove(actor=None, row=Inspection.objects.get())
    assert said(head) == {}


def test_what_was_deleted_or_is_carried_out_below_is_not_named(world: World) -> None:
    upper = work(world, "Cả tỉnh", -2, post="above")
    lower = make_campaign(world.nodes["campaign"], upper=world.campaign)
    make_activity(lower, world.posts["contributor"], "Của xã", upper=upper, due=TODAY - DAY)
    assert said(world.holders["above"]) == {}
    assert said(world.holders["contributor"]) == {OWN: ("Trễ 1 ngày: Của xã",)}


def go(at: datetime) -> None:
    with clock.frozen(at):
        make_digests()


def test_one_digest_a_day_on_days_of_work_and_none_for_who_has_nothing(world: World) -> None:
    work(world, "Trễ", -2)
    for days in range(-1, 5):  # Tuesday the 24th is a day off, then Wednesday to Friday, Saturday, Sunday
        for minutes in (0, 10, 120):
            go(MORNING + days * DAY + timedelta(minutes=minutes))
    digests = Notice.objects.filter(kind="notices.digest")
    head = digests.filter(person=world.holders["accountable"]).order_by("created_at")
    assert [one.title.split(":")[0] for one in head] == [
        "Việc ngày 25/11/2026",
        "Việc ngày 26/11/2026",
        "Việc ngày 27/11/2026",
    ]
    assert not digests.filter(person=world.holders["nobody"]).exists()
    assert head[0].body == f"{OWN} (1)\n• Trễ 2 ngày: Trễ"


def test_over_tet_there_is_none(world: World) -> None:
    work(world, "Trễ", -300)
    for day in (13, 14, 17, 20, 23):  # the last day of work, three of Tết Bính Ngọ, the first after it
        go(datetime(2026, 2, day - 1, 23, 40, tzinfo=UTC))
    days = Notice.objects.filter(person=world.holders["accountable"]).order_by("created_at")
    assert [one.created_at.date() for one in days] == [date(2026, 2, 12), date(2026, 2, 22)]  # in UTC
