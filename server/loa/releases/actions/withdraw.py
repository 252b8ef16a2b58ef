# SPDX-License-Identifier: AGPL-3.0-or-later
"""End a release everywhere before its time: one approver, for an emergency two."""

from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas.queries import communes_in
from loa.config import clock
from loa.config.errors import ConflictError
from loa.jobs import outbox
from loa.people.models import Person
from loa.releases import queries, rules, seams
from loa.releases.actions.change import locked, record, refuse
from loa.releases.approvers import publish_approvers, statement_in
from loa.releases.authority import trust
from loa.releases.errors import BadRequestError
from loa.releases.models import Release, ReleaseState, SigningKey, Withdrawal, WithdrawalSignature
from loa.releases.signing import signature_to_json, unlock
from loa.releases.statements import (
    REASON_LIMIT,
    signed_withdrawal,
    statement_of,
    unsigned_withdrawal,
    withdrawal_bytes,
)
from loa_protocol.envelope import Envelope, encode
from loa_protocol.errors import ProtocolError
from loa_protocol.keys import Signer
from loa_protocol.verify import verify_withdrawal


def withdraw(*, actor: Person, release: Release, password: str, reason: str) -> Withdrawal:
    """Ask for the end of a release and sign it; with enough signatures it ends at once.

    Raises:
        MayNotSignError: the actor may not withdraw it; the sentence says why.
        BadRequestError: no reason is given, or the actor has no key.
        WrongPasswordError, TooManyAttemptsError: the key does not open.
        ConflictError: its withdrawal is under way already, or a device would not accept it.
    """
    refuse(queries.why_not_withdraw(actor, release))
    reason = _checked(reason)
    return withdraw_with(actor=actor, release=release, signer=unlock(actor, password), reason=reason)


def withdraw_with(*, actor: Person, release: Release, signer: Signer, reason: str) -> Withdrawal:
    """Do what ``withdraw`` does, with any signer."""
    reason = _checked(reason)
    with transaction.atomic():
        release = locked(release)
        refuse(queries.why_not_withdraw(actor, release))
        if Withdrawal.objects.filter(release=release).exists():
            raise ConflictError(_("Việc thu hồi tin này đã được đề nghị. Mở trang thu hồi và ký tiếp."))
        now = clock.now()
        withdrawal = Withdrawal.objects.create(
            release=release,
            reason=reason,
            statement=withdrawal_bytes(release, reason, now),
            requested_by=actor,
            requested_at=now,
        )
        record(release, actor, "releases.withdraw", {"reason": reason})
        _sign(withdrawal, actor, signer)
    return withdrawal


def sign_withdrawal(*, actor: Person, release: Release, password: str) -> Withdrawal:
    """Add the second signature that the end of an emergency release needs.

    Raises:
        MayNotSignError: the actor may not withdraw it, or signed already.
        BadRequestError, WrongPasswordError, TooManyAttemptsError: the key does not open.
        ConflictError: nobody asked for its withdrawal, or a device would not accept it.
    """
    refuse(queries.why_not_withdraw(actor, release))
    return sign_withdrawal_with(actor=actor, release=release, signer=unlock(actor, password))


def sign_withdrawal_with(*, actor: Person, release: Release, signer: Signer) -> Withdrawal:
    """Do what ``sign_withdrawal`` does, with any signer."""
    with transaction.atomic():
        release = locked(release)
        refuse(queries.why_not_withdraw(actor, release))
        withdrawal = Withdrawal.objects.filter(release=release).first()
        if withdrawal is None:
            raise ConflictError(_("Chưa ai đề nghị thu hồi tin này. Nêu lý do, rồi ký."))
        _sign(withdrawal, actor, signer)
    return withdrawal


def _sign(withdrawal: Withdrawal, actor: Person, signer: Signer) -> None:
    key = SigningKey.objects.filter(
        person=actor, keyid=signer.keyid, retired_at=None, revoked_at=None
    ).first()
    if key is None:
        raise ConflictError(_("Khóa ký không phải khóa đang dùng của bạn. Chưa ký gì."))
    WithdrawalSignature.objects.create(
        withdrawal=withdrawal,
        person=actor,
        key=key,
        value=signature_to_json(signer.sign(unsigned_withdrawal(withdrawal).pae())),
        at=clock.now(),
    )
    release = withdrawal.release
    count = withdrawal.signatures.count()
    record(release, actor, "releases.sign_withdrawal", {"keyid": key.keyid, "count": count})
    if count >= rules.WITHDRAWAL_THRESHOLD[release.priority_class]:
        _end(withdrawal)


def _end(withdrawal: Withdrawal) -> None:
    """Check the withdrawal as a device will, end the release, and list every place that may still hold it."""
    release = withdrawal.release
    withdrawal.envelope = encode(_verified(withdrawal))
    withdrawal.effective_at = clock.now()
    withdrawal.save(update_fields=["envelope", "effective_at"])
    release.state = ReleaseState.WITHDRAWN
    release.save(update_fields=["state"])
    record(release, None, "releases.withdrawn", {"reason": withdrawal.reason})
    for code in statement_of(release).communes:
        outbox.put("publish", key=code)
    seams.tell(seams.on_withdrawn, release)


def _verified(withdrawal: Withdrawal) -> Envelope:
    envelope = signed_withdrawal(withdrawal)
    release = withdrawal.release
    try:
        for commune in communes_in(release.zones.all()):
            approvers = statement_in(publish_approvers(commune))
            verify_withdrawal(envelope, trust(commune.code), approvers, release=statement_of(release))
    except ProtocolError as error:
        raise ConflictError(
            _("Chưa thu hồi được: kiểm tra như thiết bị kiểm tra thì không đạt (%(code)s). Báo quản trị.")
            % {"code": error.code},
            protocol_code=error.code,
        ) from error
    return envelope


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > REASON_LIMIT:
        raise BadRequestError(
            _("Nêu lý do thu hồi, nhiều nhất %(limit)s ký tự: mọi nơi còn giữ tin sẽ thấy lý do này.")
            % {"limit": REASON_LIMIT},
            field="reason",
        )
    return reason
