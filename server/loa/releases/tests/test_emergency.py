# SPDX-License-Identifier: AGPL-3.0-or-later
"""Emergencies: a right of their own, two people or one who breaks the glass; objections; what follows."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.console.queries.home import count_tasks, tasks_for
from loa.messages.tests.factories import make_revision
from loa.notices import actions as notices
from loa.notices.models import Notice
from loa.people.models import Person, Role
from loa.people.tests.factories import Cast, grant, make_cast, make_member
from loa.releases.actions import review, sign_release_with, withdraw_with
from loa.releases.actions.withdraw import draft
from loa.releases.approvers import publish_approvers, statement_in
from loa.releases.authority import trust
from loa.releases.errors import BadRequestError, MayNotSignError
from loa.releases.models import PolicyKind, PriorityClass, Release, ReleaseState, Review
from loa.releases.queries import alarms_for, envelope, withdrawal_envelope
from loa.releases.statements import statement_of
from loa.releases.tests.factories import (
    make_emergency,
    make_heard,
    make_passkey,
    make_release,
    make_request,
    make_review,
    sign,
)
from loa_protocol.envelope import decode
from loa_protocol.verify import verify_release, verify_withdrawal

pytestmark = pytest.mark.django_db
REASON = "Lũ về trong đêm, không gọi được ai"
EMERGENCY = PriorityClass.EMERGENCY


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def duty(cast: Cast) -> Person:
    """Who is on duty: writes, sends, and may break the glass."""
    person = make_member(cast.organisation, Role.BREAK_GLASS, "truc", "Vi Văn Trực")
    grant(person, cast.organisation, Role.EDITOR)
    return person


def broken(cast: Cast, duty: Person) -> Release:
    release = make_request(cast, actor=duty, priority_class=EMERGENCY, break_glass=REASON)
    return sign_release_with(actor=duty, release=release, signer=make_passkey(duty))


def test_an_approver_without_the_right_signs_no_emergency(cast: Cast) -> None:
    release = make_request(cast, priority_class=EMERGENCY)
    third = make_member(cast.organisation, Role.APPROVER, "duyet-ba", "Bế Thị Ba")
    with pytest.raises(MayNotSignError, match="không phải người duyệt"):
        sign(third, release)
    assert not release.signatures.exists()


def test_who_signs_emergencies_alone_signs_nothing_else(cast: Cast) -> None:
    other = make_member(cast.organisation, Role.EMERGENCY, "khan", "Lò Văn Khẩn")
    with pytest.raises(MayNotSignError):
        sign(other, make_request(cast))


def test_lists_name_each_right_and_nothing_more(cast: Cast, duty: Person) -> None:
    for person in (cast.approver_one, cast.approver_two, duty):
        make_passkey(person)
    make_emergency(cast.approver_one, cast)
    rights = {one.name: one.may for one in statement_in(publish_approvers(cast.commune)).people}
    assert rights == {
        cast.approver_one.full_name: ["release", "emergency"],
        cast.approver_two.full_name: ["release"],
        duty.full_name: ["emergency", "break_glass"],
    }


def test_one_on_duty_releases_alone_with_a_reason_and_a_device_accepts_it(cast: Cast, duty: Person) -> None:
    release = broken(cast, duty)
    assert (release.state, release.policy_kind) == (ReleaseState.RELEASED, PolicyKind.BREAK_GLASS)
    assert statement_of(release).break_glass == REASON
    approvers = statement_in(publish_approvers(cast.commune))
    verified = verify_release(decode(envelope(release)), trust(cast.commune.code), approvers)
    assert verified.people == (str(duty.pk),)


def test_everybody_concerned_is_told_at_once_and_another_person_must_look(cast: Cast, duty: Person) -> None:
    release = broken(cast, duty)
    told = set(
        Notice.objects.filter(kind="releases.break_glass", is_urgent=True).values_list("person", flat=True)
    )
    assert told >= {cast.approver_one.pk, cast.approver_two.pk, cast.administrator.pk, duty.pk}
    opened = Review.objects.get()
    assert opened.due_at - opened.opened_at == timedelta(hours=24)
    now = clock.now()
    assert alarms_for(duty) == []
    assert any(task.is_late for task in tasks_for(cast.approver_one, now))
    with pytest.raises(PermissionDeniedError):
        review(actor=duty, review=opened, finding="Đúng.")
    review(actor=cast.approver_one, review=opened, finding="Đúng lúc, đúng nội dung.")
    assert alarms_for(cast.approver_one) == []
    with pytest.raises(ConflictError):
        review(actor=cast.approver_two, review=opened, finding="Nữa.")
    assert "xem lại" in page_of(cast.viewer, release)


@pytest.mark.parametrize("who", ["editor", "viewer", "planner", "device_keeper", "outsider"])
def test_nobody_else_reviews(cast: Cast, duty: Person, who: str) -> None:
    opened = make_review(make_release(cast), duty)
    with pytest.raises(PermissionDeniedError):
        review(actor=getattr(cast, who), review=opened, finding="Đúng.")


def test_the_database_knows_no_review_by_who_acted(cast: Cast, duty: Person) -> None:
    opened = make_review(make_release(cast), duty)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=opened.pk).update(reviewed_by=duty)


def test_no_glass_is_broken_without_the_right_for_another_class_or_ahead(cast: Cast, duty: Person) -> None:
    with pytest.raises(PermissionDeniedError):
        make_request(cast, priority_class=EMERGENCY, break_glass=REASON)
    with pytest.raises(BadRequestError, match="khẩn cấp"):
        make_request(cast, actor=duty, break_glass=REASON)
    with pytest.raises(BadRequestError, match="hai người ký trước"):
        make_request(cast, actor=duty, priority_class=EMERGENCY, break_glass=REASON, is_prepared=True)
    with pytest.raises(BadRequestError, match="khẩn cấp"):
        make_request(cast, is_prepared=True)
    assert not Release.objects.exists()


def test_two_without_break_glass_do_not_count_as_one(cast: Cast, duty: Person) -> None:
    release = make_request(cast, actor=duty, priority_class=EMERGENCY, break_glass=REASON)
    make_heard(cast.approver_one, release.sound)
    with pytest.raises(MayNotSignError):
        sign_release_with(actor=cast.approver_one, release=release, signer=make_passkey(cast.approver_one))


def test_one_on_duty_ends_an_emergency_alone_and_that_is_reviewed_too(cast: Cast, duty: Person) -> None:
    release = make_release(cast, priority_class=EMERGENCY)
    held = make_passkey(duty)
    with pytest.raises(MayNotSignError, match="trực khẩn cấp"):
        draft(actor=cast.approver_one, release=release, reason="Nhầm", break_glass=REASON)
    order = draft(actor=duty, release=release, reason="Nhầm hồ", break_glass=REASON)
    withdraw_with(actor=duty, release=release, signer=held, order=order)
    release.refresh_from_db()
    assert release.state == ReleaseState.WITHDRAWN
    signed = withdrawal_envelope(release)
    assert signed is not None
    approvers = statement_in(publish_approvers(cast.commune))
    verify_withdrawal(decode(signed), trust(cast.commune.code), approvers, release=statement_of(release))
    assert Review.objects.get().what == "withdrawal"


def test_every_approver_is_told_of_a_release_and_an_objection_is_listed(cast: Cast) -> None:
    release = make_release(cast)
    told = Notice.objects.filter(kind="releases.released")
    assert set(told.values_list("person", flat=True)) == {cast.approver_one.pk, cast.approver_two.pk}
    mine = told.get(person=cast.approver_two)
    notices.object_to(actor=cast.approver_two, notice=mine, text="Sai giờ họp.")
    assert "Sai giờ họp." in page_of(cast.viewer, release)
    assert [alarm.text for alarm in alarms_for(cast.approver_one)] == ["Sai giờ họp."]
    now = clock.now()
    assert count_tasks(cast.approver_one, now) == len(tasks_for(cast.approver_one, now)) == 1
    assert alarms_for(cast.outsider) == []


def test_tests_are_told_to_nobody(cast: Cast) -> None:
    make_release(cast, is_test=True)
    assert not Notice.objects.filter(kind="releases.released").exists()


def test_the_send_page_offers_to_break_the_glass_to_who_is_on_duty_alone(cast: Cast, duty: Person) -> None:
    url = reverse("releases:submit", args=[make_revision(cast).message.code])
    for person, offered in ((duty, True), (cast.editor, False)):
        client = Client()
        client.force_login(person)
        assert ("Ký một mình, vì" in client.get(url).content.decode()) is offered


def page_of(person: Person, release: Release) -> str:
    client = Client()
    client.force_login(person)
    return client.get(reverse("releases:release", args=[release.pk])).content.decode()
