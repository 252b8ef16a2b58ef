# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from loa.audit.actor import SYSTEM
from loa.audit.models import Entry
from loa.campaigns import actions, ports
from loa.campaigns.actions import About, ActivityInput, EvidenceMissingError, PlanError
from loa.campaigns.history import history_of
from loa.campaigns.models import Activity, ActivityState
from loa.campaigns.ports import DeliveryFact
from loa.campaigns.progress import standing
from loa.campaigns.rules import STEPS
from loa.campaigns.standing import accountable_on, urged_for
from loa.campaigns.tests.world import World, make_world
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.people.models import Role
from loa.people.tests.factories import make_member, make_post

TODAY = date(2026, 11, 24)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def working(world: World, **fields: Any) -> Activity:
    Activity.objects.filter(pk=world.activity.pk).update(state=ActivityState.IN_PROGRESS, **fields)
    return world.fresh()


def submit(world: World, activity: Activity) -> Activity:
    return actions.set_activity_state(
        actor=world.holders["accountable"], activity=activity, state=ActivityState.SUBMITTED
    )


def test_ten_articles_are_done_when_ten_are_counted_not_one(world: World) -> None:
    activity = working(world, quantity=10, unit="tin, bài", evidence_required=["link"])
    actor = world.holders["accountable"]
    with pytest.raises(EvidenceMissingError, match="còn thiếu đường dẫn; mới được 0/10 tin, bài"):
        submit(world, activity)
    for number in range(9):
        actions.add_link(actor=actor, activity=activity, url=f"https://example.vn/bai-{number}")
    actions.add_link(actor=actor, activity=activity, url="https://EXAMPLE.vn/bai-8/#cuoi")  # the same page
    with pytest.raises(EvidenceMissingError, match="mới được 9/10"):
        submit(world, activity)
    actions.add_link(actor=actor, activity=activity, url="https://example.vn/bai-9")
    assert submit(world, activity).state == ActivityState.SUBMITTED


def test_done_without_the_evidence_that_is_asked_for_is_refused(world: World) -> None:
    activity = working(world, evidence_required=["figures"])
    actions.add_link(actor=world.holders["accountable"], activity=activity, url="https://example.vn/1")
    with pytest.raises(EvidenceMissingError, match="số liệu"):
        submit(world, activity)
    actions.add_figures(
        actor=world.holders["accountable"], activity=activity, figures={"participants": Decimal(120)}
    )
    assert submit(world, activity).state == ActivityState.SUBMITTED


def test_verifying_looks_at_the_evidence_again(world: World) -> None:
    activity = working(world, evidence_required=["link"])
    link = actions.add_link(actor=world.holders["accountable"], activity=activity, url="https://example.vn/1")
    submit(world, activity)
    with pytest.raises(ConflictError):
        actions.remove(actor=world.holders["accountable"], row=link)
    type(link).everything.filter(pk=link.pk).delete()
    with pytest.raises(EvidenceMissingError):
        actions.set_activity_state(actor=world.holders["above"], activity=activity, state="verified")


