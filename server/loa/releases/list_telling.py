# SPDX-License-Identifier: AGPL-3.0-or-later
"""Telling the administrators that a list waits for their signatures."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.notices.actions import tell
from loa.notices.kinds import Kind, register
from loa.people.models import Person
from loa.releases.models import ListKind, ListProposal

WAITS = "releases.list_waits"


def list_name(kind: str) -> str:
    """Return what kind of list it is, as people call it."""
    return {ListKind.APPROVERS: _("Danh sách người duyệt"), ListKind.RULES: _("Quy định giờ phát")}[
        ListKind(kind)
    ]


def tell_of_list(proposal: ListProposal, administrators: Iterable[Person]) -> None:
    """Tell the administrators that a list waits for two of them, in the caller's transaction."""
    tell(
        to=administrators,
        kind=WAITS,
        title=_("Chờ hai quản trị ký: %(list)s, %(commune)s")
        % {"list": list_name(proposal.kind), "commune": proposal.commune.name},
        body=_("Thay đổi có hiệu lực trên loa khi hai quản trị đã ký. Xem thay đổi gì, rồi ký."),
        url=reverse("releases:proposed_list", args=[proposal.pk]),
        about=proposal,
        dedupe=f"{WAITS}:{proposal.pk}",
        by=None,
    )


def register_kind() -> None:
    """Register what administrators are told; called once while Django starts."""
    why = gettext_lazy("Bạn nhận thông báo này vì bạn giữ khóa quản trị của hệ thống.")
    register(Kind(WAITS, gettext_lazy("Chờ hai quản trị ký"), why))
