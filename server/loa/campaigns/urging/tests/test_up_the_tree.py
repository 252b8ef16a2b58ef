# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is urged as days pass: over vacant posts, deputies, Tết, and where nobody stands above."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from loa.campaigns.models import Activity, Urge, UrgingRun
from loa.campaigns.tests.factories import make_activity, make_campaign
from loa.campaigns.tests.world import World, make_world
from loa.campaigns.urging import jobs
from loa.config import clock
from loa.notices.models import Notice
from loa.people.models import Deputyship, Person, PostHolding, Role
from loa.people.tests.factories import make_deputyship, make_member, make_person

pytestmark = pytest.mark.django_db
DUE = date(2026, 10, 16)  # a Friday
DAY = timedelta(days=1)
AT = time(1, tzinfo=UTC)  # 8:00 in Hà Nội


@pytest.fixture
def world() -> World:
    world = make_world()
    Activity.objects.filter(pk=world.activity.pk).update(due=DUE)
    return world


def live(first: date, last: date) -> list[tuple[str, str]]:
    """Let the worker look on each day, and return who was urged at which stage."""
    day = first
    while day <= last:
        with clock.frozen(datetime.combine(day, AT)):
            jobs.urge_today()
        day += DAY
    rows = Urge.objects.order_by("pk").select_related("person")
    return [(one.person.username, one.stage) for one in rows]


def leave_post(world: World, *names: str) -> None:
    PostHolding.objects.filter(post__in=[world.posts[name] for name in names]).delete()


def body() -> str:
    return Notice.objects.filter(kind="campaigns.urge").order_by("-created_at")[0].body


def test_over_two_vacant_posts_the_first_who_is_there_hears_and_then_the_steering_head(world: World) -> None:
    leave_post(world, "accountable", "above")
    found = live(DUE + 3 * DAY, DUE + 14 * DAY)
    assert found == [
        ("giu-far-above", "late_1"),
        ("giu-far-above", "late_3"),
        ("giu-steering", "above_1"),
    ]
    assert "chưa có người giữ nên báo tới Phó Bí thư Thường trực" in body()


def test_a_vacant_post_in_the_middle_is_passed_over_and_not_waited_for(world: World) -> None:
    leave_post(world, "above")
    assert live(DUE + 3 * DAY, DUE + 14 * DAY)[2:] == [
        ("giu-far-above", "above_1"),
        ("giu-steering", "above_2"),
    ]


def test_whoever_no_longer_signs_in_is_passed_over(world: World) -> None:
    Person.objects.filter(pk=world.holders["accountable"].pk).update(is_active=False)
    assert live(DUE + 3 * DAY, DUE + 3 * DAY) == [("giu-above", "late_1")]


def test_over_tet_nobody_hears_anything_and_no_day_of_it_counts(world: World) -> None:
    Activity.objects.filter(pk=world.activity.pk).update(
        due=date(2026, 2, 11)
    )  # a Wednesday; Tết from the 14th
    live(date(2026, 2, 9), date(2026, 3, 6))
    days = [(one.on, one.stage) for one in Urge.objects.order_by("pk")]
    assert days == [
        (date(2026, 2, 9), "before_5"),
        (date(2026, 2, 10), "before_1"),
        (date(2026, 2, 12), "late_1"),
        (date(2026, 2, 23), "late_3"),
        (date(2026, 2, 25), "above_1"),
        (date(2026, 3, 4), "above_2"),
    ]
    assert not UrgingRun.objects.filter(day__range=(date(2026, 2, 14), date(2026, 2, 22))).exists()


def make_deputy(world: World, post: str = "accountable", last_day: date = DUE + 3 * DAY) -> Deputyship:
    deputy = make_member(world.nodes["office"], Role.VIEWER, "giu-thay")
    return make_deputyship(world.posts[post], world.holders[post], deputy, DUE, last_day)


def test_while_the_holder_is_away_his_deputy_hears_and_afterwards_he_does(world: World) -> None:
    make_deputy(world)
    assert live(DUE + 3 * DAY, DUE + 3 * DAY) == [("giu-thay", "late_1")]
    assert f"Bạn đang thay {world.holders['accountable'].full_name}, Trưởng phòng." in body()
    assert live(DUE + 4 * DAY, DUE + 5 * DAY)[1:] == [("giu-accountable", "late_3")]


def test_a_deputy_of_a_post_above_hears_of_what_goes_up(world: World) -> None:
    make_deputy(world, "above", DUE + 30 * DAY)
    assert live(DUE + 3 * DAY, DUE + 7 * DAY)[2:] == [("giu-thay", "above_1")]


def end(deputyship: Deputyship) -> None:
    Deputyship.objects.filter(pk=deputyship.pk).update(ended_at=datetime.combine(DUE, AT))


def leave(deputyship: Deputyship) -> None:
    Person.objects.filter(pk=deputyship.deputy_id).update(is_active=False)


def hand_over(deputyship: Deputyship) -> None:
    PostHolding.objects.filter(post=deputyship.post).update(person=make_person("nguoi-moi"))


@pytest.mark.parametrize(
    ("change", "who"),
    [(end, "giu-accountable"), (leave, "giu-accountable"), (hand_over, "nguoi-moi")],
)
def test_a_deputy_who_is_none_any_more_hears_nothing(world: World, change: object, who: str) -> None:
    change(make_deputy(world))  # type: ignore[operator]
    assert live(DUE + 3 * DAY, DUE + 3 * DAY) == [(who, "late_1")]


def test_above_a_root_stands_the_steering_head_and_without_one_the_planner(world: World) -> None:
    planner = make_member(world.nodes["above"], Role.PLANNER, "ke-hoach-tinh")
    root = make_campaign(world.nodes["above"])
    make_activity(root, world.posts["far_above"], "Việc của tỉnh", due=DUE)
    Activity.objects.filter(pk=world.activity.pk).update(due=None)
    assert live(DUE + 3 * DAY, DUE + 30 * DAY) == [
        ("giu-far-above", "late_1"),
        ("giu-far-above", "late_3"),
        (planner.username, "above_1"),
    ]
    assert "không còn cấp trên nào để báo" in body()


def test_where_nobody_holds_any_post_the_nearest_planner_hears(world: World) -> None:
    leave_post(world, "accountable", "above", "far_above", "steering")
    make_member(world.nodes["above"], Role.PLANNER, "ke-hoach-tinh")
    assert live(DUE + 3 * DAY, DUE + 3 * DAY) == [("ke-hoach-tinh", "late_1")]
    assert "Chưa ai giữ chức danh này hay chức danh bên trên" in body()
    make_member(world.nodes["campaign"], Role.PLANNER, "ke-hoach-xa")
    assert live(DUE + 4 * DAY, DUE + 5 * DAY)[1:] == [("ke-hoach-xa", "late_3")]


def test_where_there_is_nobody_at_all_the_day_ends_and_nobody_is_made_up(world: World) -> None:
    leave_post(world, "accountable", "above", "far_above", "steering")
    make_member(world.nodes["strange"], Role.PLANNER)  # of another commune
    assert live(DUE + 3 * DAY, DUE + 20 * DAY) == []
    assert UrgingRun.objects.filter(done_at=None).count() == 0


def test_submitted_work_waits_for_those_above_and_never_for_its_submitter(world: World) -> None:
    submitter = world.holders["above"]
    Activity.objects.filter(pk=world.activity.pk).update(state="submitted", submitted_by=submitter)
    assert live(DUE + 3 * DAY, DUE + 7 * DAY) == [
        ("giu-far-above", "late_1"),
        ("giu-far-above", "late_3"),
        ("giu-steering", "above_1"),
    ]
