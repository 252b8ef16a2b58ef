# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from loa.audit.models import Entry
from loa.campaigns import actions
from loa.campaigns.actions import FindingInput, InspectionInput, PlanError
from loa.campaigns.history import history_of, history_of_campaign
from loa.campaigns.models import Finding, Inspection
from loa.campaigns.queries import people_in_scope
from loa.campaigns.tests.factories import make_activity, make_campaign
from loa.campaigns.tests.world import World, make_world
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.notices.models import Notice
from loa.people.models import Person, Role
from loa.people.tests.factories import make_member

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture
def world(db: None) -> Any:
    with clock.frozen(NOW):
        yield make_world()


@pytest.fixture
def planner(world: World) -> Person:
    return make_member(world.nodes["campaign"], Role.PLANNER, "lan")


@pytest.fixture
def inspector(world: World) -> Person:
    return make_member(world.nodes["office"], Role.VIEWER, "kiem-tra")


def planned(world: World, planner: Person, inspector: Person, **fields: Any) -> Inspection:
    given = InspectionInput(
        **{
            "title": "Kiểm tra treo cờ",
            "planned_on": date(2026, 11, 20),
            "inspectors": [inspector],
            "areas": world.villages[:1],
            "activities": [world.activity],
            **fields,
        }
    )
    return actions.plan_inspection(actor=planner, campaign=world.campaign, given=given)


def finding(world: World, **fields: Any) -> FindingInput:
    values = {"text": "Thôn 1 chưa treo", "owner_post": world.posts["accountable"], "due": date(2026, 11, 26)}
    return FindingInput(**{**values, **fields})


def test_a_visit_is_planned_made_signed_off_and_its_finding_put_right(
    world: World, planner: Person, inspector: Person
) -> None:
    visit = planned(world, planner, inspector)
    actions.record_visit(
        actor=inspector, inspection=visit, made_on=date(2026, 11, 23), conclusion="Đạt\nmột phần"
    )
    found = actions.add_finding(
        actor=inspector, inspection=visit, given=finding(world, activity=world.activity)
    )
    actions.sign_off(actor=inspector, inspection=visit)
    assert (visit.signed_off_by, visit.conclusion) == (inspector, "Đạt\nmột phần")
    entries = Entry.objects.count()
    actions.sign_off(actor=inspector, inspection=visit)
    assert Entry.objects.count() == entries
    owner = world.holders["accountable"]
    actions.resolve_finding(actor=owner, finding=found, resolution="Đã treo đủ")
    found.refresh_from_db()
    assert (found.resolved_by, found.resolution) == (owner, "Đã treo đủ")
    assert [line.verb for line in history_of_campaign(world.campaign)][:3] == [
        "báo đã khắc phục",
        "kết luận kiểm tra",
        "ghi phát hiện",
    ]


def test_after_sign_off_nothing_changes(world: World, planner: Person, inspector: Person) -> None:
    visit = planned(world, planner, inspector)
    with pytest.raises(ConflictError, match="Chưa ghi ngày"):
        actions.sign_off(actor=inspector, inspection=visit)
    actions.record_visit(actor=inspector, inspection=visit, made_on=date(2026, 11, 23))
    found = actions.add_finding(actor=inspector, inspection=visit, given=finding(world))
    actions.sign_off(actor=inspector, inspection=visit)
    for attempt in (
        lambda: actions.record_visit(actor=inspector, inspection=visit, made_on=date(2026, 11, 22)),
        lambda: actions.add_finding(actor=inspector, inspection=visit, given=finding(world)),
        lambda: actions.edit_inspection(
            actor=planner,
            inspection=visit,
            given=InspectionInput(title="x", planned_on=TODAY, inspectors=[inspector]),
        ),
        lambda: actions.remove(actor=planner, row=visit),
        lambda: actions.remove(actor=planner, row=found),
    ):
        with pytest.raises(ConflictError):
            attempt()


def test_the_database_refuses_a_sign_off_without_a_visit(
    world: World, planner: Person, inspector: Person
) -> None:
    visit = planned(world, planner, inspector)
    with pytest.raises(IntegrityError), transaction.atomic():
        Inspection.objects.filter(pk=visit.pk).update(signed_off_at=NOW, signed_off_by=inspector)
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.create(inspection=visit, text="x", due=TODAY)


def test_who_may_plan_inspect_and_put_right(world: World, planner: Person, inspector: Person) -> None:
    visit = planned(world, planner, inspector)
    assert planned(world, world.holders["steering"], inspector).pk
    found = actions.add_finding(actor=inspector, inspection=visit, given=finding(world))
    stranger, above = world.holders["nobody"], world.holders["above"]
    refused = (
        lambda: planned(world, inspector, inspector),
        lambda: planned(world, above, inspector),
        lambda: actions.record_visit(actor=above, inspection=visit, made_on=TODAY),
        lambda: actions.add_finding(actor=stranger, inspection=visit, given=finding(world)),
        lambda: actions.sign_off(actor=world.holders["accountable"], inspection=visit),
        lambda: actions.resolve_finding(actor=inspector, finding=found, resolution="Xong"),
        lambda: actions.remove(actor=inspector, row=visit),
    )
    for attempt in refused:
        with pytest.raises(PermissionDeniedError):
            attempt()