def test_the_database_refuses_that_the_submitter_verifies(world: World) -> None:
    person = world.holders["accountable"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.filter(pk=world.activity.pk).update(submitted_by=person, verified_by=person)


def test_only_a_person_submits_or_verifies(world: World) -> None:
    activity = working(world)
    for actor in (None, SYSTEM):
        with pytest.raises(PermissionDeniedError):
            actions.set_activity_state(actor=actor, activity=activity, state="submitted")
    submit(world, activity)
    with pytest.raises(PermissionDeniedError):
        actions.set_activity_state(actor=None, activity=activity, state="verified")


def test_work_is_returned_with_a_reason_and_submitted_again(world: World) -> None:
    activity = submit(world, working(world))
    above = world.holders["above"]
    with pytest.raises(PlanError, match="Ghi lý do"):
        actions.set_activity_state(actor=above, activity=activity, state="returned")
    actions.set_activity_state(actor=above, activity=activity, state="returned", reason="Thiếu ảnh thôn 2")
    activity.refresh_from_db()
    assert activity.state_note == "Thiếu ảnh thôn 2"
    submit(world, activity)
    actions.set_activity_state(actor=above, activity=activity, state="verified")
    activity.refresh_from_db()
    assert (activity.submitted_by, activity.verified_by) == (world.holders["accountable"], above)
    assert [line.verb for line in history_of(activity)] == [
        "Xác nhận đã xong",
        "Nộp kết quả",
        "Trả lại",
        "Nộp kết quả",
    ]
    assert history_of(activity)[2].reason == "Thiếu ảnh thôn 2"


def test_a_state_that_somebody_changed_meanwhile_is_seen_under_the_lock(world: World) -> None:
    activity = working(world)
    Activity.objects.filter(pk=activity.pk).update(state=ActivityState.CANCELLED)
    with pytest.raises(ConflictError):
        submit(world, activity)


def test_what_is_deleted_takes_no_step(world: World) -> None:
    activity = working(world)
    actions.remove(actor=None, row=world.fresh())
    with pytest.raises(ConflictError):
        submit(world, activity)


class Ledger:
    """A source of deliveries for tests."""

    key = "ledger"
    name = "Sổ lượt"

    def __init__(self) -> None:
        self.known: dict[str, DeliveryFact] = {}

    def say(self, reference: str, amount: int) -> None:
        self.known[reference] = DeliveryFact(
            reference, "Bản tin sáng", TODAY, Decimal(amount), "lượt phát", "recorded"
        )

    def facts(self, references: Any) -> dict[str, DeliveryFact]:
        return {one: self.known[one] for one in references if one in self.known}

    def suggestions(self, activity: Activity) -> list[DeliveryFact]:
        return list(self.known.values())


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    source = Ledger()
    monkeypatch.setattr(ports, "_sources", {})
    ports.register_source(source)
    return source


def test_progress_is_asked_of_the_ledger_each_time_and_never_stored(world: World, ledger: Ledger) -> None:
    activity = working(world, quantity=10, unit="lượt phát", evidence_required=["delivery"])
    ledger.say("tin-1", 4)
    actor = world.holders["accountable"]
    row = actions.add_delivery(actor=actor, activity=activity, source="ledger", reference="tin-1")
    assert row.amount is None
    assert standing(activity).counted == 4
    ledger.say("tin-1", 10)
    assert standing(activity).is_complete
    ledger.known.clear()
    assert standing(activity).counted == 0
    with pytest.raises(EvidenceMissingError):
        submit(world, activity)


def test_a_delivery_that_nobody_recorded_or_a_typed_amount_is_refused(world: World, ledger: Ledger) -> None:
    activity, actor = working(world), world.holders["accountable"]
    with pytest.raises(PlanError, match="Không tìm thấy lượt này"):
        actions.add_delivery(actor=actor, activity=activity, source="ledger", reference="không-có")
    ledger.say("tin-1", 1)
    with pytest.raises(PlanError, match="không ghi tay"):
        actions.add_delivery(
            actor=actor,
            activity=activity,
            source="ledger",
            reference="tin-1",
            about=About(amount=Decimal(9)),
        )
    with pytest.raises(PlanError):
        actions.add_delivery(actor=actor, activity=activity, source="other", reference="tin-1")


def test_who_held_the_post_on_a_day_is_a_question_to_its_holdings(world: World) -> None:
    activity = world.fresh()
    assert accountable_on(activity, TODAY) == world.holders["accountable"]
    assert accountable_on(activity, date(2025, 6, 30)) is None


def test_a_vacant_post_is_shown_and_the_nearest_above_is_urged(world: World) -> None:
    activity = world.fresh()
    assert urged_for([activity], TODAY)[activity.pk].person == world.holders["accountable"]
    Activity.objects.filter(pk=activity.pk).update(accountable_post=world.posts["vacant"])
    urged = urged_for([world.fresh()], TODAY)[activity.pk]
    assert urged.is_vacant
    assert (urged.post, urged.person) == (world.posts["above"], world.holders["above"])
    assert urged.chain == (world.posts["far_above"].pk, world.posts["steering"].pk)


def test_with_nobody_up_the_chain_the_head_of_the_steering_body_is_urged(world: World) -> None:
    lone = make_post(world.nodes["office"], "Chuyên viên")
    Activity.objects.filter(pk=world.activity.pk).update(accountable_post=lone)
    assert urged_for([world.fresh()], TODAY)[world.activity.pk].person == world.holders["steering"]


def test_posts_that_report_in_a_circle_end_the_search(world: World) -> None:
    one, two = make_post(world.nodes["office"], "Một"), make_post(world.nodes["office"], "Hai")
    one.reports_to, two.reports_to = two, one
    one.save()
    two.save()
    Activity.objects.filter(pk=world.activity.pk).update(accountable_post=one)
    assert urged_for([world.fresh()], TODAY)[world.activity.pk].is_vacant
    planner = make_member(world.nodes["campaign"], Role.PLANNER)
    assert actions.take_step(actor=planner, activity=world.fresh(), step=STEPS[0]).state == "in_progress"


@pytest.mark.parametrize("count", [1, 30])
def test_urging_takes_three_queries_however_many_there_are(
    world: World, count: int, django_assert_num_queries: Any
) -> None:
    activities = [world.fresh() for _ in range(count)]
    with django_assert_num_queries(3):
        urged_for(activities, TODAY)


def test_evidence_for_what_is_submitted_or_from_tomorrow_is_refused(world: World) -> None:
    activity, actor = working(world), world.holders["accountable"]
    late_evening = clock.frozen(datetime(2026, 11, 24, 16, 59, tzinfo=UTC))  # 23:59 in Viet Nam
    with late_evening, pytest.raises(PlanError, match="chưa tới"):
        actions.add_link(
            actor=actor,
            activity=activity,
            url="https://example.vn/1",
            about=About(on=date(2026, 11, 25)),
        )
    with clock.frozen(datetime(2026, 11, 24, 17, 1, tzinfo=UTC)):  # 00:01 the next day
        actions.add_link(
            actor=actor, activity=activity, url="https://example.vn/1", about=About(on=date(2026, 11, 25))
        )
    submit(world, activity)
    with pytest.raises(ConflictError, match="đã nộp"):
        actions.add_link(actor=actor, activity=activity, url="https://example.vn/2")


def test_figures_are_known_ones_and_never_below_nothing(world: World) -> None:
    activity, actor = working(world), world.holders["accountable"]
    for figures in ({"khong-co": Decimal(1)}, {"participants": Decimal(-1)}, {}):
        with pytest.raises(PlanError):
            actions.add_figures(actor=actor, activity=activity, figures=figures)
    assert not activity.evidence.exists()
    assert not Entry.objects.filter(action="campaigns.add_evidence").exists()


@pytest.mark.parametrize(
    "changes",
    [{"quantity": 1}, {"unit": "trang"}, {"evidence_required": []}],
    ids=["quantity", "unit", "kinds"],
)
@pytest.mark.parametrize("state", ["submitted", "verified"])
def test_what_counts_as_done_stays_once_work_is_submitted(
    world: World, state: str, changes: dict[str, Any]
) -> None:
    activity = working(world, quantity=2, unit="bài", evidence_required=["link"])
    for number in range(2):
        url = f"https://example.vn/{number}"
        actions.add_link(actor=world.holders["accountable"], activity=activity, url=url)
    submit(world, activity)
    if state == "verified":
        actions.set_activity_state(actor=world.holders["above"], activity=activity, state=state)
    planner = make_member(world.nodes["campaign"], Role.PLANNER)
    same = {
        "accountable_post": activity.accountable_post,
        "contributors": activity.contributors.all(),
        "channels": activity.channels,
        "quantity": 2,
        "unit": "bài",
        "evidence_required": ["link"],
    }
    actions.edit_activity(
        actor=planner, activity=world.fresh(), given=ActivityInput(title="Viết bài", **same)
    )
    with pytest.raises(ConflictError, match="giữ nguyên"):
        given = ActivityInput(title="Viết bài", **{**same, **changes})
        actions.edit_activity(actor=planner, activity=world.fresh(), given=given)
    assert (world.fresh().quantity, world.fresh().unit) == (2, "bài")
