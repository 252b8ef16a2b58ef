# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two people sign the same bytes; nobody who made them is one of the two."""

from datetime import timedelta

import pytest
from django.db import transaction

from loa.audit.actor import SYSTEM
from loa.audit.models import Entry
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.jobs.models import OutboxEntry
from loa.messages.actions import edit_revision, new_revision
from loa.messages.tests.factories import SOURCES, make_revision
from loa.people.models import Person, Role
from loa.people.tests.factories import PASSWORD, Cast, grant, make_cast, make_member, make_organisation
from loa.releases import seams
from loa.releases.actions import (
    retire_key,
    return_release,
    set_policy,
    sign_release,
    sign_release_with,
    sign_withdrawal,
    withdraw,
)
from loa.releases.approvers import publish_approvers, statement_in
from loa.releases.authority import trust
from loa.releases.errors import BadRequestError, MayNotSignError, TooManyAttemptsError, WrongPasswordError
from loa.releases.models import PolicyKind, Release, ReleaseState, Signature
from loa.releases.queries import (
    envelope,
    waiting_for,
    who_may_sign,
    why_not_sign,
    withdrawals_waiting_for,
)
from loa.releases.signing import key_in_use, unlock
from loa.releases.tests.factories import make_key, make_release, make_request, sign
from loa.voice.tests.factories import make_heard
from loa_protocol.envelope import decode
from loa_protocol.keys import Ed25519Signer, SignatureValue
from loa_protocol.verify import verify_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.mark.parametrize("before_anybody_signed", [True, False])
@pytest.mark.parametrize(
    ("shown", "hidden"),
    [
        (b'"priority_class":"normal"', b'"priority_class":"emergency"'),
        (b'"repeat_limit":2', b'"repeat_limit":48'),
        (b'"is_test":false', b'"is_test":true'),
    ],
)
def test_nobody_signs_bytes_that_the_page_does_not_show(
    cast: Cast, shown: bytes, hidden: bytes, before_anybody_signed: bool
) -> None:
    """Somebody writes into the database past us, so that two people sign what neither has seen."""
    release = make_request(cast)
    if not before_anybody_signed:
        sign(cast.approver_one, release)
    statement = bytes(release.statement)
    assert shown in statement
    Release.objects.filter(pk=release.pk).update(statement=statement.replace(shown, hidden))
    release.refresh_from_db()
    with pytest.raises(ConflictError, match="khác với nội dung đang hiển thị"):
        sign(cast.approver_two, release)
    assert not Signature.objects.filter(person=cast.approver_two).exists()


def test_a_request_that_changes_between_reading_and_signing_is_not_signed(cast: Cast) -> None:
    read = make_request(cast)
    make_key(cast.approver_one)
    make_heard(cast.approver_one, read.sound)
    read.statement = bytes(read.statement).replace(b'"repeat_limit":2', b'"repeat_limit":3')
    with pytest.raises(ConflictError, match="khác với nội dung đang hiển thị"):
        sign_release(actor=cast.approver_one, release=read, password=PASSWORD)


def test_two_approvers_release_and_a_device_would_accept_it(cast: Cast) -> None:
    release = make_request(cast)
    assert sign(cast.approver_one, release).state == ReleaseState.AWAITING
    release = sign(cast.approver_two, release)
    assert release.state == ReleaseState.RELEASED
    verified = verify_release(
        decode(envelope(release)), trust(cast.commune.code), statement_in(publish_approvers(cast.commune))
    )
    assert set(verified.people) == {str(cast.approver_one.pk), str(cast.approver_two.pk)}


def test_the_last_signature_publishes_tells_the_seam_and_writes_entries(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Release] = []
    monkeypatch.setattr(seams, "on_released", [told.append])
    release = make_release(cast)
    assert [one.pk for one in told] == [release.pk]
    assert OutboxEntry.objects.filter(topic="publish", key=cast.commune.code).exists()
    actions = list(
        Entry.objects.filter(object_id=str(release.pk)).order_by("pk").values_list("action", flat=True)
    )
    assert actions == [
        "releases.submit_for_release",
        "releases.sign_release",
        "releases.sign_release",
        "releases.released",
    ]


def _author(cast: Cast) -> tuple[Release, Person]:
    grant(cast.editor, cast.organisation, Role.APPROVER)
    sender = make_member(cast.organisation, Role.EDITOR)
    return make_request(cast, revision=make_revision(cast), actor=sender), cast.editor


def _editor(cast: Cast) -> tuple[Release, Person]:
    revision = make_revision(cast)
    other = make_member(cast.organisation, Role.EDITOR)
    grant(other, cast.organisation, Role.APPROVER)
    words = {"title": revision.title, "sources": SOURCES}
    edit_revision(actor=other, revision=revision, text=revision.text + " Mời bà con.", **words)
    edit_revision(actor=cast.editor, revision=revision, text=revision.text, **words)
    revision.refresh_from_db()
    return make_request(cast, revision=revision), other


