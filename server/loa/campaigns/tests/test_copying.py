# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date
from decimal import Decimal

import pytest

from loa.campaigns import actions
from loa.campaigns.actions import (
    ActivityInput,
    AudienceInput,
    BudgetLineInput,
    CopyInput,
    ObjectiveInput,
    PlanError,
    TemplateInput,
)
from loa.campaigns.library import Template, library, template
from loa.campaigns.models import Activity, Campaign
from loa.campaigns.rules import TOP_MESSAGES
from loa.campaigns.tests.factories import make_campaign
from loa.campaigns.tests.world import World, make_world
from loa.campaigns.words import CHANNEL_NAMES
from loa.campaigns.workdays import is_tet, is_workday
from loa.config.errors import NotFoundError, PermissionDeniedError
from loa.people.models import Post, Role
from loa.people.tests.factories import make_member


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def whole_campaign(world: World) -> Campaign:
    """Return a campaign with one of everything, its event on 11 January 2026."""
    campaign = world.campaign
    Campaign.objects.filter(pk=campaign.pk).update(event_on=date(2026, 1, 11))
    campaign.refresh_from_db()
    actions.add_phase(
        actor=None, campaign=campaign, name="Trước", start=date(2026, 1, 5), end=date(2026, 1, 10)
    )
    after = actions.add_phase(
        actor=None, campaign=campaign, name="Sau", start=date(2026, 1, 12), is_open=True
    )
    audience = actions.add_audience(actor=None, campaign=campaign, given=AudienceInput(name="Hộ ven sông"))
    message = actions.add_key_message(
        actor=None,
        campaign=campaign,
        text="Mang sổ",
        phase=after,
        priority="top",
        frequencies={"loudspeaker": 3},
        audiences=[audience],
    )
    actions.add_objective(
        actor=None,
        campaign=campaign,
        given=ObjectiveInput(
            text="Đủ", measure="Đếm", target=Decimal(95), unit="% hộ", due=date(2026, 1, 19)
        ),
    )
    line = BudgetLineInput(name="In", planned=2_000_000, spent=1_900_000, phase=after)
    actions.add_budget_line(actor=None, campaign=campaign, given=line)
    actions.add_legal_document(
        actor=None,
        campaign=campaign,
        given=actions.LegalDocumentInput(citation="Nghị định số 49/2024/NĐ-CP", link="https://example.vn/49"),
    )
    first = Activity.objects.get(pk=world.activity.pk)
    actions.edit_activity(
        actor=None,
        activity=first,
        given=ActivityInput(
            title="Phát loa",
            accountable_post=world.posts["accountable"],
            contributors=[world.nodes["beside"]],
            phase=after,
            key_messages=[message],
            areas=world.villages[:2],
            start=date(2026, 1, 12),
            due=date(2026, 1, 20),
            quantity=10,
            unit="lượt phát",
            evidence_required=["link"],
        ),
    )
    actions.add_activity(
        actor=None,
        campaign=campaign,
        given=ActivityInput(
            title="Báo cáo", accountable_post=world.posts["above"], needs=[first], due=date(2026, 1, 22)
        ),
    )
    actions.add_link(actor=None, activity=first, url="https://example.vn/1")
    return campaign


def test_a_copy_holds_what_was_planned_moved_and_nothing_of_what_was_done(world: World) -> None:
    source = whole_campaign(world)
    planner = make_member(world.nodes["campaign"], Role.PLANNER)
    copy = actions.copy_campaign(
        actor=planner,
        source=source,
        given=CopyInput(title="Năm sau", organisation=world.nodes["campaign"], days=29),
    )
    assert copy.event_on == date(2026, 2, 8)  # a Sunday as before, and not in Tết
    assert [(one.key, one.start, one.end, one.is_open) for one in copy.phases.all()] == [
        ("truoc", date(2026, 2, 3), date(2026, 2, 7), False),
        ("sau", date(2026, 2, 10), None, True),
    ]
    [message] = copy.key_messages.all()
    assert (message.phase, message.priority, message.upper) == (copy.phases.get(key="sau"), "top", None)
    assert [(one.channel, one.per_week) for one in message.frequencies.all()] == [("loudspeaker", 3)]
    assert [one.name for one in message.audiences.all()] == ["Hộ ven sông"]
    assert list(message.audiences.all()) == list(copy.audiences.all())
    assert copy.objectives.get().due == date(2026, 2, 13)  # 17 February is mùng một
    assert (copy.budget_lines.get().planned, copy.budget_lines.get().spent) == (2_000_000, None)
    assert copy.legal_documents.get().link == "https://example.vn/49"
    first, second = copy.activities.order_by("pk")
    assert (first.start, first.due, first.state) == (date(2026, 2, 10), date(2026, 2, 13), "planned")
    assert second.due == date(2026, 2, 13)  # 20 February is mùng bốn
    assert list(second.needs.all()) == [first]
    assert list(first.contributors.all()) == [world.nodes["beside"]]
    assert list(first.areas.order_by("path")) == world.villages[:2]
    assert (first.quantity, first.unit, first.evidence_required) == (10, "lượt phát", ["link"])
    assert not first.evidence.exists()


