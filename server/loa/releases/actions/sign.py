# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sign a request for release until enough people have, or return it with a reason."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from loa.areas.queries import communes_in
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.jobs import outbox
from loa.messages.queries import makers
from loa.people.models import Person
from loa.people.queries import may
from loa.people.rules import Permission
from loa.releases import queries, seams
from loa.releases.actions.change import key_of, locked, record, refuse
from loa.releases.actions.review import open_review
from loa.releases.approvers import ask_in_time, publish_approvers, statement_in
from loa.releases.authority import trust
from loa.releases.errors import BadRequestError, ListNotSignedError, MayNotSignError
from loa.releases.models import Broken, ListKind, Release, ReleaseState, Signature, SigningKey
from loa.releases.passkeys import check
from loa.releases.proposals import all_waiting, refuse_before_ceremony
from loa.releases.signing import signature_to_json, unlock
from loa.releases.standings import permission_for, sides_of
from loa.releases.statements import release_bytes, signed_envelope, statement_of, unsigned_envelope
from loa.releases.telling import tell_of_release
from loa.releases.telling_makers import tell_of_return
from loa_protocol.errors import ProtocolError
from loa_protocol.keys import Signer
from loa_protocol.verify import verify_release

REASON_LIMIT = 2000  # characters


def sign_release(*, actor: Person, release: Release, password: str) -> Release:
    """Sign with the actor's server-kept key, opened by the password for this one signature.

    Raises:
        MayNotSignError: the actor may not sign this; the sentence says why.
        WrongPasswordError, TooManyAttemptsError, BadRequestError: the key does not open.
        ConflictError: the finished release would not be accepted by a device.
    """
    refuse(queries.why_not_sign(actor, release))
    return sign_release_with(actor=actor, release=release, signer=unlock(actor, password))


def sign_release_with(*, actor: Person, release: Release, signer: Signer) -> Release:
    """Add the actor's signature; the last one needed makes the release valid.

    Raises:
        MayNotSignError: the actor may not sign this; the sentence says why.
        ConflictError: the key is not the actor's or signs nothing here, its signature does not verify, the
            bytes are not what pages show, or the finished release would not be accepted by a device.
    """
    ask_in_time(communes_in(release.zones.all()))
    pae = unsigned_envelope(release).pae()
    value = signer.sign(pae)  # outside of the transaction: a key may be slow
    with transaction.atomic():
        signed, release = bytes(release.statement), locked(release)
        refuse(queries.why_not_sign(actor, release))
        _refuse_changed(release, signed)
        key = key_of(actor, signer.keyid)
        _refuse_weak(release, key)
        check(key, value, pae)
        try:
            with transaction.atomic():
                Signature.objects.create(
                    release=release, person=actor, key=key, value=signature_to_json(value), at=clock.now()
                )
        except IntegrityError as error:
            raise MayNotSignError(_("Bạn đã ký. Chữ ký còn lại phải của người khác.")) from error
        count = release.signatures.count()
        record(release, actor, "releases.sign_release", {"keyid": key.keyid, "count": count})
        if count >= release.policy.threshold:
            complete(release)
    return release


def _refuse_weak(release: Release, key: SigningKey) -> None:
    """Refuse a server-kept key where passkeys alone count: no device would count it.

    Raises:
        ConflictError: it is one.
    """
    if not release.policy.is_weak and key.passkey_id is None:
        raise ConflictError(_("Cơ quan này chỉ nhận chữ ký bằng khóa truy cập. Chưa ký gì."))


def _refuse_changed(release: Release, signed: bytes) -> None:
    """Refuse a signature over bytes that say something else than the rows, from which pages are made.

    Raises:
        ConflictError: somebody changed the database past us.
    """
    excluded = makers(release.revision) | {release.submitted_by_id}
    shown = release_bytes(release, release.zones.all(), excluded)
    if not signed == shown == bytes(release.statement):
        raise ConflictError(
            _("Nội dung cần ký khác với nội dung đang hiển thị. Chưa ký gì. Trả lại tin này và báo quản trị.")
        )