def test_a_visit_needs_people_and_its_own_campaign(world: World, planner: Person, inspector: Person) -> None:
    other = make_activity(make_campaign(world.nodes["campaign"]))
    for wrong in ({"inspectors": []}, {"activities": [other]}, {"title": " "}):
        with pytest.raises(PlanError):
            planned(world, planner, inspector, **wrong)
    visit = planned(world, planner, inspector)
    for bad in (
        {"owner_post": world.posts["nobody"]},
        {"due": date(2026, 11, 19)},
        {"activity": other},
        {"text": ""},
    ):
        with pytest.raises(PlanError):
            actions.add_finding(actor=inspector, inspection=visit, given=finding(world, **bad))
    with pytest.raises(PlanError, match="chưa tới"):
        actions.record_visit(actor=inspector, inspection=visit, made_on=date(2026, 11, 25))
    found = actions.add_finding(actor=inspector, inspection=visit, given=finding(world))
    with pytest.raises(PlanError):
        actions.resolve_finding(actor=planner, finding=found, resolution="")


def test_a_mention_reaches_only_people_who_see_the_campaign(world: World, planner: Person) -> None:
    reader = make_member(world.nodes["office"], Role.VIEWER, "nguoi-doc")
    outsider = world.holders["nobody"]
    comment = actions.add_comment(
        actor=reader,
        campaign=world.campaign,
        text="@lan xem giúp, @khong-co cũng xem, a@lan.vn thì không.\n@nguoi-doc",
        activity=world.activity,
    )
    assert set(comment.mentions.all()) == {planner, reader}
    [notice] = Notice.objects.all()  # nobody is told of his own words
    assert (notice.person, notice.kind) == (planner, "campaigns.mention")
    assert notice.url == f"/chien-dich/{world.campaign.key}/dau-moi/{world.activity.pk}/"
    with pytest.raises(PlanError, match=f"@{outsider.username} ") as refused:
        actions.add_comment(actor=reader, campaign=world.campaign, text=f"@{outsider.username}")
    assert outsider.full_name not in refused.value.message
    with pytest.raises(PlanError):
        actions.add_comment(actor=reader, campaign=world.campaign, text="Xem", mentions=[outsider])
    with pytest.raises(PermissionDeniedError):
        actions.add_comment(actor=outsider, campaign=world.campaign, text="Chào")
    with pytest.raises(PlanError):
        actions.add_comment(actor=reader, campaign=world.campaign, text=" \n ")
    assert outsider not in people_in_scope(world.campaign)
    assert {planner, reader} <= set(people_in_scope(world.campaign))


def test_the_history_says_who_changed_what_in_words(world: World, planner: Person) -> None:
    actions.edit_activity(
        actor=planner,
        activity=world.fresh(),
        given=actions.ActivityInput(
            title="Treo cờ", accountable_post=world.posts["vacant"], channels=["flags"], due=TODAY
        ),
    )
    [line] = history_of(world.fresh())
    assert (line.who, line.verb, line.at) == (planner.full_name, "sửa đầu mối", NOW)
    changes = {change.field: (change.before, change.after) for change in line.changes}
    assert changes["tên"] == ("Phát loa hằng ngày", "Treo cờ")
    assert changes["chức danh chịu trách nhiệm"] == ("Trưởng phòng", "Phó phòng")
    assert changes["kênh"] == ("loa phát thanh", "treo cờ, băng rôn")
    assert changes["hạn"] == ("chưa ghi", "2026-11-24")
    assert changes["cơ quan phối hợp"] == ("Đoàn Thanh niên", "chưa ghi")


def test_an_edit_that_changes_nothing_leaves_no_trace(world: World, planner: Person) -> None:
    same = actions.ActivityInput(
        title="Phát loa hằng ngày",
        accountable_post=world.posts["accountable"],
        channels=["loudspeaker"],
        contributors=[world.nodes["beside"]],
    )
    activity = actions.edit_activity(actor=planner, activity=world.fresh(), given=same)
    assert activity.version == 1
    assert not Entry.objects.exists()


def test_two_who_edit_at_once_do_not_overwrite_each_other(world: World, planner: Person) -> None:
    first, second = world.fresh(), world.fresh()
    given = actions.ActivityInput(title="Một", accountable_post=world.posts["accountable"])
    actions.edit_activity(actor=planner, activity=first, given=given, seen_version=1)
    other = actions.ActivityInput(title="Hai", accountable_post=world.posts["accountable"])
    with pytest.raises(ConflictError, match="vừa sửa"):
        actions.edit_activity(actor=planner, activity=second, given=other, seen_version=1)
    assert world.fresh().title == "Một"


def test_every_verb_in_the_log_has_words(world: World) -> None:
    import re
    from pathlib import Path

    from loa.campaigns.history import VERBS

    folder = Path(actions.__file__).parent
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    used = {*re.findall(r'record\(\s*\w+, "(\w+)"', source)}
    assert len(used) > 20
    assert used <= VERBS.keys() | {"take_step"}
