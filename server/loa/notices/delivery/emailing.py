# SPDX-License-Identifier: AGPL-3.0-or-later
"""A notice as an e-mail: its text, where to answer, who sent it and why; plain text, nothing to load."""

from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.jobs.models import OutboxEntry
from loa.notices.actions.reaching import confirmation_token
from loa.notices.delivery import gate
from loa.notices.kinds import kind_to_show
from loa.notices.models import Notice, Outcome, Way, Ways
from loa.notices.queries import can_send_email

_PERMANENT = range(500, 600)


def send_notice(entry: OutboxEntry) -> None:
    """Send the notice of an effect by e-mail, if it is still to be sent."""
    notice = gate.to_send(entry.key, Way.EMAIL)
    if notice is None:
        return
    address = Ways.objects.get(person=notice.person_id).email
    gate.begin(notice, Way.EMAIL)
    try:
        letter(notice, address).send()
    except (SMTPException, OSError) as error:
        outcome = Outcome.GAVE_UP if _is_permanent(error) else Outcome.FAILED
        gate.write(notice, Way.EMAIL, outcome, detail=f"{type(error).__name__}: {error}")
    else:
        gate.write(notice, Way.EMAIL, Outcome.SENT, detail=address)


def _is_permanent(error: Exception) -> bool:
    """Say whether the mail server refused this letter for good."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code in _PERMANENT for code, _text in error.recipients.values())
    return isinstance(error, SMTPResponseException) and error.smtp_code in _PERMANENT


def letter(notice: Notice, address: str) -> EmailMessage:
    """Return the letter of a notice."""
    here = settings.BASE_URL
    parts = [
        notice.body,
        "\n".join(f"{words}: {here}{path}" for words, path in notice.links),
        _("Xem và trả lời: %(url)s") % {"url": here + reverse("notices:notice", args=[notice.pk])},
        "--\n"
        + _("Người gửi: %(who)s, qua Loa (%(url)s).") % {"who": notice.sent_by_name, "url": here}
        + f"\n{kind_to_show(notice.kind).why}\n"
        + _("Đổi cách nhận: %(url)s") % {"url": here + reverse("notices:ways")},
    ]
    message = EmailMessage(
        subject=f"[Loa] {notice.title}",
        body="\n\n".join(part for part in parts if part) + "\n",
        to=[address],
        headers={
            # The same for every attempt: a mail program shows a letter that came twice once.
            "Message-ID": f"<notice-{notice.pk}@{urlsplit(here).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    if notice.is_urgent:
        message.extra_headers["Importance"] = "high"
    return message


def send_confirmation(entry: OutboxEntry) -> None:
    """Ask whoever reads an address whether it is his; an address that was changed since is not asked.

    Raises:
        OSError: the mail server was not reached; the outbox tries again.
    """
    ways = Ways.objects.select_related("person").filter(person=int(entry.key)).first()
    if ways is None or not ways.pending_email or not can_send_email():
        return
    if ways.asked_at is None or ways.asked_at.isoformat() != entry.payload.get("asked"):
        return
    path = f"{reverse('notices:confirm_email')}?{urlencode({'ma': confirmation_token(ways)})}"
    body = _(
        "%(who)s muốn nhận thông báo của Loa ở địa chỉ này. Nếu đúng là bạn, mở đường dẫn, đăng nhập và bấm "
        "“Dùng địa chỉ này”:\n\n%(url)s\n\nĐường dẫn dùng được trong 2 ngày. Nếu không phải bạn, bỏ qua thư này: "
        "Loa không gửi gì thêm."
    ) % {"who": ways.person.full_name, "url": settings.BASE_URL + path}
    message = EmailMessage(
        subject=_("[Loa] Xác nhận địa chỉ nhận thông báo"), body=body, to=[ways.pending_email]
    )
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        if not _is_permanent(error):
            raise
