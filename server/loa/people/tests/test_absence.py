# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from loa.audit.models import Entry
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.people import actions
from loa.people.absence import is_away
from loa.people.actions import PersonError, on_leave_change
from loa.people.models import Deputyship, Leave, Outcome, Person, Proposal, Role, RoleGrant
from loa.people.queries import may, people_with
from loa.people.rules import NOT_WHILE_AWAY, Permission
from loa.people.tests.factories import Cast, grant, make_cast, make_leave, make_member
from loa.people.tests.steps import text

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
MONDAY, TODAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 29)
DAY = timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def second(cast: Cast) -> Person:
    return make_member(cast.organisation, Role.ADMINISTRATOR, "quan-tri-hai", "Vi Thị Hai")


@pytest.fixture(autouse=True)
def _tuesday() -> Any:
    with clock.frozen(NOW):
        yield


def on_leave(cast: Cast, actor: Person | None = None) -> Leave:
    person = cast.approver_one
    return actions.record_leave(actor=actor or person, person=person, first_day=TODAY, last_day=SUNDAY)


@pytest.mark.parametrize(
    ("day", "counts"),
    [(-1, True), (0, False), (5, False), (6, True)],
    ids=["before", "first", "last", "after"],
)
def test_who_is_on_leave_counts_as_no_approver_on_those_days(cast: Cast, day: int, counts: bool) -> None:
    on_leave(cast)
    with clock.frozen(NOW + timedelta(days=day)):
        assert may(cast.approver_one, "release.sign") is counts
        able = people_with(Permission.RELEASE_SIGN, cast.organisation)
        assert (cast.approver_one in able) is counts
        assert cast.approver_two in able


def test_who_is_on_leave_still_reads_and_withdraws(cast: Cast) -> None:
    on_leave(cast)
    assert Permission.RELEASE_SIGN in NOT_WHILE_AWAY
    assert Permission.RELEASE_WITHDRAW not in NOT_WHILE_AWAY
    assert may(cast.approver_one, "view")
    assert may(cast.approver_one, "release.withdraw")
    assert cast.approver_one in people_with(Permission.RELEASE_WITHDRAW, cast.organisation)


def test_lists_are_told_of_leave_and_of_its_end(cast: Cast) -> None:
    told: list[Person] = []
    on_leave_change.append(told.append)
    try:
        leave = on_leave(cast)
        for _ in range(2):
            actions.end_leave(actor=cast.approver_one, leave=leave)
    finally:
        on_leave_change.remove(told.append)
    assert told == [cast.approver_one, cast.approver_one]
    assert may(cast.approver_one, "release.sign")
    assert not is_away(cast.approver_one, TODAY)
    assert Entry.objects.filter(action="people.end_leave").count() == 1


def test_leave_that_an_administrator_recorded_is_ended_by_one(cast: Cast, second: Person) -> None:
    leave = on_leave(cast, cast.administrator)
    with pytest.raises(PermissionDeniedError, match="quản trị"):
        actions.end_leave(actor=cast.approver_one, leave=leave)
    assert not may(cast.approver_one, "release.sign")
    actions.end_leave(actor=second, leave=leave)
    assert may(cast.approver_one, "release.sign")


@pytest.mark.parametrize("part", ["viewer", "editor", "approver_two", "outsider"])
def test_nobody_else_records_or_ends_leave(cast: Cast, part: str) -> None:
    leave = make_leave(cast.approver_one, TODAY, SUNDAY)
    with pytest.raises(PermissionDeniedError):
        actions.end_leave(actor=cast.people[part], leave=leave)
    with pytest.raises(PermissionDeniedError):
        actions.record_leave(actor=cast.people[part], person=cast.head, first_day=TODAY, last_day=SUNDAY)


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (SUNDAY, TODAY, "trước ngày đầu"),
        (MONDAY - DAY, MONDAY, "đã qua"),
        (TODAY, TODAY + 366 * DAY, "366"),
    ],
)
def test_days_that_cannot_be_are_refused_beside_their_field(
    cast: Cast, first: date, last: date, sentence: str
) -> None:
    with pytest.raises(PersonError, match=sentence) as caught:
        actions.record_leave(actor=cast.editor, person=cast.editor, first_day=first, last_day=last)
    assert caught.value.field == "last_day"


