# SPDX-License-Identifier: AGPL-3.0-or-later
"""One approver ends a release; an emergency takes two; every place is told through the seam."""

import pytest

from loa.channels.ports import Place
from loa.channels.registry import Channel
from loa.config import clock
from loa.config.errors import ConflictError
from loa.jobs.models import OutboxEntry
from loa.people.tests.factories import PASSWORD, Cast, make_cast
from loa.releases import queries, seams
from loa.releases.actions import sign_withdrawal, sign_withdrawal_with, withdraw, withdraw_with
from loa.releases.actions.withdraw import Order
from loa.releases.approvers import publish_approvers, statement_in
from loa.releases.authority import trust
from loa.releases.errors import BadRequestError, MayNotSignError, WrongPasswordError
from loa.releases.models import PriorityClass, Release, ReleaseState, Withdrawal
from loa.releases.signing import unlock
from loa.releases.statements import statement_of
from loa.releases.tests.factories import make_key, make_release, make_request
from loa_protocol.envelope import decode
from loa_protocol.verify import verify_withdrawal

pytestmark = pytest.mark.django_db
REASON = "Lịch họp đã đổi"


def order() -> Order:
    return Order(REASON, clock.now())


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_one_approver_ends_it_and_a_device_would_believe_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []
    release = make_release(cast)
    monkeypatch.setattr(seams, "on_withdrawn", [lambda one: ended.append(one.state)])
    OutboxEntry.objects.all().delete()
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason=REASON)
    release.refresh_from_db()
    assert release.state == ReleaseState.WITHDRAWN
    assert ended == [ReleaseState.WITHDRAWN]
    assert OutboxEntry.objects.filter(topic="publish", key=cast.commune.code).exists()
    file = queries.withdrawal_envelope(release)
    assert file is not None
    statement = verify_withdrawal(
        decode(file),
        trust(cast.commune.code),
        statement_in(publish_approvers(cast.commune)),
        release=statement_of(release),
    )
    assert (statement.release_id, statement.reason) == (str(release.pk), REASON)


def test_an_emergency_takes_two(cast: Cast) -> None:
    release = make_release(cast, priority_class=PriorityClass.EMERGENCY)
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason=REASON)
    release.refresh_from_db()
    assert release.state == ReleaseState.RELEASED
    assert queries.withdrawal_envelope(release) is None
    with pytest.raises(MayNotSignError, match="thêm một người"):
        sign_withdrawal(actor=cast.approver_one, release=release, password=PASSWORD)
    sign_withdrawal(actor=cast.approver_two, release=release, password=PASSWORD)
    release.refresh_from_db()
    assert release.state == ReleaseState.WITHDRAWN
    assert queries.withdrawal_envelope(release) is not None


def test_a_changed_byte_between_two_signatures_ends_nothing(cast: Cast) -> None:
    release = make_release(cast, priority_class=PriorityClass.EMERGENCY)
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason=REASON)
    withdrawal = Withdrawal.objects.get()
    withdrawal.statement = bytes(withdrawal.statement).replace(b"T", b"U", 1)
    withdrawal.save(update_fields=["statement"])
    with pytest.raises(ConflictError, match="không đạt"):
        sign_withdrawal(actor=cast.approver_two, release=release, password=PASSWORD)
    release.refresh_from_db()
    assert release.state == ReleaseState.RELEASED


def test_somebody_elses_key_ends_nothing(cast: Cast) -> None:
    release = make_release(cast)
    signer = unlock(cast.approver_two, PASSWORD)
    with pytest.raises(ConflictError, match="không phải khóa đang dùng"):
        withdraw_with(actor=cast.approver_one, release=release, signer=signer, order=order())
    assert not Withdrawal.objects.exists()


def test_any_door_asks_the_same_rules(cast: Cast) -> None:
    release = make_release(cast, priority_class=PriorityClass.EMERGENCY)
    make_key(cast.editor)
    stranger = unlock(cast.editor, PASSWORD)
    with pytest.raises(MayNotSignError):
        withdraw_with(actor=cast.editor, release=release, signer=stranger, order=order())
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason=REASON)
    for person, signer in (
        (cast.editor, stranger),
        (cast.approver_one, unlock(cast.approver_one, PASSWORD)),
    ):
        with pytest.raises(MayNotSignError):
            sign_withdrawal_with(actor=person, release=release, signer=signer)
    assert Withdrawal.objects.get().signatures.count() == 1


def test_an_open_withdrawal_waits_for_the_other_approver_alone(cast: Cast) -> None:
    release = make_release(cast, priority_class=PriorityClass.EMERGENCY)
    withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason=REASON)
    waits = {name: len(queries.withdrawals_waiting_for(person)) for name, person in cast.people.items()}
    assert [name for name, count in waits.items() if count] == ["approver_two"]
    with pytest.raises(MayNotSignError, match="Bạn đã ký thu hồi"):
        withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason=REASON)
    sign_withdrawal(actor=cast.approver_two, release=release, password=PASSWORD)
    assert queries.withdrawals_waiting_for(cast.approver_two) == []


@pytest.mark.parametrize("who", ["editor", "viewer", "planner", "device_keeper", "administrator", "outsider"])
def test_only_an_approver_of_the_organisation_withdraws(cast: Cast, who: str) -> None:
    release = make_release(cast)
    person = getattr(cast, who)
    make_key(person)
    with pytest.raises(MayNotSignError):
        withdraw(actor=person, release=release, password=PASSWORD, reason=REASON)
    assert not Withdrawal.objects.exists()


def test_a_reason_must_be_typed_and_the_password_right(cast: Cast) -> None:
    release = make_release(cast)
    with pytest.raises(BadRequestError, match="lý do"):
        withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason=" \n")
    with pytest.raises(WrongPasswordError):
        withdraw(actor=cast.approver_one, release=release, password="sai", reason=REASON)
    assert Release.objects.get().state == ReleaseState.RELEASED


def test_what_is_not_released_cannot_be_withdrawn(cast: Cast) -> None:
    release = make_request(cast)
    make_key(cast.approver_one)
    with pytest.raises(MayNotSignError, match="chưa được duyệt"):
        withdraw(actor=cast.approver_one, release=release, password=PASSWORD, reason=REASON)
    with pytest.raises(ConflictError):
        sign_withdrawal(
            actor=cast.approver_one, release=make_release(cast, priority_class="emergency"), password=PASSWORD
        )


def test_places_are_named_by_every_channel(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    class Panels:
        def places(self, release: object) -> list[Place]:
            return [Place("1", "Băng rôn chợ", cast.villages[0].pk, None)]

    panels = Channel("panels", "Băng rôn", "panels", "flag", "print", ("stated",), "", holders=Panels())
    monkeypatch.setattr(queries, "channels", lambda: [panels])
    [(name, places)] = queries.places_holding(make_release(cast))
    assert (name, [place.name for place in places]) == ("Băng rôn", ["Băng rôn chợ"])
