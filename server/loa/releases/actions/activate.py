# SPDX-License-Identifier: AGPL-3.0-or-later
"""Let a prepared emergency sound now: one tap by one person with the right."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas.queries import communes_in
from loa.config import clock
from loa.config.errors import ConflictError
from loa.people.models import Person
from loa.people.queries import may
from loa.people.rules import Permission
from loa.releases import seams
from loa.releases.actions.change import key_of, locked, record, refuse
from loa.releases.approvers import publish_approvers, statement_in
from loa.releases.authority import trust
from loa.releases.errors import BadRequestError
from loa.releases.models import Activation, Release, ReleaseState
from loa.releases.passkeys import check
from loa.releases.signing import unlock
from loa.releases.statements import REASON_LIMIT, activation_bytes, statement_of
from loa.releases.telling import tell_of_activation
from loa_protocol.envelope import ACTIVATION_TYPE, Envelope, encode
from loa_protocol.errors import ProtocolError
from loa_protocol.keys import Signer
from loa_protocol.verify import verify_activation

LASTS = timedelta(hours=1)  # it sounds again within this time, as often a day as the release allows
ORDER_LASTS = timedelta(minutes=10)  # between drafting an order and its signature


@dataclass(frozen=True)
class ActivationOrder:
    """What somebody is about to sign: the same words and moment are asked for and stored."""

    id: UUID
    reason: str
    at: datetime

    @property
    def ends_at(self) -> datetime:
        """Return the moment from which the message sounds no more."""
        return self.at + LASTS

    def envelope(self, release: Release) -> Envelope:
        """Return the envelope before anybody signed."""
        payload = activation_bytes(release, self.id, self.reason, self.at, self.ends_at)
        return Envelope(payload_type=ACTIVATION_TYPE, payload=payload)


def why_not_activate(person: Person, release: Release) -> str:
    """Return the sentence that says why the person may not let it sound now; empty when nothing stands against it."""
    if not release.is_prepared:
        return _("Tin này không phải tin chuẩn bị sẵn. Đặt lịch như mọi tin khác.")
    now = clock.now()
    if release.state != ReleaseState.RELEASED or not release.not_before <= now < release.not_after:
        return _("Tin chuẩn bị sẵn này không còn hoặc chưa có hiệu lực.")
    if not may(person, Permission.RELEASE_EMERGENCY, organisation=release.organisation):
        return _("Chỉ người có quyền khẩn cấp của cơ quan này bấm phát được.")
    return ""


def draft_activation(*, actor: Person, release: Release, reason: str) -> ActivationOrder:
    """Return the order that the actor is about to sign.

    Raises:
        MayNotSignError: the actor may not.
        BadRequestError: no reason is given.
    """
    refuse(why_not_activate(actor, release))
    reason = reason.strip()
    if not reason or len(reason) > REASON_LIMIT:
        raise BadRequestError(
            _("Nêu lý do phát ngay, nhiều nhất %(limit)s ký tự.") % {"limit": REASON_LIMIT}, field="reason"
        )
    return ActivationOrder(uuid4(), reason, clock.now().replace(microsecond=0))


def activate(*, actor: Person, release: Release, password: str, reason: str) -> Activation:
    """Let it sound now, signed with the actor's server-kept key.

    Raises:
        MayNotSignError: the actor may not.
        BadRequestError: no reason is given, or the actor has no key.
        WrongPasswordError, TooManyAttemptsError: the key does not open.
        ConflictError: a device would not accept it.
    """
    order = draft_activation(actor=actor, release=release, reason=reason)
    return activate_with(actor=actor, release=release, signer=unlock(actor, password), order=order)


def activate_with(*, actor: Person, release: Release, signer: Signer, order: ActivationOrder) -> Activation:
    """Do what ``activate`` does, with any signer of a drafted order; calling it again changes nothing."""
    with transaction.atomic():
        release = locked(release)
        refuse(why_not_activate(actor, release))
        known = Activation.objects.filter(pk=order.id, release=release).first()
        if known is not None:
            return known
        now = clock.now()
        if not timedelta(0) <= now - order.at <= ORDER_LASTS:
            raise ConflictError(_("Lệnh phát này soạn đã lâu. Bấm lại để soạn lệnh mới."))
        unsigned, key = order.envelope(release), key_of(actor, signer.keyid)
        value = signer.sign(unsigned.pae())
        check(key, value, unsigned.pae())
        envelope = unsigned.with_signature(value)
        made = Activation.objects.create(
            pk=order.id,
            release=release,
            person=actor,
            key=key,
            reason=order.reason,
            not_before=order.at,
            not_after=order.ends_at,
            envelope=encode(envelope),
            at=now,
        )
        _verify(release, envelope)
        record(release, actor, "releases.activate", {"reason": order.reason, "keyid": key.keyid})
        for listener in seams.on_activated:
            listener(made)
        tell_of_activation(made)
    return made


def _verify(release: Release, envelope: Envelope) -> None:
    """Check an activation as devices of every commune will.

    Raises:
        ConflictError: one of them would refuse it.
    """
    try:
        for commune in communes_in(release.zones.all()):
            approvers = statement_in(publish_approvers(commune))
            verify_activation(envelope, trust(commune.code), approvers, release=statement_of(release))
    except ProtocolError as error:
        raise ConflictError(
            _("Chưa phát được: kiểm tra như thiết bị kiểm tra thì không đạt (%(code)s). Báo quản trị.")
            % {"code": error.code},
            protocol_code=error.code,
        ) from error
