# SPDX-License-Identifier: AGPL-3.0-or-later
"""How people are told: three things one by one, more of one campaign as a list; nobody twice, nobody forgotten."""

from datetime import UTC, date, datetime, timedelta

import pytest

from loa.campaigns.models import Activity, Urge, UrgingRun
from loa.campaigns.tests.factories import make_activity, make_campaign
from loa.campaigns.tests.world import World, make_world
from loa.campaigns.urging import actions, jobs
from loa.campaigns.urging.actions import urge_by_hand
from loa.campaigns.urging.queries import urges_on
from loa.config import clock
from loa.notices.actions import acknowledge
from loa.notices.models import Answer, Notice
from loa.people.models import Person, Role
from loa.people.tests.factories import make_member

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 25, 1, tzinfo=UTC)  # 8:00 in Hà Nội, a Wednesday
TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return make_world()


def make_late(world: World, count: int, days: int = 5) -> list[Activity]:
    """Return so many activities in all, each of them late by so many days."""
    for number in range(1, count):
        office = world.nodes["office"]
        make_activity(world.campaign, world.posts["accountable"], f"Việc {number}", organisation=office)
    Activity.objects.update(due=TODAY - days * DAY)
    return list(
        Activity.objects.order_by("pk").select_related("campaign", "organisation", "accountable_post")
    )


def urge_at(moment: datetime) -> None:
    with clock.frozen(moment):
        jobs.urge_today()


def told(person: Person) -> list[Notice]:
    return list(Notice.objects.filter(person=person, kind="campaigns.urge").order_by("created_at", "title"))


@pytest.mark.parametrize(("count", "notices"), [(3, 3), (4, 1)])
def test_a_few_things_are_told_one_by_one_and_more_as_one_list(
    world: World, count: int, notices: int
) -> None:
    make_late(world, count)
    urge_at(MORNING)
    assert len(told(world.holders["accountable"])) == notices
    assert Urge.objects.exclude(told_as="").count() == count


def test_a_list_names_the_first_ten_counts_the_others_and_leads_to_all(world: World) -> None:
    make_late(world, 12)
    Activity.objects.filter(title="Việc 11").update(due=TODAY - 9 * DAY)
    urge_at(MORNING)
    (notice,) = told(world.holders["accountable"])
    assert notice.title == f"12 việc đến hạn hoặc trễ hạn: {world.campaign.title}"
    lines = notice.body.splitlines()
    assert lines[0] == "• Trễ 9 ngày: Việc 11"
    assert (len(lines), lines[-1]) == (11, "và 2 việc nữa")
    post = world.posts["accountable"].pk
    assert notice.url == f"/chien-dich/{world.campaign.key}/dau-moi/?xem=late&chuc-danh={post}"
    assert notice.answers == ["acknowledge", "answer", "pass_on"]


def test_what_is_said_to_a_list_stands_at_each_activity_of_it(world: World) -> None:
    activities = make_late(world, 5)
    urge_at(MORNING)
    head = world.holders["accountable"]
    acknowledge(actor=head, notice=told(head)[0])
    for activity in activities:
        (line,) = urges_on(activity)
        assert [(one.person, one.kind) for one in line.responses] == [(head, Answer.ACKNOWLEDGE)]


def test_whoever_stands_above_hears_of_all_below_in_one_notice(world: World) -> None:
    post = world.posts["contributor"]
    type(post).objects.filter(pk=post.pk).update(reports_to=world.posts["above"])
    make_activity(world.campaign, post, "Của phòng khác", organisation=post.organisation)
    make_late(world, 5, days=1)
    for number in range(8):
        urge_at(MORNING + number * DAY)
    (notice,) = told(world.holders["above"])
    assert notice.title == f"6 việc cấp dưới trễ hạn: {world.campaign.title}"
    assert notice.body.splitlines()[1] == "• Trễ 7 ngày: Của phòng khác (Bí thư Đoàn, Đoàn Thanh niên)"


def test_own_work_and_work_below_and_each_campaign_are_told_apart(world: World) -> None:
    make_late(world, 4, days=1)
    for number in range(5):
        urge_at(MORNING + number * DAY)
    other = make_campaign(world.nodes["campaign"], "Tháng vệ sinh")
    for campaign in (world.campaign, other):
        for number in range(4):
            make_activity(campaign, world.posts["above"], f"Việc xã {number}", due=TODAY + 6 * DAY)
    urge_at(MORNING + 7 * DAY)
    above = world.holders["above"]
    assert [notice.title for notice in told(above)] == [
        "4 việc cấp dưới trễ hạn: Tuyên truyền Đại hội",
        "4 việc đến hạn hoặc trễ hạn: Tháng vệ sinh",
        "4 việc đến hạn hoặc trễ hạn: Tuyên truyền Đại hội",
    ]


def test_many_chosen_by_hand_are_one_notice_with_the_note_and_the_answer_goes_to_the_sender(
    world: World,
) -> None:
    planner = make_member(world.nodes["campaign"], Role.PLANNER)
    activities = make_late(world, 5)
    with clock.frozen(MORNING):
        for _twice in range(2):
            urge_by_hand(actor=planner, activities=activities, note="Chiều nay họp")
    (notice,) = told(world.holders["accountable"])
    assert notice.title == f"{planner.full_name} đôn đốc 5 việc: {world.campaign.title}"
    assert notice.body.startswith("Chiều nay họp\n\n• ")
    assert (notice.sent_by, notice.url.endswith("&chuc-danh=" + str(world.posts["accountable"].pk))) == (
        planner,
        True,
    )


def test_what_was_written_down_by_a_worker_that_died_is_told_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_arguments: object) -> None:
        raise KeyboardInterrupt

    make_late(world, 2)
    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(actions, "tell", die)
        urge_at(MORNING)
    assert (Urge.objects.filter(told_as="").count(), Notice.objects.count()) == (2, 0)
    urge_at(MORNING + timedelta(minutes=1))
    urge_at(MORNING + timedelta(minutes=2))
    assert len(told(world.holders["accountable"])) == 2
    assert UrgingRun.objects.get().done_at == MORNING + timedelta(minutes=1)


def test_people_are_told_in_portions_and_all_of_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "PEOPLE", 1)
    make_late(world, 4)
    for name in ("above", "far_above", "nobody"):
        make_activity(world.campaign, world.posts[name], name, due=TODAY - 5 * DAY)
    urge_at(MORNING)
    assert Notice.objects.filter(kind="campaigns.urge").count() == 4
    assert not Urge.objects.filter(told_as="").exists()
