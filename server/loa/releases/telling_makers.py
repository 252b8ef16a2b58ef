# SPDX-License-Identifier: AGPL-3.0-or-later
"""What those who wrote, edited or sent a message are told of it: released, returned, objected to, withdrawn."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.messages.links import message_page
from loa.messages.queries import makers
from loa.notices.actions import tell
from loa.notices.kinds import Kind, register
from loa.people.models import Person
from loa.releases.models import Objection, Release, Withdrawal

OWN = "releases.own"
TITLE_LENGTH = 120  # characters of a message's title in a notice


def tell_of_own_release(release: Release, *, besides: Iterable[Person] = ()) -> None:
    """Tell the makers that enough people have signed, in the caller's transaction.

    Args:
        besides: who is told of it as an approver already.
    """
    names = ", ".join(release.signatures.order_by("at").values_list("person__full_name", flat=True))
    words = _("%(names)s ký.") if release.is_prepared else _("%(names)s ký. Đặt lịch phát được rồi.")
    _tell(
        release,
        "released",
        title=_("Tin của bạn đã được duyệt: %(title)s"),
        body=words % {"names": names},
        but={person.pk for person in besides},
    )


def tell_of_return(release: Release) -> None:
    """Tell the makers that somebody gave the request back, and why, in the caller's transaction."""
    assert release.returned_by is not None
    _tell(
        release,
        "returned",
        title=_("Tin của bạn bị trả lại: %(title)s"),
        body=_("%(name)s trả lại: “%(reason)s”. Viết bản mới rồi gửi lại.")
        % {"name": release.returned_by.full_name, "reason": release.return_reason},
        by=release.returned_by,
    )


def tell_of_withdrawal(withdrawal: Withdrawal) -> None:
    """Tell the makers that the release has ended, and why, in the caller's transaction."""
    _tell(
        withdrawal.release,
        "withdrawn",
        title=_("Tin của bạn bị thu hồi: %(title)s"),
        body=_("%(name)s thu hồi: “%(reason)s”. Trang của tin ghi nơi nào đã dừng, nơi nào còn tồn.")
        % {"name": withdrawal.requested_by.full_name, "reason": withdrawal.reason},
        by=withdrawal.requested_by,
    )


def tell_of_objection(objection: Objection) -> None:
    """Tell the makers that an approver objects, and why, in the caller's transaction."""
    _tell(
        objection.release,
        f"objection:{objection.pk}",
        title=_("Có người phản đối tin của bạn: %(title)s"),
        body=_("%(name)s phản đối: “%(text)s”. Tin vẫn phát cho tới khi có người thu hồi.")
        % {"name": objection.person.full_name, "text": objection.text},
        by=objection.person,
    )


def _tell(
    release: Release,
    what: str,
    *,
    title: str,
    body: str,
    by: Person | None = None,
    but: Iterable[int] = (),
) -> None:
    """Tell the makers one thing once; nobody is told what he did himself, and nobody of a test."""
    if release.is_test:
        return
    told = (makers(release.revision) | {release.submitted_by_id}) - set(but)
    if by is not None:
        told -= {by.pk}
    tell(
        to=Person.objects.filter(pk__in=told),
        kind=OWN,
        title=title % {"title": release.revision.title[:TITLE_LENGTH]},
        body=body,
        url=message_page(release.revision.message.code),
        about=release,
        dedupe=f"{OWN}:{release.pk}:{what}",
        by=by,
    )


def register_kind() -> None:
    """Register what makers are told; called once while Django starts."""
    why = gettext_lazy("Bạn nhận thông báo này vì bạn viết, sửa hoặc gửi tin này.")
    register(Kind(OWN, gettext_lazy("Tin của bạn"), why))