def test_copying_needs_the_right_to_plan_there_and_to_see_what_is_copied(world: World) -> None:
    stranger = make_member(world.nodes["strange"], Role.PLANNER)
    with pytest.raises(PermissionDeniedError):
        actions.copy_campaign(
            actor=stranger,
            source=world.campaign,
            given=CopyInput(title="x", organisation=world.nodes["campaign"], days=0),
        )
    with pytest.raises(NotFoundError):
        actions.copy_campaign(
            actor=stranger,
            source=world.campaign,
            given=CopyInput(title="x", organisation=world.nodes["strange"], days=0),
        )


def test_a_copy_for_another_commune_needs_a_post_that_may_answer_there(world: World) -> None:
    given = CopyInput(title="x", organisation=world.nodes["strange"], days=0)
    with pytest.raises(PlanError):
        actions.copy_campaign(actor=None, source=world.campaign, given=given)
    other = CopyInput(
        title="x", organisation=world.nodes["strange"], days=0, default_post=world.posts["nobody"]
    )
    copy = actions.copy_campaign(actor=None, source=world.campaign, given=other)
    assert copy.activities.get().accountable_post == world.posts["nobody"]


def test_the_library_has_six_whole_templates() -> None:
    assert {one.key for one in library()} == {
        "su-kien",
        "tiem-chung",
        "thang-ve-sinh",
        "mua-mua-bao",
        "tong-dieu-tra",
        "phong-chay",
    }
    assert template("su-kien") in library()
    with pytest.raises(NotFoundError):
        template("khong-co")


@pytest.mark.parametrize("one", library(), ids=lambda one: one.key)
def test_a_template_is_complete(one: Template) -> None:
    heads, phases = {head.key for head in one.heads}, {phase.key for phase in one.phases}
    messages = {message.key for message in one.key_messages}
    assert len(one.activities) >= 12
    assert len(one.phases) == 3
    assert min(map(len, (one.legal_basis, one.audiences, one.objectives, one.budget))) >= 3
    assert sum(message.priority == "top" for message in one.key_messages) <= TOP_MESSAGES
    assert heads == {activity.head for activity in one.activities}
    assert messages == {key for activity in one.activities for key in activity.messages}
    known: set[str] = set()
    for activity in one.activities:
        assert activity.phase in phases
        assert {*activity.contributors} <= heads
        assert {*activity.channels} <= CHANNEL_NAMES.keys()
        assert {*activity.needs} <= known, activity.title
        assert activity.evidence, activity.title
        assert activity.due is not None or activity.due_note
        assert activity.quantity is None or activity.unit
        known.add(activity.key)


@pytest.mark.parametrize("one", library(), ids=lambda one: one.key)
def test_a_template_becomes_a_campaign_that_keeps_out_of_tet(world: World, one: Template) -> None:
    posts = {head.key: world.posts["accountable"] for head in one.heads}
    planner = make_member(world.nodes["campaign"], Role.PLANNER)
    campaign = actions.use_template(
        actor=planner,
        template=one,
        given=TemplateInput(
            title=one.name, organisation=world.nodes["campaign"], event_on=date(2026, 2, 12), posts=posts
        ),
    )
    assert campaign.activities.count() == len(one.activities)
    assert campaign.key_messages.count() == len(one.key_messages)
    assert campaign.purpose.count("\n") == 2
    any_day = {activity.title for activity in one.activities if activity.any_day}
    for activity in campaign.activities.all():
        assert activity.start is not None
        if activity.due is None:
            assert activity.due_note
            continue
        assert activity.start <= activity.due
        if campaign.event_on in {activity.start, activity.due}:
            continue
        if activity.title in any_day:
            assert not is_tet(activity.due)
        else:
            assert is_workday(activity.due)


def test_a_role_without_a_post_is_named(world: World) -> None:
    posts: dict[str, Post] = {"y-te": world.posts["accountable"]}
    given = TemplateInput(
        title="Tiêm", organisation=world.nodes["campaign"], event_on=date(2026, 3, 2), posts=posts
    )
    with pytest.raises(PlanError, match="Hội Liên hiệp Phụ nữ"):
        actions.use_template(actor=None, template=template("tiem-chung"), given=given)
    assert make_campaign(world.nodes["campaign"]).activities.count() == 0