def test_two_leaves_do_not_overlap(cast: Cast) -> None:
    on_leave(cast)
    with pytest.raises(ConflictError):
        on_leave(cast)


def test_leave_is_recorded_and_ended_at_ones_own_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.approver_one)
    typed = {"first_day": "2026-11-24", "last_day": "29/11/2026"}
    assert "24/11/2026–29/11/2026" in text(client.post("/tai-khoan/nghi/", typed, follow=True))
    assert "Đang nghỉ đến hết 29/11/2026" in text(client.get("/tai-khoan/"))
    client.post("/tai-khoan/nghi/ket-thuc/", {"leave": Leave.objects.get().pk})
    assert Leave.objects.get().ended_at == NOW


def test_an_administrator_records_and_ends_leave_at_the_persons_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.administrator)
    page = f"/thiet-lap/nguoi/{cast.approver_one.pk}/nghi/"
    assert "trước ngày đầu" in text(client.post(page, {"first_day": "2026-11-29", "last_day": "2026-11-24"}))
    client.post(page, {"first_day": "2026-11-24", "last_day": "2026-11-29"})
    assert not may(cast.approver_one, "release.sign")
    client.post(f"{page}ket-thuc/", {"leave": Leave.objects.get().pk})
    assert may(cast.approver_one, "release.sign")


# Deputies.


@pytest.fixture
def headed(cast: Cast) -> Cast:
    """The head of the commune signs and plans."""
    grant(cast.head, cast.organisation, Role.APPROVER)
    grant(cast.head, cast.organisation, Role.PLANNER)
    return cast


def appoint(cast: Cast, first: date = TODAY, last: date = SUNDAY, deputy: Person | None = None) -> Deputyship:
    return actions.appoint_deputy(
        actor=cast.administrator,
        post=cast.head_post,
        deputy=deputy or cast.viewer,
        first_day=first,
        last_day=last,
    )


def test_a_deputy_has_the_holders_roles_from_day_to_day_and_those_that_take_two_after_the_second(
    headed: Cast, second: Person
) -> None:
    made = appoint(headed, TODAY + DAY)
    deputy = headed.viewer
    with clock.frozen(NOW + DAY):
        assert may(deputy, "plan.edit", organisation=headed.organisation)
        assert not may(deputy, "release.sign")
    assert not may(deputy, "plan.edit")
    confirmed = actions.confirm_proposal(actor=second, proposal=made.proposals.get())
    assert confirmed.grant is not None
    assert (confirmed.grant.since, confirmed.grant.until) == (made.begins_at, made.ends_at)
    for days, has_it in ((0, False), (1, True), (5, True), (6, False)):
        with clock.frozen(NOW + timedelta(days=days)):
            assert may(deputy, "release.sign", organisation=headed.organisation) is has_it
    assert made.begins_at == datetime(2026, 11, 24, 17, tzinfo=UTC)  # midnight in Vietnam
    assert made.ends_at == datetime(2026, 11, 29, 17, tzinfo=UTC)


def test_a_deputy_who_had_a_role_before_keeps_it_afterwards(headed: Cast) -> None:
    appoint(headed, deputy=headed.planner)
    with clock.frozen(NOW + timedelta(days=7)):
        assert may(headed.planner, "plan.edit")


def test_a_deputyship_that_ends_early_ends_its_roles_and_what_waits(headed: Cast, second: Person) -> None:
    made = appoint(headed)
    assert may(headed.viewer, "plan.edit")
    for _ in range(2):
        actions.end_deputyship(actor=second, deputyship=made)
    assert not may(headed.viewer, "plan.edit")
    assert Proposal.objects.get().outcome == Outcome.WITHDRAWN
    assert may(headed.viewer, "view")
    assert Entry.objects.filter(action="people.end_deputyship").count() == 1


