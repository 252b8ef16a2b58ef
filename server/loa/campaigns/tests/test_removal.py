# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from loa.audit.models import Entry
from loa.campaigns import actions, queries
from loa.campaigns.models import Activity, Campaign, Comment, Evidence, KeyMessage, Phase, Removal
from loa.campaigns.tests.factories import make_activity, make_key_message, make_phase
from loa.campaigns.tests.world import World, make_world
from loa.config import clock
from loa.config.errors import ConflictError, NotFoundError, PermissionDeniedError
from loa.messages.tests.factories import make_message
from loa.people.models import Person, Role
from loa.people.tests.factories import make_member

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def world(db: None) -> Any:
    with clock.frozen(NOW):
        yield make_world()


@pytest.fixture
def planner(world: World) -> Person:
    return make_member(world.nodes["campaign"], Role.PLANNER)


def test_a_deleted_activity_is_gone_everywhere_and_comes_back_whole(world: World, planner: Person) -> None:
    activity = world.fresh()
    link = actions.add_link(actor=planner, activity=activity, url="https://example.vn/1")
    comment = actions.add_comment(actor=planner, campaign=world.campaign, text="Nhanh lên", activity=activity)
    removal = actions.remove(actor=planner, row=activity)
    assert not world.campaign.activities.exists()
    assert not Evidence.objects.exists()
    assert not Comment.objects.exists()
    assert queries.campaigns_for(planner).get().activity_count == 0  # type: ignore[attr-defined]
    with pytest.raises(NotFoundError):
        queries.activity(planner, world.campaign.key, activity.pk)
    actions.undo_removal(actor=planner, removal=removal)
    assert list(world.campaign.activities.all()) == [activity]
    assert list(Evidence.objects.all()) == [link]
    assert list(Comment.objects.all()) == [comment]
    assert [entry.action for entry in Entry.objects.order_by("-pk")[:2]] == [
        "campaigns.undo_removal",
        "campaigns.remove",
    ]


def test_what_was_deleted_before_stays_deleted_when_the_rest_comes_back(
    world: World, planner: Person
) -> None:
    gone = make_activity(world.campaign, world.posts["accountable"])
    first = actions.remove(actor=planner, row=gone)
    removal = actions.remove(actor=planner, row=world.campaign)
    assert not Campaign.objects.exists()
    assert not Activity.objects.exists()
    with pytest.raises(ConflictError, match="Lấy lại chiến dịch trước"):
        actions.undo_removal(actor=planner, removal=Removal.objects.get(pk=first.pk))
    actions.undo_removal(actor=planner, removal=removal)
    assert list(Activity.objects.all()) == [world.activity]
    actions.undo_removal(actor=planner, removal=Removal.objects.get(pk=first.pk))
    assert Activity.objects.count() == 2


@pytest.mark.parametrize(("days", "works"), [(30, True), (31, False)])
def test_thirty_days_are_the_end(world: World, planner: Person, days: int, works: bool) -> None:
    removal = actions.remove(actor=planner, row=world.fresh())
    with clock.frozen(NOW + timedelta(days=days)):
        if works:
            actions.undo_removal(actor=planner, removal=removal)
        else:
            with pytest.raises(ConflictError, match="30 ngày"):
                actions.undo_removal(actor=planner, removal=removal)


def test_the_purge_takes_what_is_older_and_nothing_else(world: World, planner: Person) -> None:
    actions.add_link(actor=planner, activity=world.fresh(), url="https://example.vn/1")
    kept = make_activity(world.campaign, world.posts["accountable"])
    actions.remove(actor=planner, row=world.fresh())
    assert actions.purge(NOW + timedelta(days=30)) == 0
    assert actions.purge(NOW + timedelta(days=30, seconds=1)) == 1
    assert list(Activity.everything.all()) == [kept]
    assert not Evidence.everything.exists()
    assert Entry.objects.filter(action="campaigns.purge").count() == 1


def test_a_campaign_is_purged_with_everything_in_it(world: World, planner: Person) -> None:
    phase = make_phase(world.campaign)
    make_key_message(world.campaign, phase=phase)
    make_activity(world.campaign, world.posts["accountable"], phase=phase)
    actions.remove(actor=planner, row=world.campaign)
    assert actions.purge(NOW + timedelta(days=31)) == 1
    for model in (Campaign, Phase, KeyMessage, Activity, Removal):
        assert not model._base_manager.exists()


def test_what_something_rests_on_is_not_deleted(world: World, planner: Person) -> None:
    phase = make_phase(world.campaign)
    message = make_key_message(world.campaign, phase=phase)
    with pytest.raises(ConflictError, match="1 mục thuộc giai đoạn"):
        actions.remove(actor=planner, row=phase)
    editor = make_member(world.nodes["campaign"], Role.EDITOR)
    cast: Any = SimpleNamespace(editor=editor, organisation=world.nodes["campaign"])
    make_message(cast, campaign=world.campaign).key_messages.add(message)
    for row in (message, world.campaign):
        with pytest.raises(ConflictError, match="Đã có tin"):
            actions.remove(actor=planner, row=row)
    Activity.objects.filter(pk=world.activity.pk).update(state="verified")
    with pytest.raises(ConflictError, match="xác nhận xong"):
        actions.remove(actor=planner, row=world.fresh())
    assert not Removal.objects.exists()


def test_deleting_twice_is_said(world: World, planner: Person) -> None:
    activity = world.fresh()
    actions.remove(actor=planner, row=activity)
    with pytest.raises(ConflictError, match="đã xóa rồi"):
        actions.remove(actor=planner, row=activity)


def test_who_deletes_what(world: World) -> None:
    author, other = world.holders["contributor"], world.holders["above"]
    link = actions.add_link(actor=author, activity=world.fresh(), url="https://example.vn/1")
    reader = make_member(world.nodes["campaign"], Role.VIEWER)
    comment = actions.add_comment(actor=reader, campaign=world.campaign, text="Được")
    for actor, row in ((other, link), (other, comment), (author, world.fresh()), (reader, world.campaign)):
        with pytest.raises(PermissionDeniedError):
            actions.remove(actor=actor, row=row)
    removal = actions.remove(actor=author, row=link)
    actions.remove(actor=reader, row=comment)
    with pytest.raises(PermissionDeniedError):
        actions.undo_removal(actor=other, removal=removal)
    actions.undo_removal(actor=author, removal=removal)
    assert list(Evidence.objects.all()) == [link]


def test_a_part_cannot_come_back_where_another_took_its_place(world: World, planner: Person) -> None:
    start = (NOW - timedelta(days=3)).date()
    add = {"actor": planner, "campaign": world.campaign, "start": start, "is_open": True}
    first = actions.add_phase(name="Giữ nếp", **add)  # type: ignore[arg-type]
    removal = actions.remove(actor=planner, row=first)
    actions.add_phase(name="Giữ nếp mãi", **add)  # type: ignore[arg-type]
    with pytest.raises(ConflictError, match="giai đoạn khác để mở"):
        actions.undo_removal(actor=planner, removal=removal)