def _submitter(cast: Cast) -> tuple[Release, Person]:
    sender = make_member(cast.organisation, Role.EDITOR)
    grant(sender, cast.organisation, Role.APPROVER)
    return make_request(cast, actor=sender), sender


@pytest.mark.parametrize(
    ("case", "words"), [(_author, "Bạn viết"), (_editor, "Bạn đã sửa"), (_submitter, "Bạn gửi duyệt")]
)
def test_whoever_made_it_may_not_sign_it(cast: Cast, case, words: str) -> None:  # type: ignore[no-untyped-def]
    release, maker = case(cast)
    with pytest.raises(MayNotSignError, match=words):
        sign(maker, release)
    assert not Signature.objects.exists()
    assert maker not in who_may_sign(release)
    assert release not in waiting_for(maker)


def test_one_person_does_not_sign_twice(cast: Cast) -> None:
    release = make_request(cast)
    sign(cast.approver_one, release)
    with pytest.raises(MayNotSignError, match="Bạn đã ký"):
        sign(cast.approver_one, release)
    assert release.signatures.count() == 1


@pytest.mark.parametrize("who", ["editor", "viewer", "planner", "device_keeper", "administrator", "outsider"])
def test_nobody_else_may_sign(cast: Cast, who: str) -> None:
    release = make_request(cast)
    with pytest.raises(MayNotSignError):
        sign(getattr(cast, who), release)


def test_an_approver_of_another_organisation_of_the_same_commune_is_none_here(cast: Cast) -> None:
    union = make_organisation(cast.commune, "Hội Phụ nữ xã")
    neighbour = make_member(union, Role.APPROVER)
    release = make_request(cast)
    assert waiting_for(neighbour) == []
    assert neighbour not in who_may_sign(release)
    with pytest.raises(MayNotSignError, match="không phải người duyệt"):
        sign(neighbour, release)
    emergency = make_release(cast, priority_class="emergency")
    withdraw(actor=cast.approver_one, release=emergency, password=PASSWORD, reason="Nhầm")
    assert withdrawals_waiting_for(neighbour) == []
    with pytest.raises(MayNotSignError):
        sign_withdrawal(actor=neighbour, release=emergency, password=PASSWORD)


def test_an_approver_of_the_organisation_above_may_sign(cast: Cast) -> None:
    release = make_request(cast, revision=make_revision(cast, organisation=cast.office))
    assert sign(cast.approver_one, release).signatures.count() == 1


def test_it_refuses_whoever_has_not_heard_it_to_the_end(cast: Cast) -> None:
    release = make_request(cast)
    make_key(cast.approver_one)
    with pytest.raises(MayNotSignError, match="Nghe hết"):
        sign_release(actor=cast.approver_one, release=release, password=PASSWORD)
    assert release in waiting_for(cast.approver_one)


def test_it_refuses_an_approver_without_a_key(cast: Cast) -> None:
    release = make_request(cast)
    make_heard(cast.approver_one, release.sound)
    with pytest.raises(MayNotSignError, match="khóa ký"):
        sign_release(actor=cast.approver_one, release=release, password=PASSWORD)


def test_a_role_given_after_the_sending_does_not_sign(cast: Cast) -> None:
    release = make_request(cast)
    late = make_member(cast.organisation, Role.VIEWER)
    grant(late, cast.organisation, Role.APPROVER, since=clock.now() + timedelta(seconds=2))
    with clock.frozen(clock.now() + timedelta(seconds=5)), pytest.raises(MayNotSignError, match="giao quyền"):
        sign(late, release)


def test_an_expired_request_is_not_signed(cast: Cast) -> None:
    release = make_request(cast)
    make_key(cast.approver_one)
    make_heard(cast.approver_one, release.sound)
    with clock.frozen(release.not_after + timedelta(seconds=1)):
        assert "Thời hạn phát đã qua" in why_not_sign(cast.approver_one, release)
        assert waiting_for(cast.approver_one) == []


def test_a_wrong_password_signs_nothing_and_a_few_close_the_key(cast: Cast) -> None:
    release = make_request(cast)
    make_key(cast.approver_one)
    make_heard(cast.approver_one, release.sound)
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongPasswordError, match=f"Còn {left} lần"):
            sign_release(actor=cast.approver_one, release=release, password="sai")
    with pytest.raises(WrongPasswordError, match="hết số lần"):
        sign_release(actor=cast.approver_one, release=release, password="sai")
    with pytest.raises(TooManyAttemptsError, match="Thử lại sau"):
        sign_release(actor=cast.approver_one, release=release, password=PASSWORD)
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        sign_release(actor=cast.approver_one, release=release, password=PASSWORD)
    assert release.signatures.count() == 1


def test_somebody_elses_key_signs_nothing(cast: Cast) -> None:
    release = make_request(cast)
    for person in (cast.approver_one, cast.approver_two):
        make_key(person)
        make_heard(person, release.sound)
    with pytest.raises(ConflictError, match="không phải khóa đang dùng"):
        sign_release_with(
            actor=cast.approver_one, release=release, signer=unlock(cast.approver_two, PASSWORD)
        )
    retired = unlock(cast.approver_one, PASSWORD)
    retire_key(actor=cast.approver_one, key=key_in_use(cast.approver_one))
    with pytest.raises(MayNotSignError, match="khóa ký"):
        sign_release_with(actor=cast.approver_one, release=release, signer=retired)
    assert not release.signatures.exists()