def complete(release: Release) -> None:
    """Check the finished envelope as a device will, then make the release valid, in the caller's transaction.

    Raises:
        NoCeremonyError: it is no test, and the keys that open everything lie on the server.
        ConflictError: a device would refuse it; nothing of the caller's transaction is kept.
    """
    refuse_before_ceremony(is_test=release.is_test)
    verify_as_devices(release)
    release.state = ReleaseState.RELEASED
    release.released_at = clock.now()
    release.save(update_fields=["state", "released_at"])
    people = list(release.signatures.values_list("person__full_name", flat=True))
    record(release, None, "releases.released", {"people": people})
    _supersede_earlier(release)
    for code in statement_of(release).communes:
        outbox.put("publish", key=code)
    seams.tell(seams.on_released, release)
    tell_of_release(release)
    if release.break_glass:
        open_review(release, Broken.RELEASE, release.signatures.get().person, release.break_glass)


def verify_as_devices(release: Release) -> None:
    """Check the release's envelope against the list of approvers of every commune that it names.

    Raises:
        ListNotSignedError: the administrators have not signed the list that names these approvers.
        ConflictError: a device of one of them would refuse it.
    """
    envelope = signed_envelope(release)
    try:
        for commune in communes_in(release.zones.all()):
            approvers = statement_in(publish_approvers(commune))
            verify_release(envelope, trust(commune.code), approvers)
    except ProtocolError as error:
        if (
            all_waiting()
            .filter(kind=ListKind.APPROVERS, commune__in=communes_in(release.zones.all()))
            .exists()
        ):
            raise ListNotSignedError(
                _(
                    "Danh sách người duyệt mới còn chờ hai quản trị ký, nên loa chưa nhận chữ ký này (%(code)s). "
                    "Chưa ký gì. Nhờ hai quản trị ký danh sách, rồi ký lại."
                )
                % {"code": error.code},
                protocol_code=error.code,
            ) from error
        raise ConflictError(
            _("Chữ ký chưa được nhận: kiểm tra như thiết bị kiểm tra thì không đạt (%(code)s). Báo quản trị.")
            % {"code": error.code},
            protocol_code=error.code,
        ) from error


def return_release(*, actor: Person, release: Release, reason: str) -> Release:
    """Give a request back with a reason: an approver refuses it, or whoever may send takes it back.

    Raises:
        BadRequestError: no reason is given.
        PermissionDeniedError: the actor neither approves nor sends for this organisation.
        ConflictError: it does not wait any more.
    """
    reason = reason.strip()
    if not reason or len(reason) > REASON_LIMIT:
        raise BadRequestError(
            _("Nêu lý do, nhiều nhất %(limit)s ký tự, để người khác biết cần sửa gì.")
            % {"limit": REASON_LIMIT},
            field="reason",
        )
    if not may_return(actor, release):
        raise PermissionDeniedError(_("Chỉ người duyệt hoặc người gửi của cơ quan này trả lại được."))
    with transaction.atomic():
        release = locked(release)
        if release.state != ReleaseState.AWAITING:
            raise ConflictError(
                _("Tin này không còn chờ ký nên không trả lại được. Nếu đã duyệt, dùng “Thu hồi…”.")
            )
        release.state = ReleaseState.RETURNED
        release.returned_by, release.returned_at, release.return_reason = actor, clock.now(), reason
        release.save(update_fields=["state", "returned_by", "returned_at", "return_reason"])
        record(release, actor, "releases.return_release", {"reason": reason})
        tell_of_return(release)
    return release


def may_return(person: Person, release: Release) -> bool:
    """Say whether the person may give the request back."""
    able = {Permission.RELEASE_SIGN, Permission.MESSAGE_SUBMIT, permission_for(release)}
    sides = sides_of([release]).get(release.policy_id)
    is_partner = sides is not None and person.pk in sides.partner
    return is_partner or any(may(person, needed, organisation=release.organisation) for needed in able)


def _supersede_earlier(release: Release) -> None:
    """End releases of earlier revisions of the same message: what was corrected must not sound again."""
    earlier = Release.objects.select_for_update().filter(
        revision__message=release.revision.message_id,
        revision__number__lt=release.revision.number,
        state=ReleaseState.RELEASED,
        not_after__gt=clock.now(),
    )
    for former in earlier:
        former.state = ReleaseState.SUPERSEDED
        former.superseded_by, former.superseded_at = release, clock.now()
        former.save(update_fields=["state", "superseded_by", "superseded_at"])
        record(former, None, "releases.superseded", {"by": str(release.pk)})
        for code in statement_of(former).communes:
            outbox.put("publish", key=code)
        seams.tell(seams.on_withdrawn, former)