def test_a_deputyship_that_has_not_begun_never_begins_when_it_is_ended(headed: Cast) -> None:
    made = appoint(headed, TODAY + DAY)
    actions.end_deputyship(actor=headed.administrator, deputyship=made)
    for days in range(8):
        with clock.frozen(NOW + timedelta(days=days)):
            assert not may(headed.viewer, "plan.edit")


def test_a_proposal_for_days_that_are_over_is_confirmed_by_nobody(headed: Cast, second: Person) -> None:
    made = appoint(headed)
    with clock.frozen(NOW + timedelta(days=7)), pytest.raises(ConflictError, match="đã qua"):
        actions.confirm_proposal(actor=second, proposal=made.proposals.get())


@pytest.mark.parametrize("part", ["viewer", "editor", "approver_one", "outsider"])
def test_nobody_else_appoints_or_ends_a_deputy(headed: Cast, part: str) -> None:
    made = appoint(headed, SUNDAY, SUNDAY)
    with pytest.raises(PermissionDeniedError):
        actions.appoint_deputy(
            actor=headed.people[part],
            post=headed.head_post,
            deputy=headed.planner,
            first_day=TODAY,
            last_day=TODAY,
        )
    with pytest.raises(PermissionDeniedError):
        actions.end_deputyship(actor=headed.people[part], deputyship=made)


def test_nobody_appoints_himself_whatever_the_roles(cast: Cast) -> None:
    with pytest.raises(PermissionDeniedError, match="tự đổi vai trò"):
        appoint(cast, deputy=cast.administrator)


@pytest.mark.parametrize("part", ["viewer", "editor", "approver_one", "outsider"])
def test_nobody_else_appoints_a_deputy_of_whoever_only_reads(cast: Cast, part: str) -> None:
    with pytest.raises(PermissionDeniedError):
        actions.appoint_deputy(
            actor=cast.people[part],
            post=cast.head_post,
            deputy=cast.planner,
            first_day=TODAY,
            last_day=TODAY,
        )
    assert not Deputyship.objects.exists()


def test_nobody_appoints_himself_the_holder_or_two_at_once(headed: Cast) -> None:
    with pytest.raises(PermissionDeniedError):
        appoint(headed, deputy=headed.administrator)
    with pytest.raises(PersonError, match="đang giữ"):
        appoint(headed, deputy=headed.head)
    appoint(headed)
    with pytest.raises(ConflictError, match="Đã có người thay"):
        appoint(headed, deputy=headed.planner)
    with pytest.raises(ConflictError, match="Chưa ai giữ"):
        actions.appoint_deputy(
            actor=headed.administrator,
            post=headed.vacant_post,
            deputy=headed.viewer,
            first_day=TODAY,
            last_day=SUNDAY,
        )


def test_a_holder_without_a_role_there_leaves_nothing_to_a_deputy(cast: Cast) -> None:
    RoleGrant.objects.filter(person=cast.head).update(until=clock.now())
    with pytest.raises(ConflictError, match="không có gì để thay"):
        appoint(cast)


def test_deputies_are_appointed_and_ended_at_the_posts_page(client: Client, headed: Cast) -> None:
    client.force_login(headed.administrator)
    page = f"/thiet-lap/chuc-danh/{headed.head_post.pk}/nguoi-thay/"
    typed = {"deputy": headed.viewer.pk, "first_day": "2026-11-24", "last_day": "2026-11-29"}
    assert (
        headed.administrator not in client.get(page).context["form"].fields["deputy"].queryset
    )  # nobody himself
    done = text(client.post(page, typed, follow=True))
    assert "còn chờ một người quản trị khác đồng ý" in done
    assert "chờ người thứ hai" in done
    client.post(f"/thiet-lap/nguoi-thay/{Deputyship.objects.get().pk}/ket-thuc/")
    assert not may(headed.viewer, "plan.edit")
