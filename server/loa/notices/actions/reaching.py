# SPDX-License-Identifier: AGPL-3.0-or-later
"""How somebody wants to be reached: address and browsers, each his own and each confirmed by himself."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.actions import record
from loa.config import clock
from loa.config.errors import ConflictError, LoaError, NotFoundError
from loa.jobs import outbox
from loa.notices import rules
from loa.notices.models import Subscription, Use, Ways
from loa.notices.queries import can_send_email
from loa.people.models import Person

CONFIRM_TOPIC = "notice-confirm"
CONFIRM_SALT = "loa.notices.confirm"
CONFIRM_WITHIN = timedelta(days=2)
ASK_AGAIN_AFTER = timedelta(minutes=5)
BROWSERS = 10  # of one person


class TooSoonError(ConflictError):
    """A confirmation was asked for just now."""

    code = "too_soon"


class NoMailServerError(ConflictError):
    """This installation sends no e-mail."""

    code = "no_mail_server"


class BadLinkError(LoaError):
    """The link of a confirmation is too old, another person's, or not ours."""

    code = "bad_link"


class BadSubscriptionError(LoaError):
    """What the browser gave is no subscription at a push service."""

    code = "bad_subscription"


def choose_ways(*, actor: Person, email: str, email_use: str, push_use: str) -> Ways:
    """Choose how to be reached; a new address is used once it is confirmed, the old one until then.

    Raises:
        NoMailServerError: an address was given, and nothing can be sent to it.
        TooSoonError: another address was asked for a moment ago.
    """
    email = email.strip()
    with transaction.atomic():
        ways = _own(actor)
        ways.email_use, ways.push_use = Use(email_use), Use(push_use)
        if not email:
            ways.email = ways.pending_email = ""
        elif email == ways.email:
            ways.pending_email = ""
        elif email != ways.pending_email or _may_ask(ways):
            _ask(ways, email)
        ways.save()
        details = {"email_use": ways.email_use, "push_use": ways.push_use, "has_email": bool(ways.email)}
        record(actor=actor, action="notices.choose_ways", obj=ways, details=details)
    return ways


def _own(actor: Person) -> Ways:
    Ways.objects.get_or_create(person=actor)
    return Ways.objects.select_for_update(of=("self",)).get(person=actor)


def _may_ask(ways: Ways) -> bool:
    return ways.asked_at is None or clock.now() - ways.asked_at >= ASK_AGAIN_AFTER


def _ask(ways: Ways, email: str) -> None:
    if not can_send_email():
        text = _("Máy chủ này chưa gửi được thư, nên chưa ghi địa chỉ. Hỏi người quản trị hệ thống.")
        raise NoMailServerError(text, field="email")
    if not _may_ask(ways):
        text = _("Vừa gửi một thư xác nhận. Đợi 5 phút rồi ghi lại địa chỉ.")
        raise TooSoonError(text, field="email")
    ways.pending_email, ways.asked_at = email, clock.now()
    outbox.put(CONFIRM_TOPIC, key=str(ways.person_id), payload={"asked": ways.asked_at.isoformat()})


def confirmation_token(ways: Ways) -> str:
    """Return what only the reader of the pending address gets to see."""
    return signing.dumps([ways.person_id, ways.pending_email], salt=CONFIRM_SALT)


def confirm_email(*, actor: Person, token: str) -> Ways:
    """Use the address from now on; saying it again changes nothing.

    Raises:
        BadLinkError: the link is too old, another person's, or of an address that was changed since.
    """
    try:
        owner, email = signing.loads(token, salt=CONFIRM_SALT, max_age=CONFIRM_WITHIN)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadLinkError(_bad_link()) from error
    with transaction.atomic():
        ways = _own(actor)
        if owner != actor.pk or email not in {ways.pending_email, ways.email}:
            raise BadLinkError(_bad_link())
        if email != ways.email:
            ways.email, ways.pending_email = email, ""
            ways.save(update_fields=["email", "pending_email"])
            record(actor=actor, action="notices.confirm_email", obj=ways)
    return ways


def _bad_link() -> str:
    return _("Đường dẫn xác nhận không còn dùng được. Ghi lại địa chỉ để nhận thư mới.")


def subscribe(*, actor: Person, endpoint: str, p256dh: str, auth: str, browser: str) -> Subscription:
    """Let a browser show the actor's notices; one that showed another person's shows his from now on.

    Raises:
        BadSubscriptionError: the address is no push service's, or the keys cannot be used.
        ConflictError: too many browsers.
    """
    if len(endpoint) > 1000 or not rules.is_push_service(endpoint, settings.PUSH_ORIGINS):
        raise BadSubscriptionError(
            _("Trình duyệt này dùng dịch vụ báo mà Loa không biết. Dùng Chrome, Edge, Firefox hoặc Safari.")
        )
    if not rules.is_push_key(p256dh, 65) or not rules.is_push_key(auth, 16):
        raise BadSubscriptionError(_("Trình duyệt chưa cho khóa nhận báo. Tải lại trang rồi bật lại."))
    values: dict[str, Any] = {"person": actor, "p256dh": p256dh, "auth": auth, "browser": browser[:80]}
    with transaction.atomic():
        held = Subscription.objects.select_for_update(of=("self",)).filter(endpoint=endpoint).first()
        if held and held.ended_at is None and held.person == actor and held.auth == auth:
            return held
        others = Subscription.objects.filter(person=actor, ended_at=None).exclude(endpoint=endpoint)
        if others.count() >= BROWSERS:
            raise ConflictError(_("Đã bật ở 10 trình duyệt. Bỏ một trình duyệt cũ rồi bật lại."))
        row, _made = Subscription.objects.update_or_create(
            endpoint=endpoint, defaults={**values, "created_at": clock.now(), "ended_at": None}
        )
        record(actor=actor, action="notices.subscribe", obj=row)
    return row


def end_subscription(*, actor: Person, pk: int) -> None:
    """Let a browser show no more notices; ending it again changes nothing.

    Raises:
        NotFoundError: it is not there, or somebody else's.
    """
    with transaction.atomic():
        held = Subscription.objects.select_for_update(of=("self",)).filter(pk=pk, person=actor).first()
        if held is None:
            raise NotFoundError(_("Không tìm thấy trình duyệt này. Tải lại trang."))
        if held.ended_at is None:
            held.ended_at = clock.now()
            held.save(update_fields=["ended_at"])
            record(actor=actor, action="notices.end_subscription", obj=held)
