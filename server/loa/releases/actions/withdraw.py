# SPDX-License-Identifier: AGPL-3.0-or-later
"""End a release everywhere before its time: one approver, for an emergency two."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas.queries import communes_in
from loa.config import clock
from loa.config.errors import ConflictError
from loa.jobs import outbox
from loa.people.models import Person
from loa.releases import queries, rules, seams
from loa.releases.actions.change import key_of, locked, record, refuse
from loa.releases.actions.review import open_review
from loa.releases.approvers import publish_approvers, statement_in
from loa.releases.authority import trust
from loa.releases.errors import BadRequestError
from loa.releases.models import Broken, Release, ReleaseState, Withdrawal, WithdrawalSignature
from loa.releases.passkeys import check
from loa.releases.signing import signature_to_json, unlock
from loa.releases.statements import (
    REASON_LIMIT,
    signed_withdrawal,
    statement_of,
    unsigned_withdrawal,
    withdrawal_bytes,
)
from loa.releases.telling_makers import tell_of_withdrawal
from loa_protocol.envelope import WITHDRAWAL_TYPE, Envelope, encode
from loa_protocol.errors import ProtocolError
from loa_protocol.keys import Signer
from loa_protocol.verify import verify_withdrawal

ORDER_LASTS = timedelta(minutes=10)  # between drafting an order and its signature


def withdraw(
    *, actor: Person, release: Release, password: str, reason: str, break_glass: str = ""
) -> Withdrawal:
    """Ask for the end of a release and sign it; with enough signatures it ends at once.

    Args:
        break_glass: why one person alone ends an emergency; empty when a second one will sign.

    Raises:
        MayNotSignError: the actor may not withdraw it; the sentence says why.
        BadRequestError: no reason is given, or the actor has no key.
        WrongPasswordError, TooManyAttemptsError: the key does not open.
        ConflictError: its withdrawal is under way already, or a device would not accept it.
    """
    refuse(queries.why_not_withdraw(actor, release))
    order = draft(actor=actor, release=release, reason=reason, break_glass=break_glass)
    return withdraw_with(actor=actor, release=release, signer=unlock(actor, password), order=order)


@dataclass(frozen=True)
class Order:
    """What somebody is about to sign: the same words and moment are asked for and stored."""

    reason: str
    at: datetime
    break_glass: str = ""

    def pae(self, release: Release) -> bytes:
        """Return the bytes that are signed."""
        return Envelope(payload_type=WITHDRAWAL_TYPE, payload=self.statement(release)).pae()

    def statement(self, release: Release) -> bytes:
        """Return the statement."""
        return withdrawal_bytes(release, self.reason, self.at, self.break_glass)


def draft(*, actor: Person, release: Release, reason: str, break_glass: str = "") -> Order:
    """Return the order to withdraw that the actor is about to sign.

    Raises:
        MayNotSignError: the actor may not withdraw it, or not alone.
        BadRequestError: no reason is given.
    """
    refuse(queries.why_not_withdraw(actor, release))
    if break_glass:
        refuse(queries.why_not_alone(actor, release))
    reason = _checked(reason)
    return Order(reason, clock.now(), _checked(break_glass, "break_glass") if break_glass else "")


def withdraw_with(*, actor: Person, release: Release, signer: Signer, order: Order) -> Withdrawal:
    """Do what ``withdraw`` does, with any signer of a drafted order."""
    with transaction.atomic():
        release = locked(release)
        draft(actor=actor, release=release, reason=order.reason, break_glass=order.break_glass)
        if Withdrawal.objects.filter(release=release).exists():
            raise ConflictError(_("Việc thu hồi tin này đã được đề nghị. Mở trang thu hồi và ký tiếp."))
        now = clock.now()
        if not timedelta(0) <= now - order.at <= ORDER_LASTS:
            raise ConflictError(_("Lệnh thu hồi này soạn đã lâu. Bấm lại để soạn lệnh mới."))
        withdrawal = Withdrawal.objects.create(
            release=release,
            reason=order.reason,
            break_glass=order.break_glass,
            statement=order.statement(release),
            requested_by=actor,
            requested_at=now,
        )
        record(
            release, actor, "releases.withdraw", {"reason": order.reason, "break_glass": order.break_glass}
        )
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
    key, pae = key_of(actor, signer.keyid), unsigned_withdrawal(withdrawal).pae()
    value = signer.sign(pae)
    check(key, value, pae)
    WithdrawalSignature.objects.create(
        withdrawal=withdrawal, person=actor, key=key, value=signature_to_json(value), at=clock.now()
    )
    release = withdrawal.release
    count = withdrawal.signatures.count()
    record(release, actor, "releases.sign_withdrawal", {"keyid": key.keyid, "count": count})
    if withdrawal.break_glass or count >= rules.WITHDRAWAL_THRESHOLD[release.priority_class]:
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
    tell_of_withdrawal(withdrawal)
    if withdrawal.break_glass:
        open_review(release, Broken.WITHDRAWAL, withdrawal.requested_by, withdrawal.break_glass)


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


def _checked(reason: str, field: str = "reason") -> str:
    reason = reason.strip()
    if not reason or len(reason) > REASON_LIMIT:
        raise BadRequestError(
            _("Nêu lý do thu hồi, nhiều nhất %(limit)s ký tự: mọi nơi còn giữ tin sẽ thấy lý do này.")
            % {"limit": REASON_LIMIT},
            field=field,
        )
    return reason