def test_any_door_asks_the_same_rules(cast: Cast) -> None:
    grant(cast.editor, cast.organisation, Role.APPROVER)
    release = make_request(cast)
    make_key(cast.editor)
    make_heard(cast.editor, release.sound)
    with pytest.raises(MayNotSignError, match="Bạn viết"):
        sign_release_with(actor=cast.editor, release=release, signer=unlock(cast.editor, PASSWORD))


def test_a_signature_of_other_bytes_releases_nothing(cast: Cast) -> None:
    class Careless:
        """A signer that signs something else than it is shown."""

        def __init__(self, signer: Ed25519Signer) -> None:
            self._signer = signer
            self.keyid = signer.keyid

        def sign(self, pae: bytes) -> SignatureValue:
            return self._signer.sign(pae + b" ")

    release = make_request(cast)
    sign(cast.approver_one, release)
    make_key(cast.approver_two)
    make_heard(cast.approver_two, release.sound)
    with pytest.raises(ConflictError, match="không đạt"):
        sign_release_with(
            actor=cast.approver_two, release=release, signer=Careless(unlock(cast.approver_two, PASSWORD))
        )
    assert release.signatures.count() == 1


def test_a_changed_byte_voids_the_signatures_and_nothing_is_kept(cast: Cast) -> None:
    release = make_request(cast)
    sign(cast.approver_one, release)
    changed = bytes(release.statement).replace(b'"repeat_limit":2', b'"repeat_limit":9')
    assert changed != bytes(release.statement)
    Release.objects.filter(pk=release.pk).update(statement=changed)
    release.refresh_from_db()
    with pytest.raises(ConflictError, match="khác với nội dung"):
        sign(cast.approver_two, release)
    release.refresh_from_db()
    assert release.state == ReleaseState.AWAITING
    assert release.signatures.count() == 1


def test_a_revoked_key_no_longer_counts_for_the_threshold(cast: Cast) -> None:
    release = make_request(cast)
    sign(cast.approver_one, release)
    key = release.signatures.get().key
    key.revoked_at = clock.now()
    key.save(update_fields=["revoked_at"])
    with pytest.raises(ConflictError, match="không đạt"):
        sign(cast.approver_two, release)


def test_in_a_small_office_one_maker_may_sign_but_not_two(cast: Cast) -> None:
    set_policy(actor=SYSTEM, organisation=cast.organisation, kind=PolicyKind.SMALL_OFFICE)
    grant(cast.editor, cast.organisation, Role.APPROVER)
    sender = make_member(cast.organisation, Role.EDITOR)
    grant(sender, cast.organisation, Role.APPROVER)
    release = make_request(cast, actor=sender)
    sign(cast.editor, release)
    with pytest.raises(MayNotSignError, match="Một người làm ra"):
        sign(sender, release)
    assert sign(cast.approver_one, release).state == ReleaseState.RELEASED


def test_returning_needs_a_reason_and_somebody_concerned(cast: Cast) -> None:
    release = make_request(cast)
    with pytest.raises(BadRequestError, match="lý do"):
        return_release(actor=cast.approver_one, release=release, reason="  ")
    for stranger in (cast.viewer, cast.outsider):
        with pytest.raises(PermissionDeniedError):
            return_release(actor=stranger, release=release, reason="Sai ngày họp")
    release = return_release(actor=cast.approver_one, release=release, reason="Sai ngày họp")
    assert (release.state, release.return_reason) == (ReleaseState.RETURNED, "Sai ngày họp")
    with pytest.raises(MayNotSignError, match="không còn chờ ký"):
        sign(cast.approver_two, release)


def test_a_new_revision_supersedes_the_released_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[Release] = []
    monkeypatch.setattr(seams, "on_withdrawn", [ended.append])
    first = make_release(cast)
    revision = new_revision(actor=cast.editor, message=first.revision.message)
    second = make_release(cast, revision=revision)
    first.refresh_from_db()
    assert first.state == ReleaseState.SUPERSEDED
    assert first.superseded_by == second
    assert [one.pk for one in ended] == [first.pk]


def test_a_listener_that_fails_undoes_the_last_signature(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(release: Release) -> None:
        raise ConflictError("Không ghi được.")

    release = make_request(cast)
    sign(cast.approver_one, release)
    monkeypatch.setattr(seams, "on_released", [fail])
    with pytest.raises(ConflictError), transaction.atomic():
        sign(cast.approver_two, release)
    assert release.signatures.count() == 1


def test_the_list_of_what_waits_costs_the_same_for_one_and_for_many(
    cast: Cast, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for _number in range(6):
        make_request(cast)
    with django_assert_max_num_queries(12):
        assert len(waiting_for(cast.approver_one)) == 6
